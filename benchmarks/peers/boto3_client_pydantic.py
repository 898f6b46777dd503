"""boto3's client, its deserializer, and a pydantic model made of each item: lighter than the resource."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from benchmarks import workload
from benchmarks.peers import boto3_client
from benchmarks.peers.model import Order, item


class Client(boto3_client.Client):
    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint)
        self.deserialize = TypeDeserializer().deserialize
        self.serialize = TypeSerializer().serialize

    def model(self, values: workload.Order) -> Any:
        return Order.model_validate(values)

    def row(self, found: Any) -> dict[str, Any]:
        order: Order = found
        return order.model_dump()

    def get(self, customer: str, order_id: str) -> Order:
        return self.order(super().get(customer, order_id))

    def put(self, model: Any) -> None:
        super().put(self.stored(model))

    def update(self, customer: str, order_id: str, loaded: Any) -> Order:
        return self.order(super().update(customer, order_id, loaded))

    def query(self, customer: str) -> list[Any]:
        return [self.order(found) for found in super().query(customer)]

    def batch_get(self, customer: str, order_ids: Sequence[str]) -> list[Order]:
        return [self.order(found) for found in super().batch_get(customer, order_ids)]

    def batch_write(self, models: Sequence[Any]) -> None:
        super().batch_write([self.stored(model) for model in models])

    def transact_write(self, models: Sequence[Any]) -> None:
        super().transact_write([self.stored(model) for model in models])

    def sum_of(self, items: Any) -> int:
        return sum(self.order(found).quantity for found in items)

    def order(self, found: dict[str, Any]) -> Order:
        return Order.model_validate({name: self.deserialize(value) for name, value in found.items()})

    def stored(self, order: Order) -> dict[str, Any]:
        return {name: self.serialize(value) for name, value in item(order).items()}
