"""dynakit, asked for dictionaries of Python values where it gives them: queries and scans."""

from __future__ import annotations

from typing import Any

from benchmarks import workload
from benchmarks.peer import Peer, Unsupported
from benchmarks.peers.dynakit_sync import Order
from dynakit import Repository, Scan, connect


class Client(Peer):
    def open(self) -> None:
        self.db = connect(self.endpoint, region=workload.REGION)
        self.orders = Repository(self.db, Order)

    def close(self) -> None:
        self.db.close()

    def model(self, values: workload.Order) -> Any:
        raise Unsupported("writes take entities")

    def row(self, found: Any) -> Any:
        return {**found, "ship_to": dict(found["ship_to"])}

    def query(self, customer: str) -> list[dict[str, object]]:
        return self.orders.all(Order.primary(customer_id=customer).as_dicts())

    def scan(self, segments: int) -> int:
        found: Any = self.db.scan(Scan(Order).as_dicts().segments(segments))
        return sum(order["quantity"] for order in found)
