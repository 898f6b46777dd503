"""Writes that must know the item as it is stored: a consistent get, and the write as far as it is known.

What depends on the item is estimated at its most: that index keys and unique values change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dynakit.codec.size import write_units
from dynakit.explanation.explanation import Explanation
from dynakit.explanation.figures import Figures
from dynakit.explanation.reads import explain_get
from dynakit.explanation.writes import TRANSACTION, explain_operation
from dynakit.expressions.update import UpdateAction
from dynakit.operations.delete import Delete
from dynakit.operations.member import Write
from dynakit.operations.move import Move
from dynakit.operations.operation import Assignment, Operation
from dynakit.operations.update import Update
from dynakit.operations.write import Replace
from dynakit.schema.definition import Definition
from dynakit.schema.item import encode_item


def must_fetch(statement: Write[Any]) -> bool:
    """Whether the statement, sent by itself, reads its item before it writes."""
    return statement.reads_first() and statement.known() is None


def explain_fetching(statement: Write[Any], figures: Figures) -> Explanation:
    """The get, and the write that follows; ``parts`` are the two."""
    target = statement.target()
    key: object = vars(statement).get("item", vars(statement).get("key"))
    get = explain_get(key, target, replace(figures, consistent=True))
    write = _write(statement, target.definition, figures)
    return replace(
        write,
        action=f"{get.action}, then {write.action}",
        requests=get.requests + write.requests,
        read_units=get.read_units,
        parts=(get, replace(write, warnings=())),
    )


def _write(statement: Write[Any], definition: Definition[Any], figures: Figures) -> Explanation:
    guards = _guards(statement, definition)
    operation = _assumed(statement, definition)
    action = "TransactWriteItems" if statement.once or guards else f"{operation.kind}Item"
    told = explain_operation(str(statement), operation, action, figures)
    times = 2 if _is(statement, Move) else 1
    return replace(
        told,
        items=times * told.items + guards,
        write_units=times * told.write_units + TRANSACTION * guards * write_units(1),
    )


def _assumed(statement: Write[Any], definition: Definition[Any]) -> Operation:
    """What it does to the item, whose values are not known. A move deletes it, and puts as much."""
    key = statement.target().key
    if _is(statement, Replace):
        return Operation("Put", definition, key, item=encode_item(definition, vars(statement)["item"]))
    if _is(statement, Move) or (_is(statement, Delete) and not _hides(statement, definition)):
        return Operation("Delete", definition, key)
    changed = _changed(statement, definition)
    stored_names = [definition.attribute(name).stored for name in changed]
    keys = [part for one in definition.keys.values() if one.index is not None for part in one.parts]
    stored_names += [part.attribute for part in keys if changed & set(part.names)]
    assignments = [Assignment("SET", name) for name in dict.fromkeys(stored_names)]
    return Operation("Update", definition, key, assignments=assignments)


def _changed(statement: Write[Any], definition: Definition[Any]) -> set[str]:
    """The attributes that the write changes, those that dynakit keeps included."""
    lifecycle = definition.lifecycle
    own = {one.name for one in (lifecycle.version, lifecycle.updated) if one is not None}
    if _is(statement, Update, Move):
        return own | {action.path.name for action in _actions(statement)}
    return own if lifecycle.deleted is None else {*own, lifecycle.deleted.name}


def _guards(statement: Write[Any], definition: Definition[Any]) -> int:
    """The guards of unique constraints that are written, at most: of a value and of the one it replaces."""
    constraints = definition.constraints
    if _is(statement, Replace):
        return 2 * len(constraints)
    if _is(statement, Update, Move):
        changed, expires = _changed(statement, definition), definition.lifecycle.expires
        renewed = expires is not None and expires.name in changed
        twice = [one for one in constraints if renewed or changed & set(one.names)]
        once = len(constraints) - len(twice) if _is(statement, Move) else 0
        return 2 * len(twice) + once
    return sum(not (_hides(statement, definition) and one.kept_when_deleted) for one in constraints)


def _hides(statement: Write[Any], definition: Definition[Any]) -> bool:
    """Whether it deletes softly, or undoes that."""
    permanently = _is(statement, Delete) and bool(vars(statement)["permanently"])
    return definition.lifecycle.deleted is not None and not permanently


def _actions(statement: Write[Any]) -> Sequence[UpdateAction[Any]]:
    actions: Sequence[UpdateAction[Any]] = vars(statement)["actions"]
    return actions


def _is(statement: object, *kinds: type) -> bool:
    """Whether it is of one of these kinds, of whatever entity."""
    return isinstance(statement, kinds)
