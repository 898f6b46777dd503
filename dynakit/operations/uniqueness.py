"""Unique constraints upheld: the guards that each write of an entity takes and releases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from dynakit.errors import DynakitError, StatementError, UniqueViolation
from dynakit.expressions.compile import Placeholders
from dynakit.expressions.operand import Value
from dynakit.expressions.update import Remove, Set, UpdateAction
from dynakit.operations.failed import Failed
from dynakit.operations.guard import Guard
from dynakit.operations.operation import Operation
from dynakit.schema.definition import Definition
from dynakit.schema.item import read_key_only
from dynakit.schema.lifecycle import seconds
from dynakit.schema.unique import GUARD, OWNER, Constraint
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment


@dataclass(frozen=True)
class Take:
    """Hold a value for an item: where nobody does, its own guard, an expired one, or one of ``besides``."""

    constraint: Constraint
    table: Table
    key: Item
    owner: Item
    now: datetime
    expires: AttributeValue | None = None
    besides: tuple[Item, ...] = ()

    dispensable: ClassVar[bool] = False

    @property
    def identity(self) -> str:
        """The guard."""
        return f"{self.table.name} {sorted(self.key.items())}"

    def member(self, environment: Environment) -> Payload:
        """Put the guard."""
        placeholders = Placeholders()
        owner = placeholders.name(OWNER)
        written = [f"attribute_not_exists({placeholders.name(self.table.partition.name)})"]
        written += [f"{owner} = {placeholders.value({'M': key})}" for key in (self.owner, *self.besides)]
        if self.table.time_to_live is not None:
            expires = placeholders.name(self.table.time_to_live)
            written.append(f"{expires} <= {placeholders.value(seconds(self.now))}")
        payload: Payload = {
            "TableName": environment.table_name(self.table),
            "Item": self._item(),
            "ConditionExpression": " OR ".join(written),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        placeholders.add_to(payload)
        return {"Put": payload}

    def refusal(self, statement: object, failed: Failed, found: Item | None) -> DynakitError:
        """The value is taken."""
        return UniqueViolation(
            f"{statement}: {self.constraint} is violated: another item has the value; nothing was written. "
            "Choose another value.",
            constraint=self.constraint.name,
            statement=statement,
            **failed.details,
        )

    def _item(self) -> Item:
        item: Item = {**self.key, OWNER: {"M": self.owner}}
        if self.table.type_attribute is not None:
            item[self.table.type_attribute] = {"S": GUARD}
        if self.expires is not None and self.table.time_to_live is not None:
            item[self.table.time_to_live] = self.expires
        return item


@dataclass(frozen=True)
class Release:
    """Give a value free, if the guard is still this item's; one that another item took over stays."""

    constraint: Constraint
    table: Table
    key: Item
    owner: Item

    dispensable: ClassVar[bool] = True

    @property
    def identity(self) -> str:
        """The guard."""
        return f"{self.table.name} {sorted(self.key.items())}"

    def member(self, environment: Environment) -> Payload:
        """Delete the guard."""
        placeholders = Placeholders()
        payload: Payload = {
            "TableName": environment.table_name(self.table),
            "Key": self.key,
            "ConditionExpression": f"{placeholders.name(OWNER)} = {placeholders.value({'M': self.owner})}",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        placeholders.add_to(payload)
        return {"Delete": payload}

    def refusal(self, statement: object, failed: Failed, found: Item | None) -> DynakitError:
        """Another item's guard went on failing this one's release."""
        return UniqueViolation(
            f"{statement}: the guard of {self.constraint} belongs to another item. Check the guards.",
            constraint=self.constraint.name,
            statement=statement,
            **failed.details,
        )


def upheld(
    operation: Operation,
    environment: Environment,
    *,
    old: Item | None,
    new: Mapping[str, object] | None,
    constraints: Iterable[Constraint] | None = None,
    held: bool = True,
) -> Operation:
    """The write with the guards it takes and releases.

    ``old`` is the item as it was read, which must still be so; ``new`` are the values it has afterwards, by
    Python name, ``None`` where it is gone. ``held`` says that it had the guards of its old values.
    """
    definition = operation.definition
    chosen = definition.constraints if constraints is None else tuple(constraints)
    if not chosen:
        return operation
    table = definition.stored_in
    companions: list[Take | Release] = []
    moment, changed = _expiry(operation, old)
    for constraint in chosen:
        before, after = (
            _held(operation, constraint, old if held else None),
            _wanted(operation, constraint, new),
        )
        if before is not None and before != after:
            companions.append(Release(constraint, table, before, operation.key))
        if after is not None and (before != after or changed):
            companions.append(Take(constraint, table, after, operation.key, environment.now(), moment))
    guards = () if old is None else still(operation, chosen, old)
    return replace(
        operation,
        guards=(*operation.guards, *guards),
        companions=(*operation.companions, *companions),
    )


def rekeyed(
    operation: Operation,
    before: Item,
    old: Item,
    new: Mapping[str, object],
    environment: Environment,
) -> Operation:
    """A move with the guards that go along: of values it keeps the owner is rewritten."""
    definition, table = operation.definition, operation.definition.stored_in
    companions: list[Take | Release] = []
    expires = _expiry(operation, None)[0]
    for constraint in definition.constraints:
        held = constraint.guard(table, values_of(definition, old, constraint.names))
        wanted = constraint.guard(table, new)
        if held is not None and held != wanted:
            companions.append(Release(constraint, table, held, before))
        if wanted is not None:
            own = (before,) if held == wanted else ()
            companions.append(Take(constraint, table, wanted, operation.key, environment.now(), expires, own))
    return replace(operation, companions=(*operation.companions, *companions))


def needs_old(definition: Definition[Any], actions: Sequence[UpdateAction[Any]]) -> bool:
    """Whether an update changes what constraints are about, so that the old values must be known.

    Raises :class:`StatementError` for a relative change of one of them.
    """
    if not definition.constraints:
        return False
    names = {name for constraint in definition.constraints for name in constraint.names}
    for action in actions:
        if action.path.name in names and not _is_known(action):
            raise StatementError(
                f"{definition.name}.{action.path}: a unique constraint is about it, and a relative change "
                "does not say its new value. Use .set(…) with the new value."
            )
    expires = definition.lifecycle.expires
    watched = names if expires is None else {*names, expires.name}
    return any(action.path.name in watched for action in actions)


def _is_known(action: UpdateAction[Any]) -> bool:
    return isinstance(action, Remove) or (
        isinstance(action, Set) and isinstance(action.value, Value) and len(action.path.steps) == 1
    )


def must_be_known(statement: object, old: Item | None) -> Item:
    """The item as it was read. Raises :class:`StatementError` where a statement does not know it."""
    if old is None:
        raise StatementError(
            f"{statement}: a unique constraint needs the values as they are stored. Pass the loaded entity, "
            "or send the statement by itself, which reads them."
        )
    return old


def refuse_unique(statement: object, definition: Definition[Any]) -> None:
    """Refuse a write that does not know what it overwrites. Raises :class:`StatementError`."""
    if definition.constraints:
        names = ", ".join(constraint.name for constraint in definition.constraints)
        raise StatementError(
            f"{statement}: {definition.name} has unique constraints ({names}), and this write does not know "
            "which values it overwrites. Use create, replace or update."
        )


def new_values(
    definition: Definition[Any], old: Item, actions: Sequence[UpdateAction[Any]]
) -> dict[str, object]:
    """The values that constraints are about, as an update leaves them."""
    names = [name for constraint in definition.constraints for name in constraint.names]
    values = values_of(definition, old, names)
    for action in actions:
        if action.path.name in values:
            value = action.value if isinstance(action, Set) else None
            values[action.path.name] = value.value if isinstance(value, Value) else None
    return values


def merged(operations: Sequence[Operation]) -> list[Operation]:
    """One guard operation a value: what one member of a transaction releases, another may take."""
    if not any(operation.companions for operation in operations):
        return list(operations)
    released = {
        one.identity: one.owner
        for operation in operations
        for one in operation.companions
        if isinstance(one, Release)
    }
    taken = {
        one.identity for operation in operations for one in operation.companions if isinstance(one, Take)
    }
    return [replace(one, companions=tuple(_merged(one, released, taken))) for one in operations]


def _merged(operation: Operation, released: Mapping[str, Item], taken: set[str]) -> Iterator[Any]:
    for one in operation.companions:
        if isinstance(one, Take) and one.identity in released:
            yield replace(one, besides=(*one.besides, released[one.identity]))
        elif not (isinstance(one, Release) and one.identity in taken):
            yield one


def _held(operation: Operation, constraint: Constraint, old: Item | None) -> Item | None:
    """The guard of the values that were read."""
    if old is None:
        return None
    definition = operation.definition
    return constraint.guard(definition.stored_in, values_of(definition, old, constraint.names))


def _wanted(operation: Operation, constraint: Constraint, new: Mapping[str, object] | None) -> Item | None:
    """The guard of the values after the write."""
    return None if new is None else constraint.guard(operation.definition.stored_in, new)


def still(operation: Operation, constraints: Iterable[Constraint], old: Item) -> Iterator[Guard]:
    """That the values are still those that were read."""
    definition = operation.definition
    for name in dict.fromkeys(name for constraint in constraints for name in constraint.names):
        for stored in _places(definition, name):
            if not any(guard.attribute == stored for guard in operation.guards):
                yield Guard(stored, old.get(stored), "current")


def _places(definition: Definition[Any], name: str) -> tuple[str, ...]:
    """The stored attributes that tell a value; none for one that cannot change."""
    attribute = definition.attribute(name)
    if name in definition.primary_key.names:
        return ()
    if not attribute.key_only:
        return (attribute.stored,)
    keys = definition.telling_keys((name,))
    return tuple(dict.fromkeys(part.attribute for key in keys for part in key.parts if name in part.names))


def values_of(definition: Definition[Any], item: Item, names: Sequence[str]) -> dict[str, object]:
    """The values of these attributes in a stored item; ``None`` for absent ones."""
    in_keys = read_key_only(definition, item, definition.primary_key.read(item) or {})
    values: dict[str, object] = {}
    for name in names:
        attribute = definition.attribute(name)
        stored = item.get(attribute.stored)
        if attribute.key_only:
            values[name] = in_keys.get(name)
        else:
            values[name] = None if stored is None else attribute.decode(stored)
    return values


def _expiry(operation: Operation, old: Item | None) -> tuple[AttributeValue | None, bool]:
    """When the item expires after the write, and whether the write changes that."""
    expires = operation.definition.lifecycle.expires
    if expires is None:
        return None, False
    before = None if old is None else old.get(expires.stored)
    if operation.kind == "Put":
        after = (operation.item or {}).get(expires.stored)
        return after, after != before
    for action in operation.actions:
        if action.path.name == expires.name:
            given = action.value if isinstance(action, Set) else None
            return expires.encode(given.value if isinstance(given, Value) else None), True
    return before, False
