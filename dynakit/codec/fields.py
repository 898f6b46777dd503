"""What a nested model says about its fields: the seam to the layer that declares entities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, TypeAlias

from pydantic import BaseModel, Discriminator
from pydantic.fields import FieldInfo

from dynakit.codec.stored import Form
from dynakit.values import dataclass


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a nested model: the name of its attribute and how its value is stored.

    ``annotation`` carries the metadata of the field (see :func:`annotation_of`); ``discriminator`` names
    the field that tells the members of a union apart.
    """

    name: str
    annotation: object
    stored_as: Form | None = None
    discriminator: str | None = None


FieldsOf: TypeAlias = Callable[[type[BaseModel]], Mapping[str, FieldSpec]]
"""Gives the fields of a nested model, by Python name."""


def plain_fields(model: type[BaseModel]) -> Mapping[str, FieldSpec]:
    """Take each field of a pydantic model as it stands: its attribute has its Python name."""
    return {
        name: FieldSpec(name, annotation_of(field), discriminator=discriminator_of(field))
        for name, field in model.model_fields.items()
    }


def annotation_of(field: FieldInfo) -> object:
    """Put a field's annotation together again, with the metadata pydantic keeps apart from it."""
    annotation: object = field.annotation
    return Annotated[annotation, *field.metadata] if field.metadata else annotation


def discriminator_of(field: FieldInfo) -> str | None:
    """Take the name of the discriminating field; ``None`` for a discriminator that is a function."""
    given = field.discriminator
    name = given.discriminator if isinstance(given, Discriminator) else given
    return name if isinstance(name, str) else None
