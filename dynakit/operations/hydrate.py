"""Whole items for the keys that an index gives: read in batches, in the order of the index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from dynakit.operations.batch import get_items
from dynakit.operations.flow import Flow
from dynakit.operations.target import target_of
from dynakit.schema.item import is_of
from dynakit.schema.query import Hydrated, Query
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")

Missing: TypeAlias = "tuple[Query[Any], ...]"
"""Keys that an index still has, and the table has not."""


def hydrated(
    query: Hydrated[E], rows: Iterable[Item], environment: Environment
) -> Flow[tuple[list[E], Missing]]:
    """The items of an index's rows that are still there and not hidden, and the keys of those that are gone.

    Raises :class:`Unprocessed` as a batch of gets does.
    """
    keys = [query.primary(row) for row in rows]
    targets = [target_of(key) for key in keys]
    consistent = query.items_consistent
    items = yield from get_items(keys, targets, environment, consistent=consistent, where=str(query))
    now = environment.now()
    found: list[E] = []
    missing: list[Query[E]] = []
    for key, item in zip(keys, items, strict=True):
        if item is None or not is_of(query.definition, item):
            missing.append(key)
        elif not query.is_hidden(item, now):
            found.append(query.decode(item))
    for key in missing:
        if query.on_missing is not None:
            query.on_missing(key)
    return found, tuple(missing)
