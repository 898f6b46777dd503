"""``Query``: an immutable statement on one pattern of one entity, compiled without I/O.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import field, fields
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.operand import AttributePath
from dynakit.keys.given import KeyConditions, sort_conditions
from dynakit.schema.definition import Definition, EntityKey, definition_of
from dynakit.schema.hidden import hidden_filter, hiding
from dynakit.schema.item import decode_item, decode_items, decode_texts, is_of, primary_key_of
from dynakit.schema.lifecycle import is_hidden
from dynakit.schema.partial import Partial, decode_partial, decode_values, plain_values
from dynakit.schema.registry import family_of, meets_others, neighbours
from dynakit.schema.source import Source, Verdict
from dynakit.unparsed import Items, UnparsedItems
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.expressions.compile import Placeholders
    from dynakit.expressions.condition import Condition
    from dynakit.expressions.path import Path
    from dynakit.keys.term import KeyPlan
    from dynakit.schema.definition import Attribute
    from dynakit.schema.entity import Entity
    from dynakit.table import Index, Table
    from dynakit.wire import Item, Payload

E = TypeVar("E", bound="Entity")
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, repr=False)
class Read(Source[R_co], Generic[E, R_co]):
    """A query of entity ``E`` whose results are of type ``R_co``: the entity, or a partial of it."""

    entity: type[E]
    pattern: str
    conditions: tuple[Condition[E], ...] = ()
    filters: tuple[Condition[E], ...] = ()

    def filter(self, *conditions: Condition[E]) -> Self:
        """Drop items after reading them: they cost read units and are not returned."""
        filtered = self._with(filters=(*self.filters, *conditions))
        vars(filtered).pop("item_key", None)
        return filtered

    def keyed_by(self, conditions: tuple[Condition[E], ...], given: KeyConditions | None = None) -> Self:
        """Give a query that has none its key conditions; ``given`` is what they say, where that is known."""
        made = self._with(conditions=conditions)
        if given is not None:
            vars(made)["given"] = given
        return made

    @cached_property
    def definition(self) -> Definition[E]:
        """The definition of the entity."""
        return definition_of(self.entity)

    @cached_property
    def key(self) -> EntityKey:
        """The pattern's key. Raises :class:`StatementError` for an entity without a table."""
        definition = self.definition
        definition.stored_in  # noqa: B018 - raises for an entity without a table
        return definition.key(self.pattern)

    @property
    def table(self) -> Table:
        return self.definition.stored_in

    @property
    def index(self) -> Index | None:
        return self.key.index

    @property
    def range(self) -> KeyPlan:
        return self.plan

    @property
    def equalities(self) -> dict[str, object]:
        """The values that key attributes are given by equality, by Python name."""
        return dict(self.given.equal)

    @cached_property
    def item_key(self) -> Item:
        """The primary key of the one item that it names.

        Raises :class:`StatementError` where it does not name one, :class:`EncodeError` for a value that does
        not fit.
        """
        definition = self.definition
        primary = definition.primary_key
        if not self.names_one:
            raise StatementError(
                f"{self}: it does not name one item; expected {definition.name}.{primary.name} with "
                f"{', '.join(primary.names)} by equality and no filter."
            )
        return primary_key_of(definition, self.given.equal)

    @property
    def names_one(self) -> bool:
        """Whether it is on the primary key, gives all of it by equality, and filters nothing."""
        key = self.key
        if key.index is not None or self.filters:
            return False
        given = self.given
        # Of these a plan would say the same, later.
        return (given.range is None and set(given.equal) == set(key.names)) or self.plan.whole

    @cached_property
    def given(self) -> KeyConditions:
        """What the conditions say of the key. Raises :class:`StatementError` for what is no key condition."""
        return sort_conditions(f"{self.entity.__name__}.{self.pattern}", self.conditions)

    @cached_property
    def plan(self) -> KeyPlan:
        """The key condition. Raises :class:`StatementError` when the conditions do not make one."""
        from dynakit.keys.plan import plan

        where = f"{self.entity.__name__}.{self.pattern}"
        for condition in self.conditions:
            for path in condition.paths():
                if path.entity is not self.entity and not issubclass(self.entity, path.entity):
                    raise StatementError(f"{where}: {path.entity.__name__}.{path} belongs to another entity.")
                self.definition.attribute(path.name)
        return plan(where, self.key.partition, self.key.sort, self.given)

    @property
    def paths(self) -> tuple[AttributePath, ...]:
        """The projected paths; empty for whole items."""
        return ()

    @property
    def members(self) -> tuple[Definition[Any], ...]:
        """Whose items are results: the entity's and its subclasses'."""
        return family_of(self.definition)

    @property
    def meets_others(self) -> bool:
        """Whether items of other entities can fall into the range."""
        return meets_others(self.definition, self.key, self.plan.depth)

    @property
    def filters_type(self) -> bool:
        """Whether the request filters by the type attribute, because others can fall into the range."""
        return self.meets_others and self.holds_type

    @property
    def drops_rows(self) -> bool:
        """Whether rows come back that are no results, as only their keys tell."""
        return self.meets_others and not self.holds_type

    @property
    def judges_rows(self) -> bool:
        return self.drops_rows

    @property
    def drops(self) -> bool:
        return bool(self.filters) or bool(self.hides) or self.meets_others

    @property
    def holds_type(self) -> bool:
        """Whether rows have the type attribute."""
        name, held = self.table.type_attribute, self.table.held_by(self.key.index)
        return name is not None and (held is None or name in held)

    @property
    def hides(self) -> list[Attribute]:
        """The attributes by which items are left out: expiry and soft deletion."""
        return hiding(self.definition, expired=self.shows_expired, deleted=self.shows_deleted)

    @property
    def bound(self) -> list[object]:
        return [self.definition.type_name, self.written_filter()]

    def written_filter(self) -> str:
        """The user's filter and its values as canonical text: part of what a cursor is bound to."""
        from dynakit.expressions.compile import Placeholders
        from dynakit.schema.request import user_filter

        placeholders = Placeholders()
        written = user_filter(self, self.definition, self.key, self.filters, placeholders)
        payload: Payload = {"FilterExpression": written}
        placeholders.add_to(payload)
        return json.dumps(payload, sort_keys=True)

    def filter_text(self, placeholders: Placeholders, environment: Environment) -> str | None:
        from dynakit.schema.request import check_told, joined_filter, own_type, user_filter

        written = user_filter(self, self.definition, self.key, self.filters, placeholders)
        if self.index is not None and not self.holds_type:
            check_told(self, neighbours(self.definition, self.key, self.plan.depth, self.members))
        own = own_type(self.definition, placeholders, self.members) if self.filters_type else None
        return joined_filter(written, own, self._hidden_text(placeholders, environment))

    def selection(self, placeholders: Placeholders, *, count: bool) -> Payload:
        from dynakit.schema.request import counted, selected

        return counted(self, placeholders) if count else selected(self, placeholders)

    def verdict(self, row: Item, now: datetime) -> Verdict:
        return "dropped" if self.drops_rows and not is_of(self.definition, row) else "kept"

    def is_hidden(self, item: Item, now: datetime) -> bool:
        """Whether an item is left out, expired or softly deleted."""
        lifecycle = self.definition.lifecycle
        return is_hidden(lifecycle, item, now, expired=self.shows_expired, deleted=self.shows_deleted)

    def _hidden_text(self, placeholders: Placeholders, environment: Environment) -> str | None:
        """The filter that leaves hidden items out, as far as the request can."""
        if not self.definition.lifecycle.hides:
            return None
        filtered = self._filtered_by()
        if not filtered:
            return None
        lifecycle = self.definition.lifecycle
        return hidden_filter(
            self.definition,
            placeholders,
            environment.now(),
            expired=lifecycle.expires not in filtered,
            deleted=lifecycle.deleted not in filtered,
        )

    def is_unheld(self, stored: str) -> bool:
        """Whether rows lack this attribute, because the index does not hold it."""
        held = self.table.held_by(self.index)
        return held is not None and stored not in held

    def _filtered_by(self) -> list[Attribute]:
        """Those of the hiding attributes that DynamoDB filters by. Raises where the index lacks one."""
        if self.hides:
            from dynakit.schema.request import check_hiding_held

            check_hiding_held(self, self.definition, self.key, self.hides)
        return self.hides

    def __getstate__(self) -> dict[str, object]:
        # What was found out about it is found out again, and may not be what pickles.
        return _own(self)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        from dynakit.expressions.text import condition_text

        words = [f"{self.entity.__name__}.{self.pattern}"]
        if self.conditions:
            words.append("where " + " AND ".join(condition_text(condition) for condition in self.conditions))
        if self.filters:
            words.append(
                "filtered by " + " AND ".join(condition_text(condition) for condition in self.filters)
            )
        words += self.knob_words
        words += [f"only {', '.join(map(str, self.paths))}"] if self.paths else []
        return ", ".join([words[0] if len(words) < 2 else f"{words[0]} {words[1]}", *words[2:]])


@dataclass(frozen=True, repr=False)
class Query(Read[E, E]):
    """A query that gives whole entities."""

    def decode(self, row: Item) -> E:
        return decode_item(self.definition, row, whole=self.key.gives_whole_items, trusted=self.trusts)

    @property
    def keeps_bytes(self) -> bool:
        return not self.judges_rows

    def decoded(self, rows: Items) -> list[E]:
        whole = self.key.gives_whole_items
        if isinstance(rows, UnparsedItems):
            return decode_texts(self.definition, rows.texts(), whole=whole, trusted=self.trusts)
        return decode_items(self.definition, rows, whole=whole, trusted=self.trusts)

    def project(self, *paths: Path[E, Any]) -> Projected[E]:
        """Read only these attributes: rows of :class:`~dynakit.schema.partial.Partial`.

        A projection costs the same read units as the whole item. On an index that does not hold everything,
        attributes that its keys are made of are read from them. Raises :class:`StatementError` for no path,
        or a list element, whose position DynamoDB does not return: project the list.
        """
        if not paths:
            raise StatementError(f"{self}: got nothing to project; expected at least one attribute.")
        for path in paths:
            if any(isinstance(step, int) for step in path.ref.steps):
                raise StatementError(f"{path!r}: a list element cannot be projected. Project the whole list.")
        return Projected(**_own(self), projected=tuple(path.ref for path in paths))

    def held(self) -> Projected[E]:
        """Read every attribute that the index holds, or that its keys tell: rows of ``Partial``."""
        from dynakit.schema.request import readable

        paths = (AttributePath(self.entity, (name,)) for name in readable(self.definition, self.key))
        return Projected(**_own(self), projected=tuple(paths))

    def hydrate(
        self, *, consistent: bool = False, on_missing: Callable[[Query[E]], object] | None = None
    ) -> Hydrated[E]:
        """Read the keys from the index, and the whole items from the table, in batches of 100, in order.

        Items are given as the table has them, ``consistent`` reads them so, at twice the read units. Those
        that are gone from the table by then are left out; ``on_missing`` is called with the key of each, and
        a page lists them in ``missing``. Raises :class:`StatementError` for a query of the table itself.
        """
        if self.index is None:
            raise StatementError(f"{self}: it reads the table already. Leave out .hydrate().")
        return Hydrated(**_own(self), items_consistent=consistent, on_missing=on_missing)

    def as_dicts(self) -> Dicts[E]:
        """Give plain dicts of Python values by attribute name, without making and validating entities."""
        return Dicts(**_own(self))


@dataclass(frozen=True, repr=False)
class Projected(Read[E, Partial[E]]):
    """A query that gives some attributes of each item."""

    projected: tuple[AttributePath, ...] = ()

    @property
    def paths(self) -> tuple[AttributePath, ...]:
        return self.projected

    def decode(self, row: Item) -> Partial[E]:
        return decode_partial(self.definition, row, self.projected, self.key)

    def as_dicts(self) -> Dicts[E]:
        """Give plain dicts of Python values by path, such as ``{"total": …, "ship_to.city": …}``."""
        return Dicts(**_own(self))


@dataclass(frozen=True, repr=False)
class Dicts(Read[E, dict[str, object]]):
    """A query that gives plain dicts: of whole items, or of what is projected."""

    projected: tuple[AttributePath, ...] = ()

    @property
    def paths(self) -> tuple[AttributePath, ...]:
        return self.projected

    def decode(self, row: Item) -> dict[str, object]:
        if not self.projected:
            return decode_values(self.definition, row, self.key)
        return plain_values(decode_partial(self.definition, row, self.projected, self.key))


@dataclass(frozen=True, repr=False)
class Hydrated(Read[E, E]):
    """A query of an index that gives the whole items of the table."""

    items_consistent: bool = False
    on_missing: Callable[[Query[E]], object] | None = field(default=None, compare=False)

    def decode(self, row: Item) -> E:
        return decode_item(self.definition, row, trusted=self.trusts)

    def primary(self, row: Item) -> Query[E]:
        """The key of a row's item."""
        definition = self.definition
        primary = definition.primary_key
        values = primary.read(row) or {}
        pattern: Callable[..., Query[E]] = getattr(self.entity, primary.name)
        return pattern(**values)

    def selection(self, placeholders: Placeholders, *, count: bool) -> Payload:
        from dynakit.schema.request import check_hiding_held, counted, keys_selected

        if not count:
            return keys_selected(self, placeholders)
        check_hiding_held(self, self.definition, self.key, self.hides)
        return counted(self, placeholders)

    def _filtered_by(self) -> list[Attribute]:
        """What the index does not hold is looked at in the items."""
        return [one for one in self.hides if not self.is_unheld(one.stored)]

    def __str__(self) -> str:
        return f"{super().__str__()}, hydrated"


def _own(read: Read[Any, Any]) -> dict[str, Any]:
    """The fields of a query, for one with other results."""
    return {one.name: getattr(read, one.name) for one in fields(read)}
