"""``one_of``: a query under one pattern whose results are a union of entities, closed to type checkers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from dynakit.errors import StatementError
from dynakit.expressions.compile import Placeholders
from dynakit.keys.given import sort_conditions
from dynakit.keys.plan import plan
from dynakit.schema.definition import Definition, EntityKey, definition_of
from dynakit.schema.family import type_of
from dynakit.schema.item import decode_item, is_of
from dynakit.schema.query import Query, Read
from dynakit.schema.registry import family_of, neighbours
from dynakit.schema.source import Verdict
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from datetime import datetime

    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
R_co = TypeVar("R_co", covariant=True)
T1 = TypeVar("T1", bound="Entity")
T2 = TypeVar("T2", bound="Entity")
T3 = TypeVar("T3", bound="Entity")
T4 = TypeVar("T4", bound="Entity")


@dataclass(frozen=True)
class OneOf(Read[E, R_co], Generic[E, R_co]):
    """A query of entity ``E`` that gives some entities only; made by :func:`one_of`."""

    among: tuple[type[Entity], ...] = ()

    @property
    def members(self) -> tuple[Definition[Any], ...]:
        found = (member for entity in self.among for member in family_of(definition_of(entity)))
        return tuple({member.entity: member for member in found}.values())

    @property
    def meets_others(self) -> bool:
        return any(True for _ in neighbours(self.definition, self.key, self.plan.depth, self.members))

    @property
    def bound(self) -> list[object]:
        return [*super().bound, [member.type_name for member in self.members]]

    def filter_text(self, placeholders: Placeholders, environment: Environment) -> str | None:
        for condition in self.filters:
            for path in condition.paths():
                for member in self.members:
                    _check_alike(self, member, path.name)
        return super().filter_text(placeholders, environment)

    @property
    def judges_rows(self) -> bool:
        return True

    def verdict(self, row: Item, now: datetime) -> Verdict:
        if not any(is_of(member, row) for member in self.members):
            return "dropped"
        return "dropped" if self.hides and self.is_hidden(row, now) else "kept"

    def decode(self, row: Item) -> R_co:
        type_name = type_of(self.definition, row)
        named = [one for one in self.members if one.type_name == type_name or type_name is None]
        member = next((one for one in named if is_of(one, row)), self.members[0])
        result: R_co = decode_item(member, row, whole=self.key.gives_whole_items, trusted=self.trusts)
        return result

    def __str__(self) -> str:
        return f"{super().__str__()}, one of {', '.join(entity.__name__ for entity in self.among)}"


@overload
def one_of(query: Query[E], first: type[T1], /) -> OneOf[E, T1]: ...
@overload
def one_of(query: Query[E], first: type[T1], second: type[T2], /) -> OneOf[E, T1 | T2]: ...
@overload
def one_of(
    query: Query[E], first: type[T1], second: type[T2], third: type[T3], /
) -> OneOf[E, T1 | T2 | T3]: ...
@overload
def one_of(
    query: Query[E], first: type[T1], second: type[T2], third: type[T3], fourth: type[T4], /
) -> OneOf[E, T1 | T2 | T3 | T4]: ...
def one_of(query: Query[Any], /, *entities: type[Any]) -> OneOf[Any, Any]:
    """Read a range for these entities only: the results are of type ``Card | Bank``.

    ``one_of(Payment.primary(customer_id="c1"), Card, Bank)``: the entities are subclasses of the query's, or
    others with a pattern on the same index that renders the same keys. What else is in the range is read,
    paid for and left out.

    Raises:
        StatementError: for no entity, one whose items are not in the range, and one that hides its items by
            other attributes than the query's.
    """
    if not entities:
        raise StatementError(f"{query}: one_of got no entity; expected at least one.")
    definitions = [definition_of(entity) for entity in entities]
    for definition in definitions:
        _check_member(query, definition)
    own = {name: getattr(query, name) for name in query.__dataclass_fields__}
    return OneOf(**own, among=tuple(entities))


def _check_member(query: Query[Any], definition: Definition[Any]) -> None:
    if not issubclass(definition.entity, query.entity) and not _shares_range(query, definition):
        raise StatementError(
            f"{query}: the items of {definition.name} are not in this range. Expected subclasses of "
            f"{query.entity.__name__}, or entities with the same key templates there."
        )
    hiding = {one.stored for one in definition.lifecycle.hides}
    if hiding != {one.stored for one in query.definition.lifecycle.hides}:
        raise StatementError(
            f"{query}: {definition.name} has other attributes that hide items, expires() or deleted(), than "
            f"{query.entity.__name__}. Query them one by one."
        )


def _shares_range(query: Query[Any], definition: Definition[Any]) -> bool:
    """Whether another entity's pattern gives the same range for the same values."""
    index = query.key.index
    if definition.table != query.table:
        return False
    theirs = [key for key in definition.keys.values() if key.index == index]
    return any(_same_range(query, key) for key in theirs)


def _same_range(query: Query[Any], key: EntityKey) -> bool:
    where = str(query)
    try:
        planned = plan(where, key.partition, key.sort, sort_conditions(where, query.conditions))
    except StatementError:
        return False
    return (planned.partition, planned.sort) == (query.plan.partition, query.plan.sort)


def _check_alike(read: OneOf[Any, Any], member: Definition[Any], name: str) -> None:
    own, theirs = read.definition.attribute(name), member.attributes.get(name)
    if theirs is None or (own.stored, own.codec.attribute_type) != (
        theirs.stored,
        theirs.codec.attribute_type,
    ):
        raise StatementError(
            f"{read}: {member.name} does not store {name} as {read.entity.__name__} does, so it cannot be "
            "filtered by. Filter by what all of them have."
        )
