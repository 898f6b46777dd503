"""Record → change: which entity it is of, its images as entities, what differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from dynakit.codec.sealed import Opened
from dynakit.errors import DecodeError, UnknownEntity
from dynakit.operations.guard import same_value
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.item import decode_item, is_of
from dynakit.schema.private import is_private_key
from dynakit.schema.registry import member_of
from dynakit.streams.change import Change, Inserted, Modified, Removed
from dynakit.streams.record import StreamRecord
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


class Left(Enum):
    """Why a record is no change of the entities asked for."""

    foreign = "of another entity"
    private = "dynakit's own"
    unchanged = "equal but for the write token"


def decode_change(record: StreamRecord, entities: Sequence[type[E]]) -> Change[E] | Left:
    """The change that a record tells of, or why there is none.

    Raises :class:`DecodeError` that names the record's number, for an image that its entity refuses.
    """
    definitions = [definition_of(entity) for entity in entities]
    old, new = (owner(definitions, image, record.keys) for image in (record.old, record.new))
    bare = None if record.old or record.new else record.keys
    found = new or old or owner(definitions, bare, record.keys)
    if found is None:
        return Left.private if is_private_key(definitions[0].stored_in, record.keys) else Left.foreign
    if _is_unchanged(found, record):
        return Left.unchanged
    try:
        images = {
            "old": None if "old" in record.gone else _decoded(old, record.old),
            "new": None if "new" in record.gone else _decoded(new, record.new),
        }
    except DecodeError as error:
        raise error_at(record, error) from error
    name = _event_name(record, was=old is not None, remains=new is not None)
    shown = record.new if new is not None else record.old
    kind = found if shown is None else member_of(found, shown)
    return _change(name, record, kind.entity, **images)


def foreign_error(record: StreamRecord, entities: Sequence[type[Entity]]) -> UnknownEntity:
    """The error for a record of an entity that was not asked for."""
    name = definition_of(entities[0]).stored_in.type_attribute
    image = record.new or record.old or {}
    type_name = image.get(name, {}).get("S") if name else None
    known = ", ".join(entity.__name__ for entity in entities)
    return UnknownEntity(
        f"record {record.number}: its item is of type {type_name!r}; expected one of {known}. "
        'Add its entity, or pass foreign="skip".',
        type_name=type_name,
        key=record.keys,
    )


def owner(definitions: Sequence[Definition[E]], image: Item | None, keys: Item) -> Definition[E] | None:
    """The entity whose image it is; ``None`` for no image, another entity's, and dynakit's own."""
    if image is None:
        return None
    table = definitions[0].stored_in
    # A key that is an attribute itself may begin with anything; then the type says that it is an entity's.
    if is_private_key(table, keys) and table.type_attribute not in image:
        return None
    return next((definition for definition in definitions if is_of(definition, image)), None)


def _decoded(definition: Definition[E] | None, image: Item | None) -> E | None:
    return None if definition is None or image is None else decode_item(definition, image)


def _change(name: str, record: StreamRecord, entity: type[E], *, old: E | None, new: E | None) -> Change[E]:
    told: dict[str, Any] = {
        "entity": entity,
        "keys": record.keys,
        "sequence_number": record.sequence_number,
        "view": record.view,
        "table": record.table,
        "shard": record.shard,
        "event_id": record.event_id,
        "approximate_creation_time": record.approximate_creation_time,
        "gone": record.gone,
    }
    match name:
        case "INSERT":
            return Inserted(new, **told)
        case "MODIFY":
            return Modified(old, new, changed=_changed(definition_of(entity), record), **told)
        case _:
            return Removed(old, expired=record.expired, **told)


def _event_name(record: StreamRecord, *, was: bool, remains: bool) -> str:
    """An item that turned from one entity into another was inserted or removed to those who know only one."""
    if record.event_name == "MODIFY" and record.old and record.new:
        return "REMOVE" if not remains else "INSERT" if not was else "MODIFY"
    return record.event_name


def _changed(definition: Definition[Any], record: StreamRecord) -> frozenset[str] | None:
    if record.old is None or record.new is None:
        return None
    own = definition.by_stored
    added = definition.known_names.difference(own)
    stored = _differing(record.old, record.new) - added
    return frozenset(own[name].name if name in own else name for name in stored)


def _is_unchanged(definition: Definition[Any], record: StreamRecord) -> bool:
    if record.event_name != "MODIFY" or record.old is None or record.new is None:
        return False
    differing = _differing(record.old, record.new)
    return not differing or differing == {definition.stored_in.token_attribute}


def _differing(old: Item, new: Item) -> set[str]:
    return {
        name
        for name in old.keys() | new.keys()
        if name not in old or name not in new or not same_value(*_compared(old[name], new[name]))
    }


def _compared(old: AttributeValue, new: AttributeValue) -> tuple[AttributeValue, AttributeValue]:
    """What is encrypted is another value each time it is stored."""
    before, after = cast("object", old), cast("object", new)
    if isinstance(before, Opened) and isinstance(after, Opened):
        return before.plain, after.plain
    return old, new


def error_at(record: StreamRecord, error: DecodeError) -> DecodeError:
    """The error of an image, told with its record."""
    message = f"record {record.number}: {error}"
    if isinstance(error, UnknownEntity):
        return UnknownEntity(message, type_name=error.type_name, key=record.keys)
    return DecodeError(message, entity=error.entity, path=error.path, value=error.value, key=record.keys)
