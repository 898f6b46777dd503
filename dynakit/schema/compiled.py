"""The functions generated for one entity: from an item to the entity or its values, and back.

They are made when first asked for. See :mod:`dynakit.codec.source`: where one gives up, what
:mod:`dynakit.schema.item` does attribute by attribute decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.json import Decoder

from dynakit.codec.adapter import BY_EXTRA, BY_NAME, input_name
from dynakit.codec.construct import constructor, defaulter
from dynakit.codec.inline_fields import Field, members, reading, writing
from dynakit.codec.json_types import Held, can_be_members, map_type, value_type
from dynakit.codec.lenient import keeps_no_extras, lenient_fields
from dynakit.codec.source import Source
from dynakit.keys.limits import MAX_BYTES_OF_CHARACTER, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from dynakit.keys.part import KeyPart, TemplatePart
from dynakit.schema.definition import Attribute, Definition, EntityKey
from dynakit.schema.origin import SLOT, Remembered
from dynakit.unparsed import parsed
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")

Reader: TypeAlias = Callable[[Item, Remembered], E]
"""Item, and what the entity remembers of it → entity."""

TextReader: TypeAlias = Callable[[bytes, Remembered], E]
"""The JSON of an item, and what the entity remembers of it → entity."""


def _null(_: object) -> AttributeValue:
    return {"NULL": True}


def entity_reader(definition: Definition[E], *, trusted: bool = False) -> Reader[E]:
    """The function that reads an item as an entity; pydantic's validation is left out with ``trusted``."""
    mode: Literal["trusted", "checked"] = "trusted" if trusted else "checked"
    made: Reader[E] | None = definition.functions.get(mode)
    if made is None:
        source = Source(f"{definition.name}, {mode}", mode)
        made = definition.functions[mode] = _reader(
            definition, source, "item, remembered", _entity(definition, source)
        )
    return made


def text_reader(definition: Definition[E], *, trusted: bool = False) -> TextReader[E]:
    """The function that reads the JSON of an item as an entity.

    It is parsed into objects of the types that the attributes are expected to have, without dictionaries.
    """
    mode: Literal["trusted", "checked"] = "trusted" if trusted else "checked"
    made: TextReader[E] | None = definition.functions.get(f"{mode} text")
    if made is None:
        source = Source(f"{definition.name}, {mode} text", mode, typed=_has_item_type(definition))
        decode = Decoder(_item_type(definition, source)).decode if source.typed else parsed
        made = definition.functions[f"{mode} text"] = _reader(
            definition,
            source,
            "text, remembered",
            _entity(definition, source),
            first=[f"item = {source.bind(decode, 'decode')}(text)"],
        )
    return made


def _has_item_type(definition: Definition[Any]) -> bool:
    """Whether the items of a query are all of a type that can be told before they are read."""
    stored = _stored(definition)
    return (
        not definition.entity.__subclasses__()
        and len(set(stored.values())) == len(stored)
        and can_be_members(stored)
    )


def _item_type(definition: Definition[Any], source: Source) -> type[Struct]:
    text = value_type(Held("S", str))
    told = [(name, text, True) for name in _told(definition).values()]
    every = [*members(source, _fields(definition)), *told]
    return map_type(definition.name, every, _stored(definition), closed=False)


def _stored(definition: Definition[Any]) -> dict[str, str]:
    """The members of the type of an item, and the attributes that they stand for."""
    attributes = {one.name: stored for stored, one in definition.by_stored.items()}
    return attributes | {name: stored for stored, name in _told(definition).items()}


def _told(definition: Definition[Any]) -> dict[str, str]:
    """What tells an item besides attributes, its type attribute and rendered keys, with a name for each."""
    rendered = [part.attribute for part in definition.primary_key.parts if isinstance(part, TemplatePart)]
    type_attribute = definition.stored_in.type_attribute
    names = rendered if type_attribute is None else [type_attribute, *rendered]
    return {name: f"_{number}" for number, name in enumerate(names)}


def _text(definition: Definition[Any], source: Source, name: str) -> str:
    """The expression of the text under one of these names."""
    return f"item.{_told(definition)[name]}.S" if source.typed else f"item[{name!r}]['S']"


def _entity(definition: Definition[Any], source: Source) -> list[str]:
    """The lines that make an entity of ``values``."""
    made = f"entity = {_made(definition, source)}"
    return [made, f"entity.__dict__[{SLOT!r}] = remembered", "return entity"]


def _made(definition: Definition[Any], source: Source) -> str:
    if source.mode == "trusted":
        return f"{source.bind(constructor(definition.entity), 'construct')}(values)"
    entity = definition.entity
    validate = source.bind(entity.__pydantic_validator__.validate_python, "validate")
    options = ", by_name=True, by_alias=False" if BY_NAME else ""
    if BY_EXTRA and keeps_no_extras(entity):
        options += ", extra='ignore'"
    return f"{validate}(values{options})"


def construct_entity(definition: Definition[E], values: dict[str, Any]) -> E:
    """Make an entity of values by Python name without validation."""
    made: Any = constructor(definition.entity)(values)
    entity: E = made
    return entity


def values_reader(definition: Definition[Any]) -> Callable[[Item], dict[str, object]]:
    """The function that reads an item as a dictionary by attribute name, without what is hidden."""
    made: Callable[[Item], dict[str, object]] | None = definition.functions.get("plain")
    if made is None:
        source = Source(f"{definition.name}, plain", "plain")
        lines = [f"values = {source.bind(defaulter(definition.entity), 'with_defaults')}(values)"]
        lines += [f"values.pop({name!r}, None)" for name in sorted(definition.hidden)]
        made = definition.functions["plain"] = _reader(definition, source, "item", [*lines, "return values"])
    return made


def item_writer(definition: Definition[Any]) -> Callable[[Mapping[str, object]], Item]:
    """The function that writes the whole item, keys and type included, from the values by Python name."""
    made: Callable[[Mapping[str, object]], Item] | None = definition.functions.get("write")
    if made is None:
        source = Source(f"{definition.name}, write")
        made = definition.functions["write"] = source.compiled(
            source.function(
                f"write {definition.name}", definition, "values", lambda: _item(definition, source)
            )
        )
    return made


def key_writer(definition: Definition[Any], key: EntityKey) -> Callable[[Mapping[str, object]], Item]:
    """The function that writes the attributes of one key from the values by Python name."""
    verb = f"write {key.name}"
    made: Callable[[Mapping[str, object]], Item] | None = definition.functions.get(verb)
    if made is None:
        source = Source(f"{definition.name}.{key.name}, write")
        lines = [line for part in key.parts for line in _key_attribute(source, part, key)]
        body = ["item = {}", *lines, "return item"]
        made = definition.functions[verb] = source.compiled(
            source.function(verb, key, "values", lambda: body)
        )
    return made


def _item(definition: Definition[Any], source: Source) -> list[str]:
    if definition.abstract or definition.table is None:
        return ["raise GivenUp"]
    lines = writing(source, _fields(definition))
    for key in definition.keys.values():
        written = [line for part in key.parts for line in _key_attribute(source, part, key)]
        lines += written if key.index is None else _where_given(key, written)
    type_attribute = definition.stored_in.type_attribute
    if type_attribute is not None:
        lines.append(f"item[{type_attribute!r}] = {{'S': {definition.type_name!r}}}")
    return [*lines, "return item"]


def _where_given(key: EntityKey, lines: list[str]) -> list[str]:
    """A sparse index holds no entry where a value is missing."""
    given = " and ".join(f"values[{name!r}] is not None" for name in key.names)
    return [f"if {given}:", *(f"    {line}" for line in lines)] if given else lines


def _key_attribute(source: Source, part: KeyPart, key: EntityKey) -> list[str]:
    """The lines that write one key attribute, and give up on one that may be too long, or is empty."""
    place = f"item[{part.attribute!r}]"
    most = MAX_PARTITION_KEY_BYTES if part in key.partition else MAX_SORT_KEY_BYTES
    fits = f"if not 0 < len({{}}) <= {most // MAX_BYTES_OF_CHARACTER}:"
    if isinstance(part, TemplatePart):
        rendered = _rendered(source, part, {name: name for name in part.names})
        return [f"text = {rendered}", fits.format("text"), "    raise GivenUp", f"{place} = {{'S': text}}"]
    written = f"{place} = {source.bind(part.encode, 'encode')}(values[{part.name!r}])"
    return (
        [written]
        if part.type == "N"
        else [written, fits.format(f"{place}[{part.type!r}]"), "    raise GivenUp"]
    )


def _reader(
    definition: Definition[Any],
    source: Source,
    parameters: str,
    result: Sequence[str],
    *,
    first: Sequence[str] = (),
) -> Callable[..., Any]:
    lenient = lenient_fields(definition.entity) if source.mode == "checked" else frozenset[str]()
    name = source.function(
        f"read {definition.name}",
        definition,
        parameters,
        lambda: [
            *first,
            *_type_check(definition, source),
            *reading(source, _fields(definition), lenient.__contains__),
            *_key_check(definition, source),
            *result,
        ],
    )
    return source.compiled(name)


def _type_check(definition: Definition[Any], source: Source) -> list[str]:
    """The lines that give up on an item of another type, and on any of an entity that is not told so."""
    if definition.abstract or definition.key_only:
        return ["raise GivenUp"]
    name = definition.stored_in.type_attribute
    return [] if name is None else _unless(f"{_text(definition, source, name)} == {definition.type_name!r}")


def _key_check(definition: Definition[Any], source: Source) -> list[str]:
    """The lines that give up on an item whose key is not what its values render."""
    lines: list[str] = []
    for part in definition.primary_key.parts:
        # An attribute that is itself the key attribute has been read from there.
        if isinstance(part, TemplatePart):
            keys = {name: _field(definition, definition.attribute(name)).key(source) for name in part.names}
            stored = _text(definition, source, part.attribute)
            lines += _unless(f"{stored} == {_rendered(source, part, keys)}")
    return lines


def _unless(condition: str) -> list[str]:
    return [f"if not {condition}:", "    raise GivenUp"]


def _rendered(source: Source, part: TemplatePart, keys: Mapping[str, str]) -> str:
    """The expression of a rendered template; ``keys`` say where in ``values`` the value of a name stands."""
    pieces = [repr(part.template.template.head)]
    for placeholder in part.template.placeholders:
        value = f"values[{keys[placeholder.name]!r}]"
        name = source.fresh("part")
        written = f"{source.bind(placeholder.segment.encode, 'encode')}({{}})"
        if placeholder.segment.keeps_letters_and_digits:
            pieces.append(f"({name} if ({name} := {value}).isalnum() else {written.format(name)})")
        else:
            pieces.append(written.format(value))
        pieces.append(repr(placeholder.tail))
    return " + ".join(piece for piece in pieces if piece != "''")


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
