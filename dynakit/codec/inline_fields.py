"""How classes with named fields are written out as source: entities, and models within them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec import UNSET
from pydantic import BaseModel

from dynakit.codec.codec import Codec, Reader
from dynakit.codec.construct import constructor, defaulter
from dynakit.codec.inline import Nullable, may_be_absent
from dynakit.codec.json_types import PLAIN, Held, JsonType, can_be_members, map_type
from dynakit.values import dataclass
from dynakit.wire import AttributeValue

if TYPE_CHECKING:
    from dynakit.codec.source import Source


class Field(NamedTuple):
    """One field, as generated code reads and writes it.

    ``input_name`` is its name for pydantic. ``needed`` says that a missing attribute is a fault; else
    ``fill`` gives its value, or where there is none the class has a default. ``read`` is taken instead of the
    codec's. ``absence`` gives what is stored for a value that is written as absent, ``None`` for nothing.
    """

    name: str
    stored: str
    input_name: str
    codec: Codec
    needed: bool
    fill: Callable[[], object] | None
    absence: Callable[[object], AttributeValue | None] | None
    read: Reader | None = None

    def key(self, source: Source) -> str:
        """The name under which its value is kept."""
        return self.input_name if source.mode == "checked" else self.name


def reading(
    source: Source, fields: Iterable[Field], lenient: Callable[[str], bool] | None = None
) -> list[str]:
    """The lines that read the attributes of ``item`` into ``values``.

    ``lenient`` says of which fields pydantic checks what is read; all as the source has it without.
    """
    display: list[str] = []
    lines: list[str] = []
    for field in fields:
        if lenient is not None:
            source.lenient = lenient(field.name)
        key, place = field.key(source), _place(source, field)
        if field.needed:
            value = _read(source, field, place)
            # The values keep the order of the fields.
            if lines:
                lines.append(f"values[{key!r}] = {value}")
            else:
                display.append(f"{key!r}: {value},")
            continue
        unset = source.bind(UNSET, "unset")
        there = f"{place} is not {unset}" if source.typed else f"{field.stored!r} in item"
        lines += [f"if {there}:", f"    value = {place}"]
        lines += [f"    values[{key!r}] = {_read(source, field, 'value')}"]
        if field.fill is not None:
            lines += ["else:", f"    values[{key!r}] = {source.bind(field.fill, 'fill')}()"]
    return ["values = {", *(f"    {line}" for line in display), "}", *lines]


def _place(source: Source, field: Field) -> str:
    return f"item.{field.name}" if source.typed else f"item[{field.stored!r}]"


def members(source: Source, fields: Iterable[Field]) -> list[tuple[str, JsonType, bool]]:
    """The members of the type that fields are read with, as :func:`map_type` takes them."""
    return [
        (one.name, PLAIN if one.read is not None else source.value_type(one.codec), one.needed)
        for one in fields
    ]


def _read(source: Source, field: Field, value: str) -> str:
    if field.read is None:
        return source.read(field.codec, value)
    return source.wrapped(f"{source.bind(field.read, 'read')}({value})")


def writing(source: Source, fields: Iterable[Field]) -> list[str]:
    """The lines that write the fields in ``values`` into ``item``."""
    lines = ["item = {}"]
    for field in fields:
        place = f"item[{field.stored!r}]"
        lines.append(f"value = values[{field.name!r}]")
        inline = field.codec.inline
        if not may_be_absent(field.codec):
            lines.append(f"{place} = {source.write(field.codec, 'value')}")
        elif isinstance(inline, Nullable) and field.absence is None and not may_be_absent(inline.inner):
            lines += ["if value is not None:", f"    {place} = {source.write(inline.inner, 'value')}"]
        else:
            lines.append(f"written = {source.write(field.codec, 'value')}")
            if field.absence is not None:
                lines += [
                    "if written is None:",
                    f"    written = {source.bind(field.absence, 'absence')}(value)",
                ]
            lines += ["if written is not None:", f"    {place} = written"]
    return lines


@dataclass(frozen=True, slots=True)
class Fields:
    """A pydantic model within others; ``fields`` are filled in later, as a model may hold itself."""

    model: type[BaseModel]
    build: Callable[[object], object]
    forbids_others: bool
    fields: Sequence[Field]

    def read(self, source: Source, codec: Codec, value: str) -> str:
        verb = "make" if source.lenient else "read"
        name = source.function(f"{verb} {self.model.__name__}", self, "item", lambda: self._reading(source))
        return f"{name}({source.member(value, 'M')})"

    def held(self, source: Source) -> Held | None:
        stored = {field.name: field.stored for field in self.fields}
        if not can_be_members(stored):
            return None
        made = map_type(self.model.__name__, members(source, self.fields), stored, closed=self.forbids_others)
        return Held("M", made)

    def _reading(self, source: Source) -> list[str]:
        made = "values"
        if source.mode == "plain":
            made = f"{source.bind(defaulter(self.model), 'with_defaults')}(values)"
        elif source.mode == "trusted":
            made = f"{source.bind(constructor(self.model), 'construct')}(values)"
        elif not source.lenient:
            made = f"{source.bind(self.build, 'build')}(values)"
        return [*self._refusing(source), *reading(source, self.fields), f"return {made}"]

    def _refusing(self, source: Source) -> list[str]:
        """The lines that give up on attributes of unknown names, where the model forbids them."""
        if source.typed or not self.forbids_others:
            return []
        if all(field.needed for field in self.fields):
            return [f"if len(item) != {len(self.fields)}:", "    raise GivenUp"]
        known = source.bind(frozenset(field.stored for field in self.fields).issuperset, "known")
        return [f"if not {known}(item):", "    raise GivenUp"]

    def write(self, source: Source, codec: Codec, value: str) -> str:
        name = source.function(
            f"write {self.model.__name__}", self, "model", lambda: self._writing(source, codec)
        )
        return f"{name}({value})"

    def _writing(self, source: Source, codec: Codec) -> list[str]:
        return [
            f"if type(model) is not {source.bind(self.model, 'cls')}:",
            f"    return {source.write_whole(codec, 'model')}",
            "values = model.__dict__",
            *writing(source, self.fields),
            "return {'M': item}",
        ]
