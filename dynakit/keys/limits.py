"""The greatest and least sort keys around a text, in the byte order of UTF-8."""

from __future__ import annotations

MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024
"""The longest keys of types S and B, in bytes; the shortest has one.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

MAX_BYTES_OF_CHARACTER = 4
"""In UTF-8."""

_HIGHEST = "\U0010ffff"
_TAILS = ("", "\x7f", "\u07ff", "\uffff")


def greatest_with_prefix(prefix: str) -> str:
    """Give the greatest key of at most 1,024 bytes that begins with ``prefix``."""
    left = MAX_SORT_KEY_BYTES - len(prefix.encode())
    return prefix + _HIGHEST * (left // 4) + _TAILS[left % 4] if left > 0 else prefix


def greatest_below(text: str) -> str:
    """Give the greatest text of at most 1,024 bytes below a text of at most 1,024 bytes.

    Below the empty text that is the empty text. No key is empty, so an empty result says that none is below.
    """
    if not text:
        return text
    rest, last = text[:-1], ord(text[-1])
    if last == 0:
        return rest
    return greatest_with_prefix(rest + chr(0xD7FF if last == 0xE000 else last - 1))


def least_above_prefix(prefix: str) -> str:
    """Give the least text above all that begin with ``prefix``, whose last character is ASCII."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
