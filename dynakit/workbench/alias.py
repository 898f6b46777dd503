"""What a facet calls the keys of its rows: free text, such as ``AccountId`` or ``ORDER#{order_id}``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dynakit.values import dataclass
from dynakit.workbench.segments import SEPARATOR, Segment, is_literal, plays_role

_PLACEHOLDER = re.compile(r"\{(\w+)[^{}]*\}")
_NAME = re.compile(r"\w[\w -]*")


@dataclass(frozen=True)
class Alias:
    """An alias in pieces: literals, and the names of placeholders as tuples of one."""

    pieces: tuple[str | tuple[str], ...]

    @classmethod
    def of(cls, text: str) -> Alias:
        """Take an alias apart."""
        split = _PLACEHOLDER.split(text)
        pieces = [(piece,) if number % 2 else piece for number, piece in enumerate(split)]
        return cls(tuple(piece for piece in pieces if piece))

    @property
    def names(self) -> list[str]:
        """The names of its placeholders."""
        return [piece[0] for piece in self.pieces if isinstance(piece, tuple)]

    def spelled(self, texts: Sequence[str]) -> list[str | tuple[str, tuple[str, ...]]] | None:
        """The literals, and the placeholders with their texts, of keys that are all written as it says.

        ``None`` where it has no placeholders, is one alone, or a key is written in another way.
        """
        if not self.names or len(self.pieces) == 1:
            return None
        pattern = "".join(f"([^{SEPARATOR}]*)" if isinstance(p, tuple) else re.escape(p) for p in self.pieces)
        found = [re.fullmatch(pattern, text) for text in texts]
        matches = [match.groups() for match in found if match is not None]
        if len(matches) < len(found):
            return None
        columns = iter(zip(*matches, strict=True))
        return [(piece[0], next(columns)) if isinstance(piece, tuple) else piece for piece in self.pieces]


def is_template(alias: str | None) -> bool:
    """Whether an alias spells out a template."""
    return alias is not None and bool(Alias.of(alias).names)


def named_by(alias: str) -> str | None:
    """The name of a whole key by its alias; ``None`` where the alias is of several parts."""
    pieces = Alias.of(alias).pieces
    if len(pieces) != 1:
        return None
    (piece,) = pieces
    if isinstance(piece, tuple):
        return piece[0]
    return piece if _NAME.fullmatch(piece) and not plays_role(piece) else None


def names_of_segments(
    stored: str, alias: str | None, segments: Sequence[Segment], rows: int
) -> list[str | None]:
    """What the segments of a key are called, by its alias or its own name, where those have as many parts."""
    varying = [number for number in range(len(segments)) if not is_literal(segments, number, rows)]
    for text in (alias, stored):
        parts = text.split(SEPARATOR) if text else []
        if text is None or plays_role(text) or not all(map(_NAME.fullmatch, filter(None, parts))):
            continue
        if len(parts) == len(segments) > 1:
            return [part or None for part in parts]
        if len(parts) == len(varying):
            named = dict(zip(varying, parts, strict=True))
            return [named.get(number) for number in range(len(segments))]
    return [None] * len(segments)
