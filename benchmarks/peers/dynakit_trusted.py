"""dynakit, told that what is stored is good: the same models, made without pydantic's validation."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.peers import dynakit_sync
from benchmarks.peers.dynakit_sync import Order
from dynakit import Scan


class Client(dynakit_sync.Client):
    def get(self, customer: str, order_id: str) -> Order | None:
        return self.orders.get(Order.primary(customer_id=customer, order_id=order_id), trusted=True)

    def query(self, customer: str) -> list[Order]:
        return self.orders.all(Order.primary(customer_id=customer).trusted())

    def batch_get(self, customer: str, order_ids: Sequence[str]) -> list[Order | None]:
        keys = [Order.primary(customer_id=customer, order_id=order_id) for order_id in order_ids]
        return self.orders.get_many(keys, trusted=True)

    def scan(self, segments: int) -> int:
        found = self.orders.scan(Scan(Order).trusted().segments(segments))
        return sum(order.quantity for order in found)
