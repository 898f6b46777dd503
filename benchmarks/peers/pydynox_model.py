"""pydynox: its models, with key templates; the synchronous verbs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydynox import DynamoDBClient, Model, ModelConfig, SyncBatchWriter, SyncTransaction, set_default_client
from pydynox.attributes import (
    BooleanAttribute,
    DatetimeAttribute,
    DecimalAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    StringAttribute,
)

from benchmarks import workload
from benchmarks.peer import Peer, Query


class Order(Model):
    model_config = ModelConfig(table=workload.TABLE)

    PK = StringAttribute(partition_key=True, template="CUSTOMER#{customer_id}")
    SK = StringAttribute(sort_key=True, template="ORDER#{order_id}")
    kind = StringAttribute(alias="_type", default="Order")
    customer_id = StringAttribute()
    order_id = StringAttribute()
    email = StringAttribute()
    status = StringAttribute()
    placed_at = DatetimeAttribute()
    quantity = NumberAttribute()
    total = DecimalAttribute()
    paid = BooleanAttribute(default=False)
    tags = ListAttribute()
    ship_to = MapAttribute()


ATTRIBUTES: dict[type, Any] = {
    str: StringAttribute,
    int: NumberAttribute,
    Decimal: DecimalAttribute,
    bool: BooleanAttribute,
}


class Client(Peer):
    def open(self) -> None:
        silence()
        self.client = DynamoDBClient(region=workload.REGION, endpoint_url=self.endpoint)
        set_default_client(self.client)

    def model(self, values: workload.Order) -> Any:
        return Order(**values)

    def row(self, found: Any) -> dict[str, Any]:
        return {name: getattr(found, name) for name in workload.order("n1", 0)}

    def get(self, customer: str, order_id: str) -> Any:
        return Order.sync_get(**key(customer, order_id))

    def put(self, model: Any) -> Any:
        return model.sync_save(full_replace=True)

    def update(self, customer: str, order_id: str, loaded: Any) -> None:
        loaded.sync_update(atomic=[Order.status.set("paid"), Order.quantity.add(1)])

    def query(self, customer: str) -> list[Any]:
        return list(Order.sync_query(customer_id=customer, sort_key_condition=Order.SK.begins_with("ORDER#")))

    def batch_get(self, customer: str, order_ids: Sequence[str]) -> Any:
        return Order.sync_batch_get([key(customer, order_id) for order_id in order_ids])

    def batch_write(self, models: Sequence[Any]) -> None:
        with SyncBatchWriter(self.client, workload.TABLE) as batch:
            for model in models:
                batch.put(model.to_dict())

    def transact_write(self, models: Sequence[Any]) -> None:
        with SyncTransaction(self.client) as transaction:
            for model in models:
                transaction.save_model(model)

    def wide(self, width: int) -> Query:
        attributes = {name: ATTRIBUTES[kind]() for name, kind in workload.wide_attributes(width).items()}
        body = {
            "model_config": ModelConfig(table=workload.TABLE),
            "PK": StringAttribute(partition_key=True, template="WIDE#{width}"),
            "SK": StringAttribute(sort_key=True, template="ROW#{row}"),
            "width": StringAttribute(),
            "row": StringAttribute(),
            **attributes,
        }
        model: Any = type("Wide", (Model,), body)
        condition = model.SK.begins_with("ROW#")
        return lambda: list(model.sync_query(width=str(width), sort_key_condition=condition))

    def scan(self, segments: int) -> int:
        found, _ = Order.sync_parallel_scan(total_segments=segments)
        return sum(order.quantity for order in found)


def silence() -> None:
    """Keep it from reporting each call that took more than 100 ms, as some of a thousand at once do."""
    logging.getLogger("pydynox").setLevel(logging.ERROR)


def key(customer: str, order_id: str) -> dict[str, str]:
    return {"PK": workload.partition_key(customer), "SK": workload.sort_key(order_id)}
