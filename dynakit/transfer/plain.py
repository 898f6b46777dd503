"""Attribute values as plain JSON, with marks for the types that JSON lacks; nothing is lost.

Text, numbers, booleans, ``null``, arrays and objects are themselves; numbers keep all their digits. A binary
value is ``{"$binary": "base64"}``, sets are ``{"$strings": […]}``, ``{"$numbers": […]}`` and
``{"$binaries": […]}``. A map that looks like one of these is written as ``{"$map": {…}}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final, NoReturn, cast

from dynakit.codec.number import canonical
from dynakit.foreign_json import json_value
from dynakit.wire import AttributeValue, Item

BINARY: Final = "$binary"
MAP: Final = "$map"
_SETS: Final = {"SS": "$strings", "NS": "$numbers", "BS": "$binaries"}
_MARKS: Final = {BINARY: "B", MAP: "M", **{mark: kind for kind, mark in _SETS.items()}}

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
"""A number as JSON writes it: https://www.rfc-editor.org/rfc/rfc8259#section-6"""


class Number(str):
    """The text of a number, which keeps its digits."""

    __slots__ = ()


def item_as_json(item: Item) -> str:
    """An item as a JSON object, on one line."""
    return _object(item)


def value_as_json(value: AttributeValue) -> str:
    """An attribute value as JSON, on one line."""
    (kind, member), *_ = cast("dict[str, Any]", value).items()
    return _WRITERS[kind](member)


def item_from_json(text: str) -> Item:
    """The item of a JSON object. Raises :class:`ValueError`, which says what was expected."""
    document = parsed(text)
    if isinstance(document, dict):
        return _entries(cast("dict[str, object]", document))
    raise ValueError("it is no JSON object; expected one item a line")


def value_from_json(text: str) -> AttributeValue:
    """The attribute value of JSON. Raises :class:`ValueError`."""
    return _value(parsed(text))


def parsed(text: str) -> object:
    """JSON whose numbers are :class:`Number`. Raises :class:`ValueError`."""
    try:
        return json_value(text, number=Number, constant=_refuse_constant)
    except ValueError:
        raise ValueError("it is no JSON; expected one item a line") from None


def number_token(text: str) -> str:
    """The text of a number, so that JSON takes it."""
    return text if NUMBER.fullmatch(text) else canonical(text)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(items: list[AttributeValue]) -> str:
    return f"[{', '.join(map(value_as_json, items))}]"


def _object(entries: Item) -> str:
    return f"{{{', '.join(f'{_text(name)}: {value_as_json(one)}' for name, one in entries.items())}}}"


def _map(entries: Item) -> str:
    written = _object(entries)
    return f'{{"{MAP}": {written}}}' if len(entries) == 1 and next(iter(entries)) in _MARKS else written


def _set_of(mark: str, write: Callable[[str], str]) -> Callable[[list[str]], str]:
    return lambda members: f'{{"{mark}": [{", ".join(map(write, members))}]}}'


_WRITERS: dict[str, Callable[[Any], str]] = {
    "S": _text,
    "N": number_token,
    "B": lambda member: f'{{"{BINARY}": {_text(member)}}}',
    "BOOL": json.dumps,
    "NULL": lambda _: "null",
    "L": _list,
    "M": _map,
    "SS": _set_of(_SETS["SS"], _text),
    "NS": _set_of(_SETS["NS"], number_token),
    "BS": _set_of(_SETS["BS"], _text),
}


def _value(document: object) -> AttributeValue:
    match document:
        case Number():
            return {"N": str(document)}
        case str():
            return {"S": document}
        case bool():
            return {"BOOL": document}
        case None:
            return {"NULL": True}
        case list():
            return {"L": [_value(one) for one in cast("list[object]", document)]}
        case _:
            return _mapping(cast("dict[str, object]", document))


def _mapping(document: dict[str, object]) -> AttributeValue:
    if len(document) == 1:
        (mark, inner), *_ = document.items()
        if mark in _MARKS:
            return _marked(mark, inner)
    return {"M": _entries(document)}


def _entries(document: dict[str, object]) -> Item:
    return {name: _value(one) for name, one in document.items()}


def _marked(mark: str, inner: object) -> AttributeValue:
    if mark == MAP and isinstance(inner, dict):
        return {"M": _entries(cast("dict[str, object]", inner))}
    if mark == BINARY and _is_text(inner):
        return {"B": cast("str", inner)}
    if mark in _SETS.values() and isinstance(inner, list):
        members = cast("list[object]", inner)
        fits = _is_number if mark == _SETS["NS"] else _is_text
        if all(map(fits, members)):
            return cast("AttributeValue", {_MARKS[mark]: [str(one) for one in members]})
    raise ValueError(f"{mark} does not hold what it is for; expected {_EXPECTED[mark]}")


_EXPECTED: Final = {
    BINARY: "base64 text",
    MAP: "an object",
    _SETS["SS"]: "an array of text",
    _SETS["NS"]: "an array of numbers",
    _SETS["BS"]: "an array of base64 text",
}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _is_number(value: object) -> bool:
    return isinstance(value, Number)


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)
