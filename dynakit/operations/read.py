"""Queries, page by page under the three knobs: see :mod:`dynakit.operations.paging`."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dynakit.errors import MoreThanOne, NotFound
from dynakit.operations.cursor import encode_cursor
from dynakit.operations.flow import Flow
from dynakit.operations.paging import Progress, advance, begin, bounded, identity, kept, read_on, send
from dynakit.operations.point import present
from dynakit.schema.query import Query, Read
from dynakit.schema.source import Source
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
R = TypeVar("R")


@dataclass(frozen=True)
class Page(Generic[R]):
    """Results of one query, and the cursor behind the last of them; ``None`` at the end.

    A page may be the last and still have a cursor: DynamoDB does not look ahead. ``previous`` is the cursor
    of the page before, ``None`` on the first; under a ``limit`` alone it gives the very page that was
    there. ``missing`` are the keys of items that a hydrated query found gone from the table.
    """

    items: list[R]
    cursor: str | None
    previous: str | None = None
    missing: list[Query[Any]] = field(default_factory=list[Query[Any]])


def exists(
    key: E | Query[E], environment: Environment, *, expired: bool = False, deleted: bool = False
) -> Flow[bool]:
    """Whether the item is there; or, for a query that names no single item, whether anything matches."""
    if isinstance(key, Query) and not key.names_one:
        query = key.including_expired() if expired else key
        query = query.including_deleted() if deleted else query
        return (yield from count(query.limit(1), environment)) > 0
    return (yield from present(key, environment, expired=expired, deleted=deleted))


def read_page(source: Source[R], environment: Environment, cursor: str | None = None) -> Flow[Page[R]]:
    """Read up to the query's limit, or one request's worth where it has none."""
    source = bounded(source)
    progress = begin(source, environment, cursor)
    results: list[R] = []
    missing: list[Query[Any]] = []
    while not progress.done:
        found, progress = yield from read_on(source, progress, environment)
        results += found
        missing += progress.missing
    if progress.backward:
        results.reverse()
    following, previous = cursors(source, environment, progress, cursor)
    return Page(results, following, previous, missing)


def cursors(
    source: Source[Any], environment: Environment, progress: Progress, cursor: str | None
) -> tuple[str | None, str | None]:
    """The cursors behind and before a page that was read from ``cursor``.

    On the side it was read from there is always something to go back to: the rows before the first one
    kept, or, where none was kept, before the last one read, or from the very end.
    """
    if cursor is None and progress.start is None:
        return None, None
    bound = identity(source, environment)
    after, backward = progress.start, progress.backward
    onward = None if after is None else encode_cursor(bound, after, backward=backward)
    back = progress.first or after or {}
    origin = None if cursor is None else encode_cursor(bound, back, backward=not backward)
    return (origin, onward) if backward else (onward, origin)


def read_all(source: Source[R], environment: Environment) -> Flow[list[R]]:
    """Read everything the query gives, into one list."""
    progress = begin(source, environment)
    results: list[R] = []
    while not progress.done:
        found, progress = yield from read_on(source, progress, environment)
        results += found
    return results


def first(source: Source[R], environment: Environment) -> Flow[R | None]:
    """The first result; ``None`` when there is none."""
    found: list[R] = yield from read_all(source.limit(1), environment)
    return found[0] if found else None


def one(source: Source[R], environment: Environment) -> Flow[R]:
    """The only result. Raises :class:`NotFound` or :class:`MoreThanOne`."""
    found = yield from read_all(source.limit(2), environment)
    if not found:
        raise NotFound(f"{source}: nothing matches; expected one item.", statement=source)
    if len(found) > 1:
        raise MoreThanOne(
            f"{source}: several items match; expected one. Narrow the query, or use first.", statement=source
        )
    return found[0]


def count(query: Read[E, R], environment: Environment) -> Flow[int]:
    """How many results there are: read like a query, at the same read units, without transferring items."""
    progress = begin(query, environment)
    while not progress.done:
        reply = yield from send(query, progress, environment, counts=True)
        if query.drops_rows:
            found = kept(query, reply.get("Items", []), progress.results, environment)
            after = found.cut or reply.get("LastEvaluatedKey")
            progress = advance(query, progress, after, len(found.rows), reply)
        else:
            left = None if query.max_results is None else query.max_results - progress.results
            counted: int = reply["Count"] if left is None else min(reply["Count"], left)
            progress = advance(query, progress, reply.get("LastEvaluatedKey"), counted, reply)
    return progress.results
