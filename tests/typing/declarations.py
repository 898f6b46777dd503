"""Constructors, assignments and defaults are checked, and instances have plain values."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import assert_type

from dynakit import Attr, Entity, Path, attr

from .models import NOON, Address, Customer, Order

order = Order(customer_id="c1", placed_at=NOON, ship_to=Address(city="Paris"), total=Decimal("12.50"))

assert_type(order.total, Decimal)
assert_type(order.placed_at, datetime)
assert_type(order.bill_to, Address | None)
assert_type(order.ship_to.city, str)
assert_type(order.tags, set[str])
assert_type(Order.total, Path[Order, Decimal])
assert_type(Customer.age, Path[Customer, int | None])

order.status = "paid"
order.status = 3  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]

Order(customer_id="c1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Customer(customer_id="c1", name=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Customer(customer_id="c1", name="n", agee=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Customer("c1", "n")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


class Wrong(Entity):
    number: Attr[int] = attr(default="x")  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
    bare: Attr[int] = 0  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    limit: Attr[int] = attr(default=0, maximum=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
