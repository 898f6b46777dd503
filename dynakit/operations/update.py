"""``Update`` and ``Upsert``: changes of some attributes of one item.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from dynakit.errors import NotFound, StatementError, VersionConflict
from dynakit.expressions.condition import Condition
from dynakit.expressions.text import condition_text, updates_text
from dynakit.expressions.update import UpdateAction, are_repeatable
from dynakit.operations.change import as_stored, but_key_only, made_whole, type_assignment
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.kept import kept_by_update, loaded_guards, moment, settled_by_update
from dynakit.operations.operation import Operation
from dynakit.operations.read import get_call
from dynakit.operations.retry import Same, delay, request
from dynakit.operations.target import Target, item_text, target_of
from dynakit.operations.upkeep import keep_in_step, needs_current
from dynakit.operations.write import Write, guarded, token_for
from dynakit.schema.definition import Definition
from dynakit.schema.item import decode_item
from dynakit.schema.lifecycle import is_hidden
from dynakit.schema.origin import origin_of
from dynakit.schema.query import Query
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


class Change(Write[E], Generic[E]):
    """What an update and an upsert have in common: changes of one item, which gives the item afterwards."""

    returns: ClassVar[Literal["ALL_NEW"] | None] = "ALL_NEW"

    key: E | Query[E]
    actions: tuple[UpdateAction[E], ...]
    where: Condition[E] | None

    def resent(self, operation: Operation, environment: Environment) -> Call | Literal[Same.SAME] | None:
        return guarded(self, operation, environment) if are_repeatable(self.actions) else None

    def result(self, stored: Item | None) -> E:
        definition: Definition[E] = target_of(self.key).definition
        return decode_item(definition, stored or {})


@dataclass(frozen=True, init=False)
class Update(Change[E], Generic[E]):
    """Change attributes of an item that exists; gives the item as it is afterwards.

    A change of an attribute that stands in an index key needs the key's other attributes: from the
    statement, the primary key, ``current`` (the item as it was loaded), or by ``fetch_missing=True``, which
    reads it. The write is then done only if they are as they were, else :class:`VersionConflict` is raised;
    what was fetched is taken anew.

    Raises :class:`NotFound` where there is no item, :class:`ConditionFailed` when ``where=`` is false,
    :class:`VersionConflict` when ``key`` is a loaded entity with a version and the item was written since.
    An update with arithmetic or appending is never sent again after a lost reply.
    """

    current: E | None
    fetch_missing: bool
    once: bool

    def __init__(
        self,
        key: E | Query[E],
        *actions: UpdateAction[E],
        where: Condition[E] | None = None,
        current: E | None = None,
        fetch_missing: bool = False,
        once: bool = False,
    ) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "actions", actions)
        object.__setattr__(self, "where", where)
        object.__setattr__(self, "current", current)
        object.__setattr__(self, "fetch_missing", fetch_missing)
        object.__setattr__(self, "once", once)
        if not actions:
            raise StatementError(
                f"{self}: it changes nothing; expected at least one change, as Order.status.set(…)."
            )

    def operation(self, environment: Environment) -> Operation:
        target = target_of(self.key)
        current = None if self.current is None else loaded_item(target, self.current)
        return self._operation(target, current, environment)

    def flow(self, environment: Environment) -> Flow[E]:
        target = target_of(self.key)
        actions = as_stored(target.definition, self.actions)
        fetches = self.fetch_missing and needs_current(target.definition, target.values, actions)
        if self.current is not None or not fetches:
            return (yield from self.carried(self.operation(environment), environment))
        return (yield from self._fetching(target, environment))

    def _fetching(self, target: Target[E], environment: Environment) -> Flow[E]:
        """Read the item, and write what follows from it; again while others write it in between."""
        until = environment.monotonic() + environment.retry.deadline
        current: Item | None = yield from stored_item(target, environment, self)
        attempts = 0
        while True:
            if current is None:
                raise NotFound(
                    f"{self}: there is no such item. Use upsert, or create it first.", statement=self
                )
            operation = self._operation(target, current, environment)
            try:
                return (yield from self.carried(operation, environment))
            except VersionConflict as conflict:
                attempts += 1
                pause = delay(environment, attempts)
                lost = operation.broken(conflict.item) != frozenset({"current"})
                if lost or environment.monotonic() + pause >= until:
                    raise
                current = conflict.item
            yield Sleep(pause)

    def _operation(self, target: Target[E], current: Item | None, environment: Environment) -> Operation:
        definition = target.definition
        kept = tuple(kept_by_update(definition, self.key, environment))
        actions = (*as_stored(definition, self.actions), *kept)
        upkeep = keep_in_step(definition, target.values, actions, creates=False, current=current)
        operation = Operation(
            "Update",
            definition,
            target.key,
            presence="present",
            guards=(*loaded_guards(definition, self.key), *upkeep.guards),
            where=self.where,
            now=moment(definition, environment),
            actions=but_key_only(definition, actions),
            assignments=upkeep.assignments,
            settled=settled_by_update(kept),
        )
        return token_for(environment, operation)

    def __str__(self) -> str:
        return _text("update", self.key, self.actions, self.where)


@dataclass(frozen=True, init=False)
class Upsert(Change[E], Generic[E]):
    """Change attributes of an item, making it where there is none; gives the item as it is afterwards.

    Every required attribute must be given, by the key or by ``set``; defaults are written where absent.
    """

    once: bool

    def __init__(
        self,
        key: E | Query[E],
        *actions: UpdateAction[E],
        where: Condition[E] | None = None,
        once: bool = False,
    ) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "actions", actions)
        object.__setattr__(self, "where", where)
        object.__setattr__(self, "once", once)

    def operation(self, environment: Environment) -> Operation:
        target = target_of(self.key)
        definition = target.definition
        kept = tuple(kept_by_update(definition, self.key, environment, guarded=False))
        actions = (*as_stored(definition, self.actions), *kept)
        upkeep = keep_in_step(definition, target.values, actions, creates=True)
        with environment.use():
            defaults = tuple(made_whole(target, actions))
        operation = Operation(
            "Update",
            definition,
            target.key,
            where=self.where,
            actions=(*but_key_only(definition, actions), *defaults),
            assignments=(*upkeep.assignments, *type_assignment(definition)),
        )
        return operation if self.where is None else token_for(environment, operation)

    def __str__(self) -> str:
        return _text("upsert", self.key, self.actions, self.where)


def loaded_item(target: Target[E], entity: E) -> Item:
    """The item an entity was loaded from, to take values from that a write needs.

    Raises :class:`StatementError` for an entity that was made by hand, or read from an index that does not
    hold all of the item, and for one of another key.
    """
    origin = origin_of(entity)
    if origin is None or not origin.whole:
        raise StatementError(
            f"{target}: current=… was not loaded whole from the table; expected the item as it was read. Get "
            "it from the table first, or pass fetch_missing=True."
        )
    if not target.key.items() <= origin.item.items():
        raise StatementError(f"{target}: current=… is another item than the one to change. Pass the same.")
    return origin.item


def stored_item(target: Target[Any], environment: Environment, statement: object) -> Flow[Item | None]:
    """The item as it is stored, read consistently; ``None`` for none, or one that counts as absent."""
    call = get_call(target, environment, consistent=True)
    reply = yield from request(call, environment, statement=statement)
    item: Item | None = reply.payload.get("Item")
    if item is None or is_hidden(target.definition.lifecycle, item, environment.now()):
        return None
    return item


def _text(
    verb: str, key: Entity | Query[Any], actions: Sequence[UpdateAction[Any]], where: Condition[Any] | None
) -> str:
    condition = "" if where is None else f" where {condition_text(where)}"
    return f"{verb} {item_text(key)}{': ' if actions else ''}{updates_text(actions)}{condition}"
