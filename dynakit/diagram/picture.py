"""What a picture of a table shows, whatever it is drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dynakit.keys.part import KeyPart, PlainPart
from dynakit.schema.definition import Definition, EntityKey
from dynakit.schema.registry import definitions_of
from dynakit.table import Index, Table, VectorIndex
from dynakit.values import dataclass


@dataclass(frozen=True)
class Pattern:
    """One pattern of an entity: where it is found, and by what.

    ``index`` is ``None`` for the table. ``partition`` and ``sort`` are the templates; ``given`` are the
    attributes that a query has to give, ``ordered`` those by which it may narrow and the items are sorted.
    """

    entity: str
    name: str
    index: str | None
    partition: tuple[str, ...]
    sort: tuple[str, ...]
    given: tuple[str, ...]
    ordered: tuple[str, ...]

    @property
    def call(self) -> str:
        """How it is asked for in code."""
        given = ", ".join(f"{name}=…" for name in self.given)
        return f"{self.entity}.{self.name}({given})"

    @property
    def order(self) -> str:
        """What narrows and sorts the items that it finds; an index may hold several under one key."""
        if self.ordered:
            return f"by {', '.join(self.ordered)}"
        return "one item" if self.index is None else "in no order"


@dataclass(frozen=True)
class Place:
    """The table itself or one of its indexes: the names of its key attributes, and the patterns on it.

    ``notes`` are what else is to be known of an index: that it is local, and what it projects if not all.
    """

    index: str | None
    partition: tuple[str, ...]
    sort: tuple[str, ...]
    notes: tuple[str, ...]
    patterns: tuple[Pattern, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The key attributes, those of the partition key first."""
        return (*self.partition, *self.sort)


@dataclass(frozen=True)
class Search:
    """A vector index: the searches that it serves, and the attributes that they may be narrowed by."""

    index: str
    calls: tuple[str, ...]
    narrowed_by: tuple[str, ...]
    vectors: str


@dataclass(frozen=True)
class Collection:
    """Entities whose items share a partition: one query gives them all."""

    index: str | None
    partition: tuple[str, ...]
    entities: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """A table with all of its entities."""

    table: str
    entities: tuple[str, ...]
    places: tuple[Place, ...]
    collections: tuple[Collection, ...]
    searches: tuple[Search, ...] = ()

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """All patterns, in the order of the places."""
        return tuple(pattern for place in self.places for pattern in place.patterns)


def picture_of(table: Table) -> Picture:
    """What there is to draw of a table; entities in the order they were declared."""
    definitions = definitions_of(table)
    places = tuple(_place(table, index, definitions) for index in (None, *table.indexes))
    found = tuple(one for place in places for one in _collections(place))
    searches = tuple(_search(index, definitions) for index in table.vector_indexes)
    return Picture(table.name, tuple(one.name for one in definitions), places, found, searches)


def _place(table: Table, index: Index | None, definitions: Sequence[Definition[Any]]) -> Place:
    patterns = tuple(
        _pattern(one, key) for one in definitions for key in one.keys.values() if key.index == index
    )
    return Place(
        None if index is None else index.name,
        tuple(key.name for key in table.partition_of(index)),
        tuple(key.name for key in table.sort_of(index)),
        () if index is None else _notes(index),
        patterns,
    )


def _notes(index: Index) -> tuple[str, ...]:
    projected = () if index.gives_whole_items else (index.projection.type,)
    return ("local", *projected) if index.local else projected


def _search(index: VectorIndex, definitions: Sequence[Definition[Any]]) -> Search:
    calls = tuple(
        f"{one.name}.{one.by_stored[index.attribute].name}.near(…)"
        for one in definitions
        if index.attribute in one.by_stored
    )
    narrowed_by = tuple(key.name for key in index.narrowed_by)
    return Search(index.name, calls, narrowed_by, f"{index.dimensions} numbers, {index.distance}")


def _pattern(definition: Definition[Any], key: EntityKey) -> Pattern:
    given = _names(key.partition)
    return Pattern(
        definition.name,
        key.name,
        None if key.index is None else key.index.name,
        _sources(key.partition),
        _sources(key.sort),
        given,
        tuple(name for name in _names(key.sort) if name not in given),
    )


def _sources(parts: Sequence[KeyPart]) -> tuple[str, ...]:
    return tuple(f"{{{part.name}}}" if isinstance(part, PlainPart) else part.source for part in parts)


def _names(parts: Sequence[KeyPart]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.names))


def _collections(place: Place) -> list[Collection]:
    """The partitions of a place that several entities share, or that hold many items of one."""
    by_partition: dict[tuple[str, ...], list[Pattern]] = {}
    for pattern in place.patterns:
        by_partition.setdefault(pattern.partition, []).append(pattern)
    return [
        Collection(place.index, partition, tuple(dict.fromkeys(one.entity for one in patterns)))
        for partition, patterns in by_partition.items()
        if len(patterns) > 1 or patterns[0].ordered
    ]
