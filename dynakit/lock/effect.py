"""One difference between two locks, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

from dynakit.values import dataclass

Effect: TypeAlias = Literal["unreadable old items", "rewrites keys", "needs a backfill", "harmless"]
"""The most dangerous first. ``unreadable old items``: they are refused, left out, or read as something else.
``rewrites keys``: they stand under other keys than they would now. ``needs a backfill``: they can be read,
and are not found by an index or a constraint until they are written again."""

_ORDER: tuple[Effect, ...] = get_args(Effect)


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
