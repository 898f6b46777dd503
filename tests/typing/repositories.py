"""Repositories give their entity; a query of another one is refused; a double fits a use case's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol, assert_type

from dynakit import Client, Collected, DataSource, Page, Partial, Query, Repository, TransactionCancelled

from .models import NOON, Address, Customer, Order


class Orders(Repository[Order]):
    def latest(self, customer_id: str) -> Order | None:
        return self.first(Order.primary(Order.customer_id == customer_id).newest_first())


class LatestOrder(Protocol):
    def latest(self, customer_id: str) -> Order | None: ...


class Double:
    def latest(self, customer_id: str) -> Order | None:
        return None


def total_of_latest(orders: LatestOrder) -> Decimal:
    latest = orders.latest("c1")
    return Decimal(0) if latest is None else latest.total


def use(client: Client, query: Query[Order]) -> None:
    orders = Orders(client)
    order = Order(customer_id="c1", placed_at=NOON, ship_to=Address(city="Paris"))
    assert_type(orders.get(order), Order | None)
    assert_type(orders.require(query), Order)
    assert_type(orders.create(order), Order)
    assert_type(orders.update(order, Order.status.set("paid")), Order)
    assert_type(orders.all(query), list[Order])
    assert_type(orders.first(query), Order | None)
    assert_type(orders.one(query), Order)
    assert_type(orders.page(query), Page[Order])
    assert_type(orders.iterate(query), Iterator[Order])
    assert_type(orders.get_many([order, query]), list[Order | None])
    assert_type(orders.all(query.project(Order.total)), list[Partial[Order]])
    assert_type(client.collect([Customer, Order], customer_id="c1"), Collected)
    assert_type(client.collect([Customer, Order], customer_id="c1")[Order], list[Order])
    source: DataSource[Order] = orders
    total_of_latest(orders)
    total_of_latest(Double())
    with client.transaction() as tx:
        tx.update(order, Order.status.set("paid"))
        tx.check(Customer.primary(customer_id="c1"), Customer.active.is_true())
        tx.update(order, Customer.name.set("n"))  # type: ignore[misc]  # pyright: ignore[reportArgumentType]

    Repository(client, Customer).all(query)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Repository(client, Customer).put(order)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    customers: DataSource[Customer] = source  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    total_of_latest(customers)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def reasons(error: TransactionCancelled) -> list[str]:
    return [f"{reason.operation}: {reason.code}" for reason in error.reasons if reason.item is not None]
