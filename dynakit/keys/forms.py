"""How values of one Python type are written as plain text, before any escaping, and read back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias
from uuid import UUID

from dynakit.errors import DecodeError, EncodeError, shown
from dynakit.keys.encoding import decode_ordered, encode_ordered, exact_number
from dynakit.values import dataclass

ToText: TypeAlias = Callable[[Any], str]
FromText: TypeAlias = Callable[[str], object]


@dataclass(frozen=True, kw_only=True)
class TextForm:
    """A pair of functions between the values of an attribute and text.

    ``to_text`` raises EncodeError for what is no value of the attribute; ``from_text`` raises DecodeError,
    ValueError or ArithmeticError for what is no text of a value. ``sortable``: the texts sort as the
    values do. ``prefixable``: values are text, and a prefix of a value is a prefix of its text.
    """

    to_text: ToText
    from_text: FromText
    sortable: bool = False
    prefixable: bool = False

    @classmethod
    def of(cls, form: TextForm | tuple[ToText, FromText]) -> TextForm:
        """Take a form, or a bare pair of functions as one that neither sorts nor begins as its values do."""
        return form if isinstance(form, TextForm) else cls(to_text=form[0], from_text=form[1])

    def read(self, text: str) -> object:
        """Read a text; DecodeError is the only way to fail."""
        try:
            return self.from_text(text)
        except (DecodeError, ValueError, ArithmeticError):
            raise DecodeError("the key part does not fit the attribute", value=text) from None


def refused(value: object, expected: str) -> EncodeError:
    """Make the error for a value of the wrong type or size."""
    return EncodeError(f"got {shown(value)}; expected {expected}", value=value)


def _lowered(value: str) -> str:
    """Lower-case text so that a prefix of it stays one.

    Character by character, because ``str.lower`` writes a final sigma by what follows it.
    """
    return "".join([character.lower() for character in value])


def enum_form(enum: type[Enum], values: TextForm) -> TextForm:
    """Write the members of an enum by the form of their values."""

    def to_text(member: object) -> str:
        if not isinstance(member, enum):
            raise refused(member, enum.__name__)
        return values.to_text(member.value)

    def parse(text: str) -> object:
        return enum(values.from_text(text))

    return _strict(to_text, parse, sortable=values.sortable, prefixable=values.prefixable)


def padded_form(width: int) -> TextForm:
    """Write an int of 0 up to ``width`` digits with leading zeros."""

    def to_text(value: object) -> str:
        number = _int(value)
        if number < 0 or number >= 10**width:
            raise EncodeError(f"the number is out of range; expected 0 to {10**width - 1}", value=value)
        return f"{number:0{width}d}"

    return _strict(to_text, int, sortable=True)


def _strict(
    to_text: ToText, parse: FromText, *, sortable: bool = False, prefixable: bool = False
) -> TextForm:
    """Make a form that reads only what it would write: a key read back must render as the same key."""

    def from_text(text: str) -> object:
        value = parse(text)
        try:
            written = to_text(value)
        except EncodeError:
            written = None
        if written != text:
            raise DecodeError("the key part is written in another way", value=text)
        return value

    return TextForm(to_text=to_text, from_text=from_text, sortable=sortable, prefixable=prefixable)


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise refused(value, "str")
    # str() of a member of a str enum would be its name
    return str.__str__(value)


def _lower(value: object) -> str:
    return _lowered(_str(value))


def _int(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise refused(value, "int")
    return int(value)


def _decimal(value: object) -> int | Decimal:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise refused(value, "Decimal or int")
    return value


def _plain_int(value: object) -> str:
    return format(exact_number(_int(value)), "f")


def _plain_decimal(value: object) -> str:
    # without trailing zeros, because DynamoDB drops them: 1.50 is read back as 1.5 and must give the same key
    number = exact_number(_decimal(value))
    text = format(number, "f") if number else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ordered_int(value: object) -> str:
    return encode_ordered(_int(value))


def _ordered_decimal(value: object) -> str:
    return encode_ordered(_decimal(value))


def _parse_ordered_int(text: str) -> int:
    return int(decode_ordered(text))


def _bool(value: object) -> str:
    if not isinstance(value, bool):
        raise refused(value, "bool")
    return "1" if value else "0"


def _parse_bool(text: str) -> bool:
    return text == "1"


def _datetime(value: object) -> str:
    if not isinstance(value, datetime):
        raise refused(value, "datetime")
    if value.utcoffset() is None:
        raise EncodeError("the datetime is naive; expected one with a time zone", value=value)
    try:
        text = value.astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError:
        raise EncodeError(
            "the datetime is out of range; expected years 1 to 9999 in UTC", value=value
        ) from None
    return text.removesuffix("+00:00") + "Z"


def _date(value: object) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise refused(value, "date")
    return value.isoformat()


def _uuid(value: object) -> str:
    if not isinstance(value, UUID):
        raise refused(value, "UUID")
    return str(value)


TEXT = TextForm(to_text=_str, from_text=str, sortable=True, prefixable=True)
LOWER = _strict(_lower, str, prefixable=True)
BOOL = _strict(_bool, _parse_bool, sortable=True)
DATETIME = _strict(_datetime, datetime.fromisoformat, sortable=True)
DATE = _strict(_date, date.fromisoformat, sortable=True)
UUID_TEXT = _strict(_uuid, UUID, sortable=True)
PLAIN_INT = _strict(_plain_int, int)
PLAIN_DECIMAL = _strict(_plain_decimal, Decimal)
ORDERED_INT = _strict(_ordered_int, _parse_ordered_int, sortable=True)
ORDERED_DECIMAL = _strict(_ordered_decimal, decode_ordered, sortable=True)
