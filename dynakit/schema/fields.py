"""The fields of a model as dynakit stores them, whether it is an entity or a plain pydantic model."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from typing_extensions import TypeAliasType

from dynakit.codec.codec import Codec
from dynakit.codec.fields import FieldSpec, annotation_of, discriminator_of
from dynakit.codec.stored import StoredAs
from dynakit.errors import DefinitionError
from dynakit.keys.forms import TextForm
from dynakit.schema.attribute import AttributeOptions, Declared
from dynakit.table import Table


def nested_fields(model: type[BaseModel]) -> dict[str, FieldSpec]:
    """The fields of a model by Python name, with their stored names and forms."""
    options: Mapping[str, AttributeOptions] = getattr(model, "__attribute_options__", {})
    fields: dict[str, FieldSpec] = {}
    for name, field in model.__pydantic_fields__.items():
        if isinstance(field.default, Declared):
            raise DefinitionError(
                f"{model.__name__}.{name}: attr() means something in entities only. Derive the class that "
                "declares it from Entity, or use pydantic's Field.",
                entity=model.__name__,
                attribute=name,
            )
        own = options.get(name, AttributeOptions())
        fields[name] = FieldSpec(
            own.name or _kept_name(model, own) or name,
            annotation_of(field),
            own.stored_as,
            discriminator_of(field),
        )
    return fields


def _kept_name(model: type[BaseModel], options: AttributeOptions) -> str | None:
    """The stored name that the table gives the moment of expiry."""
    table: Table | None = getattr(model, "__table__", None)
    return table.time_to_live if options.role == "expires" and table is not None else None


def absent_is_default(model: type[BaseModel], name: str, codec: Codec) -> bool:
    """Whether a missing attribute reads as what is stored by leaving it out: ``None`` or an empty set."""
    field = model.__pydantic_fields__[name]
    factory: object = get_origin(field.default_factory) or field.default_factory
    if codec.absent is None or factory not in (None, set, frozenset):
        return False
    default: object = field.get_default(call_default_factory=True)
    return default == codec.absent()


def plain_type(annotation: object) -> type:
    """The class behind an annotation, without ``Optional``, ``Annotated``, ``NewType`` and ``Literal``.

    Raises :class:`DefinitionError` when there is no one class: such an attribute cannot stand in a key.
    """
    if isinstance(annotation, TypeAliasType):
        return plain_type(annotation.__value__)
    supertype = getattr(annotation, "__supertype__", None)
    if supertype is not None:
        return plain_type(supertype)
    origin = get_origin(annotation)
    if origin is Annotated:
        return plain_type(get_args(annotation)[0])
    if origin is Literal:
        return _one_class({type(value) for value in get_args(annotation)})
    if origin in (Union, types.UnionType):
        return _one_class(
            {plain_type(member) for member in get_args(annotation) if member is not types.NoneType}
        )
    if isinstance(annotation, type):
        return annotation
    raise DefinitionError(f"{annotation!r} cannot stand in a key template; expected one scalar type")


def text_form(spec: FieldSpec) -> TextForm | None:
    """How ``{x:raw}`` writes the attribute: the text of its stored form, where it has one of its own."""
    form = spec.stored_as
    if form is None:
        return None
    stored = form if isinstance(form, StoredAs) else form.bind(plain_type(spec.annotation))
    return TextForm(
        to_text=stored.to_text, from_text=stored.from_text, sortable=stored.sortable and stored.type == "S"
    )


def _one_class(classes: set[type]) -> type:
    if len(classes) == 1:
        return classes.pop()
    names = ", ".join(sorted(cls.__name__ for cls in classes))
    raise DefinitionError(f"a union of {names} cannot stand in a key template; expected one scalar type")
