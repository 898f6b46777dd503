"""Index upkeep: what an update must do to rendered keys so that none goes stale.

An update that touches an attribute inside a rendered key renders that key again, or removes it, or is
refused because the key's other attributes are not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dynakit.errors import StatementError
from dynakit.expressions.operand import Value
from dynakit.expressions.update import Remove, Set, UpdateAction
from dynakit.keys.part import PlainPart, TemplatePart
from dynakit.operations.operation import Assignment
from dynakit.schema.definition import Definition, EntityKey
from dynakit.schema.item import render_part


def keep_in_step(
    definition: Definition[Any],
    known: Mapping[str, object],
    actions: Sequence[UpdateAction[Any]],
    *,
    creates: bool,
) -> tuple[Assignment, ...]:
    """The changes of rendered index keys that go with these actions, one for each key attribute.

    ``known`` are the values of the primary key, ``creates`` says that the item may be made by this write.

    Raises:
        StatementError: for a primary key attribute, for a relative change of an attribute inside a rendered
            key, and when a key's other attributes are not known.
    """
    touched = {action.path.name for action in actions}
    _refuse_primary(definition, touched)
    values = {**known, **_new_values(definition, actions)}
    found: dict[str, Assignment] = {}
    for key in definition.keys.values():
        _check_plain(definition, key, values, touched)
        rendered = _rendered_parts(definition, key)
        if rendered and (creates or touched.intersection(key.names)):
            _refuse_relative(definition, key, actions)
            changes = _changes(definition, key, rendered, values, touched, creates=creates)
            # Indexes may share a key attribute, which is written once.
            found.update({change.attribute: change for change in changes})
    return tuple(found.values())


def _changes(
    definition: Definition[Any],
    key: EntityKey,
    rendered: Sequence[TemplatePart],
    values: Mapping[str, object],
    touched: set[str],
    *,
    creates: bool,
) -> Iterator[Assignment]:
    removed = {name for name in key.names if name in values and values[name] is None}
    if removed:
        gone = (
            part
            for part in rendered
            if removed.intersection(part.names) or not _shared(definition, key, part)
        )
        yield from (Assignment("REMOVE", part.attribute) for part in gone)
        return
    sparse = any(definition.attribute(name).codec.optional for name in key.names)
    stale = rendered if sparse or creates else [part for part in rendered if touched.intersection(part.names)]
    needed = key.names if sparse or creates else [name for part in stale for name in part.names]
    missing = [name for name in needed if name not in values]
    if not missing:
        for part in stale:
            yield Assignment("SET", part.attribute, render_part(definition, key, part, values))
    elif touched.intersection(key.names) or not any(_absent_by_default(definition, name) for name in missing):
        raise StatementError(
            f"{definition.name}.{key.name}: this write changes the key, and {', '.join(missing)} is not "
            "known, so the key cannot be rendered and would go stale. "
            f"Set {', '.join(missing)} in the same statement."
        )


def _check_plain(
    definition: Definition[Any], key: EntityKey, values: Mapping[str, object], touched: set[str]
) -> None:
    """Refuse an empty or too long value of an attribute that is a key attribute itself."""
    for part in key.parts:
        if isinstance(part, PlainPart) and part.name in touched and values.get(part.name) is not None:
            render_part(definition, key, part, values)


def _absent_by_default(definition: Definition[Any], name: str) -> bool:
    """Whether a new item lacks the attribute unless it is given, so that it stands in no index of it."""
    field = definition.entity.__pydantic_fields__[name]
    return not field.is_required() and field.default_factory is None and field.default is None


def _new_values(definition: Definition[Any], actions: Sequence[UpdateAction[Any]]) -> dict[str, object]:
    """The attributes that the actions give a known value; ``None`` for one that is removed."""
    values: dict[str, object] = {}
    for action in actions:
        if len(action.path.steps) == 1 and _is_known(action):
            value = (
                action.value.value if isinstance(action, Set) and isinstance(action.value, Value) else None
            )
            codec = definition.attribute(action.path.name).codec
            absent = value is None or codec.encode(value, action.path.name) is None
            values[action.path.name] = None if absent else value
    return values


def _is_known(action: UpdateAction[Any]) -> bool:
    return isinstance(action, Remove) or (isinstance(action, Set) and isinstance(action.value, Value))


def _rendered_parts(definition: Definition[Any], key: EntityKey) -> list[TemplatePart]:
    """The parts of an index key that are rendered templates and no part of the table's own key."""
    own = definition.stored_in.key_names
    return [part for part in key.parts if isinstance(part, TemplatePart) and part.attribute not in own]


def _shared(definition: Definition[Any], key: EntityKey, part: TemplatePart) -> bool:
    others = (other for other in definition.keys.values() if other is not key)
    return any(part.attribute == theirs.attribute for other in others for theirs in other.parts)


def _refuse_primary(definition: Definition[Any], touched: set[str]) -> None:
    for name in definition.primary_key.names:
        if name in touched:
            raise StatementError(
                f"{definition.name}.{name}: it is part of the primary key, which an update cannot change. "
                "Put a new item and delete this one in one transaction."
            )


def _refuse_relative(
    definition: Definition[Any], key: EntityKey, actions: Sequence[UpdateAction[Any]]
) -> None:
    inside = {name for part in key.parts if isinstance(part, TemplatePart) for name in part.names}
    for action in actions:
        if action.path.name in inside and not _is_known(action):
            raise StatementError(
                f"{definition.name}.{action.path}: it is part of key {key.name}, which has to be written "
                "with it, and a relative change does not say its new value. Use .set(…) with the new value."
            )
