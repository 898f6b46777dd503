"""Tables as Markdown, written into files between markers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.tables import Table

BEGIN, END = "<!-- benchmark: {} -->", "<!-- end of benchmark -->"


def markdown(table: Table, *, titled: bool = False) -> str:
    """A table and its notes; with ``titled`` under a heading."""
    lines = [f"### {table.title}", ""] if titled else []
    lines += [_row(table.columns), _row(("---", *("---:" for _ in table.columns[1:])))]
    lines += [_row(row) for row in table.rows]
    if table.notes:
        lines += ["", f"— {'; '.join(table.notes)}."]
    return "\n".join(lines)


def machine_line(machine: Mapping[str, Any]) -> str:
    """Machine, versions, date and command, in one paragraph."""
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"`{machine['command']}`, {machine['date']}: Python {machine['python']}, {machine['system']}, "
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB; {versions}."
    )


def replaced(text: str, name: str, piece: str) -> str:
    """A text with a piece put between its markers. Raises ``ValueError`` where the markers are missing."""
    begin = BEGIN.format(name)
    start = text.find(begin)
    end = text.find(END, start)
    if start < 0 or end < 0:
        raise ValueError(f"benchmark: no {begin!r} with {END!r} behind it; the table would stand nowhere.")
    return f"{text[: start + len(begin)]}\n\n{piece}\n\n{text[end:]}"


def write_pieces(file: Path, pieces: Mapping[str, str]) -> None:
    """Put pieces between those of their markers that a file has."""
    text = file.read_text(encoding="utf-8")
    for name, piece in pieces.items():
        if BEGIN.format(name) in text:
            text = replaced(text, name, piece)
    file.write_text(text, encoding="utf-8")


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
