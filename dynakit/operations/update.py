"""``Update`` and ``Upsert``: changes of some attributes of one item.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from dynakit.errors import NotFound, RequestError, StatementError
from dynakit.expressions.condition import Condition
from dynakit.expressions.text import updates_text, where_text
from dynakit.expressions.update import UpdateAction, are_repeatable, parts_of
from dynakit.operations.calculation import calculated_anew, needs_sources
from dynakit.operations.change import as_stored, but_key_only, made_whole, type_assignment
from dynakit.operations.fetching import known_item, loaded_item, stored_item
from dynakit.operations.flow import Flow
from dynakit.operations.guard import Guard
from dynakit.operations.heirs import refuse_for_heirs
from dynakit.operations.kept import kept_by_update, loaded_guards, moment, settled_by_update
from dynakit.operations.member import Write, guarded, new_token, token_for
from dynakit.operations.operation import Operation
from dynakit.operations.parents import PATH_REFUSED, with_parents
from dynakit.operations.retry import Resend
from dynakit.operations.soft_deletion import cleared_of_expired
from dynakit.operations.target import Target, entity_in, item_text, target_of
from dynakit.operations.uniqueness import must_be_known, needs_old, new_values, refuse_unique, upheld
from dynakit.operations.upkeep import keep_in_step, needs_current
from dynakit.schema.definition import Definition
from dynakit.schema.item import decode_item
from dynakit.schema.query import Query
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


@dataclass(frozen=True, init=False)
class Change(Write[E], Generic[E]):
    """What an update and an upsert have in common: changes of one item, which gives the item afterwards."""

    returns: ClassVar[Literal["ALL_NEW"] | None] = "ALL_NEW"

    key: E | Query[E]
    actions: tuple[UpdateAction[E], ...]
    where: Condition[E] | None

    def target(self) -> Target[E]:
        return target_of(self.key)

    def carried(self, operation: Operation, environment: Environment, current: Item | None = None) -> Flow[E]:
        try:
            return (yield from super().carried(operation, environment, current))
        except RequestError as error:
            if error.code != PATH_REFUSED or all(len(one.path.steps) < 2 for one in self.actions):
                raise
            item = yield from stored_item(self.target(), environment, self)
            whole = None if item is None else with_parents(operation, item)
            if whole is None:
                raise
        return (yield from super().carried(whole, environment, current))

    def resent(self, operation: Operation, environment: Environment) -> Resend:
        return guarded(self, operation, environment) if are_repeatable(self.actions) else None

    def result(self, stored: Item | None) -> E:
        definition: Definition[E] = entity_in(self.key)
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
        object.__setattr__(self, "actions", parts_of(actions))
        object.__setattr__(self, "where", where)
        object.__setattr__(self, "current", current)
        object.__setattr__(self, "fetch_missing", fetch_missing)
        object.__setattr__(self, "once", once)
        if not self.actions:
            raise StatementError(
                f"{self}: it changes nothing; expected at least one change, as Order.status.set(…)."
            )

    def known(self) -> Item | None:
        if self.current is not None:
            return loaded_item(self.target(), self.current)
        return known_item(self.target(), self.key) if self._needs_old else None

    def reads_first(self) -> bool:
        if self._needs_old:
            return True
        if not self.fetch_missing:
            return False
        target = self.target()
        actions = as_stored(target.definition, self.actions)
        needs = (target.definition, target.values, actions)
        return needs_current(*needs) or needs_sources(*needs)

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        target = target_of(self.key)
        definition = target.definition
        kept = tuple(kept_by_update(definition, self.key, environment))
        actions = (*as_stored(definition, self.actions), *kept)
        anew, sources = calculated_anew(definition, target.values, actions, creates=False, current=current)
        actions = (*actions, *anew)
        refuse_for_heirs(definition, {action.path.name for action in actions})
        upkeep = keep_in_step(definition, target.values, actions, creates=False, current=current)
        operation = Operation(
            "Update",
            definition,
            target.key,
            presence="present",
            guards=_distinct(*loaded_guards(definition, self.key), *upkeep.guards, *sources),
            where=self.where,
            now=moment(definition, environment),
            actions=but_key_only(definition, actions),
            assignments=upkeep.assignments,
            token=new_token(definition, environment),
            settled=settled_by_update(kept),
        )
        return self._upheld(operation, actions, current, environment)

    @property
    def _needs_old(self) -> bool:
        return needs_old(entity_in(self.key), self.actions)

    def _upheld(
        self,
        operation: Operation,
        actions: Sequence[UpdateAction[Any]],
        current: Item | None,
        environment: Environment,
    ) -> Operation:
        if not needs_old(operation.definition, actions):
            return operation
        old = must_be_known(self, current)
        new = new_values(operation.definition, old, actions)
        return upheld(operation, environment, old=old, new=new)

    def __str__(self) -> str:
        return _text("update", self.key, self.actions, self.where)


@dataclass(frozen=True, init=False)
class Upsert(Change[E], Generic[E]):
    """Change attributes of an item, making it where there is none; gives the item as it is afterwards.

    Every required attribute must be given, by the key or by ``set``; defaults are written where absent.
    An expired item that is still stored is deleted first. Raises :class:`NotFound` for one that is softly
    deleted: restore it, or delete it permanently.
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
        object.__setattr__(self, "actions", parts_of(actions))
        object.__setattr__(self, "where", where)
        object.__setattr__(self, "once", once)

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        target = target_of(self.key)
        definition = target.definition
        refuse_unique(self, definition)
        kept = tuple(kept_by_update(definition, self.key, environment, guarded=False))
        actions = (*as_stored(definition, self.actions), *kept)
        actions = (*actions, *calculated_anew(definition, target.values, actions, creates=True)[0])
        upkeep = keep_in_step(definition, target.values, actions, creates=True)
        with environment.use():
            defaults = tuple(made_whole(target, actions))
        operation = Operation(
            "Update",
            definition,
            target.key,
            where=self.where,
            now=moment(definition, environment),
            actions=(*but_key_only(definition, actions), *defaults),
            assignments=(*upkeep.assignments, *type_assignment(definition)),
        )
        return token_for(environment, operation) if operation.conditional else operation

    def flow(self, environment: Environment) -> Flow[E]:
        try:
            return (yield from super().flow(environment))
        except NotFound:
            if not (yield from cleared_of_expired(self.target(), environment, self)):
                raise
        return (yield from super().flow(environment))

    def __str__(self) -> str:
        return _text("upsert", self.key, self.actions, self.where)


def _distinct(*guards: Guard) -> tuple[Guard, ...]:
    """Each demand once."""
    return tuple({(guard.attribute, guard.within): guard for guard in guards}.values())


def _text(
    verb: str, key: Entity | Query[Any], actions: Sequence[UpdateAction[Any]], where: Condition[Any] | None
) -> str:
    return f"{verb} {item_text(key)}{': ' if actions else ''}{updates_text(actions)}{where_text(where)}"
