"""What is no attribute value in a sample row, and where.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import TypeAlias, cast

from dynakit.values import dataclass

TYPES = ("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M")


@dataclass(frozen=True)
class Fault:
    """A place in a row, such as ``Detail.Name`` or ``Tags[0]``, and what is wrong there."""

    path: str
    problem: str


Value: TypeAlias = object


def faults_of(path: str, value: Value, name: str | None = None) -> Iterator[Fault]:
    """What is wrong with a value that stands at a path, under a name: nothing for a proper one."""
    if name == "":
        yield Fault(path, "an attribute has an empty name")
    kind = _kind(value)
    if kind is None:
        yield Fault(path, f"{_described(value)} is no attribute value")
        return
    held = cast("dict[str, Value]", value)[kind]
    if kind == "M":
        yield from _faults_of_map(path, held)
    elif kind == "L":
        yield from _faults_of_list(path, held)
    elif not _CHECKS[kind](held):
        yield Fault(path, f"{_described(held)} does not fit type {kind}")


def _faults_of_map(path: str, held: Value) -> Iterator[Fault]:
    if not isinstance(held, dict):
        yield Fault(path, f"{_described(held)} does not fit type M")
        return
    members = cast("dict[str, Value]", held)
    if _wraps_twice(members):
        yield Fault(path, "type M is wrapped twice")
        return
    for name, member in members.items():
        yield from faults_of(f"{path}.{name}", member, name)


def _faults_of_list(path: str, held: Value) -> Iterator[Fault]:
    if not isinstance(held, list):
        yield Fault(path, f"{_described(held)} does not fit type L")
        return
    for number, member in enumerate(cast("list[Value]", held)):
        yield from faults_of(f"{path}[{number}]", member)


def _wraps_twice(members: dict[str, Value]) -> bool:
    """Whether a map is what stands within another ``M``: its one member holds attribute values by name."""
    inner = members.get("M")
    if len(members) != 1 or not isinstance(inner, dict) or not inner:
        return False
    return _kind(cast("Value", inner)) is None and all(map(_kind, cast("dict[str, Value]", inner).values()))


def _kind(value: Value) -> str | None:
    """The type of an attribute value; ``None`` for what is none."""
    if not isinstance(value, dict) or len(cast("dict[str, Value]", value)) != 1:
        return None
    (kind,) = cast("dict[str, Value]", value)
    return kind if kind in TYPES else None


def _described(value: Value) -> str:
    if isinstance(value, dict):
        names = ", ".join(sorted(cast("dict[str, Value]", value))) or "nothing"
        return f"a map of {names}"
    return next((word for kind, word in _WORDS.items() if isinstance(value, kind)), "null")


_WORDS: dict[type, str] = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
}


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_number(value: Value) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _is_binary(value: Value) -> bool:
    if not isinstance(value, str):
        return False
    try:
        b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_boolean(value: Value) -> bool:
    return isinstance(value, bool)


def _set_of(member: Callable[[Value], bool]) -> Callable[[Value], bool]:
    def check(value: Value) -> bool:
        if not isinstance(value, list) or not value:
            return False
        members = cast("list[Value]", value)
        return all(map(member, members)) and len(set(members)) == len(members)

    return check


_CHECKS: dict[str, Callable[[Value], bool]] = {
    "S": _is_text,
    "N": _is_number,
    "B": _is_binary,
    "BOOL": _is_boolean,
    "NULL": lambda value: value is True,
    "SS": _set_of(_is_text),
    "NS": _set_of(_is_number),
    "BS": _set_of(_is_binary),
}
