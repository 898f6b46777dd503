"""The figures an estimate is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynakit.errors import StatementError
from dynakit.index import Index
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.environment import Environment

ASSUMED_ITEMS = 100
"""Items in a range whose number is not given."""

ASSUMED_SIZE = 1024
"""Bytes of an item whose size is not given and cannot be known."""

ASSUMED_ENTRY = 150
"""Bytes of an index's entry that holds keys alone: four key attributes, with their names, and overhead."""

ASSUMED_PART = 1024
"""Bytes that an entry which holds a part of the item has at most, unless its size is given."""


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

    def entry(self, index: Index) -> int:
        """Bytes of an index's entry. What an index holds in part is taken for small unless it is given."""
        if self.entry_size is not None:
            return self.entry_size
        most = {"ALL": self.size, "INCLUDE": ASSUMED_PART, "KEYS_ONLY": ASSUMED_ENTRY}
        return min(self.size, most[index.projection.type])

    @property
    def count(self) -> int:
        """Items in a range."""
        return ASSUMED_ITEMS if self.items is None else self.items
