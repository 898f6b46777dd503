"""The asynchronous repository has the same types, awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import assert_type

from dynakit import AsyncClient, AsyncRepository, Client, Page, Repository

from .models import Customer, Order


class Orders(AsyncRepository[Order]):
    async def latest(self, customer_id: str) -> Order | None:
        return await self.first(Order.primary(Order.customer_id == customer_id).newest_first())


async def use(client: AsyncClient, sync_client: Client) -> None:
    orders, query = Orders(client), Order.primary(customer_id="c1")
    assert_type(await orders.get(query), Order | None)
    assert_type(await orders.latest("c1"), Order | None)
    assert_type(await orders.all(query), list[Order])
    assert_type(await orders.page(query), Page[Order])
    assert_type(orders.iterate(query), AsyncIterator[Order])
    assert_type([order async for order in orders.iterate(query)], list[Order])
    async with client.transaction() as tx:
        tx.delete(query)

    orders.all(query).clear()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    await orders.all(Customer.primary(customer_id="c"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    AsyncRepository(sync_client, Order)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Repository(client, Order)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
