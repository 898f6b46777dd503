"""Results on standard output: as JSON, YAML or a table for people; nothing else is printed there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from dynakit.cli.options import Form

if TYPE_CHECKING:
    from rich.console import Console

_WIDE = 10_000
"""Columns where no terminal limits them: a line that is read by a program is not folded."""


def out(text: str) -> None:
    """Write text as it is, and end its line."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def tell(text: str) -> None:
    """Say on standard error how things go, so that standard output holds the result alone."""
    sys.stderr.write(f"{text}\n")


def count_text(count: int, what: str = "item") -> str:
    """A number of things, with its word."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def show(data: object, form: Form) -> None:
    """Write plain data as JSON or YAML; as a table it is shown by :func:`show_rows`."""
    if form is Form.YAML:
        from dynakit.export.printer import as_yaml

        out(as_yaml(cast("dict[str, object]", data)))
    else:
        out(json.dumps(data, indent=2, ensure_ascii=False))


def show_rows(rows: Iterable[Sequence[object]], columns: Sequence[str], *, title: str | None = None) -> None:
    """Write rows as a table; columns that hold nothing are left out."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    texts = [[cell(value) for value in row] for row in rows]
    kept = [number for number, _ in enumerate(columns) if any(row[number] for row in texts)]
    table = Table(box=SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False)
    for number in kept or range(len(columns)):
        table.add_column(columns[number], overflow="fold")
    for row in texts:
        table.add_row(*(Text(row[number]) for number in kept))
    made = console()
    if title:
        made.print(Text(title, style="bold"))
    made.print(table)


def show_records(records: Sequence[Mapping[str, object]], form: Form) -> None:
    """Write records of any names: as JSON lines, a YAML list, or a table with a column for each name."""
    if form is Form.JSON:
        for record in records:
            out(json.dumps(record, ensure_ascii=False))
    elif form is Form.YAML:
        show([*records], form)
    else:
        columns = list(dict.fromkeys(name for record in records for name in record))
        show_rows([[record.get(name) for name in columns] for record in records], columns)


def cell(value: object) -> str:
    """A value in a table: text as it is, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def console() -> Console:
    """A console on standard output, as wide as its terminal."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
