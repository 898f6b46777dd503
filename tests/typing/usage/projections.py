"""A projection gives rows whose values have the types of their paths."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

from dynakit import Partial, Projected, Repository
from tests.typing.usage.entities import Address, Customer, Order, Status


def rows(orders: Repository[Order]) -> None:
    query = Order.by_status(status=Status.open).project(Order.total, Order.ship_to / Address.city)
    assert_type(query, Projected[Order])
    assert_type(query.newest_first().limit(3), Projected[Order])
    assert_type(orders.all(query), list[Partial[Order]])
    row = orders.one(query)
    assert_type(row[Order.total], Decimal)
    assert_type(row[Order.note], str | None)
    assert_type(row[Order.ship_to / Address.city], str)
    assert_type(row.as_dict(), dict[str, object])


def wrong(orders: Repository[Order], row: Partial[Order]) -> None:
    Order.by_status(status=Status.open).project(Customer.name)  # E: a path of another entity
    Order.by_status(status=Status.open).project("total")  # E: a name is no path
    print(row[Customer.name])  # E: a path of another entity
    print(row["total"])  # E: a name is no path
    print(row.total)  # E: a row is no entity
    order: Order = orders.one(Order.by_status(status=Status.open).project(Order.note))  # E: a row
    print(order)


# A limit: that a path was projected is known when the row is asked, not before. A path into something
# optional is typed as if it were there.
def not_found(row: Partial[Order]) -> None:
    assert_type(row[Order.bill_to / Address.city], str)
