"""``Query``: an immutable statement on one pattern of one entity, compiled without I/O.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.compile import Placeholders
from dynakit.expressions.condition import Condition
from dynakit.expressions.operand import AttributePath
from dynakit.expressions.path import Path
from dynakit.expressions.text import condition_text
from dynakit.keys.given import sort_conditions
from dynakit.keys.plan import plan
from dynakit.keys.term import KeyPlan
from dynakit.schema.definition import Definition, EntityKey, definition_of
from dynakit.schema.item import decode_item
from dynakit.schema.partial import Partial, decode_partial
from dynakit.schema.registry import neighbours
from dynakit.schema.request import query_call, user_filter
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
R_co = TypeVar("R_co", covariant=True)


FIRST_FILTERED_PAGE = 32
"""Items read by the first request of a query that has a limit and drops items after reading them."""


@dataclass(frozen=True)
class Read(Generic[E, R_co]):
    """A query of entity ``E`` whose results are of type ``R_co``: the entity, or a partial of it."""

    entity: type[E]
    pattern: str
    conditions: tuple[Condition[E], ...] = ()
    filters: tuple[Condition[E], ...] = ()
    forward: bool = True
    consistent_read: bool = False
    max_results: int | None = None
    max_evaluated: int | None = None
    max_requests: int | None = None

    def filter(self, *conditions: Condition[E]) -> Self:
        """Drop items after reading them: they cost read units and are not returned."""
        return replace(self, filters=(*self.filters, *conditions))

    def newest_first(self) -> Self:
        """Descending order of the sort key."""
        return replace(self, forward=False)

    def oldest_first(self) -> Self:
        """Ascending order of the sort key: the default."""
        return replace(self, forward=True)

    def consistent(self) -> Self:
        """Read strongly consistently, at twice the read units. Not on a global index.

        Raises :class:`StatementError` on a global index, which has no consistent reads.
        """
        index = self.key.index
        if index is not None and not index.local:
            raise StatementError(
                f"{self}: global index {index.name!r} has no consistent reads. Query the table."
            )
        return replace(self, consistent_read=True)

    def limit(self, count: int) -> Self:
        """At most this many results, after filtering."""
        return replace(self, max_results=_at_least_one("limit", count))

    def evaluate_at_most(self, count: int) -> Self:
        """Read at most this many items, before filtering (DynamoDB's ``Limit``, over all pages)."""
        return replace(self, max_evaluated=_at_least_one("evaluate_at_most", count))

    def requests_at_most(self, count: int) -> Self:
        """Send at most this many requests."""
        return replace(self, max_requests=_at_least_one("requests_at_most", count))

    @property
    def definition(self) -> Definition[E]:
        """The definition of the entity."""
        return definition_of(self.entity)

    @property
    def key(self) -> EntityKey:
        """The pattern's key. Raises :class:`StatementError` for an entity without a table."""
        definition = self.definition
        definition.stored_in  # noqa: B018 - raises for an entity without a table
        return definition.key(self.pattern)

    @property
    def equalities(self) -> dict[str, object]:
        """The values that key attributes are given by equality, by Python name."""
        return dict(sort_conditions(str(self), self.conditions).equal)

    @cached_property
    def plan(self) -> KeyPlan:
        """The key condition. Raises :class:`StatementError` when the conditions do not make one."""
        where = f"{self.entity.__name__}.{self.pattern}"
        for condition in self.conditions:
            for path in condition.paths():
                if not issubclass(self.entity, path.entity):
                    raise StatementError(f"{where}: {path.entity.__name__}.{path} belongs to another entity.")
                self.definition.attribute(path.name)
        return plan(where, self.key.partition, self.key.sort, sort_conditions(where, self.conditions))

    @property
    def paths(self) -> tuple[AttributePath, ...]:
        """The projected paths; empty for whole items."""
        return ()

    def decode(self, row: Item) -> R_co:
        """Read one row as a result. Raises :class:`DecodeError`."""
        raise NotImplementedError

    def compile(self, environment: Environment) -> Call:
        """The first request exactly as it is sent.

        Raises:
            StatementError: when the statement is wrong, or can match nothing, so that nothing is sent.
            EncodeError: when a value does not fit its attribute.
        """
        if self.plan.empty:
            raise StatementError(f"{self}: its range is empty; nothing is sent and nothing can match.")
        return self.request(environment, size=self.page_size())

    def request(
        self,
        environment: Environment,
        *,
        start: Item | None = None,
        size: int | None = None,
        count: bool = False,
    ) -> Call:
        """One page's request: from behind ``start``, reading at most ``size`` items.

        With ``count`` no more of them than counting takes.
        """
        return query_call(self, environment, start=start, size=size, count=count)

    def page_size(self, results: int = 0, evaluated: int = 0, requests: int = 0) -> int | None:
        """How many items the next request may read, after so many results, items read and requests.

        No more than can be needed; where items are dropped after reading, twice as many with each request.
        """
        sizes: list[int] = []
        if self.max_results is not None:
            needed = self.max_results - results
            drops = bool(self.filters) or self.meets_others
            sizes.append(max(needed, FIRST_FILTERED_PAGE << min(requests, 20)) if drops else needed)
        if self.max_evaluated is not None:
            sizes.append(self.max_evaluated - evaluated)
        return min(sizes) if sizes else None

    @cached_property
    def meets_others(self) -> bool:
        """Whether items of other entities can fall into the range."""
        return any(True for _ in neighbours(self.definition, self.key, self.plan.depth))

    @property
    def filters_type(self) -> bool:
        """Whether the request filters by the type attribute, because others can fall into the range."""
        return self.meets_others and self.holds_type

    @property
    def drops_rows(self) -> bool:
        """Whether rows of other entities come back and are told from their keys, for lack of the type."""
        return self.meets_others and not self.holds_type

    @property
    def holds_type(self) -> bool:
        """Whether rows have the type attribute."""
        table = self.definition.stored_in
        name, held = table.type_attribute, table.held_by(self.key.index)
        return name is not None and (held is None or name in held)

    def written_filter(self) -> str:
        """The user's filter and its values as canonical text: part of what a cursor is bound to."""
        placeholders = Placeholders()
        payload: Payload = {"FilterExpression": user_filter(self, placeholders)}
        placeholders.add_to(payload)
        return json.dumps(payload, sort_keys=True)

    def __str__(self) -> str:
        words = [f"{self.entity.__name__}.{self.pattern}"]
        if self.conditions:
            words.append("where " + " AND ".join(condition_text(condition) for condition in self.conditions))
        if self.filters:
            words.append(
                "filtered by " + " AND ".join(condition_text(condition) for condition in self.filters)
            )
        words += [] if self.forward else ["newest first"]
        words += ["consistently"] if self.consistent_read else []
        words += [f"at most {self.max_results}"] if self.max_results else []
        words += [f"reading at most {self.max_evaluated}"] if self.max_evaluated else []
        words += [f"in at most {self.max_requests} requests"] if self.max_requests else []
        words += [f"only {', '.join(map(str, self.paths))}"] if self.paths else []
        return ", ".join([words[0] if len(words) < 2 else f"{words[0]} {words[1]}", *words[2:]])


@dataclass(frozen=True)
class Query(Read[E, E]):
    """A query that gives whole entities."""

    def decode(self, row: Item) -> E:
        return decode_item(self.definition, row, whole=self.key.gives_whole_items)

    def project(self, *paths: Path[E, Any]) -> Projected[E]:
        """Read only these attributes: rows of :class:`~dynakit.schema.partial.Partial`.

        A projection costs the same read units as the whole item. Raises :class:`StatementError` for no
        path, or a list element, whose position DynamoDB does not return: project the list.
        """
        if not paths:
            raise StatementError(f"{self}: got nothing to project; expected at least one attribute.")
        for path in paths:
            if any(isinstance(step, int) for step in path.ref.steps):
                raise StatementError(f"{path!r}: a list element cannot be projected. Project the whole list.")
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return Projected(**own, projected=tuple(path.ref for path in paths))


@dataclass(frozen=True)
class Projected(Read[E, Partial[E]]):
    """A query that gives some attributes of each item."""

    projected: tuple[AttributePath, ...] = ()

    @property
    def paths(self) -> tuple[AttributePath, ...]:
        return self.projected

    def decode(self, row: Item) -> Partial[E]:
        return decode_partial(self.definition, row, self.projected)


def _at_least_one(knob: str, count: int) -> int:
    if count < 1:
        raise StatementError(f"{knob}: got {count}; expected 1 or more.")
    return count
