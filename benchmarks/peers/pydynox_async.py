"""pydynox: the same models; the asynchronous verbs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydynox import BatchWriter, DynamoDBClient, Transaction, set_default_client

from benchmarks import workload
from benchmarks.peer import Peer
from benchmarks.peers.pydynox_model import Order, key, silence


class Client(Peer):
    asynchronous = True

    async def open(self) -> None:
        silence()
        self.client = DynamoDBClient(region=workload.REGION, endpoint_url=self.endpoint)
        set_default_client(self.client)

    async def close(self) -> None:
        """It has nothing to close."""

    def model(self, values: workload.Order) -> Any:
        return Order(**values)

    def row(self, found: Any) -> dict[str, Any]:
        return {name: getattr(found, name) for name in workload.order("n1", 0)}

    async def get(self, customer: str, order_id: str) -> Any:
        return await Order.get(**key(customer, order_id))

    async def put(self, model: Any) -> Any:
        return await model.save(full_replace=True)

    async def update(self, customer: str, order_id: str, loaded: Any) -> None:
        await loaded.update(atomic=[Order.status.set("paid"), Order.quantity.add(1)])

    async def query(self, customer: str) -> list[Any]:
        found = Order.query(customer_id=customer, sort_key_condition=Order.SK.begins_with("ORDER#"))
        return [order async for order in found]

    async def batch_get(self, customer: str, order_ids: Sequence[str]) -> Any:
        return await Order.batch_get([key(customer, order_id) for order_id in order_ids])

    async def batch_write(self, models: Sequence[Any]) -> None:
        async with BatchWriter(self.client, workload.TABLE) as batch:
            for model in models:
                batch.put(model.to_dict())

    async def transact_write(self, models: Sequence[Any]) -> None:
        async with Transaction(self.client) as transaction:
            for model in models:
                transaction.save_model(model)

    async def scan(self, segments: int) -> int:
        found, _ = await Order.parallel_scan(total_segments=segments)
        return sum(order.quantity for order in found)
