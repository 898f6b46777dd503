"""What each write does with the attributes that dynakit keeps: version, timestamps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dynakit.errors import StatementError
from dynakit.expressions.operand import AttributePath, Value
from dynakit.expressions.update import Increase, Set, UpdateAction
from dynakit.operations.guard import Guard
from dynakit.schema.calculated import calculate
from dynakit.schema.definition import Attribute, Definition
from dynakit.schema.lifecycle import seconds
from dynakit.schema.origin import origin_of
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity


@dataclass(frozen=True)
class Kept:
    """The values a put writes into the attributes kept, by Python name, and what it demands first."""

    values: Mapping[str, object]
    guards: tuple[Guard, ...] = ()


def moment(definition: Definition[Any], environment: Environment) -> datetime | None:
    """The time by which items have expired, where items of this entity can."""
    return None if definition.lifecycle.expires is None else environment.now()


def kept_by_create(definition: Definition[Any], entity: Entity, environment: Environment) -> Kept:
    """A new item: version 1, created and updated now."""
    lifecycle = definition.lifecycle
    values: dict[str, object] = {lifecycle.version.name: 1} if lifecycle.version else {}
    times = [one.name for one in (lifecycle.created, lifecycle.updated) if one]
    values |= dict.fromkeys(times, environment.now()) if times else {}
    return Kept(values | calculate(definition.calculations, entity.__dict__))


def kept_by_put(definition: Definition[Any], entity: Entity, environment: Environment) -> Kept:
    """An item written over: the next version, updated now; the item must be of the version it was read in."""
    _refuse_read_only(definition, entity)
    lifecycle = definition.lifecycle
    values: dict[str, object] = {}
    if lifecycle.version:
        values[lifecycle.version.name] = version_of(lifecycle.version, entity) + 1
    if lifecycle.updated:
        values[lifecycle.updated.name] = environment.now()
    values |= calculate(definition.calculations, entity.__dict__)
    return Kept(values, _put_guards(definition, entity, environment))


def _put_guards(definition: Definition[Any], entity: Entity, environment: Environment) -> tuple[Guard, ...]:
    """Those of its version; one that is not stored yet may also take the place of an expired item."""
    guards = version_guards(definition, entity)
    expires = definition.lifecycle.expires
    if expires is None or any(guard.value is not None for guard in guards):
        return guards
    expiry = (expires.stored, seconds(environment.now()))
    return tuple(replace(guard, expiry=expiry) for guard in guards)


def _refuse_read_only(definition: Definition[Any], entity: Entity) -> None:
    """Refuse a loaded entity whose read-only attributes are not as they were loaded."""
    origin = origin_of(entity) if definition.read_only else None
    for name in definition.read_only.difference(definition.calculations) if origin else ():
        attribute = definition.attribute(name)
        stored = None if origin is None else origin.item.get(attribute.stored)
        if not Guard(attribute.stored, attribute.encode(entity.__dict__[name]), "current").holds(
            {} if stored is None else {attribute.stored: stored}
        ):
            raise StatementError(
                f"{definition.name}.{name}: it is read-only, and is not as it was loaded. Leave it as it is."
            )


def kept_by_move(
    definition: Definition[Any], values: Mapping[str, object], environment: Environment
) -> dict[str, object]:
    """An item under a new key: the next version, updated now."""
    lifecycle = definition.lifecycle
    kept: dict[str, object] = {}
    if lifecycle.version:
        kept[lifecycle.version.name] = int(str(values[lifecycle.version.name])) + 1
    if lifecycle.updated:
        kept[lifecycle.updated.name] = environment.now()
    return kept | calculate(definition.calculations, values)


def settled_by_update(actions: Iterable[UpdateAction[Any]]) -> dict[str, object]:
    """What these changes of attributes kept make of the entity, as far as they say it."""
    return {
        action.path.name: action.value.value
        for action in actions
        if isinstance(action, Set) and isinstance(action.value, Value)
    }


def kept_by_update(
    definition: Definition[Any], key: object, environment: Environment, *, guarded: bool = True
) -> Iterator[UpdateAction[Any]]:
    """The changes that go with an update: the next version, updated now.

    The version is counted up from what is stored, unless ``guarded`` says that it is known.
    """
    lifecycle = definition.lifecycle
    if lifecycle.version:
        path = AttributePath(definition.entity, (lifecycle.version.name,))
        version = _loaded_version(lifecycle.version, key)
        if guarded and version:
            yield Set(path, Value(path, version + 1))
        else:
            yield Increase(path, Value(path, 1))
    if lifecycle.updated:
        path = AttributePath(definition.entity, (lifecycle.updated.name,))
        yield Set(path, Value(path, environment.now()))


def version_of(version: Attribute, entity: Entity) -> int:
    """The version an entity was read in; 0 for one that is not stored yet."""
    found: int = entity.__dict__[version.name]
    return found


def version_guards(definition: Definition[Any], entity: Entity) -> tuple[Guard, ...]:
    """That nobody wrote the item since this entity was read, by its version and its write token.

    A version alone would be fooled by an item that was deleted and made anew.
    """
    version = definition.lifecycle.version
    if version is None:
        return ()
    number = version_of(version, entity)
    guards = [Guard(version.stored, {"N": str(number)} if number else None, "version")]
    token, origin = definition.stored_in.token_attribute, origin_of(entity)
    if token is not None and origin is not None and origin.whole and guards[0].holds(origin.item):
        guards.append(Guard(token, origin.item.get(token), "version"))
    return tuple(guards)


def loaded_guards(definition: Definition[Any], key: object) -> tuple[Guard, ...]:
    """The same for whatever names an item: nothing for a query, or an entity that is not stored yet."""
    version = definition.lifecycle.version
    if version is None or not _loaded_version(version, key):
        return ()
    entity: Any = key
    return version_guards(definition, entity)


def _loaded_version(version: Attribute, key: object) -> int:
    known = vars(key).get(version.name, 0) if hasattr(type(key), "__define__") else 0
    return int(known)
