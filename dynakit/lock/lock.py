"""The lock of a schema: what of its declaration stored items depend on, as stable JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, cast

from dynakit.codec.codec import Codec
from dynakit.errors import DefinitionError
from dynakit.keys.part import PlainPart
from dynakit.schema.definition import Attribute, Definition, EntityKey
from dynakit.schema.registry import definitions_of
from dynakit.table import Index, KeyAttribute, Table

FORMAT = 1

Json: TypeAlias = dict[str, Any]


def lock_of(tables: Iterable[Table]) -> Json:
    """The lock of all entities of some tables, as plain values in stable order."""
    return {"format": FORMAT, "tables": {table.name: _table(table) for table in tables}}


def lock_text(lock: Json) -> str:
    """A lock as the text of a file; equal schemas give equal bytes."""
    return json.dumps(lock, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def parse_lock(text: str) -> Json:
    """A lock from the text of a file. Raises :class:`DefinitionError` for what is none."""
    try:
        found: object = json.loads(text)
    except ValueError:
        found = None
    lock = cast("Json", found) if isinstance(found, dict) else {}
    if lock.get("format") != FORMAT or "tables" not in lock:
        raise DefinitionError(
            f"the lock: expected JSON of format {FORMAT}, as `dynakit schema lock` writes it. Write it again."
        )
    return lock


def _table(table: Table) -> Json:
    return {
        "key": _keys((table.partition, *table.sort_of(None))),
        "indexes": {index.name: _index(table, index) for index in table.indexes},
        "type_attribute": table.type_attribute,
        "time_to_live": table.time_to_live,
        "entities": {one.type_name: _entity(one) for one in definitions_of(table)},
    }


def _keys(keys: Iterable[KeyAttribute]) -> list[list[str]]:
    return [[key.name, key.type] for key in keys]


def _index(table: Table, index: Index) -> Json:
    return {
        "partition": _keys(table.partition_of(index)),
        "sort": _keys(index.sort),
        "local": index.local,
        "projection": [index.projection.type, *sorted(index.projection.attributes)],
    }


def _entity(definition: Definition[Any]) -> Json:
    return {
        "class": definition.name,
        "abstract": definition.abstract,
        "keys": {key.name: _pattern(key) for key in definition.keys.values()},
        "attributes": {one.name: _attribute(one) for one in definition.attributes.values()},
        "unique": {one.name: one.template.source for one in definition.constraints},
    }


def _pattern(key: EntityKey) -> Json:
    return {
        "index": None if key.index is None else key.index.name,
        "parts": {part.attribute: part.source for part in key.parts},
        # DynamoDB fills an index by itself where its keys are attributes as they are.
        "rendered": any(not isinstance(part, PlainPart) for part in key.parts),
    }


def _attribute(attribute: Attribute) -> Json:
    needed = attribute.required and attribute.codec.absent is None
    return {
        "stored": None if attribute.key_only else attribute.stored,
        "needed": needed,
        "form": form_of(attribute.codec),
    }


def form_of(codec: Codec, seen: tuple[Codec, ...] = ()) -> Json:
    """How values are stored: type, form, and those of what is inside; ``None`` for what it does not have."""
    if codec in seen:
        return {"as": codec.expected, "again": True}
    inside = (*seen, codec)
    form: Json = {"type": codec.attribute_type, "as": codec.expected}
    if codec.opaque is not None:
        form["opaque"] = codec.opaque
    if codec.choices:
        form["choices"] = sorted(_choice(codec, choice) for choice in codec.choices)
    if codec.element is not None:
        form["element"] = form_of(codec.element, inside)
    if codec.children:
        form["fields"] = {stored: form_of(one, inside) for stored, one in codec.children.values()}
    elif codec.members and not codec.choices:
        form["members"] = sorted((form_of(one, inside) for one in codec.members), key=str)
    return form


def _choice(codec: Codec, choice: object) -> str:
    return json.dumps(codec.encode(choice, "choice"), sort_keys=True)


def form_text(form: Mapping[str, Any]) -> str:
    """A form in words, for people: ``a number``, ``a list of a string``."""
    element = form.get("element")
    return f"{form['as']} of {form_text(element)}" if element else str(form["as"])
