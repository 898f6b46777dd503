"""What each client does in this benchmark, and the list of them.

One small file a client under ``peers/`` uses it as its own documentation shows: made once, connection kept,
nothing looked up that can be declared. Each is imported only in the process that measures it, so none needs
the others installed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from benchmarks.workload import Order


class Unsupported(Exception):
    """The client has no such verb; the message says what is missing."""


Query = Callable[[], Any]


@dataclass(frozen=True)
class Crowd:
    """What reads orders of a table that many models share; the seconds of CPU to declare these."""

    get: Query
    query: Query
    declaring: float


class Peer:
    """A client at work. In one with ``asynchronous`` every verb gives what is to be awaited.

    Verbs return what the client gives its user; :meth:`row` turns one of its items into plain values,
    outside of what is measured. Models to write are made beforehand by :meth:`model`.
    """

    asynchronous: ClassVar[bool] = False

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def open(self) -> object:
        """Connect; in an asynchronous client inside of the loop."""
        return None

    def close(self) -> object:
        return None

    def model(self, values: Order) -> Any:
        """What is given to the client to write an order."""
        raise NotImplementedError

    def row(self, found: Any) -> Any:
        """The plain values of an item as the client gives it: a mapping with the attributes of an order."""
        raise NotImplementedError

    def get(self, customer: str, order_id: str) -> Any:
        raise Unsupported("no get")

    def put(self, model: Any) -> Any:
        raise Unsupported("no put")

    def update(self, customer: str, order_id: str, loaded: Any) -> Any:
        """Set the status to ``paid`` and add 1 to the quantity; ``loaded`` is what :meth:`get` gave."""
        raise Unsupported("no update")

    def query(self, customer: str) -> Any:
        """All orders of a customer, as a sequence."""
        raise Unsupported("no query with these models")

    def batch_get(self, customer: str, order_ids: Sequence[str]) -> Any:
        raise Unsupported("no batch get with these models")

    def batch_write(self, models: Sequence[Any]) -> Any:
        raise Unsupported("no batch write with these models")

    def transact_write(self, models: Sequence[Any]) -> Any:
        raise Unsupported("no transaction with these models")

    def wide(self, width: int) -> Query:
        """Declare a model of so many attributes, and give what queries 100 rows of it."""
        raise Unsupported("not measured")

    def crowded(self, entities: int) -> Crowd:
        """Declare so many models on one table, and give what reads orders among them."""
        raise Unsupported("no models that know of each other")

    def scan(self, segments: int) -> Any:
        """The sum of the quantities of all orders of the table, read in parallel where the client can."""
        raise Unsupported("no parallel scan")


@dataclass(frozen=True)
class Listed:
    """One line of the list: what the client is called, its file under ``peers/``, what it needs."""

    name: str
    module: str
    packages: tuple[str, ...]
    asynchronous: bool = False
    python: tuple[int, int] = (3, 11)

    @property
    def compared_with(self) -> str:
        """Which of dynakit's own clients the report sets it beside."""
        return "dynakit async" if self.asynchronous else "dynakit"

    def missing(self) -> str | None:
        """Why it cannot run here, in a few words; ``None`` if it can."""
        if sys.version_info < self.python:
            return f"needs Python ≥ {self.python[0]}.{self.python[1]}"
        absent = [package for package in self.packages if find_spec(package) is None]
        return f"{', '.join(absent)} not installed" if absent else None

    def make(self, endpoint: str) -> Peer:
        """Import it and make one."""
        made: Peer = import_module(f"benchmarks.peers.{self.module}").Client(endpoint)
        return made


PEERS = (
    Listed("dynakit", "dynakit_sync", ("dynakit",)),
    Listed("dynakit trusted", "dynakit_trusted", ("dynakit",)),
    Listed("dynakit dicts", "dynakit_dicts", ("dynakit",)),
    Listed("bare socket", "bare_socket", ("boto3", "msgspec")),
    Listed("boto3 client", "boto3_client", ("boto3",)),
    Listed("boto3 client + pydantic", "boto3_client_pydantic", ("boto3", "pydantic")),
    Listed("boto3 resource + pydantic", "boto3_pydantic", ("boto3", "pydantic")),
    Listed("PynamoDB", "pynamodb_model", ("pynamodb",)),
    Listed("pydynox", "pydynox_model", ("pydynox",)),
    Listed("pydynox + pydantic", "pydynox_pydantic", ("pydynox", "pydantic")),
    Listed("dynakit async", "dynakit_async", ("dynakit",), asynchronous=True),
    Listed("aiobotocore", "aiobotocore_client", ("aiobotocore",), asynchronous=True),
    Listed("aiodynamo", "aiodynamo_table", ("aiodynamo", "aiohttp"), asynchronous=True),
    Listed("pydynox async", "pydynox_async", ("pydynox",), asynchronous=True),
    Listed("dynamoxy", "dynamoxy_model", ("dynamoxy",), asynchronous=True, python=(3, 12)),
    Listed(
        "dynamoxy + pydantic",
        "dynamoxy_pydantic",
        ("dynamoxy", "pydantic"),
        asynchronous=True,
        python=(3, 12),
    ),
)


def peers(names: Iterable[str] = ()) -> list[Listed]:
    """Those of these names, all without any; ``KeyError`` names one that is not listed."""
    by_name = {peer.name: peer for peer in PEERS}
    return [by_name[name] for name in names] or list(PEERS)
