"""The table most tests run on: orders of customers, with indexes of every kind."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel

from dynakit import KEYS_ONLY, Attr, Entity, Index, Key, Table, attr, include

shop = Table(
    "shop",
    pk="PK",
    sk="SK",
    indexes=[
        Index("GSI1", pk="GSI1PK", sk="GSI1SK"),
        Index("GSI2", pk="GSI2PK", sk="GSI2SK", projection=KEYS_ONLY),
        Index("GSI3", pk="GSI3PK", projection=include("total", "ship_to", "_type")),
        Index("LSI1", sk="LSI1SK", local=True),
    ],
)


class Status(Enum):
    open = "open"
    paid = "paid"
    sent = "sent"


class Address(Entity):
    city: Attr[str]
    zip_code: Attr[str | None] = attr(default=None, name="zip-code")


class Line(BaseModel):
    sku: str
    count: int = 1


class Customer(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "PROFILE")
    by_name = Key("NAME", "{name}", index="GSI1")
    customer_id: Attr[str]
    name: Attr[str]
    visits: Attr[int] = attr(default=0)


class Order(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}")
    by_status = Key("STATUS#{status}", "{placed_at}", index="GSI1")
    by_courier = Key("COURIER#{courier}", "{status}#{placed_at}", index="GSI2")
    by_city = Key("CITY#{city}", index="GSI3")
    by_total = Key("CUSTOMER#{customer_id}", "TOTAL#{total:ordered}", index="LSI1")

    customer_id: Attr[str]
    order_id: Attr[str]
    placed_at: Attr[datetime]
    status: Attr[Status] = attr(default=Status.open)
    courier: Attr[str | None] = attr(default=None)
    city: Attr[str | None] = attr(default=None)
    total: Attr[Decimal] = attr(default=Decimal(0))
    note: Attr[str | None] = attr(default=None, name="State#Date")
    tags: Attr[set[str]] = attr(default_factory=set)
    lines: Attr[list[Line]] = attr(default_factory=list)
    prices: Attr[list[int]] = attr(default_factory=list)
    labels: Attr[dict[str, str]] = attr(default_factory=dict)
    ship_to: Attr[Address | None] = attr(default=None)
    count: Attr[int | None] = attr(default=None)


class Invoice(Entity, table=shop):
    """In the partition of its customer, behind the orders' range."""

    primary = Key("CUSTOMER#{customer_id}", "INVOICE#{number:06d}")
    customer_id: Attr[str]
    number: Attr[int]
    paid: Attr[bool] = attr(default=False)


class Parcel(Entity, table=shop):
    """Its key begins as that of an order does, so ranges of orders meet it."""

    primary = Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}#PARCEL#{number:04d}")
    customer_id: Attr[str]
    placed_at: Attr[datetime]
    order_id: Attr[str]
    number: Attr[int]


def day(number: int) -> datetime:
    """A day of January 2026."""
    return datetime(2026, 1, number, tzinfo=UTC)


def order(number: int, customer_id: str = "c1", **attributes: object) -> Order:
    """The order of a customer on that day."""
    given = {"customer_id": customer_id, "order_id": f"o{number}", "placed_at": day(number), **attributes}
    return Order.model_validate(given)
