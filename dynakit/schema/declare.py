"""From a class to its :class:`~dynakit.schema.definition.Definition`: everything is checked on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from dynakit.codec.build import codec_for
from dynakit.errors import DefinitionError
from dynakit.keys.part import KeyPart, PlainPart, TemplatePart
from dynakit.keys.segment import Segment, segment_for
from dynakit.keys.template import Template, parse_template
from dynakit.schema import checks
from dynakit.schema.definition import Attribute, Definition, EntityKey
from dynakit.schema.fields import absent_is_default, nested_fields, plain_type, text_form
from dynakit.schema.key import Key, KeyTemplate
from dynakit.schema.registry import register
from dynakit.table import Index, KeyAttribute, Table

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


def define(entity: type[E]) -> Definition[E]:
    """Make the definition of an entity and add it to its table.

    Raises:
        DefinitionError: for whatever is wrong in the declaration.
    """
    if not entity.__pydantic_complete__:
        entity.model_rebuild()
    definition = _define(entity)
    if definition.table is not None:
        register(definition)
    return definition


def _define(entity: type[E]) -> Definition[E]:
    name, table = entity.__name__, entity.__table__
    attributes = {attribute.name: attribute for attribute in _attributes(entity)}
    keys = (
        {}
        if table is None
        else {key.name: _bind(entity, table, key, attributes) for key in _declared_keys(entity)}
    )
    primary = next((key for key in keys.values() if key.index is None), None)
    _check(name, table, attributes, keys, primary)
    return Definition(
        entity=entity,
        name=name,
        type_name=entity.__type_name__,
        attributes=attributes,
        by_stored={a.stored: a for a in attributes.values() if not a.key_only},
        keys=keys,
        table=table,
        primary=primary,
    )


def _check(
    name: str,
    table: Table | None,
    attributes: Mapping[str, Attribute],
    keys: Mapping[str, EntityKey],
    primary: EntityKey | None,
) -> None:
    if table is not None and primary is None:
        checks.wrong(
            name, None, "it is stored in a table and has no primary key. Declare a Key without index=…."
        )
    for key in keys.values():
        for other in keys.values():
            if key.index == other.index and key.name < other.name:
                where = "the table" if key.index is None else f"index {key.index.name!r}"
                checks.wrong(
                    name, other.name, f"{key.name} is its pattern on {where} already; one is allowed."
                )
    if primary is not None:
        checks.check_primary(name, primary, attributes)
    bound = tuple(keys.values())
    checks.check_stored_names(name, attributes, bound, table)
    checks.check_shared_attributes(name, bound)
    checks.check_key_only(name, attributes, bound)


def _attributes(entity: type[Entity]) -> list[Attribute]:
    fields = nested_fields(entity)
    attributes: list[Attribute] = []
    for name, spec in fields.items():
        options = entity.__attribute_options__.get(name)
        required = entity.__pydantic_fields__[name].is_required()
        try:
            codec = codec_for(
                spec.annotation,
                stored_as=spec.stored_as,
                discriminator=spec.discriminator,
                fields_of=nested_fields,
            )
        except DefinitionError as error:
            raise DefinitionError(
                f"{entity.__name__}.{name}: {error}", entity=entity.__name__, attribute=name
            ) from error
        key_only = options is not None and options.key_only
        null = codec.absent is not None and not required and not absent_is_default(entity, name, codec)
        attributes.append(Attribute(name, spec.name, codec, required, key_only, writes_null=null))
    return attributes


def _declared_keys(entity: type[Entity]) -> list[Key]:
    found: dict[str, Key] = {}
    for cls in reversed(entity.__mro__):
        found.update({name: value for name, value in vars(cls).items() if isinstance(value, Key)})
    return list(found.values())


def _bind(entity: type[Entity], table: Table, key: Key, attributes: Mapping[str, Attribute]) -> EntityKey:
    name = entity.__name__
    index = None if key.index is None else checks.check_index_name(name, key.name, table, key.index)
    partition = _parts(entity, key, "partition key", key.pk, table.partition_of(index), attributes, index)
    sort = _parts(entity, key, "sort key", key.sk, table.sort_of(index), attributes, index)
    return EntityKey(key.name, index, partition, sort)


def _parts(
    entity: type[Entity],
    key: Key,
    what: str,
    declared: KeyTemplate | None,
    targets: tuple[KeyAttribute, ...],
    attributes: Mapping[str, Attribute],
    index: Index | None,
) -> tuple[KeyPart, ...]:
    name = entity.__name__
    native = declared is not None and not isinstance(declared, str)
    sources = [declared] if isinstance(declared, str) else [f"{{{one}}}" for one in declared or ()]
    checks.check_count(name, key.name, what, len(sources), targets)
    if native and index is None:
        checks.wrong(
            name, key.name, "native multi-attribute keys are for global indexes; the table takes templates."
        )
    return tuple(
        _part(entity, key.name, source, target, attributes)
        for source, target in zip(sources, targets, strict=True)
    )


def _part(
    entity: type[Entity], key: str, source: str, target: KeyAttribute, attributes: Mapping[str, Attribute]
) -> KeyPart:
    name = entity.__name__
    try:
        template = parse_template(source)
    except DefinitionError as error:
        raise DefinitionError(f"{name}.{key}: {error}", entity=name, attribute=key) from error
    checks.check_placeholders(name, key, template.names, attributes)
    sole = template.sole
    if sole is not None and attributes[sole].stored == target.name:
        checks.check_plain(name, key, attributes[sole], target)
        return _plain_part(attributes[sole], target)
    checks.check_template_type(name, key, target)
    return TemplatePart(target.name, template.bind(_segments(entity, key, template)))


def _plain_part(attribute: Attribute, target: KeyAttribute) -> PlainPart:
    codec = attribute.codec
    return PlainPart(
        attribute=target.name,
        name=attribute.name,
        type=target.type,
        encode=lambda value: codec.encode(value, attribute.name) or {},
        decode=lambda value: codec.decode(value, attribute.name),
    )


def _segments(entity: type[Entity], key: str, template: Template) -> dict[str, Segment]:
    fields = nested_fields(entity)
    segments: dict[str, Segment] = {}
    for placeholder in template.placeholders:
        spec = fields[placeholder.name]
        try:
            kind = plain_type(spec.annotation)
            segments[placeholder.name] = segment_for(kind, placeholder.format, text_form=text_form(spec))
        except DefinitionError as error:
            raise DefinitionError(
                f"{entity.__name__}.{key}: {placeholder.name}: {error}", entity=entity.__name__, attribute=key
            ) from error
    return segments
