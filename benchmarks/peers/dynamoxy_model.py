"""dynamoxy: its models, with key templates; it is asynchronous only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from types import new_class
from typing import Any

import dynamoxy
from dynamoxy import Attr, Document, Model, field, partition_key, sort_key

from benchmarks import workload
from benchmarks.peer import Peer, Query


class Address(Document):
    street: Attr[str]
    city: Attr[str]
    postcode: Attr[str]
    country: Attr[str]


class Order(Model, table=workload.TABLE, entity="Order", datetime_format="iso_z"):
    PK: Attr[str] = partition_key(template="CUSTOMER#{customer_id}")
    SK: Attr[str] = sort_key(template="ORDER#{order_id}")
    customer_id: Attr[str]
    order_id: Attr[str]
    email: Attr[str]
    status: Attr[str]
    placed_at: Attr[datetime]
    quantity: Attr[int]
    total: Attr[Decimal]
    paid: Attr[bool] = field(default=False)
    tags: Attr[list[str]]
    ship_to: Attr[Address]


class Dynamoxy(Peer):
    """What both of its model classes have in common."""

    asynchronous = True
    order: Any

    async def open(self) -> None:
        self.client = dynamoxy.Client(region=workload.REGION, endpoint_url=self.endpoint)
        self.orders = self.client.repository(self.order)

    async def close(self) -> None:
        await self.client.close()

    async def get(self, customer: str, order_id: str) -> Any:
        return await self.orders.get(customer_id=customer, order_id=order_id)

    async def put(self, model: Any) -> Any:
        return await self.orders.put(model)

    async def update(self, customer: str, order_id: str, loaded: Any) -> Any:
        key = {"customer_id": customer, "order_id": order_id}
        return await self.orders.update(key, self.order.status.set("paid"), self.order.quantity.add(1))

    async def query(self, customer: str) -> Any:
        return await self.orders.query(customer_id=customer).all()

    async def batch_get(self, customer: str, order_ids: Sequence[str]) -> Any:
        keys = [{"customer_id": customer, "order_id": order_id} for order_id in order_ids]
        return await self.orders.batch_get(keys)

    async def batch_write(self, models: Sequence[Any]) -> None:
        await self.orders.batch_put(models)

    async def transact_write(self, models: Sequence[Any]) -> None:
        async with self.client.transaction() as transaction:
            for model in models:
                transaction.put(model)

    def wide(self, width: int) -> Query:
        def body(namespace: dict[str, Any]) -> None:
            attributes = {name: Attr[kind] for name, kind in workload.wide_attributes(width).items()}
            namespace["__annotations__"] = dict.fromkeys(("PK", "SK", "width", "row"), Attr[str]) | attributes
            namespace["PK"] = partition_key(template="WIDE#{width}")
            namespace["SK"] = sort_key(template="ROW#{row}")

        model: Any = new_class("Wide", (Model,), {"table": workload.TABLE, "entity": "Wide"}, body)
        rows = self.client.repository(model)
        return lambda: rows.query(width=str(width)).all()

    async def scan(self, segments: int) -> int:
        return sum([order.quantity async for order in self.orders.scan().segments(segments)])


class Client(Dynamoxy):
    order = Order

    def model(self, values: workload.Order) -> Any:
        return Order(**{**values, "ship_to": Address(**values["ship_to"])})

    def row(self, found: Any) -> dict[str, Any]:
        names = workload.order("n1", 0)
        address = {name: getattr(found.ship_to, name) for name in names["ship_to"]}
        return {name: getattr(found, name) for name in names} | {"ship_to": address}
