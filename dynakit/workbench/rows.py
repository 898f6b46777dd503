"""The sample rows of a model: proper items with their keys, each key once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from dynakit.values import dataclass
from dynakit.wire import Item
from dynakit.workbench.errors import WorkbenchError
from dynakit.workbench.faults import Fault, faults_of
from dynakit.workbench.model import Model, ModelTable
from dynakit.workbench.parts import Part


@dataclass(frozen=True)
class _RowFault:
    table: str
    place: str
    row: int
    fault: Fault


def row_of(part: Part) -> Item:
    """A row as it stands in the file; :func:`check_rows` tells whether it is an item."""
    return cast("Item", dict(part.members))


def check_rows(model: Model) -> None:
    """Refuse rows that are no items.

    Raises:
        WorkbenchError: the first fault, with its table, row and attribute, and how many there are besides.
    """
    found = [fault for table in model.tables for fault in _faults(table)]
    if not found:
        return
    first, others = found[0], len(found) - 1
    more = f" {others} more values of the model are malformed." if others else ""
    raise WorkbenchError(
        f"table {first.table!r}, {first.place}, attribute {first.fault.path!r}: {first.fault.problem}; "
        f'expected DynamoDB\'s JSON, such as {{"S": "text"}} or {{"M": {{"name": {{"S": "text"}}}}}}. '
        f"Mend the model.{more}",
        table=first.table,
        row=first.row,
        attribute=first.fault.path,
        others=others,
    )


def _faults(table: ModelTable) -> Iterator[_RowFault]:
    known: dict[str, Item] = {}
    for place, number, row in _placed(table):
        values = list(_values(row))
        for fault in values or (*_keys(table, row), *_again(table, row, known)):
            yield _RowFault(table.name, place, number, fault)
        known[table.key_of(row)] = row


def _placed(table: ModelTable) -> Iterator[tuple[str, int, Item]]:
    for facet in table.facets:
        for number, row in enumerate(facet.rows, 1):
            yield f"facet {facet.name!r}, row {number}", number, row
    for number, row in enumerate(table.rows, 1):
        yield f"row {number}", number, row


def _values(row: Item) -> Iterator[Fault]:
    for name, value in row.items():
        yield from faults_of(name, value, name)


def _keys(table: ModelTable, row: Item) -> Iterator[Fault]:
    own = {key.name for key in table.keys}
    for name, kind in table.key_types.items():
        if name not in row:
            if name in own:
                yield Fault(name, "it is a key attribute, which no row may lack")
        elif kind not in row[name]:
            yield Fault(name, f"it is a key attribute of type {kind}, and the row has another")


def _again(table: ModelTable, row: Item, known: dict[str, Item]) -> Iterator[Fault]:
    if known.get(table.key_of(row), row) != row:
        yield Fault(table.partition.name, "another row has the same key")
