"""Tries a schema file on the sample rows before it is handed out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from dynakit.errors import DefinitionError, DynakitError
from dynakit.schema.definition import Definition
from dynakit.schema.item import decode_item, encode_item
from dynakit.schema.registry import definitions_of
from dynakit.table import Table
from dynakit.wire import Item
from dynakit.workbench.loading import module_of
from dynakit.workbench.plan import SchemaPlan, TablePlan
from dynakit.workbench.python import write_schema

if TYPE_CHECKING:
    from collections.abc import Iterable


_NULL = {"NULL": True}


def fits(plan: TablePlan) -> bool:
    """Whether the entities can be declared, and each row is of one of them, which writes it as it was."""
    try:
        module = module_of(write_schema(SchemaPlan("trial", (plan,))))
    except DefinitionError:
        return False
    table = vars(module)[plan.variable]
    assert isinstance(table, Table)
    definitions = definitions_of(table)
    names = {each.name: each for each in definitions}
    return all(
        _is_kept(names[entity.name], row, definitions) for entity in plan.entities for row in entity.rows
    )


def _is_kept(definition: Definition[Any], row: Item, others: Iterable[Definition[Any]]) -> bool:
    if [other.name for other in others if written_again(other, row) is not None] != [definition.name]:
        return False
    return same(written_again(definition, row), row)


def written_again(definition: Definition[Any], row: Item) -> Item | None:
    """What an entity writes that was read from a row; ``None`` where the row is none of the entity."""
    try:
        entity = decode_item(definition, row)
        return encode_item(definition, definition.entity.model_construct(**entity.__dict__))
    except DynakitError:
        return None


def same(first: object, second: object) -> bool:
    """Whether two items are equal: numbers by value, sets in any order, NULL as absent."""
    return _settled(first) == _settled(second)


def _settled(value: object) -> object:
    if isinstance(value, list):
        return [_settled(each) for each in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    members = cast("dict[str, object]", value)
    return {name: _member(name, each) for name, each in members.items() if each != _NULL}


def _member(name: str, value: object) -> object:
    if name == "N" and isinstance(value, str):
        return Decimal(value)
    if name in {"SS", "BS"} and isinstance(value, list):
        return sorted(cast("list[str]", value))
    if name == "NS" and isinstance(value, list):
        return sorted(map(Decimal, cast("list[str]", value)))
    return _settled(value)
