"""The entities that the files beside this one are about."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from dynakit import Attr, Entity, Index, Key, Table, attr, ulid

shop = Table("shop", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")])
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Address(Entity):
    city: Attr[str]
    floor: Attr[int | None] = attr(default=None)


class Parcel(BaseModel):
    weight: int = 0


class Customer(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "PROFILE")

    customer_id: Attr[str]
    name: Attr[Annotated[str, Field(min_length=1)]]
    code: Attr[str] = attr(default="x", max_length=3)
    age: Attr[int | None] = attr(default=None, ge=0)
    active: Attr[bool] = attr(default=True)


class Order(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}")
    by_status = Key("STATUS#{status}", "{placed_at}", index="GSI1")

    customer_id: Attr[str]
    order_id: Attr[str] = attr(default_factory=ulid)
    placed_at: Attr[datetime]
    ship_to: Attr[Address]
    bill_to: Attr[Address | None] = attr(default=None)
    parcel: Attr[Parcel] = attr(default_factory=Parcel)
    status: Attr[str] = attr(default="open")
    total: Attr[Decimal] = attr(default=Decimal(0), ge=0)
    quantity: Attr[int] = attr(default=1, ge=0)
    tags: Attr[set[str]] = attr(default_factory=set)
    lines: Attr[list[str]] = attr(default_factory=list)
    labels: Attr[dict[str, int]] = attr(default_factory=dict)


class Rush(Order, table=shop):
    hours: Attr[int] = attr(default=24)
