"""The second opinion on decoding: rows read as entities by plain Python, not by dynakit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from dynakit import Entity, Table

Row: TypeAlias = dict[str, Any]
"""An item as DynamoDB's JSON: attribute names to values such as ``{"S": "…"}``."""

Reader: TypeAlias = Callable[[Row], object]
"""Takes one attribute's value out of a row."""

Readings: TypeAlias = Mapping[type[Entity], Mapping[str, Reader]]
"""For each entity the reader of each of its attributes, by Python name."""


@dataclass(frozen=True, eq=False)
class Domain:
    """A model's table as declared for dynakit, and how its rows are read without dynakit.

    ``kind`` tells which entity a row is.
    """

    file: str
    readme: str
    table: Table
    readings: Readings
    kind: Callable[[Row], type[Entity]]

    def entity(self, row: Row) -> Entity:
        """The entity that a row stands for."""
        kind = self.kind(row)
        values: dict[str, Any] = {name: reader(row) for name, reader in self.readings[kind].items()}
        return kind(**values)

    def entities(self, rows: Iterable[Row]) -> list[Entity]:
        """The entities that rows stand for, in the same order."""
        return [self.entity(row) for row in rows]


def text(name: str, prefix: str = "") -> Reader:
    """The text of an attribute, behind a prefix that must be there."""

    def reader(row: Row) -> str:
        whole: str = row[name]["S"]
        assert whole.startswith(prefix)
        return whole.removeprefix(prefix)

    return reader


def text_or_none(name: str) -> Reader:
    """The text of an attribute that may be absent."""
    return lambda row: row[name]["S"] if name in row else None


def texts(name: str) -> Reader:
    """The texts of a set that may be absent."""
    return lambda row: set(row[name]["SS"]) if name in row else set[str]()


def moment(name: str, prefix: str = "") -> Reader:
    """A time in ISO form, behind a prefix."""
    read = text(name, prefix)
    return lambda row: datetime.fromisoformat(str(read(row)))


def moment_or_none(name: str) -> Reader:
    """A time in ISO form that may be absent."""
    return lambda row: datetime.fromisoformat(row[name]["S"]) if name in row else None


def whole(name: str) -> Reader:
    """An integer kept as text."""
    return lambda row: int(row[name]["S"])


def amount(name: str) -> Reader:
    """A decimal number kept as text."""
    return lambda row: Decimal(row[name]["S"])


def part(name: str, kind: type[Entity], members: Mapping[str, str]) -> Reader:
    """A map of texts as a nested entity; ``members`` gives the stored name of each of its attributes."""

    def reader(row: Row) -> Entity:
        found = row[name]["M"]
        assert found.keys() == set(members.values())
        values: dict[str, Any] = {own: found[stored]["S"] for own, stored in members.items()}
        return kind(**values)

    return reader
