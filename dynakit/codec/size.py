"""The size of items in bytes, and what reading and writing them costs.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html gives the
rules; the size of a number, which it calls approximate, follows DynamoDB Local: one byte for each pair of
digits, counted from the decimal point, one more, and one for a minus sign.
"""

from __future__ import annotations

from msgspec.json import Encoder

from dynakit.codec.number import parse_decimal
from dynakit.wire import AttributeValue, Item

MAX_ITEM_SIZE = 400 * 1024
"""Bytes of an item, the names of its attributes included."""

MAX_NESTING = 32
"""Levels of maps and lists; the item itself is the first."""

_encode = Encoder().encode

_READ_UNIT = 4 * 1024
_WRITE_UNIT = 1024
_CONTAINER_BYTES = 3
_ELEMENT_BYTES = 1


def item_size(item: Item) -> int:
    """Count the bytes of an item: the names of its attributes and their values."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def surely_fits(item: Item, copies: int = 1) -> bool:
    """Whether so many copies of an item are within all limits, at a glance; ``False`` says nothing.

    Its JSON is at least as long as its names and values are, and shows each of its levels.
    """
    try:
        text = _encode(item)
    except (TypeError, ValueError, RecursionError):
        return False
    return len(text) * copies <= MAX_ITEM_SIZE and text.count(b'{"L"') + text.count(b'{"M"') < MAX_NESTING


def value_size(value: AttributeValue) -> int:
    """Count the bytes of a value."""
    match value:
        case {"S": text}:
            return len(text.encode())
        case {"N": text}:
            return number_size(text)
        case {"B": text}:
            return binary_size(text)
        case {"L": items}:
            return _CONTAINER_BYTES + sum(_ELEMENT_BYTES + value_size(each) for each in items)
        case {"M": entries}:
            return _CONTAINER_BYTES + len(entries) * _ELEMENT_BYTES + item_size(entries)
        case _:
            return _set_size(value) if "SS" in value or "NS" in value or "BS" in value else 1


def _set_size(value: AttributeValue) -> int:
    return (
        sum(len(text.encode()) for text in value.get("SS", ()))
        + sum(number_size(text) for text in value.get("NS", ()))
        + sum(binary_size(text) for text in value.get("BS", ()))
    )


def number_size(text: str) -> int:
    """Count the bytes of a number: 1 for zero, at most 21."""
    sign, digits, exponent = parse_decimal(text).as_tuple()
    significant = "".join(map(str, digits)).rstrip("0")
    if not significant:
        return 1
    above = int(exponent) + len(digits)
    below = above - len(significant)
    pairs = -(-above // 2) - below // 2
    return pairs + 1 + sign


def binary_size(text: str) -> int:
    """Count the raw bytes behind base64 text."""
    return len(text) // 4 * 3 - text[-2:].count("=")


def item_depth(item: Item) -> int:
    """Count the levels of an item, itself included; more than :data:`MAX_NESTING` are refused."""
    return 1 + max(map(_value_depth, item.values()), default=0)


def _value_depth(value: AttributeValue) -> int:
    match value:
        case {"L": items}:
            return 1 + max(map(_value_depth, items), default=0)
        case {"M": entries}:
            return item_depth(entries)
        case _:
            return 0


def read_units(size: int, *, consistent: bool) -> float:
    """Count the read units of ``size`` bytes: one for each 4 KB begun, half of that when not consistent.

    A query or scan sums the sizes of the items it evaluates and rounds once; reading nothing costs as
    much as the smallest item.
    """
    units = max(1, -(-size // _READ_UNIT))
    return units if consistent else units / 2


def write_units(size: int) -> int:
    """Count the write units of an item: one for each KB begun. An update counts the larger of both items."""
    return max(1, -(-size // _WRITE_UNIT))
