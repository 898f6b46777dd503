"""Opening what is encrypted or offloaded, after it was read.

It does nothing for an entity without such attributes, and leaves other entities' items alone.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dynakit.codec.packed import unpacked
from dynakit.codec.sealed import Opened, with_inside
from dynakit.errors import DecodeError, ObjectGone
from dynakit.operations.flow import Flow
from dynakit.operations.sealing_cipher import decrypt, envelope
from dynakit.operations.sealing_place import Place, checksum, is_at, pointer_in
from dynakit.schema.definition import Attribute, Definition
from dynakit.schema.item import is_of
from dynakit.schema.registry import family_of, member_of
from dynakit.schema.source import Source
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment


def opened_rows(source: Source[Any], rows: Sequence[Item], environment: Environment) -> Flow[list[Item]]:
    """Open the rows of a statement, whichever of its entities they are. Raises as :func:`opened`."""
    own: Definition[Any] | None = getattr(source, "definition", None)
    members: Sequence[Any] = () if own is not None else getattr(source, "members", ())
    found = list(rows)
    for definition in (own,) if own is not None else (member.definition for member in members):
        found = yield from opened(definition, found, environment)
    return found


def opened(definition: Definition[Any], items: Sequence[Item], environment: Environment) -> Flow[list[Item]]:
    """Open the sealed values of the items that are this entity's; what is offloaded is downloaded.

    Raises :class:`DecodeError` for a value that was altered or moved, or whose key is unknown;
    :class:`ObjectGone` for one whose object is gone; :class:`StatementError` and :class:`RequestError` as
    :func:`seal`.
    """
    if not has_sealed(definition):
        return list(items)
    result: list[Item] = []
    for item in items:
        found = yield from _opened_item(definition, item, environment)
        result.append(found)
    return result


def opened_one(definition: Definition[Any], item: Item | None, environment: Environment) -> Flow[Item | None]:
    """Open one item, where there is one. Raises as :func:`opened`."""
    return None if item is None else (yield from opened_found(definition, item, environment))


def opened_found(definition: Definition[Any], item: Item, environment: Environment) -> Flow[Item]:
    """Open an item. Raises as :func:`opened`."""
    if not has_sealed(definition):
        return item
    return (yield from _opened_item(definition, item, environment))


def has_sealed(definition: Definition[Any]) -> bool:
    """Whether items of an entity, or of a subclass, may have values to open."""
    # Few entities have subclasses, and only those look further.
    heirs = definition.entity.__subclasses__() and family_of(definition)
    return bool(definition.sealed) or any(one.sealed for one in heirs)


def _opened_item(definition: Definition[Any], item: Item, environment: Environment) -> Flow[Item]:
    definition = member_of(definition, item)
    if not definition.sealed or not is_of(definition, item):
        return item
    found = dict(item)
    for attribute in _present(definition, item):
        key = {name: item[name] for name in definition.stored_in.key_names}
        place = Place(definition, attribute, key)
        stored = item[attribute.stored]
        try:
            plain = yield from _inside(place, stored, environment)
        except DecodeError as error:
            raise place.unreadable(error) from error
        found[attribute.stored] = with_inside(stored, plain)
    return found


def _present(definition: Definition[Any], item: Item) -> Iterator[Attribute]:
    for attribute in definition.sealed:
        stored = item.get(attribute.stored, {"NULL": True})
        if "NULL" not in stored and not isinstance(stored, Opened):
            yield attribute


def _inside(place: Place, stored: AttributeValue, environment: Environment) -> Flow[AttributeValue]:
    rule = place.attribute.codec.seal
    value = stored
    if rule is not None and rule.offloading is not None:
        value = yield from _fetched(place, value, environment)
    if rule is not None and rule.encrypted:
        value = yield from _decrypted(place, value, environment)
    return value


def _fetched(place: Place, stored: AttributeValue, environment: Environment) -> Flow[AttributeValue]:
    if "L" in stored and len(stored["L"]) == 1:
        return stored["L"][0]
    if "M" not in stored and "L" not in stored:
        return stored
    objects, pointer = place.objects(environment), pointer_in(stored)
    if pointer is None or not is_at(pointer, place, objects):
        raise DecodeError(f"is no pointer to an object of this item in {objects!r}")
    data = yield from objects.get(pointer.key, pointer.size, environment)
    if data is None:
        raise ObjectGone(
            f"points to an object that is not in {objects!r}; read again, as the item may have been "
            "overwritten in between"
        )
    if len(data) != pointer.size or checksum(data) != pointer.sha256:
        raise DecodeError(f"points to an object that was altered in {objects!r}")
    return unpacked(data)


def _decrypted(place: Place, stored: AttributeValue, environment: Environment) -> Flow[AttributeValue]:
    if "B" not in stored:
        raise DecodeError("is not encrypted")
    try:
        data = base64.b64decode(stored["B"], validate=True)
    except binascii.Error:
        raise DecodeError("is no base64 text") from None
    found = envelope(data)
    keys = place.keys(environment)
    secret = yield from keys.secret(found.key_id, found.wrapped, place.context, environment)
    return unpacked(decrypt(found, secret, place.identity))
