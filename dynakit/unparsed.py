"""Items of a page that stay bytes until each is taken.

The items of a page of 1 MB take ten times its memory when they are parsed. Whoever takes them one after the
other needs no more than one of them, and whoever keeps them keeps their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import orjson

from dynakit.wire import Item

_BETWEEN_ITEMS = b'}},{"'
_COMMA = ord(",")
_BRACES_AND_TEXTS = re.compile(rb'[{}]|"[^"\\]*(?:\\.[^"\\]*)*"')


class DamagedItem(Exception):
    """What stands between the brackets of a page is not a list of JSON objects."""


class UnparsedItems:
    """The items of a page; each iteration parses them anew. Raises :class:`DamagedItem` as it goes."""

    __slots__ = ("_body", "_count", "_end", "_start")

    def __init__(self, body: bytes, start: int, end: int, count: int) -> None:
        self._body, self._start, self._end, self._count = body, start, end, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        return (item for item, _ in self.with_bytes())

    def with_bytes(self) -> Iterator[tuple[Item, bytes]]:
        """Each item, parsed, and its JSON."""
        body, start, end = self._body, self._start, self._end
        while start < end:
            found = body.find(_BETWEEN_ITEMS, start, end)
            text = body[start : found + 2] if found >= 0 else body[start:end]
            try:
                item: Item = orjson.loads(text)
            except ValueError:
                # What looked like the end of the item stands in a list or in a text.
                text = body[start : _end_of_object(body, start, end)]
                item = _parsed(text)
            start += len(text)
            if start < end and body[start] != _COMMA:
                raise DamagedItem
            yield item, text
            start += 1


Items: TypeAlias = Sequence[Item] | UnparsedItems
"""The items of a reply, parsed or not."""


def _parsed(text: bytes) -> Item:
    try:
        item: Item = orjson.loads(text)
    except ValueError:
        raise DamagedItem from None
    return item


def _end_of_object(body: bytes, start: int, end: int) -> int:
    depth = 0
    for found in _BRACES_AND_TEXTS.finditer(body, start, end):
        depth += (found[0] == b"{") - (found[0] == b"}")
        if depth == 0:
            return found.end()
    raise DamagedItem
