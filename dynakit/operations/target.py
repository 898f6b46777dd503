"""Which item a statement is about: an entity, or a query that gives the whole primary key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from dynakit.errors import values_shown
from dynakit.expressions.operand import AttributePath, Value
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.item import primary_key_of
from dynakit.schema.query import Query, Read
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")

KeyOf: TypeAlias = "E | Query[E]"
"""One item: an entity that has its primary key, or ``Order.primary(…)`` with every key attribute given."""


@dataclass(frozen=True, slots=True)
class Target(Generic[E]):
    """One item's primary key, as stored and as the attributes it is made of."""

    definition: Definition[E]
    key: Item
    values: dict[str, object]

    def __str__(self) -> str:
        return self.definition.name


def target_of(key: E | Read[E, Any]) -> Target[E]:
    """Find the primary key.

    Raises:
        StatementError: for a query of an index, or one that does not give every key attribute by equality.
        EncodeError: for key attributes that are missing, empty or too long.
    """
    if not isinstance(key, Read):
        definition = definition_of(type(key))
        values: dict[str, object] = {name: key.__dict__.get(name) for name in definition.primary_key.names}
        return Target(definition, primary_key_of(definition, values), values)
    return Target(key.definition, key.item_key, key.equalities)


def entity_in(key: E | Read[E, Any]) -> Definition[E]:
    """The entity that an item is of. Raises :class:`StatementError` for what names no item."""
    return key.definition if isinstance(key, Read) else definition_of(type(key))


def item_text(key: Entity | Read[Any, Any]) -> str:
    """What a message calls the item: by its query, or its entity, with its key under ``show_values``."""
    if isinstance(key, Read):
        return str(key)
    name = type(key).__name__
    if not values_shown():
        return name
    from dynakit.expressions.text import TextWriter

    written = [
        f"{one}={TextWriter().operand(Value(AttributePath(type(key), (one,)), key.__dict__.get(one)))}"
        for one in definition_of(type(key)).primary_key.names
    ]
    return f"{name}({', '.join(written)})"
