"""Tables on the terminal, by rich; as Markdown where that is not installed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import Any

from benchmarks.markdown import machine_line, markdown
from benchmarks.tables import Table


def show(tables: Iterable[Table], machine: Mapping[str, Any]) -> None:
    """Print everything."""
    if find_spec("rich") is None:
        print("\n\n".join([*(markdown(table, titled=True) for table in tables), machine_line(machine)]))
        return
    from rich.console import Console

    console = Console(highlight=False)
    # In a file or a pipe nothing is cut off; on a terminal rich fits columns into it.
    console.width = console.width if console.is_terminal else 200
    for table in tables:
        console.print(_drawn(table), "")
        for note in table.notes:
            console.print(f"— {note}", style="dim", markup=False)
    console.print(machine_line(machine).replace("`", ""), style="dim", markup=False)


def _drawn(table: Table) -> Any:
    from rich import box
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(title=table.title, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(table.columns):
        drawn.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in table.rows:
        style = "bold" if row[0].startswith("dynakit") else ""
        drawn.add_row(*(Text(re.sub(r"[*`]", "", cell), style=_style(cell)) for cell in row), style=style)
    return drawn


def _style(cell: str) -> str:
    return {"kept": "green", "**not kept**": "red"}.get(cell, "")
