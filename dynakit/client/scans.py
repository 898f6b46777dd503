"""``db.scan(…)`` and what else reads or empties much: the same verbs for both clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dynakit.client.running import Awaits, Executes
    from dynakit.operations.clear import OnDeleted
    from dynakit.operations.scan import OnProgress, Scanner, ScanPage
    from dynakit.schema.entity import Entity
    from dynakit.schema.scan import Scan
    from dynakit.schema.source import Source

T = TypeVar("T")
M = TypeVar("M", bound="Entity")
R = TypeVar("R")


class ScansTables:
    """The verbs of :class:`~dynakit.client.sync.Client`."""

    def scan(
        self: Executes,
        scan: Scan[R],
        *,
        checkpoint: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Iterator[R]:
        """Every item of a table or index that the scan gives, read as they are asked for; in no order.

        An item counts as taken when the next one is asked for. ``on_progress`` is told each time a whole page
        was taken; its checkpoint resumes behind that page. Raises :class:`~dynakit.errors.CheckpointError`.
        """
        from dynakit.operations.scan import Scanner

        return _items(self, Scanner(scan, self.environment, checkpoint), on_progress)

    def scan_pages(
        self: Executes,
        scan: Scan[R],
        *,
        checkpoint: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Iterator[ScanPage[R]]:
        """The same by pages, each with the checkpoint to store once its items are done with.

        A scan that is resumed from the checkpoint of the last page done misses no item and repeats none.
        """
        from dynakit.operations.scan import Scanner

        return _pages(self, Scanner(scan, self.environment, checkpoint), on_progress)

    def count_scan(self: Executes, scan: Scan[R]) -> int:
        """How many items a scan gives; costs the read units of reading the whole table or index."""
        from dynakit.operations.scan import count_scan

        return self.run(count_scan(scan, self.environment))

    def delete_all(
        self: Executes,
        query: Source[M],
        *,
        permanently: bool = False,
        write_units_per_second: float | None = None,
        on_deleted: OnDeleted | None = None,
    ) -> int:
        """Delete what a query or collection gives: see :func:`dynakit.operations.clear.delete_all`."""
        from dynakit.operations.clear import delete_all

        flow = delete_all(
            query,
            self.environment,
            permanently=permanently,
            write_units_per_second=write_units_per_second,
            on_deleted=on_deleted,
        )
        return self.run(flow)


class ScansTablesAwaited:
    """The verbs of :class:`~dynakit.client.aio.AsyncClient`."""

    def scan(
        self: Awaits, scan: Scan[R], *, checkpoint: str | None = None, on_progress: OnProgress | None = None
    ) -> AsyncIterator[R]:
        """Every item that the scan gives; see :meth:`ScansTables.scan`."""
        from dynakit.operations.scan import Scanner

        return _items_awaited(self, Scanner(scan, self.environment, checkpoint), on_progress)

    def scan_pages(
        self: Awaits, scan: Scan[R], *, checkpoint: str | None = None, on_progress: OnProgress | None = None
    ) -> AsyncIterator[ScanPage[R]]:
        """The same by pages; see :meth:`ScansTables.scan_pages`."""
        from dynakit.operations.scan import Scanner

        return _pages_awaited(self, Scanner(scan, self.environment, checkpoint), on_progress)

    async def count_scan(self: Awaits, scan: Scan[R]) -> int:
        """How many items a scan gives; see :meth:`ScansTables.count_scan`."""
        from dynakit.operations.scan import count_scan

        return await self.run(count_scan(scan, self.environment))

    async def delete_all(
        self: Awaits,
        query: Source[M],
        *,
        permanently: bool = False,
        write_units_per_second: float | None = None,
        on_deleted: OnDeleted | None = None,
    ) -> int:
        """Delete what a query or collection gives: see :func:`dynakit.operations.clear.delete_all`."""
        from dynakit.operations.clear import delete_all

        flow = delete_all(
            query,
            self.environment,
            permanently=permanently,
            write_units_per_second=write_units_per_second,
            on_deleted=on_deleted,
        )
        return await self.run(flow)


def _pages(client: Executes, scanner: Scanner[R], on_progress: OnProgress | None) -> Iterator[ScanPage[R]]:
    while not scanner.progress.done:
        for fetched in client.run(scanner.round()):
            page = client.run(scanner.page(fetched))
            yield page
            if on_progress is not None:
                on_progress(page.progress)


def _items(client: Executes, scanner: Scanner[R], on_progress: OnProgress | None) -> Iterator[R]:
    while not scanner.progress.done:
        for fetched in client.run(scanner.round()):
            while not fetched.rows.ended:
                yield from client.run(scanner.take(fetched))
            if on_progress is not None:
                on_progress(scanner.progress)


async def _pages_awaited(
    client: Awaits, scanner: Scanner[R], on_progress: OnProgress | None
) -> AsyncIterator[ScanPage[R]]:
    while not scanner.progress.done:
        for fetched in await client.run(scanner.round()):
            page = await client.run(scanner.page(fetched))
            yield page
            if on_progress is not None:
                on_progress(page.progress)


async def _items_awaited(
    client: Awaits, scanner: Scanner[R], on_progress: OnProgress | None
) -> AsyncIterator[R]:
    while not scanner.progress.done:
        for fetched in await client.run(scanner.round()):
            while not fetched.rows.ended:
                for item in await client.run(scanner.take(fetched)):
                    yield item
            if on_progress is not None:
                on_progress(scanner.progress)
