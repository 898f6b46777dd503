"""Who may hold which guard: what a stored item says of the unique constraints of its entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from dynakit.errors import CodecError, StatementError
from dynakit.operations.guard import Guard
from dynakit.operations.uniqueness import values_of
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.lifecycle import is_deleted, is_expired
from dynakit.schema.registry import definitions_of
from dynakit.schema.unique import GUARD, OWNER, Constraint
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

Standing: TypeAlias = Literal["holds", "may", "lacks"]
"""Of an item and a guard: it has the value, had it when it expired, or has another or none."""


@dataclass(frozen=True)
class Upheld:
    """The constraints of an entity, its own and inherited, and every entity that shares them."""

    table: Table
    constraints: Mapping[str, Constraint]
    members: Mapping[str, Definition[Any]]

    @classmethod
    def of(cls, entity: type[Entity]) -> Upheld:
        """Of one entity. Raises :class:`StatementError` for one without constraints."""
        definition = definition_of(entity)
        if not definition.constraints:
            raise StatementError(f"{definition.name}: it has no unique constraints. Declare unique(…).")
        constraints = {str(one): one for one in definition.constraints}
        members = {
            one.type_name: one
            for one in definitions_of(definition.stored_in)
            if any(str(constraint) in constraints for constraint in one.constraints)
        }
        return cls(definition.stored_in, constraints, members)

    def definition(self, item: Item) -> Definition[Any] | None:
        """The entity of an item, if it shares the constraints."""
        name = self.table.type_attribute
        if name is not None:
            return self.members.get(item.get(name, {}).get("S", ""))
        return next((one for one in self.members.values() if one.primary_key.read(item) is not None), None)

    def key(self, item: Item) -> Item:
        """The primary key of an item."""
        return {name: item[name] for name in self.table.key_names}

    def claims(self, item: Item, now: datetime) -> Iterator[tuple[Constraint, Item]]:
        """The guards an item must hold. Raises :class:`CodecError` for values that cannot be read."""
        definition = self.definition(item)
        if definition is None or is_expired(definition.lifecycle, item, now):
            return
        for constraint in definition.constraints:
            if str(constraint) not in self.constraints:
                continue
            guard = _guard(definition, constraint, item)
            free = is_deleted(definition.lifecycle, item) and not constraint.kept_when_deleted
            if guard is not None and not free:
                yield constraint, guard

    def constraint_of(self, guard: Item) -> Constraint | None:
        """The constraint a stored item is a guard of."""
        text = guard.get(self.table.partition.name, {}).get("S", "")
        if OWNER not in guard or not text.startswith(GUARD):
            return None
        return next((one for one in self.constraints.values() if text.startswith(one.prefix)), None)

    def standing(self, constraint: Constraint, guard: Item, owner: Item | None, now: datetime) -> Standing:
        """Whether the owner of a guard has its value; one that is not known here is believed."""
        if owner is None:
            return "lacks"
        definition = self.definition(owner)
        if definition is None:
            return "holds"
        own = next((one for one in definition.constraints if str(one) == str(constraint)), None)
        try:
            wanted = None if own is None else _guard(definition, own, owner)
        except CodecError:
            return "holds"
        if wanted != self.key(guard):
            return "lacks"
        if is_deleted(definition.lifecycle, owner) and not constraint.kept_when_deleted:
            return "lacks"
        return "may" if is_expired(definition.lifecycle, owner, now) else "holds"

    def as_read(self, item: Item) -> list[Guard]:
        """What must still be so of an item for what was told of it to be true."""
        definition = self.definition(item)
        if definition is None:
            return []
        named = (definition.attribute(name) for one in definition.constraints for name in one.names)
        stored = [one.stored for one in named if not one.key_only]
        stored += [one.stored for one in definition.lifecycle.hides]
        keys = self.table.key_names
        return [Guard(name, item.get(name), "current") for name in dict.fromkeys(stored) if name not in keys]


def _guard(definition: Definition[Any], constraint: Constraint, item: Item) -> Item | None:
    values = values_of(definition, item, constraint.names)
    return constraint.guard(definition.stored_in, values)
