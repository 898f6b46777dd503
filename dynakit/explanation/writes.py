"""What a write will do: to the table, and to each index that holds something of the item.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
"""

from __future__ import annotations

from collections.abc import Iterator

from dynakit.codec.size import item_size, write_units
from dynakit.explanation.cautions import hot_partition
from dynakit.explanation.explanation import Explanation, Finding
from dynakit.explanation.figures import Figures
from dynakit.operations.operation import Operation
from dynakit.schema.resolver import EntityResolver
from dynakit.table import Index
from dynakit.wire import Item

TRANSACTION = 2
"""A transaction prepares each write and then commits it: twice the units."""


def explain_operation(statement: str, operation: Operation, action: str, figures: Figures) -> Explanation:
    """One write. Twice the units where a transaction carries it out."""
    definition = operation.definition
    factor = TRANSACTION if action == "TransactWriteItems" else 1
    own = write_units(_size(operation, figures))
    indexes = sum(units for _, units in _index_units(operation, figures))
    companions = len(operation.companions)
    return Explanation(
        statement=statement,
        access="write" if factor == 1 else "transaction",
        action=action,
        table=figures.environment.table_name(definition.stored_in),
        key_condition=tuple(f"{part.attribute} = {part.source!r}" for part in definition.primary_key.parts),
        items=1 + companions,
        write_units=factor * (own + indexes + companions),
        warnings=tuple(_hot(operation)),
    )


def _size(operation: Operation, figures: Figures) -> int:
    """The bytes that are counted: of the larger of the item before and the item after."""
    if operation.kind != "Put":
        return figures.size
    return max(item_size(operation.stored_item), figures.item_size or 0)


def _index_units(operation: Operation, figures: Figures) -> Iterator[tuple[Index, int]]:
    """What each index costs whose entry of the item is written or removed."""
    if operation.kind == "ConditionCheck":
        return
    table = operation.definition.stored_in
    for index in table.indexes:
        keys = {key.name for key in (*table.partition_of(index), *table.sort_of(index))}
        if operation.kind == "Put":
            yield index, _entry_units(operation.stored_item, keys, table.held_by(index), figures)
        elif keys <= operation.definition.known_names:
            units = write_units(figures.entry(index))
            yield index, units * _entries_written(operation, keys, table.held_by(index))


def _entry_units(item: Item, keys: set[str], held: frozenset[str] | set[str] | None, figures: Figures) -> int:
    if not keys <= item.keys():
        return 0
    entry = {name: value for name, value in item.items() if held is None or name in held}
    return write_units(max(item_size(entry), figures.entry_size or 0))


def _entries_written(operation: Operation, keys: set[str], held: frozenset[str] | set[str] | None) -> int:
    """An entry under a new key is removed and written anew, one that changes is written once."""
    if operation.kind == "Delete":
        return 1
    resolver = EntityResolver(operation.definition)
    changed = {str(resolver.stored(action.path)[0]) for action in operation.actions}
    changed |= {one.attribute for one in operation.assignments if one.clause == "SET"}
    removed = {one.attribute for one in operation.assignments if one.clause == "REMOVE"}
    token = operation.definition.stored_in.token_attribute
    if operation.token is not None and token is not None:
        changed.add(token)
    if keys & changed:
        return 2
    touches = held is None or held & (changed | removed)
    return 1 if touches or keys & removed else 0


def _hot(operation: Operation) -> Iterator[Finding]:
    """Keys of the item on a partition that takes the load of many."""
    for key in operation.definition.keys.values():
        found = hot_partition(operation.definition, key)
        if found is not None and operation.kind != "ConditionCheck":
            yield found
