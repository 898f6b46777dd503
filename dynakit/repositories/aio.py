"""``AsyncRepository``: the twin of :class:`~dynakit.repositories.sync.Repository` for asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from copy import copy
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from dynakit.operations import point
from dynakit.repositories.entity import entity_of

if TYPE_CHECKING:
    from dynakit.client.aio import AsyncClient
    from dynakit.expressions.condition import Condition
    from dynakit.expressions.update import UpdateAction
    from dynakit.operations.clear import OnDeleted
    from dynakit.operations.read import Page
    from dynakit.operations.scan import OnProgress, ScanPage
    from dynakit.schema.entity import Entity
    from dynakit.schema.query import Query, Read
    from dynakit.schema.scan import Scan

E = TypeVar("E", bound="Entity")
R = TypeVar("R")


class AsyncRepository(Generic[E]):
    """The verbs of :class:`~dynakit.repositories.sync.Repository`, awaited; see there."""

    def __init__(self, client: AsyncClient, entity: type[E] | None = None) -> None:
        self.client = client
        self.entity: type[E] = entity_of(type(self), AsyncRepository, entity)

    def using(self, client: AsyncClient) -> Self:
        """See :meth:`Repository.using`."""
        twin = copy(self)
        twin.client = client
        return twin

    async def get(
        self,
        key: E | Query[E],
        *,
        consistent: bool = False,
        expired: bool = False,
        deleted: bool = False,
        trusted: bool = False,
    ) -> E | None:
        """The item, or ``None`` when there is none; ``consistent`` costs twice the read units.

        Expired and softly deleted items count as none, here and below, unless asked for.
        """
        return await self.client.run(
            point.get(
                key,
                self.client.environment,
                consistent=consistent,
                expired=expired,
                deleted=deleted,
                trusted=trusted,
            )
        )

    async def require(
        self,
        key: E | Query[E],
        *,
        consistent: bool = False,
        expired: bool = False,
        deleted: bool = False,
        trusted: bool = False,
    ) -> E:
        """See :meth:`Repository.require`."""
        return await self.client.run(
            point.require(
                key,
                self.client.environment,
                consistent=consistent,
                expired=expired,
                deleted=deleted,
                trusted=trusted,
            )
        )

    async def exists(self, key: E | Query[E], *, expired: bool = False, deleted: bool = False) -> bool:
        """See :meth:`Repository.exists`."""
        from dynakit.operations import read

        return await self.client.run(
            read.exists(key, self.client.environment, expired=expired, deleted=deleted)
        )

    async def create(self, item: E, *, once: bool = False) -> E:
        """See :meth:`Repository.create`."""
        from dynakit.operations.write import Create

        return await self.client.execute(Create(item, once))

    async def put(self, item: E, *, where: Condition[E] | None = None, once: bool = False) -> E:
        """See :meth:`Repository.put`."""
        from dynakit.operations.write import Put

        return await self.client.execute(Put(item, where, once=once))

    async def replace(self, item: E, *, where: Condition[E] | None = None, once: bool = False) -> E:
        """See :meth:`Repository.replace`."""
        from dynakit.operations.write import Replace

        return await self.client.execute(Replace(item, where, once))

    async def save_changes(self, item: E, *, once: bool = False) -> E:
        """See :meth:`Repository.save_changes`."""
        from dynakit.operations.save import SaveChanges

        return await self.client.execute(SaveChanges(item, once))

    async def update(
        self,
        key: E | Query[E],
        *actions: UpdateAction[E],
        where: Condition[E] | None = None,
        current: E | None = None,
        fetch_missing: bool = False,
        once: bool = False,
    ) -> E:
        """See :meth:`Repository.update`."""
        from dynakit.operations.update import Update

        return await self.client.execute(
            Update(key, *actions, where=where, current=current, fetch_missing=fetch_missing, once=once)
        )

    async def upsert(
        self,
        key: E | Query[E],
        *actions: UpdateAction[E],
        where: Condition[E] | None = None,
        once: bool = False,
    ) -> E:
        """See :meth:`Repository.upsert`."""
        from dynakit.operations.update import Upsert

        return await self.client.execute(Upsert(key, *actions, where=where, once=once))

    async def move(self, key: E | Query[E], *actions: UpdateAction[E]) -> E:
        """See :meth:`Repository.move`."""
        from dynakit.operations.move import Move

        return await self.client.execute(Move(key, *actions))

    async def delete(
        self,
        key: E | Query[E],
        *,
        where: Condition[E] | None = None,
        missing_ok: bool = False,
        permanently: bool = False,
        once: bool = False,
    ) -> None:
        """See :meth:`Repository.delete`."""
        from dynakit.operations.delete import Delete

        return await self.client.execute(Delete(key, where, missing_ok, permanently, once))

    async def restore(self, key: E | Query[E]) -> E:
        """See :meth:`Repository.restore`."""
        from dynakit.operations.delete import Restore

        return await self.client.execute(Restore(key))

    async def first(self, query: Read[E, R]) -> R | None:
        """See :meth:`Repository.first`."""
        from dynakit.operations import read

        return await self.client.run(read.first(query, self.client.environment))

    async def one(self, query: Read[E, R]) -> R:
        """See :meth:`Repository.one`."""
        from dynakit.operations import read

        return await self.client.run(read.one(query, self.client.environment))

    async def all(self, query: Read[E, R]) -> list[R]:
        """See :meth:`Repository.all`."""
        from dynakit.operations import read

        return await self.client.run(read.read_all(query, self.client.environment))

    def iterate(self, query: Read[E, R]) -> AsyncIterator[R]:
        """See :meth:`Repository.iterate`."""
        return self.client.iterate(query)

    async def page(self, query: Read[E, R], *, cursor: str | None = None) -> Page[R]:
        """See :meth:`Repository.page`."""
        from dynakit.operations import read

        return await self.client.run(read.read_page(query, self.client.environment, cursor))

    async def count(self, query: Read[E, R]) -> int:
        """See :meth:`Repository.count`."""
        from dynakit.operations import read

        return await self.client.run(read.count(query, self.client.environment))

    async def get_many(
        self,
        keys: Iterable[E | Query[E]],
        *,
        consistent: bool = False,
        expired: bool = False,
        deleted: bool = False,
        trusted: bool = False,
    ) -> list[E | None]:
        """See :meth:`Repository.get_many`."""
        from dynakit.operations import batch

        return await self.client.run(
            batch.get_many(
                keys,
                self.client.environment,
                consistent=consistent,
                expired=expired,
                deleted=deleted,
                trusted=trusted,
            )
        )

    async def put_many(
        self, items: Iterable[E], *, last_wins: bool = False, write_units_per_second: float | None = None
    ) -> None:
        """See :meth:`Repository.put_many`."""
        from dynakit.operations import batch
        from dynakit.operations.limits import Budget

        budget = Budget("put_many", write_units_per_second)
        return await self.client.run(
            batch.put_many(items, self.client.environment, last_wins=last_wins, budget=budget)
        )

    async def delete_many(
        self,
        keys: Iterable[E | Query[E]],
        *,
        last_wins: bool = False,
        permanently: bool = False,
        write_units_per_second: float | None = None,
    ) -> None:
        """See :meth:`Repository.delete_many`."""
        from dynakit.operations import batch
        from dynakit.operations.limits import Budget

        budget = Budget("delete_many", write_units_per_second)
        return await self.client.run(
            batch.delete_many(
                keys,
                self.client.environment,
                last_wins=last_wins,
                permanently=permanently,
                budget=budget,
            )
        )

    async def delete_all(
        self,
        query: Query[E],
        *,
        permanently: bool = False,
        write_units_per_second: float | None = None,
        on_deleted: OnDeleted | None = None,
    ) -> int:
        """See :meth:`Repository.delete_all`."""
        return await self.client.delete_all(
            query,
            permanently=permanently,
            write_units_per_second=write_units_per_second,
            on_deleted=on_deleted,
        )

    def scan(
        self, scan: Scan[E], *, checkpoint: str | None = None, on_progress: OnProgress | None = None
    ) -> AsyncIterator[E]:
        """See :meth:`Repository.scan`."""
        return self.client.scan(scan, checkpoint=checkpoint, on_progress=on_progress)

    def scan_pages(
        self, scan: Scan[E], *, checkpoint: str | None = None, on_progress: OnProgress | None = None
    ) -> AsyncIterator[ScanPage[E]]:
        """See :meth:`Repository.scan_pages`."""
        return self.client.scan_pages(scan, checkpoint=checkpoint, on_progress=on_progress)

    async def count_scan(self, scan: Scan[E]) -> int:
        """See :meth:`Repository.count_scan`."""
        return await self.client.count_scan(scan)
