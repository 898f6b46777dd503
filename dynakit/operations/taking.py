"""The rows of a reply, taken some at a time and let go as they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from dynakit.operations.reply import damaged_reply
from dynakit.unparsed import DamagedItem
from dynakit.wire import Call, Item, Payload

AT_ONCE = 100
"""Rows taken and decoded at a time: as many as one batch reads."""


class Rows:
    """The rows that a call was replied with. Nothing else must hold them, or they stay in memory."""

    __slots__ = ("_call", "_rest", "ended")

    def __init__(self, call: Call, reply: Payload) -> None:
        self._call = call
        self._rest = _let_go(reply.get("Items", []))
        self.ended = False
        """Whether the last of them was taken."""

    def take(self) -> list[Item]:
        """The next rows, fewer than :data:`AT_ONCE` at the end. Raises ``ConnectionFailed``."""
        try:
            rows = list(islice(self._rest, AT_ONCE))
        except DamagedItem as damaged:
            raise damaged_reply(self._call) from damaged
        if len(rows) < AT_ONCE:
            self.ended, self._rest = True, iter(())
        return rows


def _let_go(rows: Iterable[Item]) -> Iterator[Item]:
    if not isinstance(rows, list):
        # Of a transport that parses them one by one.
        return iter(rows)
    return _popped(rows[::-1])


def _popped(rows: list[Item]) -> Iterator[Item]:
    while rows:
        yield rows.pop()
