"""Sets of scalars: ``SS``, ``NS``, ``BS``."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple, cast

from dynakit.codec.codec import Codec, Reader, WireType, Writer
from dynakit.codec.fault import SOME_KEY, none_of, under, wrong_python, wrong_wire
from dynakit.codec.inline import Elements, Scalar
from dynakit.errors import DecodeError, DefinitionError, EncodeError
from dynakit.wire import AttributeValue


def set_codec(element: Codec, build: Callable[[list[object]], object]) -> Codec:
    """Build the codec of a set; ``build`` is ``set`` or ``frozenset``, and values of both are taken.

    Elements that are stored alike (``1`` and ``Decimal("1.0")``) become one. The texts are sorted, so
    that equal sets give equal requests. An empty set is absent.

    Raises:
        DefinitionError: elements that are not all strings, all numbers or all binary.
    """
    kind = _KINDS.get(element.attribute_type or "")
    if element.text is None or element.optional or kind is None:
        raise DefinitionError(
            f"a set of {element.expected} cannot be stored: DynamoDB's sets hold strings, numbers or binary. "
            "Use a list"
        )
    write, read = _set_writer(kind, element.text.to_text), _set_reader(kind, element.text.from_text, build)
    return Codec(
        kind.expected,
        kind.wire_type,
        frozenset((kind.wire_type,)),
        write,
        read,
        (set, frozenset),
        absent=lambda: build([]),
        element=element,
        inline=Elements(kind.wire_type, element.inline, build)
        if isinstance(element.inline, Scalar)
        else None,
    )


class _Kind(NamedTuple):
    wire_type: WireType
    expected: str
    wrap: Callable[[list[str]], AttributeValue]


def _strings(texts: list[str]) -> AttributeValue:
    return {"SS": texts}


def _numbers(texts: list[str]) -> AttributeValue:
    return {"NS": texts}


def _binaries(texts: list[str]) -> AttributeValue:
    return {"BS": texts}


_KINDS = {
    "S": _Kind("SS", "a set of strings", _strings),
    "N": _Kind("NS", "a set of numbers", _numbers),
    "B": _Kind("BS", "a set of bytes", _binaries),
}


def _set_writer(kind: _Kind, to_text: Callable[[object], str]) -> Writer:
    def write(value: object) -> AttributeValue | None:
        if not isinstance(value, set | frozenset):
            raise wrong_python(kind.expected, value)
        texts = _set_texts(cast("set[object]", value), to_text)
        return kind.wrap(texts) if texts else None

    return write


def _set_texts(value: set[object], to_text: Callable[[object], str]) -> list[str]:
    try:
        return sorted({to_text(element) for element in value})
    except EncodeError as error:
        under(error, SOME_KEY)
        raise


def _set_reader(
    kind: _Kind, from_text: Callable[[str], object], build: Callable[[list[object]], object]
) -> Reader:
    take = itemgetter(kind.wire_type)

    def read(value: AttributeValue) -> object:
        try:
            texts = take(value)
        except (KeyError, TypeError):
            raise wrong_wire(kind.expected, value) from None
        return build(_elements(texts, from_text, kind.expected))

    return read


def _elements(texts: object, from_text: Callable[[str], object], expected: str) -> list[object]:
    if not isinstance(texts, list):
        raise none_of(expected, texts)
    try:
        return [from_text(text) for text in cast("list[str]", texts)]
    except DecodeError as error:
        under(error, SOME_KEY)
        raise
