"""A reply of a query or scan as a page whose items are not parsed yet."""

from __future__ import annotations

import orjson

from dynakit.unparsed import UnparsedItems
from dynakit.wire import Payload

SMALLEST = 2**15
"""Bytes of a reply below which it is faster to parse it at once, and takes no memory to speak of."""

_MEMBERS = {"Items", "Count", "ScannedCount", "LastEvaluatedKey", "ConsumedCapacity"}
_ITEMS = b'"Items":['


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
