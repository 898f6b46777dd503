"""What may surprise in a statement: read more than it gives, or put all its load on one partition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dynakit.explanation.explanation import Finding
from dynakit.explanation.kinds import is_read
from dynakit.schema.definition import Definition, EntityKey
from dynakit.schema.query import Hydrated, Read
from dynakit.schema.registry import neighbours
from dynakit.schema.source import Source


def read_cautions(source: Source[Any], key: EntityKey, requests: int) -> tuple[Finding, ...]:
    """The warnings of a query."""
    return tuple(_read_cautions(source, key, requests))


def hot_partition(definition: Definition[Any], key: EntityKey) -> Finding | None:
    """The warning of a partition key that is constant, or made of attributes with few values."""
    names = [name for part in key.partition for name in part.names]
    codecs = [definition.attribute(name).codec for name in names]
    if not all(codec.choices or codec.python_types == (bool,) for codec in codecs):
        return None
    why, meets = "constant", "one partition, which gives"
    if names:
        why, meets = f"made of {', '.join(names)}, which have few values", "few partitions, which give"
    place = "the table" if key.index is None else f"index {key.index.name}"
    return Finding(
        "hot-partition",
        f"the partition key of {definition.name}.{key.name} is {why}: all load on {place} meets in {meets} "
        "at most 3,000 read and 1,000 write units a second.",
    )


def _read_cautions(source: Source[Any], key: EntityKey, requests: int) -> Iterator[Finding]:
    if is_read(source):
        hot = hot_partition(source.definition, key)
        yield from () if hot is None else (hot,)
        yield from _filter_cautions(source)
        yield from _neighbour_cautions(source, key)
    if isinstance(source, Hydrated):
        yield Finding("hydrate", "each item is read a second time, from the table, in batches of 100.")
    elif source.index is not None and source.index.local and source.table.held_by(source.index) is not None:
        yield Finding(
            "hydrate", "what the local index does not hold is fetched from the table, item by item."
        )
    bounded = source.max_results or source.max_evaluated or source.max_requests
    if not bounded and requests > 1:
        yield Finding(
            "unbounded",
            f"nothing bounds it, and it reads the range in {requests} requests. Use .limit(…), or pages.",
        )


def _filter_cautions(read: Read[Any, Any]) -> Iterator[Finding]:
    given = {path.name for condition in read.conditions for path in condition.paths()}
    if read.filters and given.isdisjoint(name for part in read.key.sort for name in part.names):
        yield Finding(
            "filter-without-range",
            "it reads every item of the partition and drops those that do not match. Narrow the sort key, or "
            "declare a key for it.",
        )
    if read.filters and read.max_results and not read.max_evaluated:
        yield Finding(
            "limit-with-filter",
            "the limit counts results after filtering, so that it may read the whole range to find them. "
            "Bound it with .evaluate_at_most(…).",
        )


def _neighbour_cautions(read: Read[Any, Any], key: EntityKey) -> Iterator[Finding]:
    met = [other.name for other in neighbours(read.definition, key, read.plan.depth, read.members)]
    if met:
        yield Finding(
            "neighbours",
            f"items of {', '.join(met)} can lie in the range; they are read, paid for and left out.",
        )
