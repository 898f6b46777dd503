"""Types of the JSON of attribute values: it is read straight into objects, whose attributes are its members.

What has the wrong type, lacks a member or has one too many is refused while it is read, and no dictionary is
made. https://jcristharif.com/msgspec/structs.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from keyword import iskeyword
from types import GenericAlias
from typing import Any, NamedTuple, TypeAlias

from msgspec import UNSET, Struct, UnsetType, defstruct

JsonType: TypeAlias = Any
"""A type that msgspec decodes: a class, an alias such as ``list[str]``, or a union of them."""

PLAIN: JsonType = dict[str, Any]
"""The type of attribute values that are read as dictionaries."""


class Held(NamedTuple):
    """What an attribute value holds: under ``kind`` a ``member`` of a type, or ``NULL`` if ``nullable``."""

    kind: str
    member: JsonType
    nullable: bool = False


def list_of(element: JsonType) -> JsonType:
    """The type of a list."""
    return GenericAlias(list, element)


def map_of(element: JsonType) -> JsonType:
    """The type of a map whose names are not known."""
    return GenericAlias(dict, (str, element))


@lru_cache(4096)
def value_type(held: Held) -> type[Struct]:
    """The type of an attribute value."""
    if held.nullable:
        either = [(held.kind, held.member | UnsetType, UNSET), ("NULL", bool | UnsetType, UNSET)]
        return defstruct(held.kind, either, gc=False, forbid_unknown_fields=True)
    return defstruct(held.kind, [(held.kind, held.member)], gc=False, forbid_unknown_fields=True)


def only_null(null: object, other: object) -> None:
    """``None``, of a value that holds ``NULL`` and nothing else. Raises :class:`ValueError` for any other."""
    if null is not True or other is not UNSET:
        raise ValueError("the value is neither null nor anything else")


def map_type(
    name: str, members: Iterable[tuple[str, JsonType, bool]], stored: Mapping[str, str], *, closed: bool
) -> type[Struct]:
    """The type of the attributes of an item or map: of each its name, its type and whether it is needed.

    ``stored`` says by name what each is called in JSON; a ``closed`` type refuses all others.
    """
    fields = [(one, kind) if needed else (one, kind | UnsetType, UNSET) for one, kind, needed in members]
    return defstruct(name, fields, rename=stored, kw_only=True, gc=False, forbid_unknown_fields=closed)


def can_be_members(stored: Mapping[str, str]) -> bool:
    """Whether such types can have these members: Python names, and what JSON writes without escapes."""
    return all(map(_can_be_attribute, stored)) and all(map(_is_written_plainly, stored.values()))


def _can_be_attribute(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name)


def _is_written_plainly(stored: str) -> bool:
    return stored.isprintable() and not {'"', "\\"}.intersection(stored)
