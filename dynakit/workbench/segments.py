"""Key texts of sample rows, taken apart into what stays and what varies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dynakit.values import dataclass

SEPARATOR = "#"

_LABEL = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*[:|])(?=.)")
"""A word with a colon in front, such as ``User:`` of ``User:alice``."""

_WORD = re.compile(r"[A-Za-z][A-Za-z_.-]*[0-9]?")
_WHOLE_WORDS = frozenset({"meta", "metadata", "profile", "info", "details", "detail", "root", "config", "a"})
"""What people call the one item of a partition that describes it."""

_ROLE = re.compile(r"(^|.*[^a-z])(pk|sk|gsi|lsi)([^a-z].*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Segment:
    """The text between two separators in the keys of several rows, and the label in front of it."""

    label: str
    texts: tuple[str, ...]

    @property
    def constant(self) -> str | None:
        """The text where it is the same in all rows."""
        return self.texts[0] if len(set(self.texts)) == 1 else None

    @property
    def word(self) -> str | None:
        """The text where it is the same in all rows and could be a literal: a word, or nothing."""
        text = self.constant
        return text if text is not None and is_word(text) else None


def is_word(text: str) -> bool:
    """Whether a text looks like a literal of a template: letters, or nothing at all."""
    return text == "" or bool(_WORD.fullmatch(text))


def is_whole_word(text: str) -> bool:
    """Whether a whole key looks like a literal."""
    return text.strip("#$@_").lower() in _WHOLE_WORDS


def plays_role(name: str) -> bool:
    """Whether a key attribute is named for its role, as ``SK`` and ``GSI1-PK`` are, not for what it holds."""
    return bool(_ROLE.fullmatch(name))


def label_of(text: str) -> str:
    """The label in front of a text: ``User:`` of ``User:alice``."""
    match = _LABEL.match(text)
    return match.group(1) if match else ""


def cut(texts: Sequence[str]) -> list[Segment] | None:
    """The segments of keys from their left; ``None`` where they have not all as many."""
    every = [text.split(SEPARATOR) for text in texts]
    if not every or len({len(each) for each in every}) != 1:
        return None
    return [_segment(tuple(column)) for column in zip(*every, strict=True)]


def _segment(texts: tuple[str, ...]) -> Segment:
    labels = {label_of(text) for text in texts}
    if len(labels) != 1:
        return Segment("", texts)
    (label,) = labels
    return Segment(label, tuple(text.removeprefix(label) for text in texts))


def is_literal(segments: Sequence[Segment], number: int, rows: int) -> bool:
    """Whether a segment is literal text: the same word in all rows, and not what may be an id."""
    segment, last = segments[number], number == len(segments) - 1
    if segment.word is None or segment.label:
        return False
    return segment.word == "" or not last or rows > 1


def head_of(text: str) -> str | None:
    """The literal that a key text begins with; ``None`` where it has none."""
    head, separator, _ = text.partition(SEPARATOR)
    return head if separator and is_word(head) else label_of(text) or None
