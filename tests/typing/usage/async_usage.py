"""The same statements, awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import assert_type

from dynakit import (
    AsyncClient,
    AsyncRepository,
    Client,
    Collected,
    Create,
    Delete,
    Page,
    Put,
    Query,
    Repository,
    TransactWrite,
    Update,
    connect,
    connect_async,
)
from tests.typing.usage.entities import Customer, Order, Status


class Orders(AsyncRepository[Order]):
    async def latest(self, customer_id: str) -> Order | None:
        return await self.first(Order.primary(customer_id=customer_id).newest_first())


def open_orders() -> Query[Order]:
    return Order.by_status(status=Status.open)


async def results(db: AsyncClient, order: Order) -> None:
    orders = Orders(db)
    assert_type(await orders.latest("c1"), Order | None)
    assert_type(await orders.get(order), Order | None)
    assert_type(await orders.all(open_orders()), list[Order])
    assert_type(await orders.page(open_orders()), Page[Order])
    assert_type(await orders.count(open_orders()), int)
    assert_type(orders.iterate(open_orders()), AsyncIterator[Order])
    async for one in orders.iterate(open_orders()):
        assert_type(one, Order)
    assert_type(await db.collect([Customer, Order], customer_id="c1"), Collected)
    async with db.transaction() as tx:
        tx.put(order)


async def executed(db: AsyncClient, order: Order) -> None:
    assert_type(await db.execute(Create(order)), Order)
    assert_type(await db.execute(Put(order, where=Order.note.exists())), Order)
    assert_type(await db.execute(Update(order, Order.note.set("x"))), Order)
    await db.execute(Delete(order))
    await db.execute(TransactWrite((Create(order),)))


def executed_at_once(db: Client, order: Order) -> None:
    assert_type(db.execute(Create(order)), Order)
    assert_type(db.execute(Update(order, Order.note.set("x"))), Order)


async def wrong(db: Client, adb: AsyncClient, order: Order) -> None:
    Orders(db)  # E: the other client
    Repository(adb, Order)  # E: the other client
    found: list[Order] = Orders(adb).all(open_orders())  # E: not awaited
    for _ in Orders(adb).iterate(open_orders()):  # E: an asynchronous iterator
        pass
    print(found, await Repository(db, Order).all(open_orders()))  # E: nothing to await
    await adb.execute(Order.gift.is_true())  # E: no statement
    await adb.execute(open_orders())  # E: a query is read, not executed
    with adb.transaction():  # E: an asynchronous block
        pass


async def connected() -> None:
    async with connect_async("memory://") as adb:
        assert_type(adb, AsyncClient)
    with connect_async("memory://"):  # E: an asynchronous client
        pass
    print(await connect("memory://"))  # E: nothing to await
