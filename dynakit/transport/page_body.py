"""A page of a query or scan whose items stay bytes until each is taken.

The items of a page of 1 MB take ten times its memory when they are parsed. Whoever takes them one after the
other needs no more than one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

from dynakit.operations.reply import ReplyLost
from dynakit.wire import Item, Payload

SMALLEST = 2**16
"""Bytes of a reply below which parsing it at once takes no memory to speak of."""

_MEMBERS = {"Items", "Count", "ScannedCount", "LastEvaluatedKey", "ConsumedCapacity"}
_ITEMS = b'"Items":['
_BETWEEN_ITEMS = b'}},{"'
_COMMA = ord(",")
_BRACES_AND_TEXTS = re.compile(rb'[{}]|"[^"\\]*(?:\\.[^"\\]*)*"')


class UnparsedItems:
    """The items of a page; each iteration parses them anew. Raises ``ReplyLost`` where one is no JSON."""

    __slots__ = ("_body", "_count", "_end", "_start")

    def __init__(self, body: bytes, start: int, end: int, count: int) -> None:
        self._body, self._start, self._end, self._count = body, start, end, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        body, start, end = self._body, self._start, self._end
        while start < end:
            found = body.find(_BETWEEN_ITEMS, start, end)
            stop = end if found < 0 else found + 2
            item = _item(body, start, stop)
            if item is None:
                # What looked like the end of the item stands in a list or in a text.
                stop = _end_of_object(body, start, end)
                item = _item(body, start, stop)
            if item is None or (stop < end and body[stop] != _COMMA):
                raise _damaged()
            yield item
            start = stop + 1


def unparsed_page(body: bytes) -> Payload | None:
    """A reply whose ``Items`` are :class:`UnparsedItems`; ``None`` for one that is not laid out as usual.

    What is left of the body without its items has to be a reply with none, of the members that are known.
    No text inside an item or a key can bring that about elsewhere: a quotation mark in it is escaped.
    """
    start = body.find(_ITEMS) + len(_ITEMS)
    end = len(body) - 2 if body.endswith(b"]}") else body.rfind(b'],"', start)
    if start < len(_ITEMS) or end < start:
        return None
    try:
        page: Payload | list[object] = orjson.loads(body[:start] + body[end:])
    except ValueError:
        return None
    if isinstance(page, list) or page.get("Items") != [] or not _MEMBERS.issuperset(page):
        return None
    if not isinstance(page.get("Count"), int):
        return None
    page["Items"] = UnparsedItems(body, start, end, page["Count"])
    return page


def _item(body: bytes, start: int, stop: int) -> Item | None:
    try:
        item: Item = orjson.loads(body[start:stop])
    except ValueError:
        return None
    return item


def _end_of_object(body: bytes, start: int, end: int) -> int:
    depth = 0
    for found in _BRACES_AND_TEXTS.finditer(body, start, end):
        depth += (found[0] == b"{") - (found[0] == b"}")
        if depth == 0:
            return found.end()
    raise _damaged()


def _damaged() -> ReplyLost:
    return ReplyLost("an item of the reply is no complete JSON")
