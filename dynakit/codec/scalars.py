"""Scalars: values that are one text under ``S``, ``N`` or ``B``; and booleans."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from operator import itemgetter
from uuid import UUID

from dynakit.codec import number
from dynakit.codec.codec import Codec, Reader, TextForm, Writer
from dynakit.codec.fault import none_of, refused, wrong_python, wrong_wire
from dynakit.codec.inline import Boolean, Mapped, Scalar
from dynakit.wire import AttributeValue, ScalarType

NOT_PARSED = (ValueError, ArithmeticError, TypeError, AttributeError, LookupError)
"""What parsers of the standard library raise for text they do not take, or for what is no text."""


def scalar(
    kind: ScalarType,
    expected: str,
    python_types: tuple[type, ...],
    to_text: Callable[[object], str],
    parse: Callable[[str], object],
    *,
    greed: int = 0,
    inline: Scalar | None = None,
) -> Codec:
    """Build the codec of a scalar.

    ``to_text`` is strict on the Python type and raises EncodeError; ``parse`` raises DecodeError, or
    any of :data:`NOT_PARSED` for text that is no such value. ``inline`` is how it is best written out.
    """

    def from_text(text: str) -> object:
        try:
            return parse(text)
        except NOT_PARSED:
            raise none_of(expected, text) from None

    return Codec(
        expected,
        kind,
        frozenset((kind,)),
        _writer(kind, to_text),
        _reader(kind, expected, from_text),
        python_types,
        text=TextForm(to_text, from_text),
        greed=greed,
        inline=inline or Scalar(kind, parse, to_text),
    )


def _writer(kind: ScalarType, to_text: Callable[[object], str]) -> Writer:
    def write_string(value: object) -> AttributeValue:
        return {"S": to_text(value)}

    def write_number(value: object) -> AttributeValue:
        return {"N": to_text(value)}

    def write_binary(value: object) -> AttributeValue:
        return {"B": to_text(value)}

    return {"S": write_string, "N": write_number, "B": write_binary}[kind]


def _reader(kind: ScalarType, expected: str, from_text: Callable[[str], object]) -> Reader:
    take = itemgetter(kind)

    def read(value: AttributeValue) -> object:
        try:
            text = take(value)
        except (KeyError, TypeError):
            raise wrong_wire(expected, value) from None
        return from_text(text)

    return read


def mapped(
    base: Codec,
    expected: str,
    python_types: tuple[type, ...],
    to_base: Callable[[object], object],
    from_base: Callable[[object], object],
    *,
    choices: tuple[object, ...] = (),
) -> Codec:
    """Build a codec that stores its values as values of ``base``.

    ``to_base`` raises EncodeError for a value that is none of its own, ``from_base`` DecodeError.
    """

    def write(value: object) -> AttributeValue | None:
        return base.write(to_base(value))

    def read(value: AttributeValue) -> object:
        return from_base(base.read(value))

    return replace(
        base,
        expected=expected,
        python_types=python_types,
        write=write,
        read=read,
        choices=choices,
        text=base.text and _mapped_text(base.text, to_base, from_base),
        greed=0,
        inline=Mapped(base, from_base),
    )


def _mapped_text(
    base: TextForm, to_base: Callable[[object], object], from_base: Callable[[object], object]
) -> TextForm:
    def to_text(value: object) -> str:
        return base.to_text(to_base(value))

    def from_text(text: str) -> object:
        return from_base(base.from_text(text))

    return TextForm(to_text, from_text)


def string_to_text(value: object) -> str:
    """Write a string. A subclass of ``str`` loses its class; a lone surrogate has no UTF-8 form."""
    if type(value) is str:
        text = value
    elif isinstance(value, str):
        text = str.__str__(value)
    else:
        raise wrong_python("a string", value)
    if not text.isascii():
        _check_encodable(text)
    return text


def _check_encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise refused("holds a lone surrogate, which has no UTF-8 form", text) from None


def _parse_string(text: str) -> str:
    if type(text) is not str:
        raise TypeError
    return text


def integer_to_text(value: object) -> str:
    """Write an ``int``; a ``bool`` is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_python("an integer", value)
    return number.integer_text(value)


def decimal_to_text(value: object) -> str:
    """Write a ``Decimal`` or an ``int``."""
    if isinstance(value, Decimal):
        return number.decimal_text(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_python("a number", value)
    return number.integer_text(value)


def float_to_text(value: object) -> str:
    """Write a ``float``, or an ``int`` that a float holds exactly."""
    if isinstance(value, float):
        return number.float_text(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_python("a number", value)
    if not _is_exact_float(value):
        raise refused("is an integer that no float holds exactly; the annotation says float", value)
    return number.integer_text(value)


def _is_exact_float(value: int) -> bool:
    try:
        return float(value) == value
    except OverflowError:
        return False


def _bytes_text(value: object) -> str:
    if not isinstance(value, bytes | bytearray):
        raise wrong_python("bytes", value)
    return b2a_base64(value, newline=False).decode("ascii")


def parse_bytes(text: str) -> bytes:
    """Read base64 text, strictly; raises ValueError (``binascii.Error``)."""
    return a2b_base64(text, strict_mode=True)


def _uuid_text(value: object) -> str:
    if not isinstance(value, UUID):
        raise wrong_python("a UUID", value)
    return str(value)


def _write_boolean(value: object) -> AttributeValue:
    if not isinstance(value, bool):
        raise wrong_python("a boolean", value)
    return {"BOOL": value}


_take_boolean = itemgetter("BOOL")


def _read_boolean(value: AttributeValue) -> bool:
    try:
        flag = _take_boolean(value)
    except (KeyError, TypeError):
        raise wrong_wire("a boolean", value) from None
    if not isinstance(flag, bool):
        raise none_of("a boolean", flag)
    return flag


_STRING = Scalar(
    "S",
    _parse_string,
    string_to_text,
    parse_some=("{0}", "type({0}) is str"),
    some_to_text=("{0}", "type({0}) is str and {0}.isascii()"),
    pydantic_checks=True,
)
_INTEGER = Scalar(
    "N",
    number.parse_integer,
    integer_to_text,
    parse_some=("int({0})", "{0}.isdigit()"),
    some_to_text=(
        "repr({0})",
        f"type({{0}}) is int and {-number.PLAIN_LIMIT} < {{0}} < {number.PLAIN_LIMIT}",
    ),
)
_IS_PLAIN = '(digits.isdigit() or (digits[-1] != "0" and digits.replace(".", "", 1).isdigit()))'
_DECIMAL = Scalar(
    "N",
    number.parse_decimal,
    decimal_to_text,
    parse_some=("{Decimal}({0})", '{0}.isascii() and {0}.replace(".", "", 1).isdigit()'),
    # What has no sign, no exponent and no zero at the end of a fraction is written in the one form already.
    some_to_text=(
        "digits",
        f"type({{0}}) is {{Decimal}} and len(digits := str({{0}})) <= {number.MAX_DIGITS} and {_IS_PLAIN}",
    ),
    names={"Decimal": Decimal},
)

STRING = scalar("S", "a string", (str,), string_to_text, _parse_string, greed=1, inline=_STRING)
INTEGER = scalar("N", "an integer", (int,), integer_to_text, number.parse_integer, greed=1, inline=_INTEGER)
DECIMAL = scalar("N", "a number", (Decimal,), decimal_to_text, number.parse_decimal, greed=2, inline=_DECIMAL)
FLOAT = scalar("N", "a number", (float,), float_to_text, number.parse_float, greed=3)
BINARY = scalar("B", "bytes", (bytes, bytearray), _bytes_text, parse_bytes, greed=1)
IDENTIFIER = scalar("S", "a UUID", (UUID,), _uuid_text, UUID)
BOOLEAN = Codec(
    "a boolean", "BOOL", frozenset(("BOOL",)), _write_boolean, _read_boolean, (bool,), inline=Boolean()
)
