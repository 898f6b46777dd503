"""What DynamoDB would refuse, found before it is sent: one such item makes it refuse the whole batch.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, cast

from dynakit.codec.number import canonical
from dynakit.codec.size import MAX_ITEM_SIZE, MAX_NESTING, item_depth, item_size
from dynakit.errors import CodecError
from dynakit.operations.cursor import is_key_value
from dynakit.table import Table
from dynakit.wire import Item

TOO_DEEP = f"it is nested deeper than {MAX_NESTING} levels, which DynamoDB allows"


def check_item(table: Table, item: Item) -> Item:
    """An item that this table takes.

    Raises :class:`ValueError`: what is wrong with which attribute, never its value.
    """
    for name, value in item.items():
        _check_value(f"attribute {name!r}", value)
    _check_keys(table, item)
    if item_depth(item) > MAX_NESTING:
        raise ValueError(TOO_DEEP)
    size = item_size(item)
    if size > MAX_ITEM_SIZE:
        raise ValueError(f"it has {size:,} bytes; DynamoDB allows {MAX_ITEM_SIZE:,}")
    return item


def _check_keys(table: Table, item: Item) -> None:
    for name, key in table.key_attributes.items():
        if name not in item and name not in table.key_names:
            continue
        if name not in item:
            raise ValueError(f"it has no {name!r}; expected the primary key of table {table.name!r}")
        if not is_key_value(item[name], key.type):
            raise ValueError(
                f"attribute {name!r}: it is no key value of type {key.type}, which the table has it for"
            )


def _check_value(where: str, value: object) -> None:
    if not isinstance(value, dict) or len(cast("dict[str, object]", value)) != 1:
        raise ValueError(f"{where}: it is no attribute value; expected one type and its value")
    (kind, member), *_ = cast("dict[str, object]", value).items()
    if kind not in _EXPECTED:
        raise ValueError(f"{where}: it has no type that DynamoDB has; expected one of {', '.join(_EXPECTED)}")
    if kind in {"L", "M"}:
        _check_members(where, kind, member)
    elif not _holds(_CHECKS[kind], member):
        raise ValueError(f"{where}: it is not {_EXPECTED[kind]}, which type {kind} holds")


def _check_members(where: str, kind: str, member: object) -> None:
    if kind == "M" and isinstance(member, dict):
        for name, one in cast("dict[str, object]", member).items():
            _check_value(f"{where}, {name!r}", one)
    elif kind == "L" and isinstance(member, list):
        for number, one in enumerate(cast("list[object]", member)):
            _check_value(f"{where}, element {number}", one)
    else:
        raise ValueError(f"{where}: it is not {_EXPECTED[kind]}, which type {kind} holds")


def _holds(check: Callable[[Any], object], member: object) -> bool:
    try:
        return bool(check(member))
    except (ValueError, CodecError):
        return False


def _is_text(member: object) -> bool:
    return isinstance(member, str) and len(member.encode()) >= 0


def _is_number(member: object) -> bool:
    return isinstance(member, str) and canonical(member) != ""


def _is_binary(member: object) -> bool:
    return isinstance(member, str) and len(base64.b64decode(member, validate=True)) >= 0


def _set_of(holds: Callable[[Any], bool], same: Callable[[str], object] = str) -> Callable[[Any], bool]:
    def check(member: object) -> bool:
        if not isinstance(member, list) or not member:
            return False
        texts = cast("list[str]", member)
        return all(map(holds, texts)) and len(set(map(same, texts))) == len(texts)

    return check


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "S": _is_text,
    "N": _is_number,
    "B": _is_binary,
    "BOOL": lambda member: isinstance(member, bool),
    "NULL": lambda member: member is True,
    "SS": _set_of(_is_text),
    "NS": _set_of(_is_number, canonical),
    "BS": _set_of(_is_binary),
}
_EXPECTED = {
    "S": "text",
    "N": "a number of at most 38 digits",
    "B": "base64 text",
    "BOOL": "true or false",
    "NULL": "true",
    "SS": "a list of distinct texts",
    "NS": "a list of distinct numbers",
    "BS": "a list of distinct base64 texts",
    "L": "a list",
    "M": "a map",
}
