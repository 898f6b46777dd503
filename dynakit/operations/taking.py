"""The rows of a reply, taken some at a time and let go as they are taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dynakit.unparsed import Items, UnparsedItems
from dynakit.wire import Payload

AT_ONCE = 100
"""Rows taken and decoded at a time: as many as one batch reads."""


class Rows:
    """The rows of a reply. Nothing else must hold them, or they stay in memory."""

    __slots__ = ("_left", "_unparsed", "ended")

    def __init__(self, reply: Payload) -> None:
        items: Items = reply.get("Items", [])
        self._unparsed = isinstance(items, UnparsedItems)
        left: Sequence[Any] = items.raw if isinstance(items, UnparsedItems) else items
        self._left = [*reversed(left)]
        self.ended = False
        """Whether the last of them was taken."""

    def take(self) -> Items:
        """The next rows, :data:`AT_ONCE` at most."""
        taken = self._left[: -AT_ONCE - 1 : -1]
        del self._left[-AT_ONCE:]
        self.ended = not self._left
        return UnparsedItems(taken) if self._unparsed else taken
