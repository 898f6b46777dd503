"""The three kinds of segment: text that needs no escaping, escaped text, raw text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace

from dynakit.errors import DefinitionError, EncodeError
from dynakit.keys.encoding import ESCAPE, SEPARATOR, check_unicode, decode_text, encode_text
from dynakit.keys.forms import LOWER, TEXT, TextForm
from dynakit.keys.shape import Shape, choice, encoded_text, raw_text, uses
from dynakit.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One placeholder whose text holds neither the separator nor an escape: numbers, times, ids.

    ``width``: its length in characters, when every value has the same. ``sortable``: its text sorts as the
    values do, where it stands, so that ranges are exact. ``prefixable``: ``begins_with`` is exact.
    ``invertible``: ``decode(encode(value)) == value``. ``raw``: the text is not escaped.
    ``separator``: the character that ends it in its template; empty when it stands last or has a width.
    """

    form: TextForm
    shape: Shape = field(repr=False)
    width: int | None = None
    sortable: bool = True
    prefixable: bool = False
    invertible: bool = True
    raw: bool = False
    separator: str = ""
    members: Sequence[object] = field(default=(), repr=False)

    @property
    def keeps_letters_and_digits(self) -> bool:
        """Whether a string of nothing but letters and digits is written as it is."""
        return False

    def encode(self, value: object) -> str:
        """Write a value; EncodeError when it does not fit, without the attribute's name."""
        return self.form.to_text(value)

    def encode_prefix(self, prefix: object) -> str:
        """Write the beginning of a value, where :attr:`prefixable`; EncodeError when it is no str."""
        return TEXT.to_text(prefix)

    def decode(self, text: str) -> object:
        """Read what :meth:`encode` wrote; DecodeError for anything else."""
        return self.form.read(text)

    def end(self, text: str, start: int) -> int:
        """Find where this part of a key ends that begins at ``start``; past the end when it is cut short."""
        if self.width is not None:
            return start + self.width
        found = text.find(self.separator, start) if self.separator else -1
        return len(text) if found < 0 else found

    def followed_by(self, separator: str) -> Segment:
        """Give the segment as it is before this separator; DefinitionError when it cannot stand there."""
        if self.width is not None:
            return self
        if separator and uses(self.shape, separator):
            raise DefinitionError(f"{separator!r} cannot follow a number, whose text may hold it; use '#'")
        return replace(self, separator=separator, sortable=self.sortable and separator in ("", SEPARATOR))


@dataclass(frozen=True, kw_only=True)
class TextSegment(Segment):
    """One placeholder of free text, escaped; with a separator other than ``#``, that one is escaped too."""

    @property
    def escaped(self) -> str:
        """The characters escaped beyond those up to ``$``."""
        return "" if self.separator == SEPARATOR else self.separator

    @property
    def keeps_letters_and_digits(self) -> bool:
        """Whether a string of nothing but letters and digits is written as it is."""
        return self.form is TEXT and not self.escaped.isalnum()

    def encode(self, value: object) -> str:
        """Write a value; EncodeError for a wrong type or a lone surrogate."""
        return encode_text(self.form.to_text(value), self.escaped)

    def encode_prefix(self, prefix: object) -> str:
        """Write the beginning of a value: text that exactly the values that begin so are written with."""
        return encode_text((TEXT if self.invertible else LOWER).to_text(prefix), self.escaped)

    def decode(self, text: str) -> object:
        """Read what :meth:`encode` wrote; DecodeError for anything else."""
        return self.form.read(decode_text(text, self.escaped))

    def end(self, text: str, start: int) -> int:
        """Find the first separator that is not part of an escape."""
        if self.separator in ("", SEPARATOR):
            return super().end(text, start)
        while start < len(text) and text[start] != self.separator:
            start += 2 if text[start] == ESCAPE else 1
        return start

    def followed_by(self, separator: str) -> Segment:
        """Give the segment in front of this separator: ``#`` keeps the order, another ASCII one does not."""
        if separator > "\x7f":
            raise DefinitionError(f"{separator!r} cannot follow text; use '#' or another ASCII character")
        ordered = self.sortable and separator in ("", SEPARATOR)
        return shaped(replace(self, separator=separator, sortable=ordered))


@dataclass(frozen=True, kw_only=True)
class RawSegment(Segment):
    """One placeholder written as it is, for tables that exist; a value may not hold what follows it."""

    raw: bool = True

    def encode(self, value: object) -> str:
        """Write a value; EncodeError for a wrong type, a lone surrogate or the separator in it."""
        return self._checked(self.form.to_text(value), value)

    def encode_prefix(self, prefix: object) -> str:
        """Write the beginning of a value as it is."""
        return self._checked(TEXT.to_text(prefix), prefix)

    def followed_by(self, separator: str) -> Segment:
        """Give the segment in front of this separator; ranges are allowed only at the end."""
        return shaped(replace(self, separator=separator, sortable=self.sortable and not separator))

    def _checked(self, text: str, value: object) -> str:
        if self.separator and self.separator in text:
            raise EncodeError(
                f"the text holds {self.separator!r}, which ends it in the key; expected text without",
                value=value,
            )
        return check_unicode(text)


def shaped(segment: Segment) -> Segment:
    """Narrow the shape to what the members, or the separator, leave; DefinitionError for a bad member."""
    if segment.members:
        return replace(segment, shape=choice(_written(segment, member) for member in segment.members))
    if isinstance(segment, TextSegment):
        return replace(segment, shape=encoded_text(segment.escaped, lower=not segment.invertible))
    return replace(segment, shape=raw_text(segment.separator)) if segment.raw else segment


def _written(segment: Segment, member: object) -> str:
    try:
        return segment.encode(member)
    except EncodeError as error:
        raise DefinitionError(f"{member!s} does not fit: {error}") from None
