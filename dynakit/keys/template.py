"""Key templates: literal text and placeholders, such as ``ORDER#{placed_at}#{order_id}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from dynakit.errors import DecodeError, DefinitionError, EncodeError, did_you_mean
from dynakit.keys.encoding import ESCAPE, SEPARATOR
from dynakit.keys.segment import Segment
from dynakit.values import dataclass

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``{name:format}`` and ``tail``, the literal text between it and the next placeholder or the end."""

    name: str
    format: str
    tail: str


@dataclass(frozen=True, slots=True)
class BoundPlaceholder:
    """A placeholder with what it writes. Its EncodeErrors begin with, and have as ``path``, its name."""

    name: str
    segment: Segment
    tail: str

    def encode(self, value: object) -> str:
        """Write a value; EncodeError when it does not fit."""
        try:
            return self.segment.encode(value)
        except EncodeError as error:
            raise _named(self.name, error) from None

    def encode_prefix(self, prefix: object) -> str:
        """Write the beginning of a value; EncodeError when it does not fit."""
        try:
            return self.segment.encode_prefix(prefix)
        except EncodeError as error:
            raise _named(self.name, error) from None


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: ``head``, the literal text before the first placeholder, and the placeholders."""

    source: str
    head: str
    placeholders: tuple[Placeholder, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the placeholders, in order."""
        return tuple(placeholder.name for placeholder in self.placeholders)

    @property
    def sole(self) -> str | None:
        """The name when the template is exactly ``{name}``, without format or literal text."""
        names = self.names
        return names[0] if len(names) == 1 and self.source == f"{{{names[0]}}}" else None

    def bind(self, segments: Mapping[str, Segment]) -> BoundTemplate:
        """Give each placeholder what it writes, and check that the keys can be told apart.

        Raises DefinitionError for a placeholder without segment, two adjacent placeholders of which the first
        has no fixed width, or a literal that cannot end the placeholder before it.
        """
        bound = [self._bind(index, segments) for index in range(len(self.placeholders))]
        return BoundTemplate(self, tuple(bound))

    def _bind(self, index: int, segments: Mapping[str, Segment]) -> BoundPlaceholder:
        placeholder = self.placeholders[index]
        name, tail = placeholder.name, placeholder.tail
        if name not in segments:
            raise DefinitionError(f"{self.source!r}: no attribute {name!r}{did_you_mean(name, segments)}")
        segment = segments[name]
        if not tail and index + 1 < len(self.placeholders) and segment.width is None:
            following = self.placeholders[index + 1].name
            raise DefinitionError(
                f"{self.source!r}: nothing tells where {name!r} ends and {following!r} begins; "
                "put '#' between them"
            )
        try:
            return BoundPlaceholder(name, segment.followed_by(tail[:1]), tail)
        except DefinitionError as error:
            raise DefinitionError(f"{self.source!r}: after {name!r}: {error}", attribute=name) from None


@dataclass(frozen=True)
class BoundTemplate:
    """A template that can write keys and read them back."""

    template: Template
    placeholders: tuple[BoundPlaceholder, ...]

    @cached_property
    def _writers(self) -> tuple[tuple[str, Callable[[object], str], str], ...]:
        """Name, writer and tail of each placeholder."""
        return tuple((one.name, one.segment.encode, one.tail) for one in self.placeholders)

    @property
    def source(self) -> str:
        """The template as declared."""
        return self.template.source

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the placeholders, in order."""
        return self.template.names

    def may_begin_like(self, other: BoundTemplate) -> bool:
        """Whether the literal texts in front allow one key to begin like the other: ``False`` is final."""
        own, theirs = self.template.head, other.template.head
        return own.startswith(theirs) or theirs.startswith(own)

    def render(self, values: Mapping[str, object]) -> str:
        """Write the key of these values; further values are ignored.

        Raises EncodeError, with the attribute's name as ``path``, when a value is missing or does not fit.
        The size of the key is not checked here.
        """
        text = self.template.head
        try:
            for name, encode, tail in self._writers:
                text += encode(values[name]) + tail
        except (KeyError, EncodeError):
            # What is wrong is told by the ordinary way of writing.
            return self._write(values, self.placeholders)
        return text

    def prefix(self, values: Mapping[str, object], count: int) -> str:
        """Write the first ``count`` placeholders and the literal text around them.

        That is what all keys with these leading values, and no others of this template, begin with.
        """
        return self._write(values, self.placeholders[:count])

    def match(self, text: str) -> dict[str, object] | None:
        """Read a key: the values it was written from, or ``None`` when it is no key of this template.

        Only the exact spelling is read: rendering the result gives ``text`` again, except where a caller's
        own text form reads more than it writes. A placeholder that is not invertible gives the folded value.
        """
        if not text.startswith(self.template.head):
            return None
        try:
            return self._read(text)
        except DecodeError:
            return None

    def _write(self, values: Mapping[str, object], placeholders: Iterable[BoundPlaceholder]) -> str:
        parts = [self.template.head]
        for placeholder in placeholders:
            if placeholder.name not in values:
                raise _named(placeholder.name, EncodeError("no value is given; expected one for the key"))
            parts.append(placeholder.encode(values[placeholder.name]))
            parts.append(placeholder.tail)
        return "".join(parts)

    def _read(self, text: str) -> dict[str, object] | None:
        values: dict[str, object] = {}
        position = len(self.template.head)
        for placeholder in self.placeholders:
            end = placeholder.segment.end(text, position)
            if not text.startswith(placeholder.tail, end):
                return None
            values[placeholder.name] = placeholder.segment.decode(text[position:end])
            position = end + len(placeholder.tail)
        return values if position == len(text) else None


def _named(name: str, error: EncodeError) -> EncodeError:
    return EncodeError(f"{name}: {error}", path=name, value=error.value)


def parse_template(source: str) -> Template:
    """Parse ``literal{name}literal{name:format}…``.

    Literal text may hold any character above ``$``, and ``#``; there is no way to write a brace.
    Raises DefinitionError for an empty template, a name that is no identifier or stands twice, other
    characters, or braces that do not pair.
    """
    if not source:
        raise DefinitionError("the key template is empty; expected text or a placeholder")
    pieces = _PLACEHOLDER.split(source)
    _check_literals(source, pieces)
    placeholders = [
        _placeholder(source, inner, tail) for inner, tail in zip(pieces[1::2], pieces[2::2], strict=True)
    ]
    _check_names(source, [placeholder.name for placeholder in placeholders])
    return Template(source, pieces[0], tuple(placeholders))


def _placeholder(source: str, inner: str, tail: str) -> Placeholder:
    name, colon, written = inner.partition(":")
    if not name.isidentifier():
        raise DefinitionError(
            f"{source!r}: {inner!r} in braces is no placeholder; expected {{name}} or {{name:format}}"
        )
    if colon and not written:
        raise DefinitionError(f"{source!r}: {name!r} has an empty format; write {{{name}}} or name one")
    return Placeholder(name, written, tail)


def _check_literals(source: str, pieces: list[str]) -> None:
    position = 0
    for index, piece in enumerate(pieces):
        if index % 2:
            position += len(piece) + 2
            continue
        for character in piece:
            if character <= '"' or character in "${}" or "\ud800" <= character <= "\udfff":
                raise _bad_literal(source, position)
            position += 1


def _bad_literal(source: str, position: int) -> DefinitionError:
    character = source[position]
    where = f"{source!r}, position {position}"
    if character in "{}":
        return DefinitionError(
            f"{where}: {character!r} does not pair; a brace cannot stand in a key's literal text"
        )
    if character == ESCAPE and source[position + 1 : position + 2] == "{":
        return DefinitionError(f"{where}: '$' before a placeholder; write '{{name}}', without '$'")
    return DefinitionError(
        f"{where}: {character!r} cannot stand in literal text; expected {SEPARATOR!r} or characters above '$'"
    )


def _check_names(source: str, names: list[str]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise DefinitionError(f"{source!r}: {name!r} stands twice; expected each placeholder once")
