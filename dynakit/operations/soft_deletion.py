"""Soft deletion: an update that hides the item, and one that shows it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dynakit.errors import StatementError
from dynakit.expressions.condition import Condition
from dynakit.expressions.operand import AttributePath, Value
from dynakit.expressions.update import Increase, Remove, Set, UpdateAction
from dynakit.operations.fetching import stored_item
from dynakit.operations.flow import Flow
from dynakit.operations.guard import Guard
from dynakit.operations.heirs import refuse_for_heirs
from dynakit.operations.kept import kept_by_update, loaded_guards, moment, settled_by_update
from dynakit.operations.operation import Operation
from dynakit.operations.retry import Refused, request
from dynakit.operations.sealing_after import discard
from dynakit.operations.target import Target
from dynakit.operations.upkeep import keep_in_step, needs_current
from dynakit.schema.definition import Definition
from dynakit.schema.lifecycle import is_expired
from dynakit.schema.origin import origin_of, remember
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment


_CONDITION_FAILED = "ConditionalCheckFailedException"
_ANY_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


def needs_rest(target: Target[Any]) -> bool:
    """Whether an index key that changes with each write needs more of the item than its key and the time."""
    updated = target.definition.lifecycle.updated
    if updated is None:
        return False
    path = AttributePath(target.definition.entity, (updated.name,))
    return needs_current(target.definition, target.values, [Set(path, Value(path, _ANY_MOMENT))])


def soft_delete(
    key: object,
    target: Target[Any],
    current: Item | None,
    where: Condition[Any] | None,
    environment: Environment,
) -> Operation:
    """Note the moment of deletion on an item that is there, and ``current`` as far as that is needed."""
    path = _path(target.definition)
    operation = _operation(key, target, current, environment)
    deletion: UpdateAction[Any] = Set(path, Value(path, environment.now()))
    return replace(operation, where=where, actions=(deletion, *operation.actions))


def settle_deleted(key: object, operation: Operation) -> None:
    """Note on a loaded entity what its soft deletion has stored."""
    origin = origin_of(key) if hasattr(type(key), "__define__") else None  # type: ignore[arg-type]
    if origin is None or any(isinstance(action, Increase) for action in operation.actions):
        return
    entity: Any = key
    item, definition = dict(origin.item), operation.definition
    for name, value in settled_by_update(operation.actions).items():
        vars(entity)[name] = value
        encoded = definition.attribute(name).encode(value)
        if encoded is not None:
            item[definition.attribute(name).stored] = encoded
    for one in operation.assignments:
        if one.value is None:
            item.pop(one.attribute, None)
        else:
            item[one.attribute] = one.value
    token = definition.stored_in.token_attribute
    if token is not None and operation.token is not None:
        item[token] = {"S": operation.token}
    remember(entity, item, whole=origin.whole)


def restored(key: object, target: Target[Any], current: Item | None, environment: Environment) -> Operation:
    """Take the moment of deletion away from an item that has one."""
    operation = _operation(key, target, current, environment)
    return replace(operation, deleted=True, actions=(Remove(_path(target.definition)), *operation.actions))


def cleared_of_expired(target: Target[Any], environment: Environment, statement: object) -> Flow[bool]:
    """Delete the item if it has expired, as DynamoDB will do; whether that is what stood in the way."""
    definition = target.definition
    item = yield from stored_item(target, environment, statement)
    expires = definition.lifecycle.expires
    if item is None or expires is None or not is_expired(definition.lifecycle, item, environment.now()):
        return item is None
    unchanged = Guard(expires.stored, item.get(expires.stored), "current")
    deletion = Operation("Delete", definition, target.key, guards=(unchanged,), deleted=None)
    try:
        yield from request(
            deletion.call(environment), environment, interprets=(_CONDITION_FAILED,), statement=statement
        )
    except Refused:
        return True
    yield from discard(definition, target.key, item, None, environment)
    return True


def _operation(key: object, target: Target[Any], current: Item | None, environment: Environment) -> Operation:
    definition = target.definition
    kept = tuple(kept_by_update(definition, key, environment))
    refuse_for_heirs(definition, {action.path.name for action in kept})
    upkeep = keep_in_step(definition, target.values, kept, creates=False, current=current)
    token = None if definition.stored_in.token_attribute is None else environment.write_token()
    return Operation(
        "Update",
        definition,
        target.key,
        presence="present",
        guards=(*loaded_guards(definition, key), *upkeep.guards),
        now=moment(definition, environment),
        actions=kept,
        assignments=upkeep.assignments,
        token=token,
    )


def _path(definition: Definition[Any]) -> AttributePath:
    deleted = definition.lifecycle.deleted
    if deleted is None:
        raise StatementError(
            f"{definition.name}: it has no attribute declared as deleted(), so nothing of it "
            "is softly deleted."
        )
    return AttributePath(definition.entity, (deleted.name,))
