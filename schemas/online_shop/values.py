"""The values that the shop's entities are made of; none of them is stored by itself."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from dynakit import Attr, Entity, attr

Money: TypeAlias = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
"""Euros, exact to the cent."""


class Category(StrEnum):
    """What a product is for."""

    CHAIRS = "chairs"
    LAMPS = "lamps"
    SHELVES = "shelves"
    TABLES = "tables"


class Status(StrEnum):
    """How far an order is."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Carrier(StrEnum):
    """Who brings a parcel."""

    POST = "post"
    COURIER = "courier"
    FREIGHT = "freight"


class Address(Entity):
    """Where something is sent: an entity in no table, so that ``Order.ship_to / Address.city`` is a path."""

    street: Attr[str]
    city: Attr[str]
    postal_code: Attr[str]
    country: Attr[str] = attr(pattern="^[A-Z]{2}$")


class Packed(BaseModel, frozen=True):
    """One product of a shipment."""

    product_id: str
    quantity: int = Field(ge=1)


class Card(BaseModel, frozen=True):
    """Paid by card; of the card only what may be kept."""

    kind: Literal["card"] = "card"
    last_digits: str = Field(pattern=r"^\d{4}$")
    expires: str = Field(pattern=r"^\d{2}/\d{2}$")


class BankTransfer(BaseModel, frozen=True):
    """Paid by bank transfer."""

    kind: Literal["bank_transfer"] = "bank_transfer"
    reference: str


class GiftCard(BaseModel, frozen=True):
    """Paid with a gift card, and what is left on it."""

    kind: Literal["gift_card"] = "gift_card"
    code: str
    balance: Money


Method: TypeAlias = Annotated[Card | BankTransfer | GiftCard, Field(discriminator="kind")]
"""How a payment was made; ``kind`` tells which."""
