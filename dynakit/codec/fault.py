"""Faults as they travel outwards: the place is told step by step, the value is never written.

Everything in this package raises :class:`EncodeError` and :class:`DecodeError` without a place in the
message; each container on the way out puts its step in front of ``error.path``; ``Codec`` writes the
whole. So no text is built for a path until something is wrong.
"""

from __future__ import annotations

import re
from typing import TypeVar, cast

from dynakit.errors import CodecError, DecodeError, EncodeError, shown

C = TypeVar("C", bound=CodecError)

SOME_KEY = "[…]"
"""The step into a dictionary or set: its keys and elements are data, so they are not named."""

_HIDDEN = r"<\w+(, \d+ (characters|bytes|elements))?>"

_WIRE_NAMES = {
    "S": "string",
    "N": "number",
    "B": "binary",
    "BOOL": "boolean",
    "NULL": "null",
    "SS": "string set",
    "NS": "number set",
    "BS": "binary set",
    "L": "list",
    "M": "map",
}


def under(error: CodecError, step: str) -> None:
    """Note that the fault lies below ``step``: ``.price``, ``[2]`` or :data:`SOME_KEY`."""
    error.path = step + (error.path or "")


def placed(error: C, path: str) -> C:
    """Write the final error: the place in front of the text, and in ``path``."""
    place = (path + (error.path or "")).removeprefix(".")
    return type(error)(f"{place}: {error}", path=place, value=error.value)


def refused(text: str, value: object) -> EncodeError:
    """A Python value that cannot be stored; ``text`` says why."""
    return EncodeError(text + _exposed(value), value=value)


def unreadable(text: str, value: object) -> DecodeError:
    """A stored value that cannot be read; ``text`` says why."""
    return DecodeError(text + _exposed(value), value=value)


def wrong_python(expected: str, value: object) -> EncodeError:
    """A value of another Python type than the annotation's."""
    return EncodeError(f"expected {expected}, got {_described(value)}", value=value)


def wrong_wire(expected: str, value: object) -> DecodeError:
    """A stored value of another attribute type than the annotation's."""
    return DecodeError(f"expected {expected}, got {_wire_described(value)}", value=value)


def none_of(expected: str, text: object) -> DecodeError:
    """A stored value of the right attribute type whose content is not of the annotation's type."""
    return unreadable(f"expected {expected}, got a stored value that is not one", text)


def article(noun: str) -> str:
    """Put ``a`` or ``an`` in front."""
    return f"{'an' if noun[:1] in 'aeiouAEIOU' else 'a'} {noun}"


def _described(value: object) -> str:
    return "None" if value is None else article(type(value).__name__) + _exposed(value)


def _wire_described(value: object) -> str:
    kind = kind_of(value)
    if kind in _WIRE_NAMES:
        return f"the {_WIRE_NAMES[kind]} type {kind}{_exposed(value)}"
    return "no attribute value" + _exposed(value)


def kind_of(value: object) -> str:
    """Give the attribute type of a stored value; nothing for what is no attribute value."""
    return next(iter(cast("dict[str, object]", value)), "") if isinstance(value, dict) else ""


def _exposed(value: object) -> str:
    """Write the value behind a colon under ``show_values()``, else nothing."""
    text = shown(value)
    return "" if re.fullmatch(_HIDDEN, text) else f": {text}"
