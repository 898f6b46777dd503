"""``Update`` and ``Upsert``: changes of some attributes of one item.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.condition import Condition
from dynakit.expressions.operand import AttributePath, Value
from dynakit.expressions.text import condition_text, updates_text
from dynakit.expressions.update import Increase, Remove, Set, SetIfAbsent, UpdateAction, are_repeatable
from dynakit.operations.operation import Assignment, Operation
from dynakit.operations.retry import Same
from dynakit.operations.target import Target, item_text, target_of
from dynakit.operations.upkeep import keep_in_step
from dynakit.operations.write import Write, guarded, token_for
from dynakit.schema.definition import Attribute, Definition
from dynakit.schema.item import decode_item
from dynakit.schema.query import Query
from dynakit.schema.resolver import EntityResolver
from dynakit.schema.validate import validated
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


@dataclass(frozen=True, init=False)
class Update(Write[E], Generic[E]):
    """Change attributes of an item that exists; gives the item as it is afterwards.

    Raises :class:`NotFound` where there is no item, :class:`ConditionFailed` when ``where=`` is false.
    An update with arithmetic or appending is never sent again after a lost reply.
    """

    returns: ClassVar[Literal["ALL_NEW"] | None] = "ALL_NEW"

    key: E | Query[E]
    actions: tuple[UpdateAction[E], ...]
    where: Condition[E] | None = None

    def __init__(
        self, key: E | Query[E], *actions: UpdateAction[E], where: Condition[E] | None = None
    ) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "actions", actions)
        object.__setattr__(self, "where", where)
        if not actions:
            raise StatementError(
                f"{self}: it changes nothing; expected at least one change, as Order.status.set(…)."
            )

    def operation(self, environment: Environment) -> Operation:
        target = target_of(self.key)
        actions = _stored(target.definition, self.actions)
        assignments = keep_in_step(target.definition, target.values, actions, creates=False)
        operation = Operation(
            "Update",
            target.definition,
            target.key,
            presence="present",
            where=self.where,
            actions=_written(target.definition, actions),
            assignments=assignments,
        )
        return token_for(environment, operation)

    def resent(self, operation: Operation, environment: Environment) -> Call | Literal[Same.SAME] | None:
        return guarded(self, operation, environment) if are_repeatable(self.actions) else None

    def result(self, stored: Item | None) -> E:
        definition: Definition[E] = target_of(self.key).definition
        return decode_item(definition, stored or {})

    def __str__(self) -> str:
        return _text("update", self.key, self.actions, self.where)


@dataclass(frozen=True, init=False)
class Upsert(Write[E], Generic[E]):
    """Change attributes of an item, making it where there is none; gives the item as it is afterwards.

    Every required attribute must be given, by the key or by ``set``; defaults are written where absent.
    """

    returns: ClassVar[Literal["ALL_NEW"] | None] = "ALL_NEW"

    key: E | Query[E]
    actions: tuple[UpdateAction[E], ...]
    where: Condition[E] | None = None

    def __init__(
        self, key: E | Query[E], *actions: UpdateAction[E], where: Condition[E] | None = None
    ) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "actions", actions)
        object.__setattr__(self, "where", where)

    def operation(self, environment: Environment) -> Operation:
        target = target_of(self.key)
        definition = target.definition
        actions = _stored(definition, self.actions)
        assignments = keep_in_step(definition, target.values, actions, creates=True)
        with environment.use():
            defaults = tuple(_made_whole(target, actions))
        operation = Operation(
            "Update",
            definition,
            target.key,
            where=self.where,
            actions=(*_written(definition, actions), *defaults),
            assignments=(*assignments, *_type(definition)),
        )
        return operation if self.where is None else token_for(environment, operation)

    def resent(self, operation: Operation, environment: Environment) -> Call | Literal[Same.SAME] | None:
        return guarded(self, operation, environment) if are_repeatable(self.actions) else None

    def result(self, stored: Item | None) -> E:
        definition: Definition[E] = target_of(self.key).definition
        return decode_item(definition, stored or {})

    def __str__(self) -> str:
        return _text("upsert", self.key, self.actions, self.where)


def _stored(
    definition: Definition[Any], actions: Sequence[UpdateAction[Any]]
) -> tuple[UpdateAction[Any], ...]:
    """The actions as sent: values validated as the constructor does, ``None`` and empty sets removed."""
    return tuple(_as_stored(definition, action) for action in actions)


def _written(
    definition: Definition[Any], actions: Sequence[UpdateAction[Any]]
) -> tuple[UpdateAction[Any], ...]:
    """The actions but those on attributes that stand only inside keys, which are rendered instead."""
    return tuple(action for action in actions if action.path.name not in definition.key_only)


def _as_stored(definition: Definition[Any], action: UpdateAction[Any]) -> UpdateAction[Any]:
    attribute = definition.owned(action.path)
    if isinstance(action, Increase):
        _check_number(definition, action)
    if len(action.path.steps) > 1:
        return action
    if isinstance(action, Remove):
        _check_removable(definition, attribute)
    if not isinstance(action, Set | SetIfAbsent) or not isinstance(action.value, Value):
        return action
    value = validated(definition, attribute, action.value.value)
    if attribute.encode(value) is not None:
        return replace(action, value=replace(action.value, value=value))
    if isinstance(action, SetIfAbsent):
        raise StatementError(
            f"{definition.name}.{attribute.name}: None and an empty set are stored as absent, so there is "
            "nothing to set where it is absent. Leave the change out."
        )
    return Remove(action.path)


def _check_removable(definition: Definition[Any], attribute: Attribute) -> None:
    if attribute.required and attribute.codec.absent is None:
        raise StatementError(
            f"{definition.name}.{attribute.name}: it is required, and the item could not be read without it. "
            "Set another value, or give the attribute a default."
        )


def _check_number(definition: Definition[Any], action: Increase[Any]) -> None:
    stored = EntityResolver(definition).type_of(action.path)
    if stored not in ("N", None):
        raise StatementError(
            f"{definition.name}.{action.path}: it is stored as {stored}; arithmetic expects a number (N). "
            "Use .set(…) with the new value, and where=… with the one it was."
        )


def _made_whole(target: Target[Any], actions: Sequence[UpdateAction[Any]]) -> Iterator[UpdateAction[Any]]:
    """What a new item needs besides the actions: attributes of the key, and defaults."""
    definition = target.definition
    own = definition.stored_in.key_names
    given = {action.path.name for action in actions}
    for attribute in definition.by_stored.values():
        path = AttributePath(definition.entity, (attribute.name,))
        if attribute.stored in own or attribute.name in given:
            continue
        if attribute.name in target.values:
            yield Set(path, Value(path, target.values[attribute.name]))
        elif attribute.required:
            raise StatementError(
                f"{definition.name}.{attribute.name}: it is required, and this upsert may make the item "
                f"without it. Give {definition.name}.{attribute.name}.set(…)."
            )
        else:
            yield from _default(definition, attribute, path)


def _default(
    definition: Definition[Any], attribute: Attribute, path: AttributePath
) -> Iterator[UpdateAction[Any]]:
    field = definition.entity.__pydantic_fields__[attribute.name]
    default = field.get_default(call_default_factory=True, validated_data={})
    if attribute.encode(default) is not None:
        yield SetIfAbsent(path, Value(path, default))


def _type(definition: Definition[Any]) -> Iterator[Assignment]:
    name = definition.stored_in.type_attribute
    if name is not None:
        yield Assignment("SET", name, {"S": definition.type_name})


def _text(
    verb: str, key: Entity | Query[Any], actions: Sequence[UpdateAction[Any]], where: Condition[Any] | None
) -> str:
    condition = "" if where is None else f" where {condition_text(where)}"
    return f"{verb} {item_text(key)}{': ' if actions else ''}{updates_text(actions)}{condition}"
