"""Numbers as DynamoDB keeps them: decimal, exact, at most 38 significant digits.

Written in the one form the service gives back (plain notation, no trailing zeros, no ``-0``), so that
equal numbers have equal bytes.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

import math
import re
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, Subnormal, Underflow

from dynakit.codec.fault import refused

MAX_DIGITS = 38
"""Significant digits of a number."""

MIN_EXPONENT = -130
MAX_EXPONENT = 125
"""Magnitudes go from 1E-130 to 9.99…E+125; zero besides."""

_LIMITS = Context(
    prec=MAX_DIGITS,
    Emin=MIN_EXPONENT,
    Emax=MAX_EXPONENT,
    traps=[Inexact, Overflow, Subnormal, Underflow, InvalidOperation],
)
PLAIN_LIMIT = 10**MAX_DIGITS
"""Integers below it in magnitude have digits to spare."""

_SHAPE = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""How the text of a number is written."""


def integer_text(value: int) -> str:
    """Write an integer.

    Raises:
        EncodeError: more than 38 significant digits, or 1E+126 and beyond.
    """
    if -PLAIN_LIMIT < value < PLAIN_LIMIT:
        return int.__repr__(value)
    return decimal_text(Decimal(value))


def decimal_text(value: Decimal) -> str:
    """Write a Decimal, exactly.

    Raises:
        EncodeError: not finite, more than 38 significant digits, or a magnitude out of range.
    """
    if not value.is_finite():
        raise refused("is not a finite number", value)
    if not value:
        return "0"
    try:
        return format(_LIMITS.normalize(value), "f")
    except (Overflow, Subnormal):
        raise refused("is out of range; a number lies within ±1E-130 and ±9.99…E+125", value) from None
    except Inexact:
        raise refused(f"has more than {MAX_DIGITS} significant digits", value) from None


def float_text(value: float) -> str:
    """Write the shortest decimal that reads back as this float (at most 17 digits).

    Raises:
        EncodeError: not finite, or a magnitude out of range (such as 1e300).
    """
    if not math.isfinite(value):
        raise refused("is not a finite number", value)
    return decimal_text(Decimal(float.__repr__(value)))


def canonical(text: str) -> str:
    """Write the text of a number as DynamoDB would give it back: ``1.00e2`` → ``100``.

    Raises:
        ValueError: not the text of a number.
        EncodeError: a number out of limits.
    """
    return decimal_text(parse_decimal(text))


def parse_integer(text: str) -> int:
    """Read an integer, in any notation: ``100``, ``100.0`` and ``1E+2`` are the same.

    Raises:
        ValueError: not a number, or not integral.
    """
    if text.isdigit():
        return int(text)
    return whole(parse_decimal(text))


def whole(number: Decimal) -> int:
    """Take the integer a Decimal is; beyond 1E+126 none is made, as it could fill the memory.

    Raises:
        ValueError: not integral, or out of range.
    """
    if not _is_whole(number):
        raise ValueError("not an integer")
    return int(number)


def _is_whole(number: Decimal) -> bool:
    return number.adjusted() <= MAX_EXPONENT and number == number.to_integral_value()


def parse_decimal(text: str) -> Decimal:
    """Read a number exactly, whatever its number of digits.

    Raises:
        ValueError: not the text of a finite number.
    """
    if _SHAPE.fullmatch(text) is None:
        raise ValueError("not a number")
    return Decimal(text)


def parse_float(text: str) -> float:
    """Read the float nearest to the number.

    Raises:
        ValueError: not the text of a finite number.
    """
    if _SHAPE.fullmatch(text) is None:
        raise ValueError("not a number")
    return float(text)


def parse_number(text: str) -> int | Decimal:
    """Read an integer where the number is one, else a Decimal: for values of unknown type."""
    number = parse_decimal(text)
    return int(number) if _is_whole(number) else number
