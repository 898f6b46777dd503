"""Lists and tuples: ``L``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from operator import itemgetter
from typing import cast

from dynakit.codec.codec import Codec, Reader, Step, WireType, Writer
from dynakit.codec.fault import refused, under, unreadable, wrong_python, wrong_wire
from dynakit.codec.inline import Items
from dynakit.errors import DecodeError, EncodeError
from dynakit.wire import AttributeValue

_LIST = frozenset[WireType](("L",))
_take_list = itemgetter("L")


def list_codec(
    element: Codec, python_types: tuple[type, ...], build: Callable[[list[object]], object] | None
) -> Codec:
    """Build the codec of a sequence of one element type.

    Takes values of ``python_types``; ``build`` makes the value from the list read, ``None`` leaves it a list.
    """
    expected = "a list" if list in python_types else f"a {python_types[0].__name__}"

    def write(value: object) -> AttributeValue:
        if not isinstance(value, python_types):
            raise wrong_python(expected, value)
        return {"L": write_items(cast("Iterable[object]", value), repeat(element.write))}

    def read(value: AttributeValue) -> object:
        return read_items(take_items(value, expected), repeat(element.read))

    def read_and_build(value: AttributeValue) -> object:
        return (build or list)(read_items(take_items(value, expected), repeat(element.read)))

    def find(step: Step) -> tuple[Step, Codec] | None:
        return (step, element) if isinstance(step, int) else None

    reader = read if build is None else read_and_build
    exact = python_types[0] if python_types[0] in (list, tuple) else None
    inline = Items(element, exact, build)
    return Codec(expected, "L", _LIST, write, reader, python_types, element=element, find=find, inline=inline)


def tuple_codec(
    elements: Sequence[Codec],
    python_type: type,
    build: Callable[[list[object]], object],
    names: Sequence[str] = (),
) -> Codec:
    """Build the codec of a tuple of fixed length; ``names`` are those of a NamedTuple's fields."""
    count = len(elements)
    writers = [element.write for element in elements]
    readers = [element.read for element in elements]
    expected = f"a tuple of {count} elements"
    places = {name: index for index, name in enumerate(names)}

    def write(value: object) -> AttributeValue:
        if not isinstance(value, python_type):
            raise wrong_python(expected, value)
        items = cast("tuple[object, ...]", value)
        if len(items) != count:
            raise refused(f"expected {expected}, got {len(items)} of them", value)
        return {"L": write_items(items, writers)}

    def read(value: AttributeValue) -> object:
        items = take_items(value, expected)
        if len(items) != count:
            raise unreadable(f"expected {expected}, got a stored list of {len(items)}", items)
        return build(read_items(items, readers))

    def find(step: Step) -> tuple[Step, Codec] | None:
        index = step if isinstance(step, int) else places.get(step, -1)
        return (index, elements[index]) if 0 <= index < count else None

    return Codec(expected, "L", _LIST, write, read, (python_type,), items=tuple(elements), find=find)


def take_items(value: AttributeValue, expected: str) -> list[AttributeValue]:
    """Take the elements out of an ``L``; DecodeError for another attribute type."""
    try:
        items = _take_list(value)
    except (KeyError, TypeError):
        raise wrong_wire(expected, value) from None
    if not isinstance(items, list):
        raise unreadable(f"expected {expected}, got a stored value that is not one", cast("object", items))
    return cast("list[AttributeValue]", items)


def write_items(items: Iterable[object], writers: Iterable[Writer]) -> list[AttributeValue]:
    """Write each element with its writer; a fault is told by its index."""
    written: list[AttributeValue] = []
    try:
        for item, write in zip(items, writers, strict=False):
            value = write(item)
            written.append(_kept(item) if value is None else value)
    except EncodeError as error:
        under(error, f"[{len(written)}]")
        raise
    return written


def read_items(items: Iterable[AttributeValue], readers: Iterable[Reader]) -> list[object]:
    """Read each element with its reader; a fault is told by its index."""
    values: list[object] = []
    try:
        for item, read in zip(items, readers, strict=False):
            values.append(read(item))
    except DecodeError as error:
        under(error, f"[{len(values)}]")
        raise
    return values


def _kept(item: object) -> AttributeValue:
    # An element cannot be absent: that would shift the ones behind it.
    if item is None:
        return {"NULL": True}
    raise refused("is an empty set, which DynamoDB cannot store in a list", item)
