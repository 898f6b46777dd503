"""Dates and times. Stored text sorts as the times do, except where a stored form says otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from dynakit.codec import number
from dynakit.codec.fault import refused, wrong_python
from dynakit.codec.inline import Scalar
from dynakit.codec.scalars import scalar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def aware(value: object) -> datetime:
    """Take a datetime with an offset, in UTC.

    Raises:
        EncodeError: no datetime, a naive one, or one whose UTC time lies outside the years 1–9999.
    """
    if not isinstance(value, datetime):
        raise wrong_python("a datetime", value)
    if value.utcoffset() is None:
        raise refused(
            "is a datetime without a timezone. Give it one (datetime.now(UTC)), "
            "or declare the attribute with stored_as=naive_iso",
            value,
        )
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise refused("lies outside the years 1 to 9999 in UTC", value) from None


def parse_aware(text: str) -> datetime:
    """Read ISO 8601 text with an offset, into UTC; digits beyond the microsecond are cut off.

    Raises:
        ValueError: other text, or without an offset.
    """
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        raise ValueError("no offset")
    return moment.astimezone(UTC)


def whole_since_epoch(value: object, unit: timedelta, otherwise: str) -> int:
    """Count whole units since 1970 in UTC; a finer datetime is refused, as digits would be lost."""
    count, rest = divmod(aware(value) - _EPOCH, unit)
    if rest:
        raise refused(f"is finer than the stored form keeps. {otherwise}", value)
    return count


def after_epoch(count: int, unit: timedelta) -> datetime:
    """Turn whole units since 1970 into a datetime in UTC; OverflowError outside the years 1–9999."""
    return _EPOCH + count * unit


def utc_text(value: object, digits: str = "microseconds") -> str:
    """Write ``2023-04-01T12:00:00.000001Z``: 27 characters in UTC (24 with milliseconds)."""
    return aware(value).isoformat(timespec=digits)[:-6] + "Z"


def _date_text(value: object) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise wrong_python("a date", value)
    return value.isoformat()


def _time_text(value: object) -> str:
    if not isinstance(value, time):
        raise wrong_python("a time", value)
    if value.tzinfo is not None and value.utcoffset() is None:
        raise refused("is a time whose timezone has no offset without a date", value)
    return value.isoformat()


def _seconds_text(value: object) -> str:
    if not isinstance(value, timedelta):
        raise wrong_python("a timedelta", value)
    return number.decimal_text(_shifted(Decimal(value // _MICROSECOND), -6))


def _parse_seconds(text: str) -> timedelta:
    return timedelta(microseconds=number.whole(_shifted(number.parse_decimal(text), 6)))


def _shifted(value: Decimal, places: int) -> Decimal:
    # Not scaleb(): that rounds to the precision of the caller's decimal context.
    sign, digits, exponent = value.as_tuple()
    return Decimal((sign, digits, int(exponent) + places))


_DATETIME = Scalar(
    "S",
    parse_aware,
    utc_text,
    # What ends in Z is in UTC as it is.
    parse_some=("{from_iso}({0})", '{0}[-1:] == "Z"'),
    some_to_text=(
        '{0}.isoformat(timespec="microseconds")[:-6] + "Z"',
        "type({0}) is {datetime} and {0}.tzinfo is {UTC}",
    ),
    names={"from_iso": datetime.fromisoformat, "datetime": datetime, "UTC": UTC},
)
DATETIME = scalar("S", "a datetime with an offset", (datetime,), utc_text, parse_aware, inline=_DATETIME)
DATE = scalar("S", "a date", (date,), _date_text, date.fromisoformat)
# Times of day sort by their text where all have the same offset, or none.
TIME = scalar("S", "a time", (time,), _time_text, time.fromisoformat)
DURATION = scalar("N", "a number of seconds", (timedelta,), _seconds_text, _parse_seconds)
