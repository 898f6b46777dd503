"""Conditions know their entity and the type of their operands; a query knows what it gives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import assert_type

from dynakit import Condition, Partial, Path, Projected, Query

from .models import NOON, Address, Customer, Order, Rush


def large(customer_id: str, since: datetime) -> Query[Order]:
    """Pure: used by sync and async callers alike."""
    return (
        Order.primary(Order.customer_id == customer_id, Order.placed_at >= since)
        .filter(Order.total > 100, Order.ship_to / Address.city == "Paris")
        .newest_first()
        .limit(20)
    )


assert_type(Order.status == "open", Condition[Order])
assert_type(Order.total > Decimal(3), Condition[Order])
assert_type(Order.total > 3, Condition[Order])
assert_type(Order.primary(Order.customer_id == "c"), Query[Order])
assert_type(Order.by_status(status="open"), Query[Order])
assert_type(Order.bill_to / Address.city, Path[Order, str])
assert_type(Order.ship_to / Address.floor, Path[Order, int | None])
assert_type(Order.lines[0], Path[Order, str])
assert_type(Order.labels["x"], Path[Order, int])
assert_type(Order.parcel.at("weight", int), Path[Order, int])
assert_type(Rush.primary(Rush.hours > 3), Query[Rush])

Rush.primary(Order.customer_id == "c", Rush.hours >= 3)
Order.primary((Order.customer_id == "c") & (Order.placed_at < NOON))
Order.by_status(status="open").filter(~Order.tags.contains("x") | (Order.tags.size() > 2))
Customer.primary(customer_id="c").filter(Customer.active.is_true(), Customer.age.between(1, 3))
Order.by_status(status="open").filter(Order.total.between(1, Decimal(3)), Order.status.in_(["open", "paid"]))

rows = Order.by_status(status="open").project(Order.total, Order.ship_to / Address.city)
assert_type(rows, Projected[Order])


def of_row(row: Partial[Order]) -> None:
    assert_type(row[Order.total], Decimal)
    assert_type(row[Order.bill_to / Address.city], str)
    row[Customer.name]  # type: ignore[index]  # pyright: ignore[reportArgumentType]


Order.primary(Order.placed_at >= "2026")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
Order.primary(Order.total == "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Order.primary(Customer.customer_id == "c")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Order.primary(Rush.hours >= 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Order.total.begins_with("x")  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
Order.tags.contains(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Order.ship_to / Customer.name  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
Order.totl > 3  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
Order.placed_at >= 3  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
Order.status < 3  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
Order.quantity < Decimal(3)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
Order.status.between(1, 3)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue]
Order.status.in_([1])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
Order.status.is_true()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
Order.status["x"]  # type: ignore[misc]  # pyright: ignore[reportCallIssue]
Order.primary("c1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
