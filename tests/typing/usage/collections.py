"""What collections, hydrated queries, dicts and children are to a type checker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

from dynakit import AsyncClient, Client, Collected, Collection, Dicts, Hydrated, Page, Partial, Repository
from tests.typing.usage.entities import Customer, Order


def collections(db: Client, orders: Repository[Order]) -> None:
    together = Collection((Customer, Order), customer_id="c1")
    assert_type(together, Collection[Customer | Order])
    assert_type(together.newest_first().limit(3), Collection[Customer | Order])
    assert_type(db.collect(together), Collected[Customer | Order])
    assert_type(db.iterate(together), Iterator[Customer | Order])
    assert_type(db.collect(together)[Order], list[Order])
    assert_type(db.collect([Customer, Order], Customer.customer_id == "c1"), Collected)
    parent = Customer.primary(customer_id="c1")
    assert_type(db.with_children(parent, Order), tuple[Customer, list[Order]])
    assert_type(db.with_children(parent, Order, Customer), tuple[Customer, list[Order], list[Customer]])


def results(orders: Repository[Order]) -> None:
    query = Order.primary(customer_id="c1")
    assert_type(query.hydrate(), Hydrated[Order])
    assert_type(orders.page(query.hydrate()), Page[Order])
    assert_type(query.as_dicts(), Dicts[Order])
    assert_type(orders.all(query.as_dicts()), list[dict[str, object]])
    assert_type(orders.all(query.held()), list[Partial[Order]])
    assert_type(orders.all(query.including_expired().including_deleted()), list[Order])
    assert_type(orders.page(query).previous, str | None)
    assert_type(orders.all(query.trusted()), list[Order])
    assert_type(orders.get(query, trusted=True), Order | None)


async def awaited(db: AsyncClient) -> None:
    together = Collection((Customer, Order), customer_id="c1")
    assert_type(await db.collect(together), Collected[Customer | Order])
    assert_type(db.iterate(together), AsyncIterator[Customer | Order])
    children = await db.with_children(Customer.primary(customer_id="c1"), Order)
    assert_type(children, tuple[Customer, list[Order]])
