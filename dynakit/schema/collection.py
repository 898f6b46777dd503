"""``Collection``: a statement on one partition, or one range of it, in which several entities stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, TypeVar, overload

from dynakit.errors import StatementError, UnknownEntity
from dynakit.expressions.condition import Compare, Condition
from dynakit.expressions.operand import AttributePath, Value
from dynakit.expressions.text import condition_text
from dynakit.keys.given import KeyConditions, sort_conditions
from dynakit.keys.hull import hull, share
from dynakit.keys.plan import plan
from dynakit.keys.term import KeyPlan
from dynakit.schema.definition import Definition, EntityKey, definition_of
from dynakit.schema.mixed import Member, Mixed
from dynakit.schema.source import Verdict
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

M_co = TypeVar("M_co", bound="Entity", covariant=True)
A = TypeVar("A", bound="Entity")
B = TypeVar("B", bound="Entity")
C = TypeVar("C", bound="Entity")
D = TypeVar("D", bound="Entity")
F = TypeVar("F", bound="Entity")


@dataclass(frozen=True, init=False)
class Collection(Mixed[M_co]):
    """Read one partition of a table or index: items of several entities, in the order of the sort key.

    ``Collection((Customer, Order), Customer.customer_id == "c1")`` gives ``Customer | Order``. The
    conditions are on the partition key, whole and by equality, and may go on into the sort key where those
    of all entities begin alike; an attribute of one entity stands for those of the same name. Keywords are
    equalities. A key and those that go on behind it, as an invoice and its lines, share a range.
    """

    entities: tuple[type[Entity], ...]
    conditions: tuple[Condition[Any], ...]
    filters: tuple[Condition[Any], ...]
    index_name: str | None
    foreign: Literal["skip", "refuse"]

    @overload
    def __init__(
        self: Collection[A | B],
        entities: tuple[type[A], type[B]],
        *conditions: Condition[Any],
        index: str | None = None,
        **equal: object,
    ) -> None: ...
    @overload
    def __init__(
        self: Collection[A | B | C],
        entities: tuple[type[A], type[B], type[C]],
        *conditions: Condition[Any],
        index: str | None = None,
        **equal: object,
    ) -> None: ...
    @overload
    def __init__(
        self: Collection[A | B | C | D],
        entities: tuple[type[A], type[B], type[C], type[D]],
        *conditions: Condition[Any],
        index: str | None = None,
        **equal: object,
    ) -> None: ...
    @overload
    def __init__(
        self: Collection[A | B | C | D | F],
        entities: tuple[type[A], type[B], type[C], type[D], type[F]],
        *conditions: Condition[Any],
        index: str | None = None,
        **equal: object,
    ) -> None: ...
    @overload
    def __init__(
        self: Collection[A],
        entities: Sequence[type[A]],
        *conditions: Condition[Any],
        index: str | None = None,
        **equal: object,
    ) -> None: ...
    def __init__(
        self,
        entities: Sequence[type[Entity]],
        *conditions: Condition[Any],
        index: str | None = None,
        **equal: object,
    ) -> None:
        if not entities:
            raise StatementError("collect: got no entity; expected at least one.")
        super().__init__()
        paths = {name: AttributePath(entities[0], (name,)) for name in equal}
        equalities: list[Condition[Any]] = [
            Compare(path, "=", Value(path, equal[name])) for name, path in paths.items()
        ]
        object.__setattr__(self, "entities", tuple(entities))
        object.__setattr__(self, "conditions", (*conditions, *equalities))
        object.__setattr__(self, "filters", ())
        object.__setattr__(self, "index_name", index)
        object.__setattr__(self, "foreign", "skip")

    def filter(self, *conditions: Condition[Any]) -> Self:
        """Drop items after reading them: each condition those of the entity whose attributes it names.

        Items of the other entities stay. Raises :class:`StatementError` for a condition on none of them, and
        for rows that have no type attribute to tell them by.
        """
        made = self._with(filters=(*self.filters, *conditions))
        for condition in conditions:
            if not any(_is_on(condition, definition) for definition in self._definitions):
                raise StatementError(
                    f"{self}: `{condition_text(condition)}` is on none of its entities. Filter each entity "
                    "by its own attributes."
                )
        made.__dict__.pop("_members", None)
        made.__dict__.pop("_by_type", None)
        return made

    def refuse_foreign(self) -> Self:
        """Raise :class:`UnknownEntity` for an item that is none of these entities', instead of leaving it."""
        return self._with(foreign="refuse")

    @property
    def members(self) -> tuple[Member, ...]:
        return self._members

    @property
    def range(self) -> KeyPlan:
        return self._range

    @cached_property
    def _members(self) -> tuple[Member, ...]:
        """The entities, each with its pattern and conditions.

        Raises :class:`StatementError` when the conditions make no key condition for one of them, or they do
        not share a table, a partition and a range.
        """
        _ = self.table
        members = tuple(self._member(definition) for definition in self._definitions)
        first = members[0]
        for member in members[1:]:
            if member.plan.partition != first.plan.partition:
                self._refuse(member, first, "partition", "their partition keys differ")
        widest = next((one for one in members if all(share(one.plan, two.plan) for two in members)), None)
        if widest is None:
            other = next(one for one in members if not share(first.plan, one.plan))
            self._refuse(other, first, "range", "their sort keys differ where the conditions end")
        return members

    @cached_property
    def _range(self) -> KeyPlan:
        return hull([member.plan for member in self.members])

    @property
    def table(self) -> Table:
        """The one table. Raises :class:`StatementError` when the entities are not all on one."""
        tables = {definition.stored_in for definition in self._definitions}
        if len(tables) != 1:
            raise StatementError(f"{self}: expected entities of one table, got {len(tables)} tables.")
        return tables.pop()

    def foreign_verdict(self, row: Item) -> Verdict:
        if self.foreign == "skip":
            return "foreign"
        name = self.table.type_attribute
        type_name = row.get(name, {}).get("S") if name else None
        raise UnknownEntity(
            f"{self}: an item of type {type_name!r} is in the partition; expected one of these entities. "
            'Add its entity, or pass foreign="skip".',
            type_name=type_name,
            key={key: row[key] for key in self.table.key_names},
        )

    @property
    def _definitions(self) -> list[Definition[Any]]:
        return [definition_of(entity) for entity in self.entities]

    def _member(self, definition: Definition[Any]) -> Member:
        given = self._given
        key = self._key(definition, given)
        partition = {name for part in key.partition for name in part.names}
        # Without a condition on the sort key the whole partition is read, not each entity's own range.
        sort = () if partition.issuperset(given.names) else key.sort
        where = f"{self}: {definition.name}.{key.name}"
        planned = replace(plan(where, key.partition, sort, given), whole=False)
        own = tuple(one for one in self.filters if _is_on(one, definition))
        return Member(definition, key, planned, own)

    @property
    def _given(self) -> KeyConditions:
        for condition in self.conditions:
            for path in condition.paths():
                if not any(issubclass(entity, path.entity) for entity in self.entities):
                    raise StatementError(
                        f"{self}: {path.entity.__name__}.{path} belongs to another entity. Use an attribute "
                        "of these."
                    )
        return sort_conditions(str(self), self.conditions)

    def _key(self, definition: Definition[Any], given: KeyConditions) -> EntityKey:
        """The pattern on the table, or on the index: of several the one whose partition is given."""
        if self.index_name is None:
            return definition.primary_key
        every = definition.keys.values()
        keys = [key for key in every if key.index is not None and key.index.name == self.index_name]
        if not keys:
            raise StatementError(f"{self}: {definition.name} has no pattern on index {self.index_name!r}.")
        fitting = (key for key in keys if all(set(part.names) <= set(given.equal) for part in key.partition))
        return next(fitting, keys[0])

    def _refuse(self, member: Member, first: Member, what: str, why: str) -> NoReturn:
        raise StatementError(
            f"{self}: {member.definition.name} does not share a {what} with {first.definition.name}; {why}. "
            "Read them by two statements."
        )

    def __str__(self) -> str:
        names = ", ".join(entity.__name__ for entity in self.entities)
        index = "" if self.index_name is None else f" on {self.index_name}"
        where = " AND ".join(condition_text(condition) for condition in self.conditions)
        filters = " AND ".join(condition_text(condition) for condition in self.filters)
        text = f"collect {names}{index}" + (f" where {where}" if where else "")
        return ", ".join([text, *([f"filtered by {filters}"] if filters else []), *self.knob_words])


def _is_on(condition: Condition[Any], definition: Definition[Any]) -> bool:
    return all(issubclass(definition.entity, path.entity) for path in condition.paths())
