"""The lock of a schema: what of its declaration stored items depend on, as stable JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from typing_extensions import TypedDict

from dynakit.errors import DefinitionError
from dynakit.foreign_json import json_value
from dynakit.index import Projection
from dynakit.keys.part import PlainPart
from dynakit.lock.form import Form, form_of
from dynakit.schema.definition import Attribute, Definition, EntityKey
from dynakit.schema.registry import definitions_of
from dynakit.table import Index, KeyAttribute, Table, VectorIndex

FORMAT = 1
"""What this version writes and reads."""

_AGAIN = "Take it from version control, or remove it and write it again: dynakit schema lock."


class AttributeLock(TypedDict):
    """An attribute: its stored name, ``None`` for one in keys only; whether items must have it; its form."""

    stored: str | None
    needed: bool
    form: Form


class PatternLock(TypedDict):
    """A pattern: its index, ``None`` for the table; its templates by key attribute; if any is rendered."""

    index: str | None
    parts: dict[str, str]
    rendered: bool


EntityLock = TypedDict(
    "EntityLock",
    {
        "class": str,
        "abstract": bool,
        "keys": dict[str, PatternLock],
        "attributes": dict[str, AttributeLock],
        "unique": dict[str, str],
    },
)
"""An entity, with its unique constraints by name."""


class IndexLock(TypedDict):
    """An index: key attributes with their types, whether it is local, what it projects."""

    partition: list[list[str]]
    sort: list[list[str]]
    local: bool
    projection: list[str]


class VectorIndexLock(TypedDict):
    """A vector index: its attribute, how near vectors are found, by what a search is narrowed."""

    attribute: str
    dimensions: int
    distance: str
    partition: list[list[str]]
    filters: list[list[str]]
    projection: list[str]


class TableLock(TypedDict):
    """A table: key attributes with their types, indexes by name, entities by type name."""

    key: list[list[str]]
    indexes: dict[str, IndexLock]
    vector_indexes: dict[str, VectorIndexLock]
    type_attribute: str | None
    time_to_live: str | None
    entities: dict[str, EntityLock]


class Lock(TypedDict):
    """The tables of a schema, by name."""

    format: int
    tables: dict[str, TableLock]


def lock_of(tables: Iterable[Table]) -> Lock:
    """The lock of all entities of some tables, as plain values in stable order."""
    return {"format": FORMAT, "tables": {table.name: _table(table) for table in tables}}


def lock_text(lock: Lock) -> str:
    """A lock as the text of a file; equal schemas give equal bytes."""
    return json.dumps(lock, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def parse_lock(text: str, where: str = "the lock") -> Lock:
    """A lock from the text of a file, ``where`` is what it is called in messages.

    Raises :class:`DefinitionError` for what is none, and for another format.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        found = json_value(text)
        if isinstance(found, dict):
            _check_format(cast("dict[str, object]", found).get("format"), where)
        return TypeAdapter(Lock).validate_python(found, strict=True)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_input=False, include_url=False)[0]["loc"]))
        wrong = f"what stands at {place!r} does not belong there" if place else "it is no JSON object"
    except ValueError:
        _check_conflict(text, where)
        wrong = "it is no JSON"
    raise DefinitionError(f"{where}: {wrong}; expected a lock of a schema. {_AGAIN}")


def _check_conflict(text: str, where: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("<<<<<<< "):
            raise DefinitionError(
                f"{where}: line {number} begins a merge conflict. Take the lock of the branch that is merged "
                "into, and look at the differences again: dynakit schema check."
            )


def _check_format(number: object, where: str) -> None:
    if isinstance(number, int) and number != FORMAT:
        raise DefinitionError(
            f"{where}: it is of format {number}; this version of dynakit reads format {FORMAT}. Use the "
            f"version that wrote it. {_AGAIN}"
        )


def _table(table: Table) -> TableLock:
    return {
        "key": _keys((table.partition, *table.sort_of(None))),
        "indexes": {index.name: _index(table, index) for index in table.indexes},
        "vector_indexes": {index.name: _vector_index(index) for index in table.vector_indexes},
        "type_attribute": table.type_attribute,
        "time_to_live": table.time_to_live,
        "entities": {one.type_name: _entity(one) for one in definitions_of(table)},
    }


def _keys(keys: Iterable[KeyAttribute]) -> list[list[str]]:
    return [[key.name, key.type] for key in keys]


def _index(table: Table, index: Index) -> IndexLock:
    return {
        "partition": _keys(table.partition_of(index)),
        "sort": _keys(index.sort),
        "local": index.local,
        "projection": _projected(index.projection),
    }


def _vector_index(index: VectorIndex) -> VectorIndexLock:
    return {
        "attribute": index.attribute,
        "dimensions": index.dimensions,
        "distance": index.distance,
        "partition": _keys(() if index.partition is None else (index.partition,)),
        "filters": sorted(_keys(index.filters)),
        "projection": _projected(index.projection),
    }


def _projected(projection: Projection) -> list[str]:
    return [projection.type, *sorted(projection.attributes)]


def _entity(definition: Definition[Any]) -> EntityLock:
    return {
        "class": definition.name,
        "abstract": definition.abstract,
        "keys": {key.name: _pattern(key) for key in definition.keys.values()},
        "attributes": {one.name: _attribute(one) for one in definition.attributes.values()},
        "unique": {one.name: one.template.source for one in definition.constraints},
    }


def _pattern(key: EntityKey) -> PatternLock:
    return {
        "index": None if key.index is None else key.index.name,
        "parts": {part.attribute: part.source for part in key.parts},
        # DynamoDB fills an index by itself where its keys are attributes as they are.
        "rendered": any(not isinstance(part, PlainPart) for part in key.parts),
    }


def _attribute(attribute: Attribute) -> AttributeLock:
    needed = attribute.required and attribute.codec.absent is None
    return {
        "stored": None if attribute.key_only else attribute.stored,
        "needed": needed,
        "form": form_of(attribute.codec, null=attribute.writes_null),
    }
