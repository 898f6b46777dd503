"""``Repository``: the data source of one entity.

Subclass it with the verbs of the domain; use cases depend on a protocol (:class:`DataSource`, or a smaller
one of their own) and are given a repository, or a double in tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from dynakit.operations import point
from dynakit.repositories.entity import entity_of

if TYPE_CHECKING:
    from dynakit.client.sync import Client
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


class Repository(Generic[E]):
    """Reads and writes one entity. A key is an entity, or its primary pattern with every attribute given.

    Every verb may raise a :class:`~dynakit.errors.RequestError` (throttled, no access, no connection);
    those below say what they raise besides.
    """

    def __init__(self, client: Client, entity: type[E] | None = None) -> None:
        self.client = client
        self.entity: type[E] = entity_of(type(self), Repository, entity)

    def using(self, client: Client) -> Self:
        """This repository on another client, such as ``db.within(deadline=2.0)``; the rest is shared."""
        twin = copy(self)
        twin.client = client
        return twin

    def get(
        self,
        key: E | Query[E],
        *,
        consistent: bool = False,
        expired: bool = False,
        deleted: bool = False,
        trusted: bool = False,
    ) -> E | None:
        """The item, or ``None`` when there is none; ``consistent`` costs twice the read units.

        Expired and softly deleted items count as none, here and below, unless asked for. ``trusted=True``
        leaves pydantic's validation out, of items that are known to be good.
        """
        return self.client.run(
            point.get(
                key,
                self.client.environment,
                consistent=consistent,
                expired=expired,
                deleted=deleted,
                trusted=trusted,
            )
        )

    def require(
        self,
        key: E | Query[E],
        *,
        consistent: bool = False,
        expired: bool = False,
        deleted: bool = False,
        trusted: bool = False,
    ) -> E:
        """The item. Raises :class:`~dynakit.errors.NotFound` when there is none."""
        return self.client.run(
            point.require(
                key,
                self.client.environment,
                consistent=consistent,
                expired=expired,
                deleted=deleted,
                trusted=trusted,
            )
        )

    def exists(self, key: E | Query[E], *, expired: bool = False, deleted: bool = False) -> bool:
        """Whether the item is there, or anything matches the query."""
        from dynakit.operations import read

        return self.client.run(read.exists(key, self.client.environment, expired=expired, deleted=deleted))

    def create(self, item: E, *, once: bool = False) -> E:
        """Store an entity where none is. Raises :class:`~dynakit.errors.ItemAlreadyExists`.

        ``once=True``, here and below, applies the write exactly once whatever happens to replies: as a
        transaction with an idempotency token, at twice the write units.
        """
        from dynakit.operations.write import Create

        return self.client.execute(Create(item, once))

    def put(self, item: E, *, where: Condition[E] | None = None, once: bool = False) -> E:
        """Store an entity, overwriting what is there. Raises :class:`~dynakit.errors.ConditionFailed`."""
        from dynakit.operations.write import Put

        return self.client.execute(Put(item, where, once=once))

    def replace(self, item: E, *, where: Condition[E] | None = None, once: bool = False) -> E:
        """Overwrite an item that exists. Raises :class:`~dynakit.errors.NotFound` or ``ConditionFailed``."""
        from dynakit.operations.write import Replace

        return self.client.execute(Replace(item, where, once))

    def save_changes(self, item: E, *, once: bool = False) -> E:
        """Write what differs from what was loaded. Raises ``NotFound`` or ``VersionConflict``."""
        from dynakit.operations.save import SaveChanges

        return self.client.execute(SaveChanges(item, once))

    def update(
        self,
        key: E | Query[E],
        *actions: UpdateAction[E],
        where: Condition[E] | None = None,
        current: E | None = None,
        fetch_missing: bool = False,
        once: bool = False,
    ) -> E:
        """Change attributes; gives the item as it then is. Raises ``NotFound`` or ``ConditionFailed``.

        ``current`` and ``fetch_missing`` say where the other attributes of an index key come from: see
        :class:`~dynakit.operations.update.Update`.
        """
        from dynakit.operations.update import Update

        return self.client.execute(
            Update(key, *actions, where=where, current=current, fetch_missing=fetch_missing, once=once)
        )

    def upsert(
        self,
        key: E | Query[E],
        *actions: UpdateAction[E],
        where: Condition[E] | None = None,
        once: bool = False,
    ) -> E:
        """Change attributes, making the item where there is none; gives the item as it then is."""
        from dynakit.operations.update import Upsert

        return self.client.execute(Upsert(key, *actions, where=where, once=once))

    def move(self, key: E | Query[E], *actions: UpdateAction[E]) -> E:
        """Give an item another primary key. Raises ``NotFound`` or ``ItemAlreadyExists``."""
        from dynakit.operations.move import Move

        return self.client.execute(Move(key, *actions))

    def delete(
        self,
        key: E | Query[E],
        *,
        where: Condition[E] | None = None,
        missing_ok: bool = False,
        permanently: bool = False,
        once: bool = False,
    ) -> None:
        """Delete the item. Raises ``NotFound`` unless ``missing_ok``, and ``ConditionFailed``.

        An entity with ``deleted()`` is deleted softly, unless ``permanently``.
        """
        from dynakit.operations.delete import Delete

        return self.client.execute(Delete(key, where, missing_ok, permanently, once))

    def restore(self, key: E | Query[E]) -> E:
        """Undo a soft deletion; gives the item. Raises ``NotFound`` where no deleted item is."""
        from dynakit.operations.delete import Restore

        return self.client.execute(Restore(key))

    def first(self, query: Read[E, R]) -> R | None:
        """The first result, or ``None``."""
        from dynakit.operations import read

        return self.client.run(read.first(query, self.client.environment))

    def one(self, query: Read[E, R]) -> R:
        """The only result. Raises ``NotFound`` for none, :class:`~dynakit.errors.MoreThanOne` for several."""
        from dynakit.operations import read

        return self.client.run(read.one(query, self.client.environment))

    def all(self, query: Read[E, R]) -> list[R]:
        """Every result, in one list."""
        from dynakit.operations import read

        return self.client.run(read.read_all(query, self.client.environment))

    def iterate(self, query: Read[E, R]) -> Iterator[R]:
        """Every result, read page by page as they are asked for."""
        return self.client.iterate(query)

    def page(self, query: Read[E, R], *, cursor: str | None = None) -> Page[R]:
        """One page: up to the query's limit. Raises :class:`~dynakit.errors.CursorError`."""
        from dynakit.operations import read

        return self.client.run(read.read_page(query, self.client.environment, cursor))

    def count(self, query: Read[E, R]) -> int:
        """How many results there are; costs the read units of reading them."""
        from dynakit.operations import read

        return self.client.run(read.count(query, self.client.environment))

    def get_many(
        self,
        keys: Iterable[E | Query[E]],
        *,
        consistent: bool = False,
        expired: bool = False,
        deleted: bool = False,
        trusted: bool = False,
    ) -> list[E | None]:
        """Items in the order asked, ``None`` for one that is missing. Raises ``Unprocessed``."""
        from dynakit.operations import batch

        return self.client.run(
            batch.get_many(
                keys,
                self.client.environment,
                consistent=consistent,
                expired=expired,
                deleted=deleted,
                trusted=trusted,
            )
        )

    def put_many(
        self, items: Iterable[E], *, last_wins: bool = False, write_units_per_second: float | None = None
    ) -> None:
        """Put entities in batches of 25. Raises :class:`~dynakit.errors.Unprocessed` with those left."""
        from dynakit.operations import batch
        from dynakit.operations.limits import Budget

        budget = Budget("put_many", write_units_per_second)
        return self.client.run(
            batch.put_many(items, self.client.environment, last_wins=last_wins, budget=budget)
        )

    def delete_many(
        self,
        keys: Iterable[E | Query[E]],
        *,
        last_wins: bool = False,
        permanently: bool = False,
        write_units_per_second: float | None = None,
    ) -> None:
        """Delete items in batches of 25, there or not. Raises :class:`~dynakit.errors.Unprocessed`."""
        from dynakit.operations import batch
        from dynakit.operations.limits import Budget

        budget = Budget("delete_many", write_units_per_second)
        return self.client.run(
            batch.delete_many(
                keys,
                self.client.environment,
                last_wins=last_wins,
                permanently=permanently,
                budget=budget,
            )
        )

    def delete_all(
        self,
        query: Query[E],
        *,
        permanently: bool = False,
        write_units_per_second: float | None = None,
        on_deleted: OnDeleted | None = None,
    ) -> int:
        """Delete what a query gives, page by page; gives how many. Send it again to resume it."""
        return self.client.delete_all(
            query,
            permanently=permanently,
            write_units_per_second=write_units_per_second,
            on_deleted=on_deleted,
        )

    def scan(
        self, scan: Scan[E], *, checkpoint: str | None = None, on_progress: OnProgress | None = None
    ) -> Iterator[E]:
        """Every item, read page by page as they are asked for, in no order: see :meth:`Client.scan`."""
        return self.client.scan(scan, checkpoint=checkpoint, on_progress=on_progress)

    def scan_pages(
        self, scan: Scan[E], *, checkpoint: str | None = None, on_progress: OnProgress | None = None
    ) -> Iterator[ScanPage[E]]:
        """The same by pages, each with the checkpoint behind it: see :meth:`Client.scan_pages`."""
        return self.client.scan_pages(scan, checkpoint=checkpoint, on_progress=on_progress)

    def count_scan(self, scan: Scan[E]) -> int:
        """How many items a scan gives; costs the read units of reading everything."""
        return self.client.count_scan(scan)
