"""A shop as a user declares it. In this folder a line that both checkers must refuse ends in ``# E``."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from dynakit import Attr, Entity, Index, Key, Table, attr, epoch_seconds, ulid

shop = Table(
    "shop",
    pk="PK",
    sk="SK",
    indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK"), Index("GSI2", pk="GSI2PK", sk="GSI2SK")],
)


class Status(Enum):
    open = "open"
    paid = "paid"


class Country(Entity):
    code: Attr[str]


class Address(Entity):
    city: Attr[str]
    zip_code: Attr[str | None] = attr(default=None, name="zip-code")
    country: Attr[Country | None] = attr(default=None)


class Line(BaseModel):
    """A plain model: no entity."""

    sku: str
    weight: int = 1


class Customer(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "PROFILE")

    customer_id: Attr[str]
    name: Attr[Annotated[str, Field(min_length=1)]]
    age: Attr[int | None] = attr(default=None, ge=0)


class Order(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}")
    by_status = Key("STATUS#{status}", "{placed_at}", index="GSI1")

    customer_id: Attr[str]
    order_id: Attr[str] = attr(default_factory=ulid)
    placed_at: Attr[datetime]
    ship_to: Attr[Address]
    bill_to: Attr[Address | None] = attr(default=None)
    status: Attr[Status] = attr(default=Status.open)
    kind: Attr[Literal["gift", "own"]] = attr(default="own")
    reference: Attr[UUID] = attr(default_factory=uuid4)
    total: Attr[Decimal] = attr(default=Decimal(0), ge=0, max_digits=9)
    discount: Attr[Decimal | None] = attr(default=None)
    rate: Attr[float] = attr(default=0.0)
    quantity: Attr[int] = attr(default=1, ge=0)
    gift: Attr[bool] = attr(default=False)
    note: Attr[str | None] = attr(default=None, max_length=99)
    raw: Attr[bytes] = attr(default=b"")
    due: Attr[datetime | None] = attr(default=None, stored_as=epoch_seconds)
    tags: Attr[set[str]] = attr(default_factory=set)
    codes: Attr[frozenset[int]] = attr(default_factory=frozenset)
    lines: Attr[list[Line]] = attr(default_factory=list)
    counts: Attr[list[int]] = attr(default_factory=list)
    stops: Attr[list[Address]] = attr(default_factory=list)
    labels: Attr[dict[str, str]] = attr(default_factory=dict)
    parcel: Attr[Line | None] = attr(default=None)


class Rush(Order, type_name="Rush"):
    hours: Attr[int] = attr(default=24)
