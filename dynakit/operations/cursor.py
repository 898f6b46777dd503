"""Cursors: opaque, URL-safe, bound to their statement.

A cursor holds the primary and index key of the last row read, and a fingerprint of the statement and that
key. It is refused on any other statement, and its key is checked to lie in the statement's own partition
and range. It is not encrypted: it shows the key of that row to whoever decodes it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from dynakit.errors import CursorError
from dynakit.keys.term import KeyPlan
from dynakit.wire import Item

VERSION = 1
MAX_LENGTH = 8192
"""Longest text looked at: a key has at most 3 KB and an index adds its own."""

_FINGERPRINT = 12


def encode_cursor(identity: str, key: Item) -> str:
    """The cursor behind the row of this key."""
    body = json.dumps(key, sort_keys=True, separators=(",", ":")).encode()
    raw = bytes([VERSION]) + _fingerprint(identity, body) + body
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(identity: str, cursor: str) -> Item:
    """The key in a cursor. Raises :class:`CursorError`, the same for whatever is wrong."""
    try:
        raw = base64.b64decode(_padded(cursor), altchars=b"-_", validate=True)
        body = raw[1 + _FINGERPRINT :]
        if raw[:1] != bytes([VERSION]) or raw[1 : 1 + _FINGERPRINT] != _fingerprint(identity, body):
            raise refused_cursor()
        key: Item = json.loads(body)
    except (ValueError, binascii.Error, UnicodeError):
        raise refused_cursor() from None
    return key


def check_start(plan: KeyPlan, key: Item, expected: set[str]) -> None:
    """Refuse a start key that lies outside the statement's partition and range, or has other attributes."""
    try:
        inside = all(term.admits(key[term.attribute]) for term in (*plan.partition, *plan.sort))
    except (KeyError, ValueError, ArithmeticError):
        inside = False
    if not inside or set(key) != expected:
        raise refused_cursor()


def refused_cursor() -> CursorError:
    """The one error of every cursor that cannot be used."""
    return CursorError("cursor: it is not of this statement, or was altered. Start again without a cursor.")


def _padded(cursor: str) -> bytes:
    if len(cursor) > MAX_LENGTH:
        raise refused_cursor()
    return cursor.encode("ascii") + b"=" * (-len(cursor) % 4)


def _fingerprint(identity: str, body: bytes) -> bytes:
    return hashlib.sha256(identity.encode() + b"\0" + body).digest()[:_FINGERPRINT]
