"""Numbers of 32 bits, as vector indexes keep them (IEEE 754, about seven digits)."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from decimal import Decimal

from dynakit.codec.fault import refused, under
from dynakit.errors import EncodeError

_DIGITS = 7
_MORE_DIGITS = (8, 9)
"""Nine digits tell any two numbers of 32 bits apart; for most of them seven do."""


def float32_texts(values: Sequence[float]) -> list[str]:
    """Write each number in the fewest digits, from seven on, that read back as the same number of 32 bits.

    Raises:
        EncodeError: a value that is no number, not finite, or out of range; with its index.
    """
    nearest = _nearest(values)
    texts = [f"{value:.{_DIGITS}g}" for value in nearest]
    again = array("f", map(float, texts))
    return [
        _plain(text if same == value else _longer(value))
        for text, same, value in zip(texts, again, nearest, strict=True)
    ]


def rounded(values: Sequence[float]) -> tuple[float, ...]:
    """Give the values that their texts read as: what comes back when they have been stored."""
    return tuple(map(float, float32_texts(values)))


def _longer(value: float) -> str:
    texts = [f"{value:.{digits}g}" for digits in _MORE_DIGITS]
    return next((text for text in texts if array("f", [float(text)])[0] == value), texts[-1])


def _nearest(values: Sequence[float]) -> array[float]:
    try:
        nearest = array("f", values)
    except (TypeError, OverflowError):
        nearest = array("f")
    if len(nearest) != len(values) or not all(map(math.isfinite, nearest)):
        _refuse_one_of(values)
    return nearest


def _refuse_one_of(values: Sequence[object]) -> None:
    for index, value in enumerate(values):
        try:
            _check(value)
        except EncodeError as error:
            under(error, f"[{index}]")
            raise


def _check(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise refused(f"expected a number, got {type(value).__name__}", value)
    if not math.isfinite(value):
        raise refused("is not a finite number", value)
    try:
        fits = math.isfinite(array("f", [value])[0])
    except OverflowError:
        fits = False
    if not fits:
        raise refused("is out of range; a number of 32 bits lies within ±3.4E+38", value)


def _plain(text: str) -> str:
    """The notation without exponent in which DynamoDB gives numbers back."""
    plain = format(Decimal(text), "f") if "e" in text else text
    return "0" if plain == "-0" else plain
