"""The calls that are measured, by verb; whatever belongs to no client is made beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks import workload
from benchmarks.peer import Peer

CUSTOMER, NUMBER = "n100", 42
ORDER_ID = workload.order(CUSTOMER, NUMBER)["order_id"]

Call = Callable[[], Any]


@dataclass(frozen=True)
class Asked:
    """A client, of how many items, whose orders; ``finished`` waits for what an asynchronous one gives."""

    peer: Peer
    size: int
    customer: str
    finished: Callable[[Any], Any]

    def models(self) -> list[Any]:
        return [self.peer.model(values) for values in workload.orders(self.customer, self.size)]


def get(asked: Asked) -> Call:
    return lambda: asked.peer.get(asked.customer, ORDER_ID)


def put(asked: Asked) -> Call:
    model = asked.peer.model(workload.order(asked.customer, NUMBER))
    return lambda: asked.peer.put(model)


def update(asked: Asked) -> Call:
    loaded = asked.finished(asked.peer.get(asked.customer, ORDER_ID))
    return lambda: asked.peer.update(asked.customer, ORDER_ID, loaded)


def query(asked: Asked) -> Call:
    return lambda: asked.peer.query(asked.customer)


def batch_get(asked: Asked) -> Call:
    order_ids = [values["order_id"] for values in workload.orders(asked.customer, asked.size)]
    return lambda: asked.peer.batch_get(asked.customer, order_ids)


def batch_write(asked: Asked) -> Call:
    models = asked.models()
    return lambda: asked.peer.batch_write(models)


def transact_write(asked: Asked) -> Call:
    models = asked.models()
    return lambda: asked.peer.transact_write(models)


CALLS: dict[str, Callable[[Asked], Call]] = {
    "get": get,
    "put": put,
    "update": update,
    "query": query,
    "batch get": batch_get,
    "batch write": batch_write,
    "transact write": transact_write,
    "scan": lambda asked: lambda: asked.peer.scan(asked.size),
    "wide": lambda asked: asked.peer.wide(asked.size),
    "crowded get": lambda asked: asked.peer.crowded(asked.size).get,
    "crowded query": lambda asked: asked.peer.crowded(asked.size).query,
}


def customer_of(verb: str, size: int) -> str:
    """Whose orders a case is about, unless the runner says so."""
    return CUSTOMER if verb in {"get", "put", "update"} else f"n{size}"
