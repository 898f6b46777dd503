"""Totals of the capacity that calls used, by table, index and statement."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.telemetry.events import CallEnd, Consumed

_Name = TypeVar("_Name", str, "tuple[str, str]")
_Row: TypeAlias = "tuple[str, str, str | None]"
"""Statement, table and index."""


@dataclass(frozen=True, slots=True)
class Units:
    """Read and write units."""

    read: float = 0.0
    write: float = 0.0

    def __add__(self, other: Units) -> Units:
        return Units(self.read + other.read, self.write + other.write)


class Usage:
    """Capacity used, as far as the service told it; safe to share between threads.

    ``calls`` counts the calls that told it. A write whose condition fails uses units, too, and the service
    does not tell how many.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[_Row, Units] = {}
        self._calls = 0

    @property
    def calls(self) -> int:
        """How many calls told the capacity they used."""
        return self._calls

    @property
    def total(self) -> Units:
        """All units."""
        return sum((units for _, units in self._snapshot()), Units())

    @property
    def read_units(self) -> float:
        """All read units."""
        return self.total.read

    @property
    def write_units(self) -> float:
        """All write units."""
        return self.total.write

    @property
    def by_table(self) -> dict[str, Units]:
        """Units by table, those of its indexes included."""
        return self._grouped(lambda row: row[1])

    @property
    def by_index(self) -> dict[tuple[str, str], Units]:
        """Units by table and index; those of the tables themselves are left out."""
        return self._grouped(lambda row: None if row[2] is None else (row[1], row[2]))

    @property
    def by_statement(self) -> dict[str, Units]:
        """Units by the name of the statement."""
        return self._grouped(lambda row: row[0])

    def add(self, call: CallEnd) -> None:
        """Count a call, if it told what it used."""
        if not call.capacity:
            return
        with self._lock:
            self._calls += 1
            for one in call.capacity:
                self._add(call.statement, one)

    def reset(self) -> None:
        """Begin again at nothing."""
        with self._lock:
            self._calls = 0
            self._rows.clear()

    def _add(self, statement: str, used: Consumed) -> None:
        row = (statement, used.table, used.index)
        self._rows[row] = self._rows.get(row, Units()) + Units(used.read_units, used.write_units)

    def _snapshot(self) -> list[tuple[_Row, Units]]:
        with self._lock:
            return list(self._rows.items())

    def _grouped(self, name_of: Callable[[_Row], _Name | None]) -> dict[_Name, Units]:
        groups: dict[_Name, Units] = {}
        for row, units in self._snapshot():
            name = name_of(row)
            if name is not None:
                groups[name] = groups.get(name, Units()) + units
        return groups

    def __repr__(self) -> str:
        total = self.total
        return f"Usage(read_units={total.read:g}, write_units={total.write:g}, calls={self.calls})"
