"""What the items of a vector search are narrowed by: equality of the attributes in the index's search schema.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchSchemaElement.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dynakit.errors import StatementError
from dynakit.expressions.condition import And, Compare, Condition
from dynakit.expressions.near import Near
from dynakit.expressions.operand import AttributePath, Value
from dynakit.schema.definition import Definition
from dynakit.schema.registry import family_of
from dynakit.schema.resolver import EntityResolver
from dynakit.table import VectorIndex
from dynakit.wire import AttributeValue


def narrowed(
    near: Near[Any, Any], definition: Definition[Any], index: VectorIndex, where: Condition[Any] | None
) -> dict[str, AttributeValue]:
    """The stored attributes that must have these values, in the order of the index.

    The type attribute is among them by itself, where the index is narrowed by it and one type is looked for.
    Raises :class:`StatementError` for any other condition, and when the partition attribute is not given.
    """
    given = _own_type(definition)
    for path, value in _equalities(near, where):
        name = _allowed(near, definition, index, path)
        encoded = EntityResolver(definition).encode(path, value)
        if encoded is None:
            raise StatementError(f"{near}: {path} is None or empty in where=; expected a value.")
        if given.setdefault(name, encoded) != encoded:
            raise StatementError(f"{near}: where= gives {path} two values; expected one.")
    partition = index.partition
    if partition is not None and partition.name not in given:
        raise StatementError(
            f"{near}: index {index.name!r} is partitioned by {partition.name!r}, which a search must give. "
            "Add where= with its equality."
        )
    return {key.name: given[key.name] for key in index.narrowed_by if key.name in given}


def _own_type(definition: Definition[Any]) -> dict[str, AttributeValue]:
    name, family = definition.stored_in.type_attribute, family_of(definition)
    return {} if name is None or len(family) != 1 else {name: {"S": family[0].type_name}}


def _allowed(
    near: Near[Any, Any], definition: Definition[Any], index: VectorIndex, path: AttributePath
) -> str:
    """The stored name of a path the index is narrowed by."""
    stored = ".".join(map(str, EntityResolver(definition).stored(path)))
    allowed = [key.name for key in index.narrowed_by]
    if len(path.steps) > 1 or stored not in allowed:
        raise StatementError(
            f"{near}: where= names {path}, and index {index.name!r} is narrowed by "
            f"{', '.join(allowed) or 'nothing'} only. Declare filters=… on the index, or filter the results."
        )
    return stored


def _equalities(near: Near[Any, Any], where: Condition[Any] | None) -> Iterator[tuple[AttributePath, object]]:
    if where is None:
        return
    for member in where.members if isinstance(where, And) else (where,):
        if (
            isinstance(member, Compare)
            and member.operator == "="
            and isinstance(member.left, AttributePath)
            and isinstance(member.right, Value)
        ):
            yield member.left, member.right.value
            continue
        names = ", ".join(dict.fromkeys(str(path) for path in member.paths()))
        raise StatementError(
            f"{near}: where= compares {names} in another way than for equality with a value; a search is "
            "narrowed by == joined with & only. Filter the results."
        )
