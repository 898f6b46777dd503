"""Taking annotations apart: what a type is beneath ``Annotated``, ``NewType`` and type variables."""

from __future__ import annotations

import sys
import types
from typing import Annotated, Any, NewType, TypeVar, Union, Unpack, cast, get_args, get_origin, get_type_hints

from pydantic import Discriminator, EncodedBytes, EncodedStr, Json
from pydantic.fields import FieldInfo

from dynakit.codec.fields import discriminator_of
from dynakit.codec.stored import Form, StoredAs, StoredForm
from dynakit.errors import DefinitionError
from dynakit.values import dataclass

_DECODED_TWICE: tuple[object, ...] = (Json, EncodedBytes, EncodedStr)


@dataclass(frozen=True, slots=True)
class Resolved:
    """An annotation taken apart: the bare type, and what its metadata says about storing it."""

    core: object
    metadata: tuple[object, ...]
    stored_as: Form | None
    discriminator: str | None

    def whole(self, core: object) -> object:
        """Put the metadata around ``core`` again, for pydantic."""
        return Annotated[core, *self.metadata] if self.metadata else core


def resolve(annotation: object, stored_as: Form | None, discriminator: str | None) -> Resolved:
    """Take an annotation apart; what is given beside it comes before what its metadata says.

    Raises:
        DefinitionError: metadata under which pydantic cannot validate its own values again.
    """
    metadata: tuple[object, ...] = ()
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *around = get_args(annotation)
            metadata = (*around, *metadata)
        elif isinstance(annotation, NewType):
            annotation = annotation.__supertype__
        elif isinstance(annotation, TypeVar):
            annotation = _of_variable(annotation)
        else:
            break
    _check_metadata(metadata)
    forms = [form for each in metadata if (form := _form(each)) is not None]
    names = [name for each in metadata if (name := _discriminator(each)) is not None]
    return Resolved(
        annotation,
        metadata,
        stored_as or next(iter(forms), None),
        discriminator or next(iter(names), None),
    )


def is_union(annotation: object) -> bool:
    """Tell ``Union[…]`` and ``… | …``."""
    return get_origin(annotation) in (Union, types.UnionType)


def without_none(annotation: object) -> tuple[tuple[object, ...], bool]:
    """Split a union into its other members and whether ``None`` is one."""
    members = get_args(annotation)
    rest = tuple(each for each in members if each is not type(None))
    return rest, len(rest) < len(members)


def union_of(members: tuple[object, ...]) -> object:
    """Put members together as a union."""
    return Union[members]  # noqa: UP007


def alias_value(annotation: object) -> object:
    """Give what a ``type`` alias stands for, with its arguments in place; ``None`` for anything else.

    Raises:
        DefinitionError: text in the alias names what its module does not hold.
    """
    origin = get_origin(annotation) or annotation
    if isinstance(origin, type) or not hasattr(origin, "__value__"):
        return None
    value = _evaluated(origin)
    return value if origin is annotation else value[get_args(annotation)]


def _evaluated(alias: Any) -> Any:
    # Before Python 3.12 an alias that names itself must do so in quotes.
    holder = types.SimpleNamespace(__annotations__={"value": alias.__value__})
    names = vars(sys.modules[alias.__module__])
    try:
        return get_type_hints(holder, names, include_extras=True)["value"]
    except NameError as error:
        raise DefinitionError(f"the alias {alias.__name__} names {error.name}, which is not there") from error


def _of_variable(variable: TypeVar) -> object:
    if variable.__constraints__:
        return union_of(variable.__constraints__)
    return Any if variable.__bound__ is None else variable.__bound__


def _check_metadata(metadata: tuple[object, ...]) -> None:
    for each in metadata:
        kind = each if isinstance(each, type) else type(each)
        if kind in _DECODED_TWICE:
            raise DefinitionError(
                f"{kind.__name__} cannot be stored: pydantic would decode a value again when it is read. "
                "Annotate the plain type; DynamoDB stores binary and documents as they are"
            )


def _form(metadata: object) -> Form | None:
    return cast("Any", metadata) if isinstance(metadata, StoredAs | StoredForm) else None


def _discriminator(metadata: object) -> str | None:
    if isinstance(metadata, FieldInfo):
        return discriminator_of(metadata)
    if isinstance(metadata, Discriminator) and isinstance(metadata.discriminator, str):
        return metadata.discriminator
    return None


def is_unpacked(annotation: object) -> bool:
    """Tell ``*tuple[int, ...]`` among the arguments of a tuple."""
    return bool(getattr(annotation, "__unpacked__", False)) or get_origin(annotation) is Unpack
