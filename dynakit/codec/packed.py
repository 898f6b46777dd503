"""An attribute value as bytes, for what is compressed, encrypted or kept elsewhere.

The first byte says what follows: ``S`` UTF-8 text, ``B`` raw bytes, ``J`` any other value as JSON.
"""

from __future__ import annotations

import json
from binascii import b2a_base64
from typing import cast

from dynakit.codec.fault import unreadable
from dynakit.codec.scalars import parse_bytes
from dynakit.wire import AttributeValue

_WIRE_TYPES = {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"}


def packed(value: AttributeValue) -> bytes:
    """Write a value as bytes."""
    match value:
        case {"S": text}:
            return b"S" + text.encode()
        case {"B": text}:
            return b"B" + parse_bytes(text)
        case _:
            return b"J" + json.dumps(value, separators=(",", ":")).encode()


def unpacked(data: bytes) -> AttributeValue:
    """Read what :func:`packed` wrote. Raises :class:`DecodeError`."""
    kind, rest = data[:1], data[1:]
    try:
        if kind == b"S":
            return {"S": rest.decode()}
        if kind == b"B":
            return {"B": as_base64(rest)}
        if kind == b"J":
            return _value(json.loads(rest))
    except (ValueError, RecursionError):
        pass
    raise unreadable("holds bytes that are no packed value", None)


def as_base64(data: bytes) -> str:
    """Bytes as they stand under ``B``."""
    return b2a_base64(data, newline=False).decode("ascii")


def _value(parsed: object) -> AttributeValue:
    value = cast("dict[str, object]", parsed) if isinstance(parsed, dict) else {}
    if len(value) != 1 or not _WIRE_TYPES.issuperset(value):
        raise ValueError
    return cast("AttributeValue", value)
