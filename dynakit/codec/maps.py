"""Dictionaries: ``M`` with keys that are data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import TypeVar, cast

from dynakit.codec.codec import Codec, Reader, Step, WireType, Writer
from dynakit.codec.fault import SOME_KEY, none_of, refused, under, wrong_python, wrong_wire
from dynakit.codec.inline import Entries
from dynakit.codec.scalars import STRING
from dynakit.errors import DecodeError, DefinitionError, EncodeError
from dynakit.wire import AttributeValue

K = TypeVar("K")

MAP = frozenset[WireType](("M",))
_take_map = itemgetter("M")


def dict_codec(key: Codec, element: Codec) -> Codec:
    """Build the codec of a dictionary; its keys are the text of a string or a number.

    A value of ``None`` is kept as ``NULL``, so the key survives. A value that is an empty set cannot be
    stored: its key is left out.

    Raises:
        DefinitionError: keys that are neither strings nor numbers.
    """
    if key.text is None or key.optional or key.attribute_type not in ("S", "N"):
        raise DefinitionError(
            f"a dictionary with {key.expected} as key cannot be stored: the keys of a map are text. "
            "Use str, int, an Enum or a UUID"
        )
    text = key.text

    def write(value: object) -> AttributeValue:
        if not isinstance(value, Mapping):
            raise wrong_python("a dictionary", value)
        return {"M": write_entries(cast("Mapping[object, object]", value), text.to_text, element.write)}

    def read(value: AttributeValue) -> dict[object, object]:
        return read_entries(take_entries(value, "a dictionary"), text.from_text, element.read)

    def find(step: Step) -> tuple[Step, Codec] | None:
        return (step, element) if isinstance(step, str) else None

    return Codec(
        "a dictionary",
        "M",
        MAP,
        write,
        read,
        (dict,),
        element=element,
        key=key,
        find=find,
        greed=1,
        # Any key of a map is a string.
        inline=Entries(element) if key.inline is STRING.inline else None,
    )


def take_entries(value: AttributeValue, expected: str) -> dict[str, AttributeValue]:
    """Take the attributes out of an ``M``; DecodeError for another attribute type."""
    try:
        entries = _take_map(value)
    except (KeyError, TypeError):
        raise wrong_wire(expected, value) from None
    if not isinstance(entries, dict):
        raise none_of(expected, cast("object", entries))
    return cast("dict[str, AttributeValue]", entries)


def write_entries(
    entries: Mapping[K, object], to_text: Callable[[K], str], write: Writer
) -> dict[str, AttributeValue]:
    """Write keys and values; faults do not name the key, which is data."""
    written: dict[str, AttributeValue] = {}
    try:
        for name, item in entries.items():
            value = write(item)
            if value is not None:
                written[_key_text(to_text(name))] = value
            elif item is None:
                written[_key_text(to_text(name))] = {"NULL": True}
    except EncodeError as error:
        under(error, SOME_KEY)
        raise
    return written


def _key_text(text: str) -> str:
    if not text:
        raise refused("has an empty key, which DynamoDB refuses", text)
    return text


def read_entries(
    entries: Mapping[str, AttributeValue], from_text: Callable[[str], K], read: Reader
) -> dict[K, object]:
    """Read keys and values; faults do not name the key, which is data."""
    try:
        return {from_text(name): read(item) for name, item in entries.items()}
    except DecodeError as error:
        under(error, SOME_KEY)
        raise
