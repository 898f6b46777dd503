"""Cursors: opaque, URL-safe, bound to their statement.

A cursor holds the primary and index key of a row, which way to read from there, and a fingerprint of the
statement, that key and that way. It is refused on any other statement, and its key is checked to lie in the
statement's own partition and range. It is not encrypted: it shows the key of that row to whoever decodes it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import cast

from dynakit.codec.number import canonical
from dynakit.errors import CodecError, CursorError
from dynakit.keys.term import KeyPlan, key_bytes
from dynakit.table import Table
from dynakit.wire import AttributeValue, Item

_WAYS = {False: b"\x01", True: b"\x02"}
"""The first byte: forward in the statement's order, or backward."""

MAX_LENGTH = 131_072
"""Longest text looked at: keys of a table and an index have up to 15 KB, six times as much in JSON."""

_MAX_KEY_BYTES = 2048

_FINGERPRINT = 12


def encode_cursor(identity: str, key: Item, *, backward: bool = False) -> str:
    """The cursor behind the row of this key, or before it; with no key from the start, or from the end."""
    body = json.dumps(key, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    way = _WAYS[backward]
    return _text(way + _fingerprint(identity, way, body) + body)


def decode_cursor(identity: str, cursor: str) -> tuple[Item, bool]:
    """The key in a cursor, and whether to read backward.

    Raises :class:`CursorError`, the same for whatever is wrong.
    """
    try:
        raw = _raw(cursor)
        way, body = raw[:1], raw[1 + _FINGERPRINT :]
        if way not in _WAYS.values() or raw[1 : 1 + _FINGERPRINT] != _fingerprint(identity, way, body):
            raise refused_cursor()
        key: object = json.loads(body)
    except (ValueError, RecursionError):
        raise refused_cursor() from None
    if not isinstance(key, dict):
        raise refused_cursor()
    return cast("Item", key), way == _WAYS[True]


def check_start(plan: KeyPlan, key: Item, table: Table, names: Iterable[str]) -> None:
    """Refuse what is no key of these key attributes, or lies outside the statement's partition and range.

    No key at all is the start of the range, or its end.
    """
    if not key:
        return
    expected = {name: table.key_attributes[name].type for name in names}
    if key.keys() != expected.keys():
        raise refused_cursor()
    if not all(is_key_value(key[name], type) for name, type in expected.items()):
        raise refused_cursor()
    if not all(term.admits(key[term.attribute]) for term in (*plan.partition, *plan.sort)):
        raise refused_cursor()


def refused_cursor() -> CursorError:
    """The one error of every cursor that cannot be used."""
    return CursorError("cursor: it is not of this statement, or was altered. Start again without a cursor.")


def is_key_value(value: object, type: str) -> bool:
    """Whether this is a value that a key attribute of this type can have."""
    if not isinstance(value, dict) or value.keys() != {type}:
        return False
    member = cast("dict[str, object]", value)[type]
    if not isinstance(member, str):
        return False
    try:
        if type == "N":
            return canonical(member) != ""
        return 0 < len(key_bytes(cast("AttributeValue", value))) <= _MAX_KEY_BYTES
    except (ValueError, CodecError):
        return False


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(cursor: str) -> bytes:
    """The bytes of a cursor, by its one spelling. Raises ``ValueError`` for any other text."""
    if len(cursor) > MAX_LENGTH:
        raise ValueError("too long")
    raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    if _text(raw) != cursor:
        raise ValueError("another spelling")
    return raw


def _fingerprint(identity: str, way: bytes, body: bytes) -> bytes:
    return hashlib.sha256(way + identity.encode() + b"\0" + body).digest()[:_FINGERPRINT]
