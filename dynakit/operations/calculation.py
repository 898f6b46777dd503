"""Calculated attributes kept in step by updates, as index keys are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dynakit.errors import StatementError
from dynakit.expressions.operand import AttributePath, Value
from dynakit.expressions.update import Set, UpdateAction
from dynakit.operations.guard import Guard
from dynakit.operations.upkeep import Known, is_known, known_values
from dynakit.schema.calculated import Calculation, sources
from dynakit.schema.definition import Definition
from dynakit.wire import Item


def calculated_anew(
    definition: Definition[Any],
    known: Mapping[str, object],
    actions: Sequence[UpdateAction[Any]],
    *,
    creates: bool,
    current: Item | None = None,
) -> tuple[list[UpdateAction[Any]], list[Guard]]:
    """The changes of calculated attributes that go with these actions, and what they were calculated from.

    Raises :class:`StatementError` where an attribute is changed relatively, or another one is not known.
    """
    if not definition.calculations:
        return [], []
    changes: list[UpdateAction[Any]] = []
    guards: dict[str, Guard] = {}
    state = known_values(definition, known, actions, creates=creates, current=current)
    for name, function in _affected(state):
        _refuse_relative(definition, name, function, actions)
        missing = _missing(state, function)
        if missing and current is None:
            others = "" if creates else ", or pass the loaded item as current=…, or fetch_missing=True"
            raise StatementError(
                f"{definition.name}.{name}: it is calculated anew, and {', '.join(missing)} is not known. "
                f"Set {', '.join(missing)} in the same statement{others}."
            )
        path = AttributePath(definition.entity, (name,))
        value = function(**{one: state.value(one) for one in sources(function)})
        changes.append(Set(path, Value(path, value)))
        for one in missing:
            stored = definition.attribute(one).stored
            guards[stored] = Guard(stored, (current or {}).get(stored), "current")
    return changes, list(guards.values())


def needs_sources(
    definition: Definition[Any], known: Mapping[str, object], actions: Sequence[UpdateAction[Any]]
) -> bool:
    """Whether a calculation needs more of the item than an update says itself."""
    state = known_values(definition, known, actions, creates=False, current=None)
    return any(_missing(state, function) for _, function in _affected(state))


def _affected(state: Known) -> Iterator[tuple[str, Calculation]]:
    for name, function in state.definition.calculations.items():
        if state.creates or state.touched.intersection(sources(function)):
            yield name, function


def _missing(state: Known, function: Calculation) -> list[str]:
    return [name for name in sources(function) if name not in state.values]


def _refuse_relative(
    definition: Definition[Any], name: str, function: Calculation, actions: Sequence[UpdateAction[Any]]
) -> None:
    for action in actions:
        if action.path.name in sources(function) and not is_known(action):
            raise StatementError(
                f"{definition.name}.{action.path}: {name} is calculated from it, and a relative change "
                "does not say its new value. Use .set(…) with the new value."
            )
