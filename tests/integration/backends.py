"""The backends of the suite, and one connection to one of them: :class:`Database`.

A test body is written once, with the synchronous verbs, and runs on each backend by the fixture ``open_db``.
A backend that cannot do what a test shows is named there with the reason, by :func:`everywhere`: the test
then runs and has to fail (a strict ``xfail``), so that nothing is skipped silently and a cure is noticed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast
from uuid import uuid4

import pytest

from dynakit import AsyncClient, AsyncRepository, Client, Entity, Environment, Item, Query, Repository, Table
from dynakit.client.connect import open_async_transport, open_transport
from dynakit.environment import RetryPolicy
from dynakit.operations.target import target_of
from dynakit.transport.base import Transport
from dynakit.wire import Call, Payload
from tests.integration.awaited import Awaited
from tests.integration.permitted import check_permitted
from tests.integration.servers import botocore_client
from tests.integration.wire import AsyncWiredTransport, Wire, WiredTransport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

E = TypeVar("E", bound=Entity)

BACKENDS = ("embedded", "embedded-async", "local", "local-async", "local-boto3")
EMBEDDED = ("embedded", "embedded-async")
LOCAL = ("local", "local-async", "local-boto3")
STORE = "memory://integration"


def everywhere(*, embedded: str | None = None, local: str | None = None) -> pytest.MarkDecorator:
    """Run on every backend; where a reason is given, the test has to fail there."""
    reasons = {**dict.fromkeys(EMBEDDED, embedded), **dict.fromkeys(LOCAL, local)}
    return _on(BACKENDS, reasons)


def deviates(request: pytest.FixtureRequest, backend: str, *, embedded: str | None = None) -> None:
    """Demand that this row of a table of tests fails on the embedded backend, where a reason is given."""
    if embedded and backend in EMBEDDED:
        request.applymarker(pytest.mark.xfail(reason=embedded, strict=True))


def each_store() -> pytest.MarkDecorator:
    """Run on both stores, once synchronously and once not: for what a store makes of expressions."""
    return only("local", "embedded-async")


def only(*backends: str) -> pytest.MarkDecorator:
    """Run on these backends only, which the test's docstring or name gives the reason for."""
    return _on(backends, {})


def _on(backends: Iterable[str], reasons: Mapping[str, str | None]) -> pytest.MarkDecorator:
    marked = [
        pytest.param(name, marks=pytest.mark.xfail(reason=reason, strict=True))
        if (reason := reasons.get(name))
        else name
        for name in backends
    ]
    return pytest.mark.parametrize("backend", marked, indirect=True)


@dataclass
class Database:
    """One connection to a backend, with what tests need besides: what was sent, and the raw items.

    ``client`` and ``repository(…)`` are the synchronous ones, or the asynchronous ones behind the same verbs.
    ``raw`` is another connection to the same tables, which ``wire`` does not see.
    """

    backend: str
    client: Client = field(repr=False)
    raw: Client = field(repr=False)
    wire: Wire = field(repr=False)
    environment: Environment = field(repr=False)
    repository_of: Callable[[type[Entity]], object] = field(repr=False)

    def repository(self, entity: type[E]) -> Repository[E]:
        """The repository of an entity on this connection."""
        return cast("Repository[E]", self.repository_of(entity))

    def name(self, table: Table) -> str:
        """The real name of a table."""
        return self.environment.table_name(table)

    def send_raw(self, action: str, payload: Payload) -> Payload:
        """Send a call past everything under test."""
        return transport_of(self.raw).send(Call(action, payload))

    def put_raw(self, table: Table, *items: Item) -> None:
        """Store items as they are."""
        for item in items:
            self.send_raw("PutItem", {"TableName": self.name(table), "Item": item})

    def stored(self, key: E | Query[E]) -> Item | None:
        """The item under a primary key, as it is stored."""
        target = target_of(key)
        table = self.name(target.definition.stored_in)
        reply = self.send_raw("GetItem", {"TableName": table, "Key": target.key, "ConsistentRead": True})
        item: Item | None = reply.get("Item")
        return item

    def everything(self, table: Table) -> list[Item]:
        """Every item of a table; the test tables fit into one page."""
        items: list[Item] = self.send_raw("Scan", {"TableName": self.name(table)})["Items"]
        return items


@dataclass
class Opener:
    """Opens connections to one backend and takes everything away afterwards."""

    backend: str
    endpoint: str
    stack: ExitStack

    def __call__(
        self,
        *tables: Table,
        environment: Environment | None = None,
        retry: RetryPolicy | None = None,
        create: bool = True,
    ) -> Database:
        """Connect, and create the tables under names of their own."""
        names = {table.name: f"{table.name}-{uuid4().hex}" for table in tables}
        chosen = environment or Environment()
        own = replace(chosen, tables=names, retry=retry or chosen.retry)
        plain = Environment(tables=names)
        raw = Client(open_transport(self.endpoint), plain)
        self.stack.callback(raw.close)
        if create:
            for table in tables:
                raw.tables.create(table, time_to_live=False)
                # DynamoDB Local gets slower with each table that is deleted, not with those that stay.
                if self.backend not in LOCAL:
                    self.stack.callback(raw.tables.delete, table)
        wire = Wire()
        client, repository_of = self._connected(wire, own)
        self.stack.callback(lambda: check_permitted(wire.every_call, tables, own))
        return Database(self.backend, client, raw, wire, own, repository_of)

    def _connected(
        self, wire: Wire, environment: Environment
    ) -> tuple[Client, Callable[[type[Entity]], object]]:
        if not self.backend.endswith("async"):
            client = Client(WiredTransport(self._transport(), wire), environment)
            self.stack.callback(client.close)
            return client, lambda entity: Repository(client, entity)
        loop = self.stack.enter_context(asyncio.Runner())
        inner = AsyncClient(AsyncWiredTransport(open_async_transport(self.endpoint), wire), environment)
        awaited = cast("Client", Awaited(inner, loop))
        self.stack.callback(awaited.close)
        return awaited, lambda entity: Awaited(AsyncRepository(inner, entity), loop)

    def _transport(self) -> Transport:
        if self.backend == "local-boto3":
            return open_transport(client=_boto3_client(self.endpoint))
        return open_transport(self.endpoint)


def transport_of(client: Client) -> Transport:
    """The transport of a client."""
    transport: Transport = client._transport  # pyright: ignore[reportPrivateUsage]
    return transport


@cache
def _boto3_client(endpoint: str) -> DynamoDBClient:
    """boto3's client of an endpoint, made once: that takes a tenth of a second."""
    return botocore_client(endpoint)
