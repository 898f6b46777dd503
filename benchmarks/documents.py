"""A run written into the documentation: tables between markers, plots, and the figures themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.markdown import machine_line, markdown, write_pieces
from benchmarks.plots import draw
from benchmarks.tables import Table, headline_table, tables

ROOT = Path(__file__).parents[1]
PAGES = (Path("README.md"), Path("docs/benchmarks.md"))
PLOTS = Path("docs/plots")
FIGURES = "figures.json"


def write_docs(run: Mapping[str, Any], root: Path = ROOT) -> None:
    """Put the tables of a run into the pages that have a place for them, and draw its plots."""
    found = pieces(run, tables(run))
    for page in PAGES:
        write_pieces(root / page, found)
    folder = root / PLOTS
    folder.mkdir(parents=True, exist_ok=True)
    draw(run, folder)
    (folder / FIGURES).write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def pieces(run: Mapping[str, Any], found: Iterable[Table]) -> dict[str, str]:
    """What stands between the markers, by their names."""
    text = {table.name: markdown(table) for table in found}
    if run.get("cases"):
        text["headline"] = f"{markdown(headline_table(run))}\n\n{machine_line(run['machine'])}"
    return text | {"machine": machine_line(run["machine"])}
