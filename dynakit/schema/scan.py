"""``Scan``: an immutable statement that reads a whole table or index.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
"""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast, overload

from dynakit.errors import StatementError
from dynakit.expressions.condition import Condition
from dynakit.expressions.text import condition_text
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.knobs import Knobs
from dynakit.schema.registry import family_of
from dynakit.schema.scanned import Scanned, scan_call
from dynakit.table import Index, Table
from dynakit.values import dataclass
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

R_co = TypeVar("R_co", covariant=True)
A = TypeVar("A", bound="Entity")
B = TypeVar("B", bound="Entity")
C = TypeVar("C", bound="Entity")
D = TypeVar("D", bound="Entity")

MAX_SEGMENTS = 1_000_000
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html"""


@dataclass(frozen=True, init=False)
class Scan(Knobs, Generic[R_co]):
    """Read every item of one or more entities of a table, or of an index; in no order.

    ``Scan(Order)`` gives orders, ``Scan(Order, Customer)`` a union of both. Every item of the table is read
    and paid for, whatever is given; items of other entities, and dynakit's own, are left out. An item that
    is written while it runs may or may not be given.

    Raises :class:`StatementError` for no entity, and for entities of several tables.
    """

    _verb: ClassVar[str] = "Scan"

    entities: tuple[type[Entity], ...]
    index_name: str | None
    filters: tuple[Condition[Any], ...]
    total_segments: int
    at_once: int
    consistent_read: bool
    shows_expired: bool
    shows_deleted: bool
    trusts: bool
    gives_dicts: bool
    page_size: int | None
    read_units: float | None

    @overload
    def __init__(self: Scan[A], first: type[A], /, *, index: str | None = None) -> None: ...
    @overload
    def __init__(
        self: Scan[A | B], first: type[A], second: type[B], /, *, index: str | None = None
    ) -> None: ...
    @overload
    def __init__(
        self: Scan[A | B | C],
        first: type[A],
        second: type[B],
        third: type[C],
        /,
        *,
        index: str | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self: Scan[A | B | C | D],
        first: type[A],
        second: type[B],
        third: type[C],
        fourth: type[D],
        /,
        *,
        index: str | None = None,
    ) -> None: ...
    @overload
    def __init__(self: Scan[A], /, *entities: type[A], index: str | None = None) -> None: ...
    def __init__(self, /, *entities: type[Entity], index: str | None = None) -> None:
        if not entities:
            raise StatementError("scan: got no entity; expected at least one.")
        self._set(
            entities=tuple(dict.fromkeys(entities)),
            index_name=index,
            filters=(),
            total_segments=1,
            at_once=1,
            consistent_read=False,
            shows_expired=False,
            shows_deleted=False,
            trusts=False,
            gives_dicts=False,
            page_size=None,
            read_units=None,
        )
        tables = {definition_of(entity).stored_in for entity in entities}
        if len(tables) > 1:
            raise StatementError(f"{self}: expected entities of one table, got {len(tables)} tables.")

    def filter(self, *conditions: Condition[Any]) -> Self:
        """Drop items after reading them: each condition those of the entities whose attributes it names.

        Items of the other entities stay. Raises :class:`StatementError` for a condition on none of them.
        """
        for condition in conditions:
            if not any(is_on(condition, definition) for definition in self.definitions):
                raise StatementError(
                    f"{self}: `{condition_text(condition)}` is on none of its entities. Filter each entity "
                    "by its own attributes."
                )
        return self._with(filters=(*self.filters, *conditions))

    def segments(self, total: int, *, at_once: int = 4) -> Self:
        """Read the table in so many parts, ``at_once`` of them at the same time.

        DynamoDB spreads the items over the parts by their partition keys. At most ``at_once`` pages of 1 MB
        are held at a time. Raises :class:`StatementError` outside 1 to 1,000,000.
        """
        if not 1 <= total <= MAX_SEGMENTS:
            raise StatementError(f"{self}: segments: got {total:,}; expected 1 to {MAX_SEGMENTS:,}.")
        return self._with(total_segments=total, at_once=min(self._at_least_one("at_once", at_once), total))

    def read_units_per_second(self, units: float) -> Self:
        """Read at most so fast, on average, over all segments; by the capacity that replies report.

        One request reads up to 1 MB, which is 128 units: make it smaller with :meth:`items_per_request` where
        that is too much at once. Raises :class:`StatementError` for a rate of 0 or less.
        """
        if not units > 0:
            raise StatementError(f"{self}: read_units_per_second: got {units}; expected more than 0.")
        return self._with(read_units=float(units))

    def items_per_request(self, count: int) -> Self:
        """Read at most this many items with one request, before filtering (DynamoDB's ``Limit``)."""
        return self._with(page_size=self._at_least_one("items_per_request", count))

    def as_dicts(self) -> Scan[dict[str, object]]:
        """Give plain dicts of Python values by attribute name, without making and validating entities."""
        return cast("Scan[dict[str, object]]", self._with(gives_dicts=True))

    @property
    def table(self) -> Table:
        """The table."""
        return definition_of(self.entities[0]).stored_in

    @property
    def index(self) -> Index | None:
        """The index; ``None`` for the table itself."""
        return None if self.index_name is None else self.table.index(self.index_name)

    @cached_property
    def definitions(self) -> tuple[Definition[Any], ...]:
        """The entities and their subclasses. Raises :class:`StatementError` for abstract ones alone."""
        found = (member for entity in self.entities for member in family_of(definition_of(entity)))
        members = tuple({definition.entity: definition for definition in found}.values())
        if not members:
            raise StatementError(f"{self}: it is abstract and no entity derives from it, so it has no items.")
        return members

    @cached_property
    def scanned(self) -> tuple[Scanned, ...]:
        """Each entity with its part of the statement."""
        return tuple(
            Scanned(
                str(self),
                definition,
                self.index,
                tuple(one for one in self.filters if is_on(one, definition)),
            )
            for definition in self.definitions
        )

    @cached_property
    def by_type(self) -> dict[str, Scanned]:
        """The same by the type names of the entities."""
        return {one.definition.type_name: one for one in self.scanned}

    def compile(self, environment: Environment) -> Call:
        """The first request of the first segment exactly as it is sent.

        Raises:
            StatementError: when the statement is wrong.
            EncodeError: when a value does not fit its attribute.
        """
        return self.request(environment)

    def request(
        self, environment: Environment, segment: int = 0, *, start: Item | None = None, count: bool = False
    ) -> Call:
        """One request: of this segment, from behind ``start``; with ``count`` without items if it can be."""
        return scan_call(self, environment, segment, start=start, count=count)

    def bound(self, environment: Environment) -> str:
        """What a checkpoint is bound to: table, index, entities, filters, what is hidden, segments."""
        own = {one.definition.type_name: one.written() for one in self.scanned}
        shown = [self.shows_expired, self.shows_deleted]
        table = environment.table_name(self.table)
        return json.dumps([table, self.index_name, own, shown, self.total_segments], sort_keys=True)

    def _with(self, **changes: Any) -> Self:
        made = object.__new__(type(self))
        made._set(**{field.name: getattr(self, field.name) for field in fields(self)} | changes)
        return made

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __str__(self) -> str:
        words = [f"scan {', '.join(entity.__name__ for entity in self.entities)}"]
        words[0] += f" on {self.index_name}" if self.index_name else ""
        if self.filters:
            words.append("filtered by " + " AND ".join(map(condition_text, self.filters)))
        words += [f"in {self.total_segments} segments"] if self.total_segments > 1 else []
        words += ["consistently"] if self.consistent_read else []
        words += [f"at most {self.read_units:g} units a second"] if self.read_units else []
        return ", ".join(words)


def is_on(condition: Condition[Any], definition: Definition[Any]) -> bool:
    """Whether every path of a condition is of this entity."""
    return all(issubclass(definition.entity, path.entity) for path in condition.paths())
