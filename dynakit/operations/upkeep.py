"""Index upkeep: what an update must do to rendered keys so that none goes stale.

An update that touches an attribute inside a rendered key renders that key again, or removes it, or is
refused because the key's other attributes are not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dynakit.errors import StatementError
from dynakit.expressions.operand import Value
from dynakit.expressions.update import Remove, Set, UpdateAction
from dynakit.keys.part import PlainPart, TemplatePart
from dynakit.operations.guard import Guard
from dynakit.operations.operation import Assignment
from dynakit.schema.definition import Definition, EntityKey
from dynakit.schema.item import read_key_only, render_part
from dynakit.schema.registry import family_of
from dynakit.values import dataclass
from dynakit.wire import Item


@dataclass(frozen=True)
class Upkeep:
    """The changes of rendered index keys that go with an update, and what they were rendered from."""

    assignments: tuple[Assignment, ...]
    guards: tuple[Guard, ...]


@dataclass(frozen=True)
class Known:
    """The values a write knows: of the primary key and its actions, and of the item as it is stored.

    ``creates`` says that the item may be made by this write.
    """

    definition: Definition[Any]
    values: Mapping[str, object]
    touched: frozenset[str]
    current: Item | None
    creates: bool

    def missing(self, key: EntityKey, names: Iterable[str]) -> list[str]:
        """Those of these attributes whose values are not known."""
        unknown = list(dict.fromkeys(name for name in names if name not in self.values))
        if self.current is not None or not unknown:
            return []
        if self.touched.intersection(key.names):
            return unknown
        # A new item lacks what has no default, and so stands in no index of it.
        return [] if any(_absent_by_default(self.definition, name) for name in unknown) else unknown

    def value(self, name: str) -> object:
        """The value of an attribute, ``None`` for an absent one."""
        if name in self.values:
            return self.values[name]
        item = self.current or {}
        attribute = self.definition.attribute(name)
        if attribute.key_only:
            from_key = self.definition.primary_key.read(item) or {}
            return read_key_only(self.definition, item, from_key).get(name)
        stored = item.get(attribute.stored)
        return None if stored is None else attribute.decode(stored)

    def guards(self, key: EntityKey, names: Iterable[str]) -> Iterator[Guard]:
        """That what was taken from the item is still so."""
        if self.current is None:
            return
        for name in names:
            if name in self.values:
                continue
            attribute = self.definition.attribute(name)
            stored = [part.attribute for part in key.parts if name in part.names]
            for one in stored if attribute.key_only else [attribute.stored]:
                yield Guard(one, self.current.get(one), "current")


def keep_in_step(
    definition: Definition[Any],
    known: Mapping[str, object],
    actions: Sequence[UpdateAction[Any]],
    *,
    creates: bool,
    current: Item | None = None,
) -> Upkeep:
    """The changes of rendered index keys that go with these actions, one for each key attribute.

    ``known`` are the values of the primary key, ``current`` is the item as it was read, ``creates`` says that
    the item may be made by this write.

    Raises:
        StatementError: for a primary key attribute, for a relative change of an attribute inside a rendered
            key, and when a key's other attributes are not known.
    """
    touched = frozenset(action.path.name for action in actions)
    _refuse_keys_of_subclasses(definition, touched)
    if not creates and touched.isdisjoint(definition.in_keys):
        return Upkeep((), ())
    state = known_values(definition, known, actions, creates=creates, current=current)
    _refuse_primary(definition, touched)
    assignments: dict[str, Assignment] = {}
    guards: dict[str, Guard] = {}
    for key, rendered in _rendered_keys(state):
        _refuse_relative(definition, key, actions)
        missing = state.missing(key, _needed(state, key, rendered))
        if missing:
            raise _not_known(definition, key, missing, creates=creates)
        # Indexes may share a key attribute, which is written once.
        assignments.update({change.attribute: change for change in _changes(state, key, rendered)})
        guards.update({one.attribute: one for one in state.guards(key, _needed(state, key, rendered))})
    for key in definition.keys.values():
        _check_plain(definition, key, state.values, state.touched)
    return Upkeep(tuple(assignments.values()), tuple(guards.values()))


def needs_current(
    definition: Definition[Any], known: Mapping[str, object], actions: Sequence[UpdateAction[Any]]
) -> bool:
    """Whether an update must know more of the item as it is stored than it says itself."""
    state = known_values(definition, known, actions, creates=False, current=None)
    return any(state.missing(key, _needed(state, key, rendered)) for key, rendered in _rendered_keys(state))


def known_values(
    definition: Definition[Any],
    known: Mapping[str, object],
    actions: Sequence[UpdateAction[Any]],
    *,
    creates: bool,
    current: Item | None,
) -> Known:
    """What a write knows before anything is read."""
    touched = frozenset(action.path.name for action in actions)
    return Known(definition, {**known, **_new_values(definition, actions)}, touched, current, creates)


def _rendered_keys(state: Known) -> Iterator[tuple[EntityKey, list[TemplatePart]]]:
    """The index keys that this write may change, with their rendered parts."""
    for key in state.definition.keys.values():
        rendered = _rendered_parts(state.definition, key)
        if rendered and (state.creates or state.touched.intersection(key.names)):
            yield key, rendered


def _needed(state: Known, key: EntityKey, rendered: Sequence[TemplatePart]) -> list[str]:
    """The attributes that what is rendered again is made of; none where the key is removed."""
    if _removed(state, key):
        return []
    return [name for part in _stale(state, key, rendered) for name in part.names] + (
        list(key.names) if _is_sparse(state, key) or state.creates else []
    )


def _removed(state: Known, key: EntityKey) -> set[str]:
    return {name for name in key.names if name in state.values and state.values[name] is None}


def _is_sparse(state: Known, key: EntityKey) -> bool:
    return any(state.definition.attribute(name).codec.optional for name in key.names)


def _stale(state: Known, key: EntityKey, rendered: Sequence[TemplatePart]) -> list[TemplatePart]:
    whole = _is_sparse(state, key) or state.creates
    return [part for part in rendered if whole or state.touched.intersection(part.names)]


def _changes(state: Known, key: EntityKey, rendered: Sequence[TemplatePart]) -> Iterator[Assignment]:
    definition = state.definition
    needed = _needed(state, key, rendered)
    absent = _removed(state, key) or {name for name in needed if state.value(name) is None}
    if absent:
        if not state.creates or _removed(state, key):
            gone = (
                part
                for part in rendered
                if absent.intersection(part.names) or not _shared(definition, key, part)
            )
            yield from (Assignment("REMOVE", part.attribute) for part in gone)
        return
    values = {name: state.value(name) for name in needed}
    for part in _stale(state, key, rendered):
        yield Assignment("SET", part.attribute, render_part(definition, key, part, values))


def _not_known(
    definition: Definition[Any], key: EntityKey, missing: Sequence[str], *, creates: bool
) -> StatementError:
    names = ", ".join(missing)
    others = "" if creates else ", or pass the loaded item as current=…, or fetch_missing=True"
    return StatementError(
        f"{definition.name}.{key.name}: this write changes the key, and {names} is not known, so the key "
        f"cannot be rendered and would go stale. Set {names} in the same statement{others}."
    )


def _check_plain(
    definition: Definition[Any], key: EntityKey, values: Mapping[str, object], touched: frozenset[str]
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
        if len(action.path.steps) == 1 and is_known(action):
            value = (
                action.value.value if isinstance(action, Set) and isinstance(action.value, Value) else None
            )
            codec = definition.attribute(action.path.name).codec
            absent = value is None or codec.encode(value, action.path.name) is None
            values[action.path.name] = None if absent else value
    return values


def is_known(action: UpdateAction[Any]) -> bool:
    """Whether an action says the whole new value of its attribute."""
    return isinstance(action, Remove) or (isinstance(action, Set) and isinstance(action.value, Value))


def _rendered_parts(definition: Definition[Any], key: EntityKey) -> list[TemplatePart]:
    """The parts of an index key that are rendered templates and no part of the table's own key."""
    own = definition.stored_in.key_names
    return [part for part in key.parts if isinstance(part, TemplatePart) and part.attribute not in own]


def _shared(definition: Definition[Any], key: EntityKey, part: TemplatePart) -> bool:
    others = (other for other in definition.keys.values() if other is not key)
    return any(part.attribute == theirs.attribute for other in others for theirs in other.parts)


def _refuse_primary(definition: Definition[Any], touched: frozenset[str]) -> None:
    for name in definition.primary_key.names:
        if name in touched:
            raise StatementError(
                f"{definition.name}.{name}: it is part of the primary key, which an update cannot change. "
                "Use move, which puts a new item and deletes this one in one transaction."
            )


def _refuse_keys_of_subclasses(definition: Definition[Any], touched: frozenset[str]) -> None:
    """The item may be a subclass's, whose own index keys this write would not keep in step."""
    for heir in family_of(definition):
        for key in () if heir is definition else heir.keys.values():
            inherited = definition.keys.get(key.name)
            changed = touched.intersection(key.names) if _rendered_parts(heir, key) else None
            if changed and (inherited is None or str(inherited) != str(key)):
                raise StatementError(
                    f"{definition.name}.{min(changed)}: it is part of {heir.name}.{key.name}, which would go "
                    f"stale: an update of a {definition.name} does not write it. Update the item as the "
                    f"{heir.name} it is, or save_changes."
                )


def _refuse_relative(
    definition: Definition[Any], key: EntityKey, actions: Sequence[UpdateAction[Any]]
) -> None:
    inside = {name for part in key.parts if isinstance(part, TemplatePart) for name in part.names}
    for action in actions:
        if action.path.name in inside and not is_known(action):
            raise StatementError(
                f"{definition.name}.{action.path}: it is part of key {key.name}, which has to be written "
                "with it, and a relative change does not say its new value. Use .set(…) with the new value."
            )
