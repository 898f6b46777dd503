"""Sealing what is encrypted or offloaded before it is stored, and opening it after it was read.

Both do nothing for an entity without such attributes. What they give stands in items as it is stored, with
the value inside for its codec (:class:`~dynakit.codec.sealed.Opened`).
"""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dynakit.codec.packed import as_base64, packed, unpacked
from dynakit.codec.sealed import Offloading, Sealed, unsealed_in, with_inside
from dynakit.codec.size import value_size
from dynakit.errors import DecodeError, RequestError
from dynakit.expressions.operand import Value
from dynakit.expressions.update import Set, SetIfAbsent, UpdateAction
from dynakit.operations.flow import Flow
from dynakit.operations.operation import Operation
from dynakit.operations.sealing_cipher import decrypt, encrypt, envelope
from dynakit.operations.sealing_place import (
    Place,
    Pointer,
    checksum,
    is_at,
    object_folder,
    pointer_in,
)
from dynakit.schema.definition import Attribute, Definition
from dynakit.schema.item import check_size, is_of
from dynakit.schema.registry import family_of, member_of
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.operations.sealing_keys import KeyProvider
    from dynakit.operations.sealing_objects import ObjectStore

_log = logging.getLogger("dynakit")


def seal(definition: Definition[Any], key: Item, item: Item, environment: Environment) -> Flow[Item]:
    """Seal the values of an item that the codec has marked; large ones are uploaded.

    Raises :class:`StatementError` where the client lacks keys or objects, :class:`RequestError` when the key
    service or the object store fails; nothing was written to the table then.
    """
    if not definition.sealed:
        return item
    sealed = dict(item)
    for attribute in definition.sealed:
        mark = unsealed_in(item.get(attribute.stored, {}))
        if mark is not None:
            place = Place(definition, attribute, key)
            sealed[attribute.stored] = yield from _seal_value(place, mark.plain, environment)
    return check_size(definition, sealed)


def sealed_operation(operation: Operation, environment: Environment) -> Flow[Operation]:
    """Seal what a write stores, before it is put into a request. Raises as :func:`seal`."""
    definition = operation.definition
    if not definition.sealed:
        return operation
    if operation.item is not None:
        item = yield from seal(definition, operation.key, operation.item, environment)
        return replace(operation, item=item)
    actions: list[UpdateAction[Any]] = []
    for action in operation.actions:
        sealed = yield from _sealed_action(operation, action, environment)
        actions.append(sealed)
    return replace(operation, actions=tuple(actions))


def opened(definition: Definition[Any], items: Sequence[Item], environment: Environment) -> Flow[list[Item]]:
    """Open the sealed values of the items that are this entity's; what is offloaded is downloaded.

    Raises :class:`DecodeError` for a value that was altered or moved, whose key is unknown, or whose object
    is gone; :class:`StatementError` and :class:`RequestError` as :func:`seal`.
    """
    if not _has_sealed(definition):
        return list(items)
    result: list[Item] = []
    for item in items:
        found = yield from _opened_item(definition, item, environment)
        result.append(found)
    return result


def opened_one(definition: Definition[Any], item: Item | None, environment: Environment) -> Flow[Item | None]:
    """Open one item, where there is one. Raises as :func:`opened`."""
    if item is None or not _has_sealed(definition):
        return item
    return (yield from _opened_item(definition, item, environment))


def discard(
    definition: Definition[Any], key: Item, before: Item | None, after: Item | None, environment: Environment
) -> Flow[None]:
    """Delete the objects that an item pointed to before it was written, and no longer does.

    To be called after the write has succeeded. A failure is logged only: the sweep finds what is left.
    """
    keys = sorted(
        _pointed(definition, key, before, environment) - _pointed(definition, key, after, environment)
    )
    if not keys or environment.objects is None:
        return
    try:
        yield from environment.objects.delete(keys, environment)
    except RequestError as error:
        _log.warning(
            "%s: objects replaced by a write are left; a sweep deletes them: %s", definition.name, error
        )


def offloads(definition: Definition[Any]) -> bool:
    """Whether an entity has values that are kept in an object store."""
    return any(attribute.codec.seal and attribute.codec.seal.offloading for attribute in definition.sealed)


def _pointed(definition: Definition[Any], key: Item, item: Item | None, environment: Environment) -> set[str]:
    """The keys of the objects an item points to that were written here, for this very item."""
    objects = environment.objects
    if item is None or objects is None or not offloads(definition):
        return set()
    found: set[str] = set()
    for attribute in definition.sealed:
        pointer = pointer_in(item.get(attribute.stored, {}))
        folder = object_folder(Place(definition, attribute, key), objects, environment)
        if pointer is not None and pointer.bucket == objects.bucket and pointer.key.startswith(folder):
            found.add(pointer.key)
    return found


def _sealed_action(
    operation: Operation, action: UpdateAction[Any], environment: Environment
) -> Flow[UpdateAction[Any]]:
    attribute = operation.definition.attribute(action.path.name)
    if attribute.codec.seal is None or not isinstance(action, Set | SetIfAbsent):
        return action
    if not isinstance(action.value, Value):
        return action
    mark = unsealed_in(attribute.encode(action.value.value) or {})
    if mark is None:
        return action
    place = Place(operation.definition, attribute, operation.key)
    stored = yield from _seal_value(place, mark.plain, environment)
    return replace(action, value=replace(action.value, value=Sealed(stored)))


def _seal_value(place: Place, plain: AttributeValue, environment: Environment) -> Flow[AttributeValue]:
    rule = place.attribute.codec.seal
    stored: AttributeValue = plain
    if rule is not None and rule.encrypted:
        keys = _keys(place, environment)
        key = yield from keys.data_key(place.context, environment)
        data = encrypt(key, packed(plain), place.identity, environment.entropy)
        stored = _binary(data)
    if rule is not None and rule.offloading is not None:
        stored = yield from _offloaded(place, stored, rule.offloading, environment)
    return with_inside(stored, plain)


def _binary(data: bytes) -> AttributeValue:
    return {"B": as_base64(data)}


def _offloaded(
    place: Place, value: AttributeValue, offloading: Offloading, environment: Environment
) -> Flow[AttributeValue]:
    if value_size(value) <= offloading.above:
        # A map is always a pointer, so that no value can be taken for one.
        return {"L": [value]} if "M" in value or "L" in value else value
    objects = _objects(place, environment)
    data = packed(value)
    key = object_folder(place, objects, environment) + environment.entropy(16).hex()
    yield from objects.put(key, data, environment)
    return Pointer(objects.bucket, key, len(data), checksum(data)).stored()


def _has_sealed(definition: Definition[Any]) -> bool:
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
        if "NULL" not in item.get(attribute.stored, {"NULL": True}):
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
    objects, pointer = _objects(place, environment), pointer_in(stored)
    if pointer is None or not is_at(pointer, place, objects):
        raise DecodeError(f"is no pointer to an object of this item in {objects!r}")
    data = yield from objects.get(pointer.key, pointer.size, environment)
    if data is None:
        raise DecodeError(
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
    keys = _keys(place, environment)
    secret = yield from keys.secret(found.key_id, found.wrapped, place.context, environment)
    return unpacked(decrypt(found, secret, place.identity))


def _keys(place: Place, environment: Environment) -> KeyProvider:
    if environment.keys is None:
        raise place.lacks("keys", "keys=LocalKeys(…) or keys=KmsKeys(…)")
    return environment.keys


def _objects(place: Place, environment: Environment) -> ObjectStore:
    if environment.objects is None:
        raise place.lacks("objects", "objects=S3Objects(bucket)")
    return environment.objects
