"""What exports and imports have in common: a whole table, and the format of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dynakit.cli.target import find, is_entity, is_pattern
from dynakit.cli.usage import UsageError
from dynakit.transfer.cells import OTHERS, declared_columns
from dynakit.transfer.formats import Format, Writing

if TYPE_CHECKING:
    from dynakit.table import Table


def whole_table(text: str) -> Table:
    """The table of a target. Raises :class:`UsageError` for an entity: items are taken whatever they are."""
    target = find(text)
    if is_entity(target.value) or is_pattern(target.value):
        raise UsageError(
            f"target {text!r}: it is one entity; a table was expected, as items of all entities are taken. "
            "Name the table, or use items scan."
        )
    return target.table


def format_of(path: Path | None, chosen: str | None) -> Format:
    """The format chosen, or that of a file by its name."""
    if chosen is not None:
        return Format(chosen)
    return Format.CSV if path is not None and path.suffix.lower() == ".csv" else Format.JSONL


def writing_for(table: Table, path: Path | None, chosen: str | None, columns: str | None) -> Writing:
    """How items are written. Raises :class:`UsageError` for columns where there are none."""
    form = format_of(path, chosen)
    if form is not Format.CSV and columns is not None:
        raise UsageError(f"--columns: {form} has no columns; expected with --format csv. Leave it out.")
    if form is not Format.CSV:
        return Writing(table, form)
    named = declared_columns(table) if columns is None else [name.strip() for name in columns.split(",")]
    wanted = dict.fromkeys(name for name in (*table.key_names, *named) if name and name != OTHERS)
    return Writing(table, form, (*wanted, OTHERS))
