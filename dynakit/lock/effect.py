"""One difference between two locks, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from dynakit.values import dataclass

Effect: TypeAlias = Literal["harmless", "needs a backfill", "rewrites keys", "unreadable old items"]
"""``needs a backfill``: old items can be read, and are not found by an index or a constraint until they are
written again. ``rewrites keys``: they stand under other keys than they would now. ``unreadable old items``:
they are refused, left out, or read as something else."""

_ORDER: tuple[Effect, ...] = ("unreadable old items", "rewrites keys", "needs a backfill", "harmless")


@dataclass(frozen=True)
class SchemaChange:
    """One difference: of what kind, where, what it means, what was and is, and what to do."""

    effect: Effect
    where: str
    what: str
    advice: str = ""

    @property
    def is_dangerous(self) -> bool:
        """Whether something has to be done about stored items."""
        return self.effect != "harmless"

    def __str__(self) -> str:
        return f"{self.where}: {self.what} [{self.effect}]{f' {self.advice}' if self.advice else ''}"


def by_danger(change: SchemaChange) -> tuple[int, str, str]:
    """The order of differences: the most dangerous first."""
    return _ORDER.index(change.effect), change.where, change.what


def names_of(*parts: Iterable[str]) -> list[str]:
    """All names in the same part of some locks, in order."""
    return sorted({name for part in parts for name in part})
