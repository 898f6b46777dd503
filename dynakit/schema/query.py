"""``Query``: an immutable statement on one pattern of one entity, compiled without I/O.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.compile import Placeholders, WireWriter, check_length
from dynakit.expressions.condition import Condition, all_of
from dynakit.expressions.operand import AttributePath
from dynakit.expressions.path import Path
from dynakit.expressions.text import condition_text
from dynakit.keys.given import sort_conditions
from dynakit.keys.plan import plan
from dynakit.keys.term import KeyPlan, KeyTerm
from dynakit.schema.definition import Definition, EntityKey, definition_of
from dynakit.schema.item import decode_item
from dynakit.schema.partial import Partial, decode_partial
from dynakit.schema.registry import neighbours
from dynakit.schema.resolver import EntityResolver
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
        """One page's request: from behind ``start``, reading at most ``size`` items, or only counting."""
        table, index = self.definition.stored_in, self.key.index
        payload: Payload = {"TableName": environment.table_name(table)}
        if index is not None:
            payload["IndexName"] = index.name
        placeholders = Placeholders()
        payload["KeyConditionExpression"] = check_length("key condition", self._key_condition(placeholders))
        self._add_filter(payload, placeholders)
        if count:
            payload["Select"] = "COUNT"
        elif self.paths:
            payload["ProjectionExpression"] = self._projection(placeholders)
        placeholders.add_to(payload)
        if not self.forward:
            payload["ScanIndexForward"] = False
        if self.consistent_read:
            payload["ConsistentRead"] = True
        if size is not None:
            payload["Limit"] = size
        if start is not None:
            payload["ExclusiveStartKey"] = start
        return Call("Query", payload)

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
    def filter_condition(self) -> Condition[E] | None:
        """What the user filters by. Raises :class:`StatementError` for a key attribute of the pattern."""
        own = {part.attribute for part in self.key.parts}
        resolver = EntityResolver(self.definition)
        for condition in self.filters:
            for path in condition.paths():
                if resolver.attribute(path).stored in own:
                    raise StatementError(
                        f"{self}: {path} is a key attribute of this pattern, which DynamoDB does not filter "
                        "by. "
                        f"Put it into {self.entity.__name__}.{self.pattern}(…)."
                    )
        return all_of(self.filters)

    @cached_property
    def meets_others(self) -> bool:
        """Whether items of other entities can fall into the range."""
        return any(True for _ in neighbours(self.definition, self.key, self.plan.depth))

    @property
    def filters_type(self) -> bool:
        """Whether the request filters by the type attribute, because others can fall into the range."""
        return self.meets_others and self._type_filterable()

    def _type_filterable(self) -> bool:
        table, index = self.definition.stored_in, self.key.index
        if table.type_attribute is None:
            return False
        projection = None if index is None else index.projection
        return projection is None or projection.type == "ALL" or table.type_attribute in projection.attributes

    def written_filter(self) -> str:
        """The filter and its values as canonical text: part of what a cursor is bound to."""
        payload: Payload = {}
        placeholders = Placeholders()
        self._add_filter(payload, placeholders)
        placeholders.add_to(payload)
        return json.dumps(payload, sort_keys=True)

    def _key_condition(self, placeholders: Placeholders) -> str:
        return " AND ".join(_term(term, placeholders) for term in (*self.plan.partition, *self.plan.sort))

    def _add_filter(self, payload: Payload, placeholders: Placeholders) -> None:
        written: list[str] = []
        condition = self.filter_condition
        if condition is not None:
            written.append(condition.write(WireWriter(EntityResolver(self.definition), placeholders)))
        if self.filters_type:
            name = placeholders.name(str(self.definition.stored_in.type_attribute))
            own = f"{name} = {placeholders.value({'S': self.definition.type_name})}"
            written = [f"({written[0]}) AND {own}" if written else own]
        if written:
            payload["FilterExpression"] = check_length("filter", written[0])

    def _projection(self, placeholders: Placeholders) -> str:
        """The projected paths, and what it takes to know the row: its key attributes and its type."""
        resolver, table = EntityResolver(self.definition), self.definition.stored_in
        told = self.definition.telling_keys(path.name for path in self.paths)
        names = [*table.key_names, *(part.attribute for key in (self.key, *told) for part in key.parts)]
        if self._type_filterable():
            names.append(str(table.type_attribute))
        asked = [
            resolver.stored(path) for path in self.paths if not self.definition.attribute(path.name).key_only
        ]
        written = [placeholders.path(steps) for steps in (*((name,) for name in names), *asked)]
        return ", ".join(dict.fromkeys(written))

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
        return ", ".join([words[0] if len(words) < 2 else f"{words[0]} {words[1]}", *words[2:]])


@dataclass(frozen=True)
class Query(Read[E, E]):
    """A query that gives whole entities."""

    def decode(self, row: Item) -> E:
        return decode_item(self.definition, row)

    def project(self, *paths: Path[E, Any]) -> Projected[E]:
        """Read only these attributes: rows of :class:`~dynakit.schema.partial.Partial`.

        A projection costs the same read units as the whole item. Raises :class:`StatementError` for a
        list element, whose position DynamoDB does not return: project the list.
        """
        for path in paths:
            if any(isinstance(step, int) for step in path.ref.steps):
                raise StatementError(f"{path!r}: a list element cannot be projected. Project the whole list.")
        return Projected(
            self.entity,
            self.pattern,
            self.conditions,
            self.filters,
            self.forward,
            self.consistent_read,
            self.max_results,
            self.max_evaluated,
            self.max_requests,
            tuple(path.ref for path in paths),
        )


@dataclass(frozen=True)
class Projected(Read[E, Partial[E]]):
    """A query that gives some attributes of each item."""

    projected: tuple[AttributePath, ...] = ()

    @property
    def paths(self) -> tuple[AttributePath, ...]:
        return self.projected

    def decode(self, row: Item) -> Partial[E]:
        return decode_partial(self.definition, row, self.projected)


def _term(term: KeyTerm, placeholders: Placeholders) -> str:
    name = placeholders.name(term.attribute)
    values = [placeholders.value(value) for value in term.values]
    if term.operator == "BETWEEN":
        return f"{name} BETWEEN {values[0]} AND {values[1]}"
    if term.operator == "begins_with":
        return f"begins_with({name}, {values[0]})"
    return f"{name} {term.operator} {values[0]}"


def _at_least_one(knob: str, count: int) -> int:
    if count < 1:
        raise StatementError(f"{knob}: got {count}; expected 1 or more.")
    return count
