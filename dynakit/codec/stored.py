"""Other stored forms: what ``attr(stored_as=…)`` takes, and the ready-made ones.

For tables that were not designed with dynakit: numbers kept as strings, epoch seconds, naive ISO text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeAlias, TypeVar, get_args, get_origin

from dynakit.codec import number
from dynakit.codec.adapter import Adapter, type_name
from dynakit.codec.codec import Codec
from dynakit.codec.fault import none_of, refused, wrong_python
from dynakit.codec.scalars import (
    decimal_to_text,
    float_to_text,
    integer_to_text,
    parse_bytes,
    scalar,
    string_to_text,
)
from dynakit.codec.times import after_epoch, parse_aware, utc_text, whole_since_epoch
from dynakit.errors import CodecError, DefinitionError
from dynakit.values import dataclass
from dynakit.wire import ScalarType

T = TypeVar("T")

_Class: TypeAlias = type


@dataclass(frozen=True)
class StoredAs(Generic[T]):
    """Another stored form of a type: one text under ``S``, ``N`` or ``B`` (there: base64).

    ``encode`` and ``decode`` may raise what they like; a value they refuse becomes an EncodeError or
    DecodeError that names the form. Write your own::

        cents = StoredAs("cents", "N", lambda price: str(int(price * 100)), lambda text: Decimal(text) / 100)

    ``python_type``, where given, is checked when the attribute is declared, and on each value.
    ``sortable`` says that what is stored sorts as the values do; without it, comparisons of order and
    ranges are refused, because DynamoDB would compare the texts.
    """

    name: str
    type: ScalarType
    encode: Callable[[T], str]
    decode: Callable[[str], T]
    python_type: _Class | None = None
    sortable: bool = False

    def to_text(self, value: T) -> str:
        """Write the text that stands under ``S``, ``N`` or ``B``; numbers in their one canonical form.

        Raises:
            EncodeError: the form does not take the value, or gives text which the type cannot hold.
        """
        if self.python_type is not None and not isinstance(value, self.python_type):
            raise wrong_python(f"a {self.python_type.__name__}", value)
        try:
            return _CHECKS[self.type](self.encode(value))
        except CodecError:
            raise
        except Exception as error:  # noqa: BLE001
            # The form is the user's: it may raise anything, and its text may hold the value.
            raise refused(f"cannot be stored as {self.name} ({type(error).__name__})", value) from None

    def from_text(self, text: str) -> T:
        """Read the text that stands under ``S``, ``N`` or ``B``.

        Raises:
            DecodeError: the form does not take the text.
        """
        try:
            return self.decode(text)
        except CodecError:
            raise
        except Exception:  # noqa: BLE001
            raise none_of(f"a value stored as {self.name}", text) from None


@dataclass(frozen=True, slots=True)
class StoredForm:
    """A stored form that suits several types: ``bind`` gives the :class:`StoredAs` of an annotation.

    ``bind`` raises DefinitionError for an annotation it does not suit.
    """

    name: str
    bind: Callable[[object], StoredAs[Any]]


Form: TypeAlias = StoredAs[Any] | StoredForm
"""What ``stored_as=…`` takes."""


def stored_codec(form: Form, annotation: object) -> Codec:
    """Build the codec of an annotation under another stored form.

    Raises:
        DefinitionError: the form does not suit the annotation.
    """
    stored = form.bind(annotation) if isinstance(form, StoredForm) else form
    wanted, core = stored.python_type, _bare(annotation)
    if wanted is not None and isinstance(core, type) and not issubclass(core, wanted):
        raise _unsuited(stored.name, core, wanted.__name__)
    kind = wanted or (core if isinstance(core, type) else None)
    types = () if kind is None else (kind,)
    codec = scalar(stored.type, f"a value stored as {stored.name}", types, stored.to_text, stored.from_text)
    return replace(codec, sortable=stored.sortable)


def _unsuited(name: str, annotation: object, wanted: str) -> DefinitionError:
    return DefinitionError(f"stored_as={name} does not suit {type_name(annotation)}; expected {wanted}")


def _bare(annotation: object) -> object:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _checked_binary(text: str) -> str:
    parse_bytes(text)
    return text


_CHECKS: dict[ScalarType, Callable[[str], str]] = {
    "S": string_to_text,
    "N": number.canonical,
    "B": _checked_binary,
}

_SECOND = timedelta(seconds=1)
_MILLISECOND = timedelta(milliseconds=1)


def _to_seconds(value: datetime) -> str:
    return str(whole_since_epoch(value, _SECOND, "Drop its microseconds, or use epoch_milliseconds"))


def _to_milliseconds(value: datetime) -> str:
    return str(whole_since_epoch(value, _MILLISECOND, "Round it to milliseconds first"))


def _to_iso_milliseconds(value: datetime) -> str:
    whole_since_epoch(value, _MILLISECOND, "Round it to milliseconds first")
    return utc_text(value, "milliseconds")


def _to_naive_iso(value: datetime) -> str:
    if value.tzinfo is not None:
        raise refused("is a datetime with a timezone; stored_as=naive_iso keeps only naive ones", value)
    return value.isoformat()


def _parse_naive(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError("has an offset")
    return moment


epoch_seconds: StoredAs[datetime] = StoredAs(
    "epoch_seconds",
    "N",
    _to_seconds,
    lambda text: after_epoch(number.parse_integer(text), _SECOND),
    datetime,
    sortable=True,
)
"""A datetime as whole seconds since 1970 under ``N``, as TTL attributes want it."""

expiry_seconds: StoredAs[datetime] = StoredAs(
    "expiry_seconds",
    "N",
    lambda value: _to_seconds(value.replace(microsecond=0)),
    epoch_seconds.decode,
    datetime,
    sortable=True,
)
"""The same, with fractions of a second dropped: nothing expires more exactly."""

epoch_milliseconds: StoredAs[datetime] = StoredAs(
    "epoch_milliseconds",
    "N",
    _to_milliseconds,
    lambda text: after_epoch(number.parse_integer(text), _MILLISECOND),
    datetime,
    sortable=True,
)
"""A datetime as whole milliseconds since 1970 under ``N``."""

iso_milliseconds: StoredAs[datetime] = StoredAs(
    "iso_milliseconds", "S", _to_iso_milliseconds, parse_aware, datetime, sortable=True
)
"""A datetime as ``2023-04-01T12:00:00.001Z``: what JavaScript's ``toISOString()`` writes."""

naive_iso: StoredAs[datetime] = StoredAs(
    "naive_iso", "S", _to_naive_iso, _parse_naive, datetime, sortable=True
)
"""A datetime without timezone as its ``isoformat()``: ``2020-06-21T19:18:00``."""


def _plain_decimal(value: object) -> str:
    text = decimal_to_text(value)
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    # Trailing zeros are kept, so that text read from the table is written back as it was.
    return format(value, "f") if isinstance(exponent, int) and number.MIN_EXPONENT <= exponent < 0 else text


_NUMBER_TEXTS: dict[type, tuple[Callable[[object], str], Callable[[str], object]]] = {
    int: (integer_to_text, number.parse_integer),
    Decimal: (_plain_decimal, number.parse_decimal),
    float: (float_to_text, number.parse_float),
}


def _bind_number(annotation: object) -> StoredAs[Any]:
    core = _bare(annotation)
    if not isinstance(core, type) or core not in _NUMBER_TEXTS:
        raise _unsuited("number_text", core, "int, Decimal or float")
    return StoredAs("number_text", "S", *_NUMBER_TEXTS[core])


number_text = StoredForm("number_text", _bind_number)
"""A number kept as a string: plain notation, in the limits of a number."""


def _bind_json(annotation: object) -> StoredAs[Any]:
    adapter = Adapter(annotation, type_name(_bare(annotation)))

    def encode(value: object) -> str:
        text = adapter.json(value)
        adapter.check_same(value, lambda: adapter.parsed(text))
        return text

    return StoredAs("json_text", "S", encode, adapter.parsed)


json_text = StoredForm("json_text", _bind_json)
"""Any type pydantic can write as JSON, as JSON text under ``S``.

A value that would not come back equal (a secret, a NaN, a Decimal under ``Any``) is an EncodeError.
"""
