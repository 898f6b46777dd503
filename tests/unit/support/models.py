"""A table with indexes of every kind, and entities with attributes of every kind."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel

from dynakit import KEYS_ONLY, Attr, Entity, Index, Key, KeyAttribute, Table, attr, epoch_seconds, include

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NOON_KEY = "2026-05-01T12:00:00.000000Z"

shop = Table(
    "shop",
    pk="PK",
    sk="SK",
    indexes=[
        Index("GSI1", pk="GSI1PK", sk="GSI1SK"),
        Index("GSI2", pk="GSI1PK", sk="GSI2SK"),
        Index("by_email", pk="email", sk=KeyAttribute("visits", "N")),
        Index("by_total", sk="LSI1SK", local=True, projection=KEYS_ONLY),
        Index("by_city", pk="GSI3PK", projection=include("_type", "total")),
    ],
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
    sku: str
    count: int = 1
    note: str | None = None


class Customer(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "PROFILE")
    by_email = Key("{email}", "{visits}", index="by_email")

    customer_id: Attr[str]
    email: Attr[str | None] = attr(default=None)
    visits: Attr[int | None] = attr(default=None)
    active: Attr[bool] = attr(default=True)


class Order(Entity, table=shop):
    """Two overlapping indexes: both have the status as partition key, one sorts by time, one by total."""

    primary = Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}")
    by_status = Key("STATUS#{status}", "{placed_at}", index="GSI1")
    by_status_total = Key("STATUS#{status}", "{total:ordered}", index="GSI2")
    by_total = Key("CUSTOMER#{customer_id}", "TOTAL#{total:ordered}", index="by_total")
    by_city = Key("CITY#{city}", index="by_city")

    customer_id: Attr[str]
    order_id: Attr[str]
    placed_at: Attr[datetime]
    status: Attr[Status] = attr(default=Status.open)
    total: Attr[Decimal] = attr(default=Decimal(0), ge=0)
    city: Attr[str | None] = attr(default=None)
    note: Attr[str | None] = attr(default=None, name="State#Date")
    price: Attr[int] = attr(default=0, name="price.net-🤑")
    tags: Attr[set[str]] = attr(default_factory=set)
    lines: Attr[list[Line]] = attr(default_factory=list)
    counts: Attr[list[int]] = attr(default_factory=list)
    labels: Attr[dict[str, str]] = attr(default_factory=dict)
    ship_to: Attr[Address | None] = attr(default=None)
    parcel: Attr[Line | None] = attr(default=None)
    gift: Attr[bool] = attr(default=False)
    raw: Attr[bytes | None] = attr(default=None)
    due: Attr[datetime | None] = attr(default=None, stored_as=epoch_seconds)


class Invoice(Entity, table=shop):
    """In the customer's partition, far from the orders."""

    primary = Key("CUSTOMER#{customer_id}", "INVOICE#{number:06d}")

    customer_id: Attr[str]
    number: Attr[int]


class OrderItem(Entity, table=shop):
    """Under its order: in the range of all keys that begin with the order's."""

    primary = Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}#ITEM#{line:03d}")

    customer_id: Attr[str]
    placed_at: Attr[datetime]
    order_id: Attr[str]
    line: Attr[int]


def an_order(**values: object) -> Order:
    """Order o1 of customer c1, placed at noon."""
    return Order.model_validate({"customer_id": "c1", "order_id": "o1", "placed_at": NOON, **values})
