"""The functions generated for one entity: from an item to the entity or its values, and back.

They are made when first asked for. See :mod:`dynakit.codec.source`: where one gives up, what
:mod:`dynakit.schema.item` does attribute by attribute decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from dynakit.codec.adapter import BY_NAME, input_name
from dynakit.codec.construct import constructor, defaulter
from dynakit.codec.inline_fields import Field, reading, writing
from dynakit.codec.lenient import lenient_fields
from dynakit.codec.source import Source
from dynakit.keys.part import TemplatePart
from dynakit.schema.definition import Attribute, Definition
from dynakit.schema.origin import SLOT
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")

Reader: TypeAlias = Callable[[Item, bool], E]
"""Item, and whether it is all that is stored → entity that remembers it."""


def _null(_: object) -> AttributeValue:
    return {"NULL": True}


def entity_reader(definition: Definition[E], *, trusted: bool = False) -> Reader[E]:
    """The function that reads an item as an entity; pydantic's validation is left out with ``trusted``."""
    mode: Literal["trusted", "checked"] = "trusted" if trusted else "checked"
    made: Reader[E] | None = definition.functions.get(mode)
    if made is None:
        source = Source(f"{definition.name}, {mode}", mode)
        lines = [f"entity = {_made(definition, source)}", f"entity.__dict__[{SLOT!r}] = item, whole"]
        made = _compiled(definition, source, [*lines, "return entity"])
    return made


def _made(definition: Definition[Any], source: Source) -> str:
    if source.mode == "trusted":
        return f"{source.bind(constructor(definition.entity), 'construct')}(values)"
    validate = source.bind(definition.entity.__pydantic_validator__.validate_python, "validate")
    return f"{validate}(values, by_name=True, by_alias=False)" if BY_NAME else f"{validate}(values)"


def values_reader(definition: Definition[Any]) -> Callable[[Item, bool], dict[str, object]]:
    """The function that reads an item as a dictionary by attribute name, without what is hidden."""
    made: Callable[[Item, bool], dict[str, object]] | None = definition.functions.get("plain")
    if made is None:
        source = Source(f"{definition.name}, plain", "plain")
        lines = [f"values = {source.bind(defaulter(definition.entity), 'with_defaults')}(values)"]
        lines += [f"values.pop({name!r}, None)" for name in sorted(definition.hidden)]
        made = _compiled(definition, source, [*lines, "return values"])
    return made


def attributes_writer(definition: Definition[Any]) -> Callable[[Mapping[str, object]], Item]:
    """The function that writes the attributes, without keys and type, from the values by Python name."""
    made: Callable[[Mapping[str, object]], Item] | None = definition.functions.get("write")
    if made is None:
        source = Source(f"{definition.name}, write")
        body = [*writing(source, _fields(definition)), "return item"]
        name = source.function("write", definition, "values", lambda: body)
        made = definition.functions["write"] = source.compiled(name)
    return made


def _compiled(definition: Definition[Any], source: Source, result: list[str]) -> Callable[..., Any]:
    lenient = lenient_fields(definition.entity) if source.mode == "checked" else frozenset[str]()
    name = source.function(
        f"read {definition.name}",
        definition,
        "item, whole",
        lambda: [
            *_type_check(definition),
            *reading(source, _fields(definition), lenient.__contains__),
            *_key_check(definition, source),
            *result,
        ],
    )
    definition.functions[source.mode] = source.compiled(name)
    return definition.functions[source.mode]


def _type_check(definition: Definition[Any]) -> list[str]:
    """The lines that give up on an item of another type, and on any of an entity that is not told so."""
    if definition.abstract or definition.key_only:
        return ["raise GivenUp"]
    name = definition.stored_in.type_attribute
    return [] if name is None else _unless(f"item[{name!r}]['S'] == {definition.type_name!r}")


def _key_check(definition: Definition[Any], source: Source) -> list[str]:
    """The lines that give up on an item whose key is not what its values render."""
    lines: list[str] = []
    for part in definition.primary_key.parts:
        # An attribute that is itself the key attribute has been read from there.
        if isinstance(part, TemplatePart):
            lines += _template_check(definition, source, part)
    return lines


def _unless(condition: str) -> list[str]:
    return [f"if not {condition}:", "    raise GivenUp"]


def _template_check(definition: Definition[Any], source: Source, part: TemplatePart) -> list[str]:
    lines: list[str] = []
    pieces = [repr(part.template.template.head)]
    for placeholder in part.template.placeholders:
        value, key = (
            source.fresh("part"),
            _field(definition, definition.attribute(placeholder.name)).key(source),
        )
        written = f"{source.bind(placeholder.segment.encode, 'encode')}({value})"
        if placeholder.segment.keeps_letters_and_digits:
            written = f"({value} if {value}.isalnum() else {written})"
        lines.append(f"{value} = values[{key!r}]")
        pieces += [written, repr(placeholder.tail)]
    rendered = " + ".join(piece for piece in pieces if piece != "''")
    return [*lines, *_unless(f"item[{part.attribute!r}]['S'] == {rendered}")]


def _fields(definition: Definition[Any]) -> list[Field]:
    return [_field(definition, attribute) for attribute in definition.by_stored.values()]


def _field(definition: Definition[Any], attribute: Attribute) -> Field:
    entity, codec = definition.entity, attribute.codec
    return Field(
        attribute.name,
        attribute.stored,
        input_name(entity, attribute.name, entity.__pydantic_fields__[attribute.name]),
        codec,
        needed=attribute.required and codec.absent is None,
        fill=codec.absent if attribute.required else None,
        absence=_null if attribute.writes_null else None,
        read=attribute.decode if attribute.writes_null else None,
    )
