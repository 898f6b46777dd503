"""The figures an estimate is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynakit.errors import StatementError

if TYPE_CHECKING:
    from dynakit.environment import Environment

ASSUMED_ITEMS = 100
"""Items in a range whose number is not given."""

ASSUMED_SIZE = 1024
"""Bytes of an item whose size is not given and cannot be known."""


@dataclass(frozen=True)
class Figures:
    """How many items there are, and how many bytes they and their entries in an index have, on average."""

    environment: Environment
    items: int | None = None
    item_size: int | None = None
    entry_size: int | None = None
    consistent: bool = False

    def __post_init__(self) -> None:
        for name in ("items", "item_size", "entry_size"):
            given: int | None = getattr(self, name)
            if given is not None and given < (0 if name == "items" else 1):
                raise StatementError(f"explain: {name}: got {given}; expected a positive number.")

    @property
    def size(self) -> int:
        """Bytes of an item."""
        return ASSUMED_SIZE if self.item_size is None else self.item_size

    @property
    def entry(self) -> int:
        """Bytes of an index's entry."""
        return self.size if self.entry_size is None else self.entry_size

    @property
    def count(self) -> int:
        """Items in a range."""
        return ASSUMED_ITEMS if self.items is None else self.items
