"""From a class to its :class:`~dynakit.schema.definition.Definition`: everything is checked on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError

from dynakit.codec.build import codec_for
from dynakit.codec.codec import Codec
from dynakit.errors import DefinitionError, EncodeError
from dynakit.schema import checks
from dynakit.schema.bind import bind_key, bind_unique
from dynakit.schema.calculated import calculations
from dynakit.schema.definition import Attribute, Definition, EntityKey
from dynakit.schema.fields import absent_is_default, nested_fields
from dynakit.schema.key import Key
from dynakit.schema.lifecycle import Lifecycle
from dynakit.schema.lifecycle_checks import check_lifecycle
from dynakit.schema.registry import register
from dynakit.schema.unique import Unique

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
D = TypeVar("D", Key, Unique)


def define(entity: type[E]) -> Definition[E]:
    """Make the definition of an entity and add it to its table.

    Raises:
        DefinitionError: for whatever is wrong in the declaration.
    """
    complete(entity)
    definition = _define(entity)
    if definition.table is not None:
        register(definition)
    return definition


def complete(entity: type[Entity]) -> None:
    """Resolve what the annotations name. Raises :class:`DefinitionError` for a name that is not there yet."""
    try:
        # Nothing of this frame may be taken for a name of the user's.
        entity.model_rebuild(_types_namespace={})
    except (PydanticUndefinedAnnotation, NameError) as error:
        name = entity.__name__
        checks.wrong(
            name,
            None,
            f"an annotation names {error.name!r}, which is not defined yet. Define it before {name} is used; "
            f"inside a function, then call {name}.model_rebuild().",
        )
    except PydanticUserError as error:
        checks.wrong(entity.__name__, None, pydantic_text(error))


def pydantic_text(error: PydanticUserError) -> str:
    """The first line of what pydantic says of a declaration."""
    return str(error).partition("\n")[0]


def _define(entity: type[E]) -> Definition[E]:
    name, table = entity.__name__, entity.__table__
    attributes = {attribute.name: attribute for attribute in _attributes(entity)}
    _note_opaque(entity, attributes)
    keys = (
        {}
        if table is None
        else {key.name: bind_key(entity, table, key, attributes) for key in _declared(entity, Key)}
    )
    primary = next((key for key in keys.values() if key.index is None), None)
    lifecycle = _lifecycle(entity, attributes)
    _check(entity, attributes, keys, primary)
    check_lifecycle(name, table, lifecycle, keys.values())
    return Definition(
        entity=entity,
        name=name,
        type_name=entity.__type_name__,
        attributes=attributes,
        by_stored={a.stored: a for a in attributes.values() if not a.key_only},
        keys=keys,
        table=table,
        primary=primary,
        lifecycle=lifecycle,
        calculations=calculations(entity),
        read_only=frozenset(
            name for name, one in entity.__attribute_options__.items() if one.read_only or one.calculated
        ),
        hidden=frozenset(name for name, one in entity.__attribute_options__.items() if one.hidden),
        constraints=()
        if table is None
        else tuple(bind_unique(entity, table, one, attributes) for one in _declared(entity, Unique)),
        abstract=entity.__abstract__,
    )


def _note_opaque(entity: type[Entity], attributes: Mapping[str, Attribute]) -> None:
    """Note on the class what expressions must refuse, and hide what is encrypted in its repr."""
    forms = {name: one.codec.opaque for name, one in attributes.items() if one.codec.opaque is not None}
    type.__setattr__(entity, "__opaque__", forms)
    for name in forms:
        seal = attributes[name].codec.seal
        if seal is not None and seal.encrypted:
            entity.__pydantic_fields__[name].repr = False


def _lifecycle(entity: type[Entity], attributes: Mapping[str, Attribute]) -> Lifecycle:
    found: dict[str, Attribute] = {}
    for name, options in entity.__attribute_options__.items():
        if options.role is None or name not in attributes:
            continue
        other = found.setdefault(options.role, attributes[name])
        if other.name != name:
            checks.wrong(entity.__name__, name, f"{other.name} is its {options.role}() already. Remove one.")
    return Lifecycle(**found)


def _check(
    entity: type[Entity],
    attributes: Mapping[str, Attribute],
    keys: Mapping[str, EntityKey],
    primary: EntityKey | None,
) -> None:
    name, table, abstract = entity.__name__, entity.__table__, entity.__abstract__
    if table is None and abstract:
        checks.wrong(
            name, None, "it is stored in no table, which is abstract enough. Leave out abstract=True."
        )
    if table is not None and primary is None and not abstract:
        checks.wrong(
            name, None, "it is stored in a table and has no primary key. Declare a Key without index=…."
        )
    _check_patterns(name, keys)
    if primary is not None:
        checks.check_primary(name, primary, attributes)
    bound = tuple(keys.values())
    checks.check_stored_names(name, attributes, bound, table)
    checks.check_shared_attributes(name, bound)
    if not abstract:
        checks.check_key_only(name, attributes, bound)
    if table is not None:
        checks.check_key_attributes(name, attributes, table)


def _check_patterns(name: str, keys: Mapping[str, EntityKey]) -> None:
    """Refuse two patterns on one index."""
    seen: dict[str | None, str] = {}
    for key in keys.values():
        index = None if key.index is None else key.index.name
        first = seen.setdefault(index, key.name)
        if first != key.name:
            where = "the table" if index is None else f"index {index!r}"
            checks.wrong(name, key.name, f"{first} is the pattern on {where} already. Remove one of them.")


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
        _check_default(entity, name, codec)
        key_only = options is not None and options.key_only
        null = codec.absent is not None and not required and not absent_is_default(entity, name, codec)
        attributes.append(Attribute(name, spec.name, codec, required, key_only, writes_null=null))
    return attributes


def _check_default(entity: type[Entity], name: str, codec: Codec) -> None:
    """Refuse a default that is no value of its attribute, which pydantic lets pass."""
    field = entity.__pydantic_fields__[name]
    if field.is_required() or field.default_factory is not None or field.validate_default:
        return
    try:
        codec.encode(field.default, name)
    except EncodeError as error:
        checks.wrong(entity.__name__, name, f"its default is no value of its type: {error}")


def _declared(entity: type[Entity], kind: type[D]) -> list[D]:
    found: dict[str, D] = {}
    for cls in reversed(entity.__mro__):
        found.update({name: value for name, value in vars(cls).items() if isinstance(value, kind)})
    return list(found.values())
