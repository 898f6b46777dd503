"""Whether a table that is there has the keys and indexes that are declared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dynakit.properties import create_table
from dynakit.wire import Payload

if TYPE_CHECKING:
    from dynakit.deployment import Deployment

_KINDS = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "VectorIndexes")


def difference(made: Deployment, described: Payload) -> str | None:
    """The first thing in which a table is not as declared, with what to do; ``None`` for nothing."""
    declared = create_table(made)
    status = described.get("TableStatus", "ACTIVE")
    if status != "ACTIVE":
        return f"it is {str(status).lower()}. Wait until it is active."
    if _keys(declared) != _keys(described):
        return (
            f"its key is {_text(described)}; {_text(declared)} is declared. A key cannot be changed: make a "
            "new table."
        )
    return _index_difference(declared, described) or _type_difference(declared, described)


def _index_difference(declared: Payload, described: Payload) -> str | None:
    there = _indexes(described)
    for name, index in _indexes(declared).items():
        if name not in there:
            return f"it has no index {name!r}, which is declared. See: dynakit table diff"
        if _keys(index) != _keys(there[name]):
            return (
                f"index {name!r} has the key {_text(there[name])}; {_text(index)} is declared. See: dynakit "
                "table diff"
            )
        if there[name].get("IndexStatus", "ACTIVE") != "ACTIVE":
            return f"index {name!r} is {str(there[name]['IndexStatus']).lower()}. Wait until it is active."
    return None


def _type_difference(declared: Payload, described: Payload) -> str | None:
    there = _types(described)
    for name, declared_type in _types(declared).items():
        if there.get(name, declared_type) != declared_type:
            return (
                f"key attribute {name!r} is of type {there[name]}; {declared_type} is declared. Change that."
            )
    return None


def _indexes(table: Payload) -> dict[str, Payload]:
    found: Iterable[Payload] = (index for kind in _KINDS for index in table.get(kind) or ())
    return {str(index["IndexName"]): index for index in found}


def _keys(place: Payload) -> list[tuple[Any, Any]]:
    schema: list[Payload] = place.get("KeySchema") or []
    return [(key["AttributeName"], key["KeyType"]) for key in schema]


def _types(table: Payload) -> dict[str, Any]:
    attributes: list[Payload] = table.get("AttributeDefinitions") or []
    return {one["AttributeName"]: one["AttributeType"] for one in attributes}


def _text(place: Payload) -> str:
    return " + ".join(f"{name} ({kind})" for name, kind in _keys(place))
