"""Values of no declared type: ``Any``, ``object``, ``JsonValue``, and what bare containers hold.

The stored type alone says what is read: numbers become ``int`` when they are integral and ``Decimal``
otherwise (``float`` under ``JsonValue``, which knows no Decimal), lists and tuples ``list``, sets ``set``.
So only values that read back equal are taken; a datetime or a model needs an annotation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from dynakit.codec import number
from dynakit.codec.codec import Codec, Reader, Step, WireType, Writer
from dynakit.codec.fault import article, kind_of, refused, wrong_wire
from dynakit.codec.maps import dict_codec
from dynakit.codec.scalars import (
    BINARY,
    BOOLEAN,
    INTEGER,
    STRING,
    decimal_to_text,
    float_to_text,
    scalar,
)
from dynakit.codec.sequences import list_codec
from dynakit.codec.sets import set_codec
from dynakit.codec.unions import plain_union
from dynakit.wire import AttributeValue

_EXACT_NUMBER = scalar("N", "a number", (Decimal,), decimal_to_text, number.parse_number)


def _json_number(text: str) -> int | float:
    value = number.parse_number(text)
    return value if isinstance(value, int) else float(value)


_JSON_NUMBER = scalar("N", "a number", (float,), float_to_text, _json_number)


class _Kinds:
    """What a generic codec knows: writers by Python type, readers by attribute type."""

    def __init__(self) -> None:
        self.writers: dict[type, Writer] = {type(None): _nothing}
        self.readers: dict[str, Reader] = {"NULL": _nothing}

    def add(self, codec: Codec) -> None:
        for python_type in codec.python_types:
            self.writers[python_type] = codec.write
        for kind in codec.reads:
            self.readers[kind] = codec.read

    def write(self, value: object) -> AttributeValue | None:
        writer = self.writers.get(type(value)) or self._inherited(value)
        return writer(value)

    def _inherited(self, value: object) -> Writer:
        for base in type(value).__mro__:
            if base in self.writers:
                return self.writers[base]
        kind = article(type(value).__name__)
        raise refused(f"is {kind}, and the annotation does not say so; annotate the attribute with it", value)

    def read(self, value: AttributeValue) -> object:
        reader = self.readers.get(kind_of(value))
        if reader is None:
            raise wrong_wire("a value", value)
        return reader(value)


def _nothing(_: object) -> None:
    return None


def any_set(build: Callable[[list[object]], object]) -> Codec:
    """Build the codec of a set of undeclared elements: all strings, all numbers or all binary."""
    return plain_union([set_codec(element, build) for element in (STRING, _EXACT_NUMBER, BINARY)])


def _generic(parts: Sequence[Codec], sequence_types: tuple[type, ...]) -> Codec:
    kinds = _Kinds()

    def find(step: Step) -> tuple[Step, Codec]:
        return step, codec

    codec = Codec(
        "a value",
        None,
        _ALL_KINDS,
        kinds.write,
        kinds.read,
        optional=True,
        absent=lambda: None,
        greed=9,
        find=find,
    )
    for part in (*parts, list_codec(codec, sequence_types, None), dict_codec(STRING, codec)):
        kinds.add(part)
    return codec


_ALL_KINDS = frozenset[WireType](("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"))

ANY = _generic((STRING, BOOLEAN, BINARY, INTEGER, _EXACT_NUMBER, any_set(set)), (list, tuple))
"""``Any`` and ``object``. A float is refused: only an annotation says that a number may be one."""

JSON = _generic((STRING, BOOLEAN, INTEGER, _JSON_NUMBER), (list,))
"""``JsonValue``: strings, numbers, booleans, ``None``, lists and dictionaries with text keys."""
