"""dynakit's asynchronous client, over the same entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks import workload
from benchmarks.peer import Peer
from benchmarks.peers.dynakit_sync import Order
from dynakit import AsyncRepository, Put, Scan, TransactWrite, connect_async


class Client(Peer):
    asynchronous = True

    async def open(self) -> None:
        self.db = connect_async(self.endpoint, region=workload.REGION)
        self.orders = AsyncRepository(self.db, Order)

    async def close(self) -> None:
        await self.db.close()

    def model(self, values: workload.Order) -> Order:
        return Order.model_validate(values)

    def row(self, found: Order) -> dict[str, Any]:
        return found.model_dump()

    async def get(self, customer: str, order_id: str) -> Order | None:
        return await self.orders.get(Order.primary(customer_id=customer, order_id=order_id))

    async def put(self, model: Order) -> Order:
        return await self.orders.put(model)

    async def update(self, customer: str, order_id: str, loaded: Order) -> Order:
        key = Order.primary(customer_id=customer, order_id=order_id)
        return await self.orders.update(key, Order.status.set("paid"), Order.quantity.add(1))

    async def query(self, customer: str) -> list[Order]:
        return await self.orders.all(Order.primary(customer_id=customer))

    async def batch_get(self, customer: str, order_ids: Sequence[str]) -> list[Order | None]:
        return await self.orders.get_many(
            Order.primary(customer_id=customer, order_id=order_id) for order_id in order_ids
        )

    async def batch_write(self, models: Sequence[Order]) -> None:
        await self.orders.put_many(models)

    async def transact_write(self, models: Sequence[Order]) -> None:
        await self.db.execute(TransactWrite(tuple(Put(model) for model in models)))

    async def scan(self, segments: int) -> int:
        return sum([order.quantity async for order in self.orders.scan(Scan(Order).segments(segments))])
