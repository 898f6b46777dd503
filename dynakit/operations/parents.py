"""A nested value is set whose parents are not stored: they are written with it.

DynamoDB refuses such a path, with a code that says no more than that something is wrong.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from dynakit.errors import DecodeError, StatementError
from dynakit.expressions.operand import AttributePath, Step, Value
from dynakit.expressions.update import Set, UpdateAction
from dynakit.operations.guard import Guard, at_path
from dynakit.operations.operation import Assignment, Operation
from dynakit.schema.definition import Definition
from dynakit.schema.resolver import EntityResolver
from dynakit.wire import AttributeValue, Item

PATH_REFUSED: Final = "ValidationException"


def with_parents(operation: Operation, item: Item) -> Operation | None:
    """The update with the missing parents of what it sets; ``None`` where none is missing.

    It is done only if they are still missing. Raises :class:`StatementError` for a parent that the entity
    could not be read with.
    """
    resolver = EntityResolver(operation.definition)
    actions: list[UpdateAction[Any]] = []
    made: dict[tuple[Step, ...], AttributeValue] = {}
    paths: dict[tuple[Step, ...], AttributePath] = {}
    for action in operation.actions:
        depth = _missing(resolver, action, item)
        if depth is None or not isinstance(action, Set) or not isinstance(action.value, Value):
            actions.append(action)
            continue
        stored = resolver.stored(action.path)
        parent = stored[:depth]
        paths[parent] = AttributePath(action.path.entity, action.path.steps[:depth])
        _put(
            made.setdefault(parent, {"M": {}}),
            stored[depth:],
            resolver.encode(action.path, action.value.value),
        )
    if not made:
        return None
    for parent, value in made.items():
        _check(operation.definition, paths[parent], value)
    return replace(
        operation,
        actions=actions,
        assignments=(*operation.assignments, *_assignments(made)),
        guards=(*operation.guards, *(_absent(parent) for parent in made)),
    )


def _missing(resolver: EntityResolver, action: UpdateAction[Any], item: Item) -> int | None:
    """How many steps lead to the first parent that is not stored."""
    steps = resolver.stored(action.path)
    for depth in range(1, len(steps)):
        first, *within = steps[:depth]
        if at_path(item.get(str(first)), within) is None:
            return depth if all(isinstance(step, str) for step in steps[depth - 1 :]) else None
    return None


def _put(parent: AttributeValue, steps: tuple[Step, ...], value: AttributeValue | None) -> None:
    members = parent.setdefault("M", {})
    for step in steps[:-1]:
        members = members.setdefault(str(step), {"M": {}}).setdefault("M", {})
    if value is not None:
        members[str(steps[-1])] = value


def _check(definition: Definition[Any], path: AttributePath, value: AttributeValue) -> None:
    try:
        EntityResolver(definition).codec(path).decode(value, str(path))
    except DecodeError as error:
        raise StatementError(
            f"{definition.name}.{path}: it is not stored, and these changes do not make a whole one "
            f"({error}). Set the whole of it."
        ) from None


def _assignments(made: dict[tuple[Step, ...], AttributeValue]) -> Iterator[Assignment]:
    for (first, *within), value in made.items():
        yield Assignment("SET", str(first), value, tuple(within))


def _absent(parent: tuple[Step, ...]) -> Guard:
    first, *within = parent
    return Guard(str(first), None, "current", tuple(within))
