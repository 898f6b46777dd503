"""Texts made up from the name of an attribute, and others where an attribute does not take the first."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_uppercase

_LONGEST = 20


def sample_text(name: str, number: int) -> str:
    """``customer-1`` for ``customer_id``: the same wherever it is of the same name."""
    return f"{_about(name)}-{number}"


def alternatives_of_text(name: str, number: int) -> Iterator[str]:
    """Texts for the patterns and lengths that people demand: words, addresses, digits, codes of letters."""
    word = f"{_about(name).replace('-', '')}{number}"
    yield from (word, f"{word}@example.com", f"https://example.com/{word}", f"+551199999{number:04d}")
    yield f"{number % 12 + 1:02d}/30"
    yield from (str(number).zfill(length) for length in range(1, _LONGEST + 1))
    letter = ascii_uppercase[(number - 1) % len(ascii_uppercase)]
    for length in range(1, _LONGEST + 1):
        yield from (letter * length, letter.lower() * length)
    yield from (word[:length] for length in range(len(word), 0, -1))


def _about(name: str) -> str:
    return name.removesuffix("_id").replace("_", "-")
