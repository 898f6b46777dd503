"""dynakit: entities are validated pydantic models."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from benchmarks import workload
from benchmarks.peer import Crowd, Peer, Query
from dynakit import Attr, Entity, Key, Put, Repository, Scan, Table, TransactWrite, attr, connect

table = Table(workload.TABLE, pk="PK", sk="SK")


class Address(Entity):
    street: Attr[str]
    city: Attr[str]
    postcode: Attr[str]
    country: Attr[str]


class Order(Entity, table=table):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{order_id}")

    customer_id: Attr[str]
    order_id: Attr[str]
    email: Attr[str]
    status: Attr[str]
    placed_at: Attr[datetime]
    quantity: Attr[int]
    total: Attr[Decimal]
    paid: Attr[bool] = attr(default=False)
    tags: Attr[list[str]]
    ship_to: Attr[Address]


class Client(Peer):
    def open(self) -> None:
        self.db = connect(self.endpoint, region=workload.REGION)
        self.orders = Repository(self.db, Order)

    def close(self) -> None:
        self.db.close()

    def model(self, values: workload.Order) -> Order:
        return Order.model_validate(values)

    def row(self, found: Order) -> dict[str, Any]:
        return found.model_dump()

    def get(self, customer: str, order_id: str) -> Order | None:
        return self.orders.get(Order.primary(customer_id=customer, order_id=order_id))

    def put(self, model: Order) -> Order:
        return self.orders.put(model)

    def update(self, customer: str, order_id: str, loaded: Order) -> Order:
        key = Order.primary(customer_id=customer, order_id=order_id)
        return self.orders.update(key, Order.status.set("paid"), Order.quantity.add(1))

    def query(self, customer: str) -> list[Order]:
        return self.orders.all(Order.primary(customer_id=customer))

    def batch_get(self, customer: str, order_ids: Sequence[str]) -> list[Order | None]:
        return self.orders.get_many(
            Order.primary(customer_id=customer, order_id=order_id) for order_id in order_ids
        )

    def batch_write(self, models: Sequence[Order]) -> None:
        self.orders.put_many(models)

    def transact_write(self, models: Sequence[Order]) -> None:
        self.db.execute(TransactWrite(tuple(Put(model) for model in models)))

    def wide(self, width: int) -> Query:
        from benchmarks.peers.dynakit_made import wide_entity

        entity = wide_entity(width)
        rows: Repository[Any] = Repository(self.db, entity)
        return lambda: rows.all(entity.primary(width=str(width)))

    def crowded(self, entities: int) -> Crowd:
        from benchmarks.peers.dynakit_made import crowded_entity

        begun = time.process_time()
        order = crowded_entity(entities)
        declaring = time.process_time() - begun
        orders: Repository[Any] = Repository(self.db, order)
        one = workload.order("n100", 42)["order_id"]
        return Crowd(
            get=lambda: orders.get(order.primary(customer_id="n100", order_id=one)),
            query=lambda: orders.all(order.primary(customer_id="n100")),
            declaring=declaring,
        )

    def scan(self, segments: int) -> int:
        return sum(order.quantity for order in self.orders.scan(Scan(Order).segments(segments)))
