"""Repositories give their entity; use cases depend on a protocol and are tested with a double."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol, assert_type

from dynakit import Client, Collected, DataSource, Page, Repository, connect
from tests.typing.usage.entities import Address, Customer, Order, Rush, Status


class Orders(Repository[Order]):
    """Domain verbs beside the inherited ones."""

    def latest(self, customer_id: str) -> Order | None:
        return self.first(Order.primary(customer_id=customer_id).newest_first())

    def open(self) -> Iterator[Order]:
        return self.iterate(Order.by_status(status=Status.open))


class LatestOrder(Protocol):
    """All that the use case needs."""

    def latest(self, customer_id: str) -> Order | None: ...


class OneOrder:
    """The double of a test."""

    def __init__(self, order: Order) -> None:
        self.order = order

    def latest(self, customer_id: str) -> Order | None:
        return self.order if customer_id == self.order.customer_id else None


def greet(orders: LatestOrder, customer_id: str) -> str:
    order = orders.latest(customer_id)
    return "welcome" if order is None else f"your order of {order.placed_at:%d.%m.}"


def pay(orders: DataSource[Order], key: Order) -> Order:
    return orders.update(key, Order.status.set(Status.paid), where=Order.status == Status.open)


def results(db: Client, order: Order) -> None:
    orders = Orders(db)
    query = Order.by_status(status=Status.open)
    key = Order.primary(customer_id="c1", order_id="o1")
    assert_type(orders.get(key), Order | None)
    assert_type(orders.require(order, consistent=True), Order)
    assert_type(orders.exists(query), bool)
    assert_type(orders.create(order), Order)
    assert_type(orders.put(order, where=Order.note.not_exists()), Order)
    assert_type(orders.replace(order), Order)
    assert_type(orders.update(key, Order.total.add(5)), Order)
    assert_type(orders.upsert(key, Order.total.set(5)), Order)
    assert_type(orders.first(query), Order | None)
    assert_type(orders.one(query), Order)
    assert_type(orders.all(query), list[Order])
    assert_type(orders.iterate(query), Iterator[Order])
    assert_type(orders.page(query, cursor=None), Page[Order])
    assert_type(orders.page(query).items, list[Order])
    assert_type(orders.page(query).cursor, str | None)
    assert_type(orders.count(query), int)
    assert_type(orders.get_many([key, order]), list[Order | None])
    orders.put_many([order])
    orders.delete_many([key, order])
    orders.delete(key, missing_ok=True)
    assert_type(Repository(db, Order), Repository[Order])
    collected = db.collect([Customer, Order], customer_id="c1")
    assert_type(collected, Collected)
    assert_type(collected[Order], list[Order])
    assert_type(collected.cursor, str | None)


def use_cases(db: Client, order: Order, now: datetime) -> None:
    greet(Orders(db), "c1")
    greet(OneOrder(order), "c1")
    pay(Orders(db), order)
    pay(Repository(db, Order), order)


def wrong(db: Client, order: Order, customer: Customer, rush: Rush) -> None:
    orders, customers = Repository(db, Order), Repository(db, Customer)
    customers.all(Order.by_status(status=Status.open))  # E: a query of another entity
    customers.first(Order.by_status(status=Status.open))  # E: a query of another entity
    customers.page(Order.by_status(status=Status.open))  # E: a query of another entity
    customers.get(order)  # E: another entity
    customers.create(order)  # E: another entity
    customers.put_many([order])  # E: another entity
    customers.get_many([Order.primary(customer_id="c1")])  # E: a key of another entity
    orders.update(order, Customer.age.add(1))  # E: a change of another entity
    orders.update(order, Order.status == Status.open)  # E: a condition is no change
    orders.update(order, Order.note.set("x"), where=Customer.age > 3)  # E: a condition on another entity
    orders.delete(order, where=Order.note.set("x"))  # E: a change is no condition
    orders.delete(order, True)  # E: options are keywords
    orders.latest("c1")  # E: a verb of the subclass only
    Repository("db", Order)  # E: no client
    greet(customers, "c1")  # E: not what the use case needs
    pay(customers, order)  # E: a data source of another entity
    found: Order = orders.get(order)  # E: may be missing
    print(found, Address)


def connected() -> None:
    assert_type(connect("memory://"), Client)
    with connect("memory://") as db, db.transaction() as tx:
        assert_type(db, Client)
        tx.create(Customer(customer_id="c1", name="Ann"))
        tx.update(Order.primary(customer_id="c1"), Order.note.set("x"), where=Order.gift.is_true())
        tx.check(Customer.primary(customer_id="c2"), Customer.age > 3)


def wrong_transactions(order: Order) -> None:
    with connect("memory://") as db, db.transaction() as tx:
        tx.check(order, Customer.age > 3)  # E: a condition on another entity
        tx.update(order, Customer.age.add(1))  # E: a change of another entity
        tx.check(order)  # E: a condition is missing
        tx.create("order")  # E: no entity
