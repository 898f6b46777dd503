"""``AsyncClient``: the twin of :class:`~dynakit.client.sync.Client` for asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from dynakit.client.driver import run_async
from dynakit.client.follow import FollowsStreamsAwaited
from dynakit.client.gather import AwaitsEntities
from dynakit.client.lending import LendsLeasesAwaited
from dynakit.client.partiql import AsksInPartiqlAwaited
from dynakit.client.scans import ScansTablesAwaited
from dynakit.client.sender import AsyncSender
from dynakit.client.shared import Shared
from dynakit.client.tables import AsyncTables
from dynakit.client.transact_get import AwaitsTogether

if TYPE_CHECKING:
    from dynakit.client.sync import Statement
    from dynakit.client.transaction import AsyncTransaction
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
    from dynakit.transport.base import AsyncTransport
    from dynakit.wire import Payload, Service

T = TypeVar("T")
R = TypeVar("R")
E = TypeVar("E", bound="Entity")


class AsyncClient(
    Shared,
    AwaitsTogether,
    AwaitsEntities,
    FollowsStreamsAwaited,
    ScansTablesAwaited,
    LendsLeasesAwaited,
    AsksInPartiqlAwaited,
):
    """A connection to the tables; made by :func:`dynakit.connect_async`, for the tasks of one event loop.

    Cancelling a task leaves the outcome of the call it waited for unknown.
    """

    def __init__(
        self, transport: AsyncTransport, environment: Environment, *, sender: AsyncSender | None = None
    ) -> None:
        self._transport = transport
        self._sender = sender or AsyncSender(transport)
        self._owns_connections = True
        self.environment = environment
        self.tables = AsyncTables(self)

    @property
    def _watch(self) -> Watch:
        return self._sender.watch

    def _sharing(self, environment: Environment) -> Self:
        twin = type(self)(self._transport, environment, sender=self._sender)
        twin._owns_connections = False
        return twin

    async def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its end."""
        with self.environment.use():
            return await run_async(flow, self._sender.send, self.environment.asleep)

    async def call(
        self, action: str, payload: Payload, *, service: Service = "dynamodb", resend: bool = False
    ) -> Payload:
        """Send any action of the API as it is: see :func:`dynakit.operations.raw.call`."""
        from dynakit.operations.raw import call

        return await self.run(call(action, payload, self.environment, service=service, resend=resend))

    async def execute(self, statement: Statement[T]) -> T:
        """Carry out a write or a transaction."""
        return await self.run(statement.flow(self.environment))

    async def iterate(self, query: Source[R]) -> AsyncIterator[R]:
        """The results of a query or a collection, read page by page as they are asked for."""
        from dynakit.operations.reading import Reading

        reading = Reading(query, self.environment)
        while not reading.done:
            for result in await self.run(reading.more()):
                yield result

    async def search(
        self, near: Near[E, R], *, top: int = 10, where: Condition[E] | None = None
    ) -> list[Scored[R]]:
        """The items nearest to a vector, with their scores: see :func:`dynakit.operations.search.search`."""
        from dynakit.operations.search import search

        return await self.run(search(near, self.environment, top=top, where=where))

    def transaction(self, *, retry_conflicts: bool = False) -> AsyncTransaction:
        """Collect writes in an ``async with`` block; they are applied together at its end, or not at all.

        With ``retry_conflicts`` it is sent again while it meets other transactions, until the deadline.
        """
        from dynakit.client.transaction import AsyncTransaction

        return AsyncTransaction(self, retry_conflicts=retry_conflicts)

    async def check_unique(
        self, entity: type[Entity], *, listed: int = 1000, read_units_per_second: float | None = None
    ) -> UniqueReport:
        """Compare the items of an entity with the guards of its unique constraints; changes nothing.

        Reads the whole table. The report holds the first so many findings as are ``listed``.
        """
        from dynakit.operations.unique_check import check_unique

        return await self.run(
            check_unique(entity, self.environment, listed=listed, read_units_per_second=read_units_per_second)
        )

    async def repair_unique(
        self, entity: type[Entity], *, listed: int = 1000, read_units_per_second: float | None = None
    ) -> UniqueReport:
        """The same, making missing guards and deleting orphaned ones, while others write.

        So data from before the constraint gets its guards. Values that two items have are left alone.
        """
        from dynakit.operations.unique_check import check_unique

        return await self.run(
            check_unique(
                entity,
                self.environment,
                repair=True,
                listed=listed,
                read_units_per_second=read_units_per_second,
            )
        )

    async def sweep(
        self, table: Table, *, older_than: timedelta = timedelta(days=1), delete: bool = False
    ) -> Swept:
        """Find offloaded values that no item points to: see :func:`dynakit.operations.sweep.sweep`."""
        from dynakit.operations.sweep import sweep

        return await self.run(sweep(table, self.environment, older_than=older_than, delete=delete))

    async def close(self) -> None:
        """Close the connections, unless this client shares those of another."""
        if self._owns_connections:
            await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
