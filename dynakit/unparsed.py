"""Items of a page that stay bytes until each is taken.

The items of a page of 1 MB take ten times its memory when they are parsed. Whoever takes them one after the
other needs no more than one of them, and whoever keeps them keeps their bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from msgspec import Raw
from msgspec.json import Decoder

from dynakit.errors import DecodeError
from dynakit.wire import Item

_decode = Decoder(dict[str, Any]).decode


class UnparsedItems:
    """The items of a page; each iteration parses them anew. ``raw`` are they as they stand in the page."""

    __slots__ = ("raw",)

    def __init__(self, raw: Sequence[Raw]) -> None:
        self.raw = raw

    def __len__(self) -> int:
        return len(self.raw)

    def __iter__(self) -> Iterator[Item]:
        return map(parsed, self.texts())

    def texts(self) -> Iterator[bytes]:
        """The JSON of each item, which does not keep the page in memory."""
        return map(bytes, self.raw)


Items: TypeAlias = Sequence[Item] | UnparsedItems
"""The items of a reply, parsed or not."""


def parsed(text: bytes) -> Item:
    """The item that this is the JSON of. Raises :class:`DecodeError` for what DynamoDB does not send."""
    try:
        item: Item = _decode(text)
    except (ValueError, RecursionError):
        raise DecodeError(
            "an item of a reply is no JSON object of attribute values in UTF-8. DynamoDB sends no such item: "
            "look at what stands between."
        ) from None
    return item
