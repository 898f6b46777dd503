"""A reply of a query or scan as a page whose items are not parsed yet."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Decoder

from dynakit.unparsed import UnparsedItems
from dynakit.wire import Payload


class _Page(Struct, forbid_unknown_fields=True):
    Items: list[Raw]
    Count: int
    ScannedCount: int | UnsetType = UNSET
    LastEvaluatedKey: dict[str, Any] | UnsetType = UNSET
    ConsumedCapacity: dict[str, Any] | UnsetType = UNSET


_decode = Decoder(_Page).decode
_OTHERS = tuple(name for name in _Page.__struct_fields__ if name != "Items")


def unparsed_page(body: bytes) -> Payload | None:
    """A reply whose ``Items`` are :class:`UnparsedItems`; ``None`` for one that is no page, or no JSON."""
    try:
        page = _decode(body)
    except (ValueError, RecursionError):
        return None
    others = {name: value for name in _OTHERS if (value := getattr(page, name)) is not UNSET}
    return {"Items": UnparsedItems(page.Items), **others}
