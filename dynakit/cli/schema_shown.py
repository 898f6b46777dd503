"""Declarations as plain data, and as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from dynakit.cli.options import Form
from dynakit.cli.printing import out, show, show_rows
from dynakit.schema.definition import definition_of

if TYPE_CHECKING:
    from dynakit.cli.target import Target
    from dynakit.index import KeyAttribute
    from dynakit.schema.definition import Definition, EntityKey
    from dynakit.schema.entity import Entity
    from dynakit.table import Index, Table

Described: TypeAlias = dict[str, Any]
"""A table, with its keys, indexes and entities, as JSON can hold it."""


def described(target: Target) -> list[Described]:
    """Each table of a target, with those of its entities that are in the target."""
    return [_table(table, target.entities) for table in target.tables]


def print_described(tables: list[Described], form: Form) -> None:
    """Print them; as a table, one for the keys and one for the attributes."""
    if form is not Form.TABLE:
        show(tables, form)
        return
    for table in tables:
        places = [f"{place}: {', '.join(names)}" for place, names in table["keys"].items()]
        out(f"Table {table['name']}  ({'; '.join(places)})\n")
        keys = [
            [entity["name"], key["name"], key["index"], *_sides(key)]
            for entity in table["entities"]
            for key in entity["keys"]
        ]
        show_rows(keys, ["entity", "pattern", "index", "partition key", "sort key"])
        attributes = [
            [entity["name"], one["name"], one["type"], one["stored"], "" if one["required"] else "optional"]
            for entity in table["entities"]
            for one in entity["attributes"]
        ]
        show_rows(attributes, ["entity", "attribute", "type", "stored as", ""])


def _sides(key: Described) -> list[str]:
    return [" + ".join(key["partition"].values()), " + ".join(key["sort"].values())]


def _table(table: Table, entities: tuple[type[Entity], ...]) -> Described:
    places: list[Index | None] = [None, *table.indexes]
    definitions = [definition_of(entity) for entity in entities if entity.__table__ is table]
    return {
        "name": table.name,
        "keys": {
            "table" if place is None else place.name: [
                _key_text(key) for key in (*table.partition_of(place), *table.sort_of(place))
            ]
            for place in places
        },
        "entities": [_entity(definition) for definition in definitions],
    }


def _key_text(key: KeyAttribute) -> str:
    return f"{key.name} ({key.type})"


def _entity(definition: Definition[Any]) -> Described:
    return {
        "name": definition.name,
        "type_name": definition.type_name,
        "keys": [_key(key) for key in definition.keys.values()],
        "attributes": [
            {
                "name": one.name,
                "type": _type_of(definition, one.name),
                "stored": one.stored if not one.key_only else "(in keys only)",
                "required": one.required,
            }
            for one in definition.attributes.values()
        ],
    }


def _key(key: EntityKey) -> Described:
    return {
        "name": key.name,
        "index": None if key.index is None else key.index.name,
        "partition": {part.attribute: part.source for part in key.partition},
        "sort": {part.attribute: part.source for part in key.sort},
    }


def _type_of(definition: Definition[Any], name: str) -> str:
    field = definition.entity.model_fields.get(name)
    annotation: Any = None if field is None else field.annotation
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")
