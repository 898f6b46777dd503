"""The tables of a model as dynakit's, and sample rows as what is stored in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dynakit.errors import DecodeError, UnknownEntity
from dynakit.operations.batch import put_stored
from dynakit.operations.flow import Flow
from dynakit.schema.entity import Entity
from dynakit.schema.item import decode_item
from dynakit.schema.registry import definitions_of
from dynakit.table import Table
from dynakit.wire import Item
from dynakit.workbench.model import ModelTable

if TYPE_CHECKING:
    from dynakit.environment import Environment


def table_of(table: ModelTable) -> Table:
    """The table as the model declares it, without entities and without anything of dynakit's.

    Raises :class:`DefinitionError` for one that DynamoDB does not allow.
    """
    return Table(
        table.name,
        table.partition,
        table.sort,
        indexes=table.indexes,
        capacity=table.capacity,
        type_attribute=None,
        token_attribute=None,
    )


def put_rows(table: Table, rows: Iterable[Item], environment: Environment) -> Flow[None]:
    """Put sample rows as they stand in the model, in batches; an item of the same key is overwritten.

    Raises :class:`Unprocessed` with the rows that were not written, each by its number from 1.
    """
    yield from put_stored(table, enumerate(rows, 1), environment)


def entities_of_rows(table: Table, rows: Iterable[Item]) -> list[Entity]:
    """Sample rows as entities of a table, in the same order.

    Raises :class:`UnknownEntity` for a row that is of none.
    """
    return [_entity(table, row) for row in rows]


def _entity(table: Table, row: Item) -> Entity:
    for definition in definitions_of(table):
        try:
            entity: Entity = decode_item(definition, row)
        except DecodeError:
            continue
        return entity
    raise UnknownEntity(
        f"table {table.name!r}: a row is of none of its entities; expected one that an entity can read. "
        "Declare an entity for it.",
        type_name=None,
        key={name: row[name] for name in table.key_names if name in row},
    )
