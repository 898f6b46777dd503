"""``Client``: drives flows over a transport."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from dynakit.client.driver import run
from dynakit.client.follow import FollowsStreams
from dynakit.client.gather import GathersEntities
from dynakit.client.lending import LendsLeases
from dynakit.client.partiql import AsksInPartiql
from dynakit.client.scans import ScansTables
from dynakit.client.sender import Sender
from dynakit.client.shared import Shared
from dynakit.client.tables import Tables
from dynakit.client.transact_get import GetsTogether
from dynakit.environment import enter, leave

if TYPE_CHECKING:
    from dynakit.client.transaction import Transaction
    from dynakit.environment import Environment
    from dynakit.expressions.condition import Condition
    from dynakit.expressions.near import Near
    from dynakit.operations.flow import Flow
    from dynakit.operations.search import Scored
    from dynakit.operations.sweep import Swept
    from dynakit.operations.unique_check import UniqueReport
    from dynakit.schema.entity import Entity
    from dynakit.schema.source import Source
    from dynakit.table import Table
    from dynakit.telemetry.watch import Watch
    from dynakit.transport.base import Transport
    from dynakit.wire import Payload, Service

T = TypeVar("T")
R = TypeVar("R")
E = TypeVar("E", bound="Entity")
T_co = TypeVar("T_co", covariant=True)


class Statement(Protocol[T_co]):
    """What a client can execute: a write, or a transaction."""

    def flow(self, environment: Environment) -> Flow[T_co]:
        """Carry the statement out."""
        ...


class Client(Shared, GetsTogether, GathersEntities, FollowsStreams, ScansTables, LendsLeases, AsksInPartiql):
    """A connection to the tables; made by :func:`dynakit.connect`, safe to share between threads.

    Close it, or use it as a context manager, to give its connections back.
    """

    def __init__(
        self, transport: Transport, environment: Environment, *, sender: Sender | None = None
    ) -> None:
        self._transport = transport
        self._sender = sender or Sender(transport)
        self._owns_connections = True
        self.environment = environment
        self.tables = Tables(self)

    @property
    def _watch(self) -> Watch:
        return self._sender.watch

    def _sharing(self, environment: Environment) -> Self:
        twin = type(self)(self._transport, environment, sender=self._sender)
        twin._owns_connections = False
        return twin

    def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its end."""
        environment = self.environment
        entered = enter(environment)
        try:
            return run(flow, self._sender.send, environment.sleep)
        finally:
            leave(entered)

    def call(
        self, action: str, payload: Payload, *, service: Service = "dynamodb", resend: bool = False
    ) -> Payload:
        """Send any action of the API as it is: see :func:`dynakit.operations.raw.call`."""
        from dynakit.operations.raw import call

        return self.run(call(action, payload, self.environment, service=service, resend=resend))

    def execute(self, statement: Statement[T]) -> T:
        """Carry out a write or a transaction."""
        return self.run(statement.flow(self.environment))

    def iterate(self, query: Source[R]) -> Iterator[R]:
        """The results of a query or a collection, read page by page as they are asked for."""
        from dynakit.operations.reading import Reading

        reading = Reading(query, self.environment)
        while not reading.done:
            yield from self.run(reading.more())

    def search(
        self, near: Near[E, R], *, top: int = 10, where: Condition[E] | None = None
    ) -> list[Scored[R]]:
        """The items nearest to a vector, with their scores: see :func:`dynakit.operations.search.search`."""
        from dynakit.operations.search import search

        return self.run(search(near, self.environment, top=top, where=where))

    def transaction(self, *, retry_conflicts: bool = False) -> Transaction:
        """Collect writes in a ``with`` block; they are applied together at its end, or not at all.

        With ``retry_conflicts`` it is sent again while it meets other transactions, until the deadline.
        """
        from dynakit.client.transaction import Transaction

        return Transaction(self, retry_conflicts=retry_conflicts)

    def check_unique(
        self, entity: type[Entity], *, listed: int = 1000, read_units_per_second: float | None = None
    ) -> UniqueReport:
        """Compare the items of an entity with the guards of its unique constraints; changes nothing.

        Reads the whole table. The report holds the first so many findings as are ``listed``.
        """
        from dynakit.operations.unique_check import check_unique

        return self.run(
            check_unique(entity, self.environment, listed=listed, read_units_per_second=read_units_per_second)
        )

    def repair_unique(
        self, entity: type[Entity], *, listed: int = 1000, read_units_per_second: float | None = None
    ) -> UniqueReport:
        """The same, making missing guards and deleting orphaned ones, while others write.

        So data from before the constraint gets its guards. Values that two items have are left alone.
        """
        from dynakit.operations.unique_check import check_unique

        return self.run(
            check_unique(
                entity,
                self.environment,
                repair=True,
                listed=listed,
                read_units_per_second=read_units_per_second,
            )
        )

    def sweep(
        self, table: Table, *, older_than: timedelta = timedelta(days=1), delete: bool = False
    ) -> Swept:
        """Find offloaded values that no item points to: see :func:`dynakit.operations.sweep.sweep`."""
        from dynakit.operations.sweep import sweep

        return self.run(sweep(table, self.environment, older_than=older_than, delete=delete))

    def close(self) -> None:
        """Close the connections, unless this client shares those of another."""
        if self._owns_connections:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
