"""Access patterns as they are printed: their conditions as predicates over rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.integration.workbench.readings import Row

_TERM = re.compile(r'(\w+)\s*(=|begins_with|between)\s*"([^"]*)"(?:\s+and\s+"([^"]*)")?')


@dataclass(frozen=True)
class Term:
    """One comparison of an attribute with texts: ``=``, ``begins_with`` or ``between``, ends included."""

    attribute: str
    operator: str
    first: str
    second: str = ""

    def matches(self, row: Row) -> bool:
        """Whether it is true of a row; never of one without the attribute."""
        if self.attribute not in row:
            return False
        value: str = row[self.attribute]["S"]
        match self.operator:
            case "=":
                return value == self.first
            case "begins_with":
                return value.startswith(self.first)
            case _:
                return self.first <= value <= self.second


@dataclass(frozen=True)
class Printed:
    """The condition of one access pattern: on the table (``index`` is ``None``) or on an index."""

    index: str | None
    key: tuple[Term, ...]
    filters: tuple[Term, ...] = ()

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that meet it, in the order of the sort key."""
        found = [row for row in rows if all(term.matches(row) for term in (*self.key, *self.filters))]
        return sorted(found, key=lambda row: row[_stored("SK", self.index)]["S"].encode())


def parse(where: str, example: str, filters: str = "-") -> Printed:
    """Read the columns "Table/GSI/LSI", "Example" and "Filter Expression".

    ``PK`` and ``SK`` stand for the key attributes of the index.
    """
    index = None if where == "Table" else where
    return Printed(index, _terms(example, index), _terms("" if filters == "-" else filters, None))


def parse_row(row: Mapping[str, str]) -> Printed:
    """Read one row of a table of access patterns."""
    return parse(row["Table/GSI/LSI"], row["Example"], row["Filter Expression"])


def _terms(printed: str, index: str | None) -> tuple[Term, ...]:
    between = [gap.strip() for gap in _TERM.sub("\n", printed).split("\n")]
    assert set(between) <= {"", "and"}, f"cannot read {printed!r}"
    return tuple(
        Term(_stored(one[1], index), one[2], one[3], one[4] or "") for one in _TERM.finditer(printed)
    )


def _stored(attribute: str, index: str | None) -> str:
    return attribute if index is None else f"{index}-{attribute}"
