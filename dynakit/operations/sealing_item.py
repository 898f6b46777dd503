"""Opening the encrypted and offloaded values of one item."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dynakit.codec.packed import unpacked
from dynakit.codec.sealed import Opened, with_inside
from dynakit.errors import DecodeError, ObjectGone
from dynakit.operations.flow import Flow
from dynakit.operations.sealing_cipher import decrypt, envelope
from dynakit.operations.sealing_place import Place, checksum, is_at, pointer_in
from dynakit.schema.definition import Attribute, Definition
from dynakit.schema.item import is_of
from dynakit.schema.registry import member_of
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment


def opened_item(definition: Definition[Any], item: Item, environment: Environment) -> Flow[Item]:
    """Open one item, of the entity or of a subclass. Raises as :func:`~.sealing_open.opened`."""
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
