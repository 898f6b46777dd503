"""Hierarchies: entities of one table that derive from one another, told apart by the type attribute.

A subclass's items are its bases' too: a query or a get by a base gives each item as the entity it is. So what
a subclass inherits must be stored alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from dynakit.errors import DefinitionError, StatementError
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.schema.definition import Attribute, Definition
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


def stored_bases(definition: Definition[Any]) -> tuple[Definition[Any], ...]:
    """The definitions of the bases that are stored in the same table, the nearest first."""
    return tuple(
        base
        for cls in definition.entity.__mro__[1:]
        if (base := vars(cls).get("__dynakit__")) is not None and base.table == definition.table is not None
    )


def are_related(first: Definition[Any], second: Definition[Any]) -> bool:
    """Whether both are of one hierarchy, whose primary key they may share."""
    roots = [base.entity for base in (first, *stored_bases(first)) if base.primary is not None]
    return any(base.entity in roots for base in (second, *stored_bases(second)))


def check_family(definition: Definition[Any]) -> None:
    """Refuse a subclass whose items its bases could not read.

    Raises:
        DefinitionError: when it stores an inherited attribute under another name or as another type, or has
            an attribute that hides items from reads and is not its base's.
    """
    for base in stored_bases(definition):
        for attribute in base.attributes.values():
            _check_attribute(definition, base, attribute)
        hiding = {one.stored for one in definition.lifecycle.hides}
        if base.primary is not None and hiding != {one.stored for one in base.lifecycle.hides}:
            raise DefinitionError(
                f"{definition.name}: {base.name} does not know which attributes hide its items "
                f"({', '.join(sorted(hiding))}), and would give those that have expired or are deleted. "
                f"Declare expires() and deleted() on {base.name}.",
                entity=definition.name,
            )


def _check_attribute(definition: Definition[Any], base: Definition[Any], theirs: Attribute) -> None:
    own = definition.attributes[theirs.name]
    if own.codec is theirs.codec:
        same = (own.stored, own.key_only) == (theirs.stored, theirs.key_only)
    else:
        same = (own.stored, own.key_only, own.codec.attribute_type) == (
            theirs.stored,
            theirs.key_only,
            theirs.codec.attribute_type,
        )
    if not same:
        raise DefinitionError(
            f"{definition.name}.{own.name}: it is stored in another way than {base.name}.{own.name}, so that "
            f"queries of {base.name} would miss it. Store it under the same name and as the same type.",
            entity=definition.name,
            attribute=own.name,
        )


def check_concrete(definition: Definition[Any]) -> None:
    """Refuse to store an entity that has no items of its own. Raises :class:`StatementError`."""
    if definition.abstract:
        raise StatementError(
            f"{definition.name}: it is abstract and has no items of its own. Store one of its subclasses."
        )


def type_of(definition: Definition[Any], item: Item) -> str | None:
    """The type name an item carries; ``None`` for none."""
    name = definition.stored_in.type_attribute
    found: str | None = item.get(name, {}).get("S") if name is not None else None
    return found
