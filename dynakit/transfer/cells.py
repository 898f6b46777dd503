"""Items as rows of CSV: a column for each attribute, and one for all that have none.

A key attribute of the table is its bare text, by the type it is declared with. Every other cell is read by
what it looks like: a JSON number, ``true``, ``false``, ``null``, something that begins with ``"``, ``{`` or
``[`` as JSON (:mod:`dynakit.transfer.plain`), an empty cell as no attribute, anything else as text. Text that
would be read as something else is written as a JSON string, so nothing is lost.
https://www.rfc-editor.org/rfc/rfc4180
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from dynakit.schema.registry import definitions_of
from dynakit.table import Table
from dynakit.transfer.plain import (
    NUMBER,
    item_as_json,
    item_from_json,
    number_token,
    value_as_json,
    value_from_json,
)
from dynakit.wire import AttributeValue, Item

OTHERS = "*"
"""The column that holds, as a JSON object, the attributes that have no column of their own."""

_WORDS = {"true", "false", "null"}
_JSON_BEGINS = ('"', "{", "[")
_QUOTED = {'"', ",", "\r", "\n"}


def declared_columns(table: Table) -> list[str]:
    """The attributes that a table and its entities declare, by stored name, and :data:`OTHERS`."""
    named = [*table.key_names, *table.key_attributes]
    named += [name for name in (table.type_attribute, table.token_attribute, table.time_to_live) if name]
    named += [
        one.stored
        for definition in definitions_of(table)
        for one in definition.attributes.values()
        if not one.key_only
    ]
    return [*dict.fromkeys(name for name in named if name != OTHERS), OTHERS]


def row(cells: Iterable[str]) -> str:
    """Cells as a line, without its end."""
    return ",".join(_cell(cell) for cell in cells)


def item_as_cells(table: Table, columns: Sequence[str], item: Item) -> list[str]:
    """An item as the cells of these columns."""
    left = dict(item)
    cells = [
        "" if (value := left.pop(name, None)) is None else _written(table, name, value)
        for name in columns
        if name != OTHERS
    ]
    return [*cells, item_as_json(left) if left else ""]


def item_from_cells(table: Table, columns: Sequence[str], cells: Sequence[str]) -> Item:
    """The item of a row. Raises :class:`ValueError`, which names the column."""
    if len(cells) != len(columns):
        raise ValueError(f"it has {len(cells)} cells; expected {len(columns)}, as the first line has")
    item: Item = {}
    for name, cell in zip(columns, cells, strict=True):
        if cell == "":
            continue
        try:
            item |= item_from_json(cell) if name == OTHERS else {name: _read(table, name, cell)}
        except ValueError as error:
            raise ValueError(f"column {name!r}: {error}") from None
    return item


def check_columns(table: Table, columns: Sequence[str]) -> None:
    """Refuse a first line that names no key, or a column twice. Raises :class:`ValueError`."""
    missing = [name for name in table.key_names if name not in columns]
    if missing:
        raise ValueError(
            f"it has no column {', '.join(map(repr, missing))}; expected the names of attributes, with the "
            f"primary key of table {table.name!r}"
        )
    if len(set(columns)) < len(columns):
        raise ValueError("it names a column twice; expected each once")


def _written(table: Table, name: str, value: AttributeValue) -> str:
    if name in table.key_names:
        (member,) = cast("dict[str, Any]", value).values()
        return str(member)
    if "S" in value:
        text = value["S"]
        return value_as_json(value) if text == "" or _looks_like_json(text) else text
    return number_token(value["N"]) if "N" in value else value_as_json(value)


def _read(table: Table, name: str, cell: str) -> AttributeValue:
    if name in table.key_names:
        return cast("AttributeValue", {table.key_attributes[name].type: cell})
    if not _looks_like_json(cell):
        return {"S": cell}
    try:
        return value_from_json(cell)
    except ValueError:
        raise ValueError("it begins as JSON and is none; such text is written as a JSON string") from None


def _looks_like_json(text: str) -> bool:
    return text in _WORDS or text.startswith(_JSON_BEGINS) or NUMBER.fullmatch(text) is not None


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if not _QUOTED.isdisjoint(text) else text
