"""What texts a part of a key can be, as a small regular expression over character ranges.

Kept apart from ``re`` because two of them are compared with each other, see ``overlap``.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_uppercase
from typing import TypeAlias

from dynakit.keys.encoding import ESCAPE, escape_codes
from dynakit.values import dataclass

_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class One:
    """One character out of inclusive ranges of characters."""

    ranges: tuple[tuple[str, str], ...]

    def meets(self, other: One) -> bool:
        """Tell whether some character stands in both."""
        return any(
            low <= other_high and other_low <= high
            for low, high in self.ranges
            for other_low, other_high in other.ranges
        )


@dataclass(frozen=True, slots=True)
class Row:
    """Shapes one after the other; none is the empty text."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of at least one shape."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Many:
    """A shape any number of times, also none."""

    shape: Shape


Shape: TypeAlias = One | Row | Choice | Many

_DIGIT = One((("0", "9"),))
_PICTURED = {"0": _DIGIT, "x": One((("0", "9"), ("a", "f"))), "?": One((("0", "1"),))}


def literal(text: str) -> Shape:
    """Give the shape of exactly this text."""
    return Row(tuple(One(((character, character),)) for character in text))


def picture(text: str) -> Shape:
    """Give the shape of a drawn text: ``0`` is a digit, ``x`` a hex digit, ``?`` 0 or 1, the rest itself."""
    return Row(tuple(_PICTURED.get(character) or literal(character) for character in text))


def choice(texts: Iterable[str]) -> Shape:
    """Give the shape of exactly these texts, at least one."""
    return Choice(tuple(literal(text) for text in texts))


def encoded_text(escaped: str, *, lower: bool = False) -> Shape:
    """Give the shape of what ``encode_text`` writes with these further escaped characters."""
    stays = _without(ESCAPE, escaped + ascii_uppercase if lower else escaped)
    codes = One((("0", "T"), *((code, code) for code in escape_codes(escaped))))
    return Many(Choice((stays, Row((literal(ESCAPE), codes)))))


def raw_text(separator: str) -> Shape:
    """Give the shape of any text without the separator; with an empty separator, of any text."""
    return Many(_without("", separator))


def uses(shape: Shape, character: str) -> bool:
    """Tell whether the character can stand in a text of this shape."""
    match shape:
        case One():
            return shape.meets(One(((character, character),)))
        case Many(inner):
            return uses(inner, character)
        case Row(shapes) | Choice(shapes):
            return any(uses(inner, character) for inner in shapes)


def _without(below: str, holes: str) -> One:
    """Give all characters above ``below`` (all, when it is empty) except the holes."""
    codes = sorted(map(ord, holes))
    starts = [chr(ord(below) + 1) if below else "\0", *(chr(code + 1) for code in codes)]
    ends = [*(chr(code - 1) for code in codes), _LAST]
    return One(tuple((start, end) for start, end in zip(starts, ends, strict=True) if start <= end))


ORDERED: Shape = Choice(
    (
        literal("o"),
        Row((picture("p000_0"), Many(_DIGIT))),
        Row((picture("n000_0"), Many(_DIGIT), literal("~"))),
    )
)
"""The shape of ``{n:ordered}``, without its limit of 38 digits."""
