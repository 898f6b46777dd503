"""``DataSource``: what a use case may ask of the data of one entity.

A use case that needs less does better with a smaller protocol of its own, in the words of the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
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


class DataSource(Protocol[E]):
    """The verbs of a :class:`~dynakit.repositories.sync.Repository`, which is one."""

    def get(
        self,
        key: E | Query[E],
        *,
        consistent: bool = False,
        expired: bool = False,
        deleted: bool = False,
        trusted: bool = False,
    ) -> E | None: ...
    def require(
        self,
        key: E | Query[E],
        *,
        consistent: bool = False,
        expired: bool = False,
        deleted: bool = False,
        trusted: bool = False,
    ) -> E: ...
    def exists(self, key: E | Query[E], *, expired: bool = False, deleted: bool = False) -> bool: ...
    def create(self, item: E, *, once: bool = False) -> E: ...
    def put(self, item: E, *, where: Condition[E] | None = None, once: bool = False) -> E: ...
    def replace(self, item: E, *, where: Condition[E] | None = None, once: bool = False) -> E: ...
    def save_changes(self, item: E, *, once: bool = False) -> E: ...
    def update(
        self,
        key: E | Query[E],
        *actions: UpdateAction[E],
        where: Condition[E] | None = None,
        current: E | None = None,
        fetch_missing: bool = False,
        once: bool = False,
    ) -> E: ...
    def upsert(
        self,
        key: E | Query[E],
        *actions: UpdateAction[E],
        where: Condition[E] | None = None,
        once: bool = False,
    ) -> E: ...
    def move(self, key: E | Query[E], *actions: UpdateAction[E]) -> E: ...
    def delete(
        self,
        key: E | Query[E],
        *,
        where: Condition[E] | None = None,
        missing_ok: bool = False,
        permanently: bool = False,
        once: bool = False,
    ) -> None: ...
    def restore(self, key: E | Query[E]) -> E: ...
    def first(self, query: Read[E, R]) -> R | None: ...
    def one(self, query: Read[E, R]) -> R: ...
    def all(self, query: Read[E, R]) -> list[R]: ...
    def iterate(self, query: Read[E, R]) -> Iterator[R]: ...
    def page(self, query: Read[E, R], *, cursor: str | None = None) -> Page[R]: ...
    def count(self, query: Read[E, R]) -> int: ...
    def get_many(
        self,
        keys: Iterable[E | Query[E]],
        *,
        consistent: bool = False,
        expired: bool = False,
        deleted: bool = False,
        trusted: bool = False,
    ) -> list[E | None]: ...
    def put_many(
        self, items: Iterable[E], *, last_wins: bool = False, write_units_per_second: float | None = None
    ) -> None: ...
    def delete_many(
        self,
        keys: Iterable[E | Query[E]],
        *,
        last_wins: bool = False,
        permanently: bool = False,
        write_units_per_second: float | None = None,
    ) -> None: ...
    def delete_all(
        self,
        query: Query[E],
        *,
        permanently: bool = False,
        write_units_per_second: float | None = None,
        on_deleted: OnDeleted | None = None,
    ) -> int: ...
    def scan(
        self, scan: Scan[E], *, checkpoint: str | None = None, on_progress: OnProgress | None = None
    ) -> Iterator[E]: ...
    def scan_pages(
        self, scan: Scan[E], *, checkpoint: str | None = None, on_progress: OnProgress | None = None
    ) -> Iterator[ScanPage[E]]: ...
    def count_scan(self, scan: Scan[E]) -> int: ...
