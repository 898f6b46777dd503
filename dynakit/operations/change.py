"""What the actions of an update become: values as the model takes them, defaults of a new item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from dynakit.errors import StatementError
from dynakit.expressions.operand import AttributePath, Value
from dynakit.expressions.update import Increase, Remove, Set, SetIfAbsent, UpdateAction
from dynakit.operations.operation import Assignment
from dynakit.operations.target import Target
from dynakit.schema.definition import Attribute, Definition
from dynakit.schema.resolver import EntityResolver
from dynakit.schema.validate import validated


def as_stored(
    definition: Definition[Any], actions: Sequence[UpdateAction[Any]]
) -> tuple[UpdateAction[Any], ...]:
    """The actions as sent: values validated as the constructor does, ``None`` and empty sets removed."""
    return tuple([_one_as_stored(definition, action) for action in actions])


def but_key_only(
    definition: Definition[Any], actions: Sequence[UpdateAction[Any]]
) -> tuple[UpdateAction[Any], ...]:
    """The actions but those on attributes that stand only inside keys, which are rendered instead."""
    if not definition.key_only:
        return tuple(actions)
    return tuple(action for action in actions if action.path.name not in definition.key_only)


def _one_as_stored(definition: Definition[Any], action: UpdateAction[Any]) -> UpdateAction[Any]:
    attribute = definition.owned(action.path)
    _check_changeable(definition, attribute)
    if isinstance(action, Increase):
        _check_number(definition, action)
    if len(action.path.steps) > 1:
        return action
    if isinstance(action, Remove):
        _check_removable(definition, attribute)
    if not isinstance(action, Set | SetIfAbsent) or not isinstance(action.value, Value):
        return action
    given = action.value.value
    value = validated(definition, attribute, given)
    if attribute.encode(value) is not None:
        return action if value is given else replace(action, value=Value(action.value.like, value))
    if isinstance(action, SetIfAbsent):
        raise StatementError(
            f"{definition.name}.{attribute.name}: None and an empty set are stored as absent, so there is "
            "nothing to set where it is absent. Leave the change out."
        )
    return Remove(action.path)


def _check_changeable(definition: Definition[Any], attribute: Attribute) -> None:
    if attribute in definition.lifecycle.own or attribute.name in definition.calculations:
        raise StatementError(
            f"{definition.name}.{attribute.name}: dynakit keeps it itself, with every write. Leave the "
            "change out."
        )
    if attribute.name in definition.read_only:
        raise StatementError(
            f"{definition.name}.{attribute.name}: it is read-only, given when the item is made. Leave the "
            "change out."
        )


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


def made_whole(target: Target[Any], actions: Sequence[UpdateAction[Any]]) -> Iterator[UpdateAction[Any]]:
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


def type_assignment(definition: Definition[Any]) -> Iterator[Assignment]:
    """The type attribute, where the table has one."""
    name = definition.stored_in.type_attribute
    if name is not None:
        yield Assignment("SET", name, {"S": definition.type_name})
