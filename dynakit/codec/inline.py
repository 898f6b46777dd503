"""How codecs write themselves out as source: scalars, and what holds other values.

Each expression gives what the codec's own function would give, or fails; see :mod:`dynakit.codec.source`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Protocol, cast

from msgspec import UNSET

from dynakit.codec.json_types import Held, list_of, map_of, only_null
from dynakit.values import dataclass
from dynakit.wire import ScalarType

if TYPE_CHECKING:
    from dynakit.codec.codec import Codec
    from dynakit.codec.source import Source


class Inline(Protocol):
    """How the work of one codec is written out."""

    def read(self, source: Source, codec: Codec, value: str) -> str:
        """The expression that reads ``value``, which may stand several times."""
        ...

    def write(self, source: Source, codec: Codec, value: str) -> str:
        """The expression that writes the variable ``value``."""
        ...

    def held(self, source: Source) -> Held | None:
        """What the values hold, where :meth:`read` can read them with a type."""
        ...


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value that is one text under ``kind``.

    ``parse`` and ``to_text`` are the functions. ``parse_some`` and ``some_to_text``, with the condition
    they hold under, are source of ``{0}`` that does the same for most values. ``names`` stand in them.
    ``pydantic_checks`` says that pydantic takes nothing for the value but what is one.
    """

    kind: ScalarType
    parse: Callable[[str], object]
    to_text: Callable[[object], str]
    parse_some: tuple[str, str] | None = None
    some_to_text: tuple[str, str] | None = None
    names: Mapping[str, object] = field(default_factory=dict[str, object])
    pydantic_checks: bool = False

    def read(self, source: Source, codec: Codec, value: str) -> str:
        text = source.member(value, self.kind)
        return text if self.pydantic_checks and source.lenient else self.read_text(source, text)

    def read_text(self, source: Source, text: str) -> str:
        """The expression that reads the text, an expression that may be costly."""
        if self.parse_some is None:
            return f"{source.bind(self.parse, 'parse')}({text})"
        name = source.fresh("text")
        some, condition = (self._with_names(source, one, name) for one in self.parse_some)
        first, later = condition.replace(name, f"({name} := {text})", 1), name
        return f"({some} if {first} else {source.bind(self.parse, 'parse')}({later}))"

    def write(self, source: Source, codec: Codec, value: str) -> str:
        text = f"{source.bind(self.to_text, 'to_text')}({value})"
        if self.some_to_text is not None:
            some, condition = (self._with_names(source, one, value) for one in self.some_to_text)
            text = f"{some} if {condition} else {text}"
        return f"{{{self.kind!r}: {text}}}"

    def held(self, source: Source) -> Held:
        return Held(self.kind, str)

    def _with_names(self, source: Source, text: str, value: str) -> str:
        return text.format(value, **{name: source.bind(one, name) for name, one in self.names.items()})


class Boolean:
    """``BOOL``."""

    def read(self, source: Source, codec: Codec, value: str) -> str:
        if source.typed:
            return source.member(value, "BOOL")
        flag, whole = source.fresh("flag"), source.read_whole(codec, value)
        return f"({flag} if ({flag} := {value}['BOOL']) is True or {flag} is False else {whole})"

    def write(self, source: Source, codec: Codec, value: str) -> str:
        whole = source.write_whole(codec, value)
        return f"({{'BOOL': {value}}} if {value} is True or {value} is False else {whole})"

    def held(self, source: Source) -> Held:
        return Held("BOOL", bool)


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value or ``None``, read from ``NULL`` and written as absent."""

    inner: Codec

    def read(self, source: Source, codec: Codec, value: str) -> str:
        found = source.read(self.inner, value)
        if not source.typed:
            return f"({source.read_whole(codec, value)} if 'NULL' in {value} else {found})"
        held, unset = cast("Held", source.held(codec)), source.bind(UNSET, "unset")
        null, inner = source.member(value, "NULL"), source.member(value, held.kind)
        given = f"{null} is {unset} and {inner} is not {unset}"
        return f"({found} if {given} else {source.bind(only_null, 'only_null')}({null}, {inner}))"

    def write(self, source: Source, codec: Codec, value: str) -> str:
        return f"(None if {value} is None else {source.write(self.inner, value)})"

    def held(self, source: Source) -> Held | None:
        held = source.held(self.inner)
        return None if held is None or held.nullable else held._replace(nullable=True)


@dataclass(frozen=True, slots=True)
class Mapped:
    """Values that are stored as values of another codec; written by the codec's own function."""

    base: Codec
    from_base: Callable[[object], object]

    def read(self, source: Source, codec: Codec, value: str) -> str:
        if source.mode == "plain":
            return source.read_whole(codec, value)
        return f"{source.bind(self.from_base, 'from_base')}({source.read(self.base, value)})"

    def write(self, source: Source, codec: Codec, value: str) -> str:
        return source.write_whole(codec, value)

    def held(self, source: Source) -> Held | None:
        return source.held(self.base)


@dataclass(frozen=True, slots=True)
class Items:
    """A list of values of one codec, or what ``build`` makes of a list."""

    element: Codec
    python_type: type | None
    build: Callable[[list[object]], object] | None

    def read(self, source: Source, codec: Codec, value: str) -> str:
        items = source.member(value, "L") if source.typed else source.fresh("items")
        one = source.fresh("one")
        found = f"[{source.read(self.element, one)} for {one} in {items}]"
        if self.build is not None:
            found = f"{source.bind(self.build, 'build')}({found})"
        if source.typed:
            return found
        return f"({found} if type({items} := {value}['L']) is list else {source.read_whole(codec, value)})"

    def write(self, source: Source, codec: Codec, value: str) -> str:
        whole = source.write_whole(codec, value)
        if self.python_type is None or may_be_absent(self.element):
            return whole
        one = source.fresh("one")
        written = f"{{'L': [{source.write(self.element, one)} for {one} in {value}]}}"
        return f"({written} if type({value}) is {self.python_type.__name__} else {whole})"

    def held(self, source: Source) -> Held:
        return Held("L", list_of(source.value_type(self.element)))


@dataclass(frozen=True, slots=True)
class Entries:
    """A dictionary whose keys are strings; written by the codec's own function."""

    element: Codec

    def read(self, source: Source, codec: Codec, value: str) -> str:
        entries = source.member(value, "M") if source.typed else source.fresh("entries")
        key, one = source.fresh("key"), source.fresh("one")
        found = f"{{{key}: {source.read(self.element, one)} for {key}, {one} in {entries}.items()}}"
        if source.typed:
            return found
        return f"({found} if type({entries} := {value}['M']) is dict else {source.read_whole(codec, value)})"

    def write(self, source: Source, codec: Codec, value: str) -> str:
        return source.write_whole(codec, value)

    def held(self, source: Source) -> Held:
        return Held("M", map_of(source.value_type(self.element)))


@dataclass(frozen=True, slots=True)
class Elements:
    """A set of scalars; written by the codec's own function, which sorts."""

    kind: str
    element: Scalar
    build: Callable[[list[object]], object]

    def read(self, source: Source, codec: Codec, value: str) -> str:
        texts = source.member(value, self.kind) if source.typed else source.fresh("texts")
        text, build = source.fresh("text"), source.bind(self.build, "build")
        found = f"{build}([{self.element.read_text(source, text)} for {text} in {texts}])"
        if source.typed:
            return found
        whole = source.read_whole(codec, value)
        return f"({found} if type({texts} := {value}[{self.kind!r}]) is list else {whole})"

    def write(self, source: Source, codec: Codec, value: str) -> str:
        return source.write_whole(codec, value)

    def held(self, source: Source) -> Held:
        return Held(self.kind, list[str])


def may_be_absent(codec: Codec) -> bool:
    """Whether writing may give ``None``."""
    return codec.inline is None or codec.optional or codec.absent is not None
