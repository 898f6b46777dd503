"""The access patterns of a table as a Markdown table."""

from __future__ import annotations

import re

from dynakit.diagram.picture import Pattern, Picture, Search


def markdown(picture: Picture) -> str:
    """One row for each pattern: what is asked, what narrows and sorts it, and which index serves it."""
    rows = [
        ("access pattern", "narrowed and sorted by", "served by", "partition key", "sort key"),
        ("---",) * 5,
        *(_row(pattern) for pattern in picture.patterns),
        *(row for search in picture.searches for row in _searches(search)),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(pattern: Pattern) -> tuple[str, ...]:
    served = "the table" if pattern.index is None else f"index `{pattern.index}`"
    return (
        f"`{pattern.call}`",
        ", ".join(pattern.ordered) or "—",
        served,
        _code(pattern.partition),
        _code(pattern.sort),
    )


def _searches(search: Search) -> list[tuple[str, ...]]:
    """A row for each entity that the index finds."""
    narrowed = ", ".join(search.narrowed_by) or "—"
    return [(f"`{call}`", narrowed, f"vector index `{search.index}`", "—", "—") for call in search.calls]


def _code(sources: tuple[str, ...]) -> str:
    return ", ".join(map(_span, sources)) or "—"


def _span(source: str) -> str:
    """Code in a cell: ``|`` would end the cell, and backticks the code unless more of them enclose it."""
    fence = "`" * (max(map(len, re.findall("`+", source)), default=0) + 1)
    padding = " " if "`" in source else ""
    return f"{fence}{padding}{source}{padding}{fence}".replace("|", "\\|")
