"""Soft deletion: an update that hides the item, and one that shows it again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dynakit.errors import StatementError
from dynakit.expressions.condition import Condition
from dynakit.expressions.operand import AttributePath, Value
from dynakit.expressions.update import Remove, Set, UpdateAction
from dynakit.operations.kept import kept_by_update, loaded_guards, moment
from dynakit.operations.operation import Operation
from dynakit.operations.target import Target
from dynakit.operations.upkeep import keep_in_step
from dynakit.schema.definition import Definition

if TYPE_CHECKING:
    from dynakit.environment import Environment


def soft_delete(
    key: object, target: Target[Any], where: Condition[Any] | None, environment: Environment
) -> Operation:
    """Note the moment of deletion on an item that is there."""
    path = _path(target.definition)
    operation = _operation(key, target, environment)
    deletion: UpdateAction[Any] = Set(path, Value(path, environment.now()))
    return replace(operation, where=where, actions=(deletion, *operation.actions))


def restored(key: object, target: Target[Any], environment: Environment) -> Operation:
    """Take the moment of deletion away from an item that has one."""
    operation = _operation(key, target, environment)
    return replace(operation, deleted=True, actions=(Remove(_path(target.definition)), *operation.actions))


def _operation(key: object, target: Target[Any], environment: Environment) -> Operation:
    definition = target.definition
    kept = tuple(kept_by_update(definition, key, environment))
    upkeep = keep_in_step(definition, target.values, kept, creates=False)
    token = None if definition.stored_in.token_attribute is None else environment.write_token()
    return Operation(
        "Update",
        definition,
        target.key,
        presence="present",
        guards=loaded_guards(definition, key),
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
