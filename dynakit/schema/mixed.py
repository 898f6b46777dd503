"""``Mixed``: a statement on a range that several entities share, whose rows are told apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.compile import Placeholders
from dynakit.expressions.condition import Condition
from dynakit.keys.term import KeyPlan
from dynakit.schema.definition import Definition, EntityKey
from dynakit.schema.hidden import hidden_filter
from dynakit.schema.item import decode_item, is_of
from dynakit.schema.lifecycle import is_hidden
from dynakit.schema.registry import family_of
from dynakit.schema.request import missing_from, own_type, user_filter, whole_rows
from dynakit.schema.source import Source, Verdict
from dynakit.table import Index, Table
from dynakit.values import dataclass
from dynakit.wire import Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

M_co = TypeVar("M_co", bound="Entity", covariant=True)


@dataclass(frozen=True)
class Member:
    """One entity of a mixed range: its pattern there, its own key condition, its own filters."""

    definition: Definition[Any]
    key: EntityKey
    plan: KeyPlan
    filters: tuple[Condition[Any], ...] = ()

    def spans(self, row: Item) -> bool:
        """Whether a row lies in this entity's own range."""
        return all(term.attribute in row and term.admits(row[term.attribute]) for term in self.plan.sort)


class Mixed(Source[M_co]):
    """A statement whose results are of several entities; ``M_co`` is their union."""

    @property
    def members(self) -> tuple[Member, ...]:
        """The entities, each with its part of the statement."""
        raise NotImplementedError

    @property
    def table(self) -> Table:
        return self.members[0].definition.stored_in

    @property
    def index(self) -> Index | None:
        return self.members[0].key.index

    @property
    def drops(self) -> bool:
        """Others' items are read along: how many is not known."""
        return True

    @property
    def bound(self) -> list[object]:
        placeholders = Placeholders()
        written = {one.definition.type_name: self._written(one, placeholders) for one in self.members}
        payload: Payload = {"filters": {name: text for name, text in sorted(written.items()) if text}}
        placeholders.add_to(payload)
        return [sorted(written), json.dumps(payload, sort_keys=True)]

    def filter_text(self, placeholders: Placeholders, environment: Environment) -> str | None:
        """Each entity's own filter, on its rows alone; rows of others pass."""
        texts = list(self._texts(placeholders, environment))
        if texts and any(member.filters for member in self.members):
            # A row without a type could be of an entity that is filtered.
            texts.insert(0, f"attribute_exists({placeholders.name(str(self.table.type_attribute))})")
        return " AND ".join(texts) or None

    def selection(self, placeholders: Placeholders, *, count: bool) -> Payload:
        for member in self.members:
            self._check_whole(member)
        return whole_rows(self.members[0].definition, self.members[0].key)

    def verdict(self, row: Item, now: datetime) -> Verdict:
        member = self.member_of(row)
        if member is None:
            return self.foreign_verdict(row)
        return "kept" if member.spans(row) and not self._hides(member, row, now) else "dropped"

    def foreign_verdict(self, row: Item) -> Verdict:
        """What becomes of a row of none of the entities."""
        return "foreign"

    def decode(self, row: Item) -> M_co:
        # A row that is kept is of the entity whose type it has: its key was looked at before.
        member = self._likely(row) or self.member_of(row)
        assert member is not None, "a foreign row is not kept"
        entity: M_co = decode_item(
            member.definition, row, whole=member.key.gives_whole_items, trusted=self.trusts
        )
        return entity

    def member_of(self, row: Item) -> Member | None:
        """The entity of a row; ``None`` for a foreign one."""
        likely = self._likely(row)
        if likely is not None and is_of(likely.definition, row):
            return likely
        return next((one for one in self.members if is_of(one.definition, row)), None)

    def _likely(self, row: Item) -> Member | None:
        """The entity whose type a row has."""
        name = self.table.type_attribute
        return None if name is None else self._by_type.get(row.get(name, {}).get("S", ""))

    @cached_property
    def _by_type(self) -> dict[str, Member]:
        return {one.type_name: member for member in self.members for one in family_of(member.definition)}

    def _texts(self, placeholders: Placeholders, environment: Environment) -> Iterator[str]:
        for member in self.members:
            written = self._written(member, placeholders)
            hidden = self._hidden(member, placeholders, environment)
            text = f"({written}) AND {hidden}" if written and hidden else written or hidden
            if text:
                yield f"(NOT {own_type(member.definition, placeholders)} OR ({text}))"

    def _written(self, member: Member, placeholders: Placeholders) -> str | None:
        if not member.filters:
            return None
        if not self._holds_type:
            raise StatementError(
                f"{self}: rows have no type attribute by which a filter could tell {member.definition.name} "
                "from others. Leave out the filter, and choose among the results."
            )
        return user_filter(self, member.definition, member.key, member.filters, placeholders)

    def _hidden(self, member: Member, placeholders: Placeholders, environment: Environment) -> str | None:
        """The filter that saves transferring hidden items; they are told again when they are read."""
        if not member.definition.lifecycle.hides or not self._holds_type:
            return None
        return hidden_filter(
            member.definition,
            placeholders,
            environment.now(),
            expired=self.shows_expired,
            deleted=self.shows_deleted,
        )

    def _hides(self, member: Member, row: Item, now: datetime) -> bool:
        lifecycle = member.definition.lifecycle
        return is_hidden(lifecycle, row, now, expired=self.shows_expired, deleted=self.shows_deleted)

    @property
    def _holds_type(self) -> bool:
        name, held = self.table.type_attribute, self.table.held_by(self.index)
        return name is not None and (held is None or name in held)

    def _check_whole(self, member: Member) -> None:
        definition, key = member.definition, member.key
        missing = [] if key.gives_whole_items else missing_from(definition, key)
        if missing and key.index is not None:
            raise StatementError(
                f"{self}: index {key.index.name!r} does not hold {', '.join(missing)}, which a whole "
                f"{definition.name} has. Query {definition.name}.{key.name} with .held(), .project(…) or "
                ".hydrate()."
            )
