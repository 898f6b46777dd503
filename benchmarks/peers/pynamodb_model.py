"""PynamoDB: its models; the keys are made by hand, for it has no templates."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.connection import Connection
from pynamodb.constants import NUMBER, STRING
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from benchmarks import workload
from benchmarks.peer import Peer


class InstantAttribute(Attribute[datetime]):
    """Its own one reads only ``+0000``; this one is as quick."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return workload.instant(value)

    def deserialize(self, value: str) -> datetime:
        return datetime.fromisoformat(value)


class DecimalAttribute(Attribute[Decimal]):
    """Its own number is a float."""

    attr_type = NUMBER

    def serialize(self, value: Decimal) -> str:
        return str(value)

    def deserialize(self, value: str) -> Decimal:
        return Decimal(value)


class Address(MapAttribute[str, Any]):
    street = UnicodeAttribute()
    city = UnicodeAttribute()
    postcode = UnicodeAttribute()
    country = UnicodeAttribute()


class Order(Model):
    class Meta:
        table_name = workload.TABLE
        region = workload.REGION
        host: str

    PK = UnicodeAttribute(hash_key=True)
    SK = UnicodeAttribute(range_key=True)
    type = UnicodeAttribute(attr_name="_type", default="Order")
    customer_id = UnicodeAttribute()
    order_id = UnicodeAttribute()
    email = UnicodeAttribute()
    status = UnicodeAttribute()
    placed_at = InstantAttribute()
    quantity = NumberAttribute()
    total = DecimalAttribute()
    paid = BooleanAttribute(default=False)
    tags: Any = ListAttribute(of=UnicodeAttribute)
    ship_to = Address()


class Client(Peer):
    def open(self) -> None:
        Order.Meta.host = self.endpoint
        self.connection = Connection(region=workload.REGION, host=self.endpoint)

    def model(self, values: workload.Order) -> Any:
        return Order(**keys(values["customer_id"], values["order_id"]), **values)

    def row(self, found: Any) -> dict[str, Any]:
        return {**found.attribute_values, "ship_to": found.ship_to.attribute_values}

    def get(self, customer: str, order_id: str) -> Any:
        return Order.get(*keys(customer, order_id).values())

    def put(self, model: Any) -> Any:
        return model.save()

    def update(self, customer: str, order_id: str, loaded: Any) -> Any:
        loaded.update(actions=[Order.status.set("paid"), Order.quantity.set(Order.quantity + 1)])
        return loaded

    def query(self, customer: str) -> list[Any]:
        return list(Order.query(workload.partition_key(customer), Order.SK.startswith("ORDER#")))

    def batch_get(self, customer: str, order_ids: Sequence[str]) -> list[Any]:
        return list(Order.batch_get([tuple(keys(customer, order_id).values()) for order_id in order_ids]))

    def batch_write(self, models: Sequence[Any]) -> None:
        with Order.batch_write() as batch:
            for model in models:
                batch.save(model)

    def transact_write(self, models: Sequence[Any]) -> None:
        with TransactWrite(connection=self.connection) as transaction:
            for model in models:
                transaction.save(model)

    def scan(self, segments: int) -> int:
        def segment(number: int) -> int:
            found = Order.scan(segment=number, total_segments=segments)
            return sum(order.quantity for order in found)

        with ThreadPoolExecutor(segments) as pool:
            return sum(pool.map(segment, range(segments)))


def keys(customer: str, order_id: str) -> dict[str, str]:
    return {"PK": workload.partition_key(customer), "SK": workload.sort_key(order_id)}
