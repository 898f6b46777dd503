"""Sealing what is encrypted or offloaded, before it is stored.

It does nothing for an entity without such attributes. What it gives stands in items as it is stored, with the
value inside for its codec (:class:`~dynakit.codec.sealed.Opened`), and is opened again by
:mod:`dynakit.operations.sealing_open`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dynakit.codec.packed import as_base64, packed
from dynakit.codec.sealed import Offloading, Sealed, unsealed_in, with_inside
from dynakit.codec.size import value_size
from dynakit.expressions.operand import Value
from dynakit.expressions.update import Set, SetIfAbsent, UpdateAction
from dynakit.operations.flow import Flow
from dynakit.operations.operation import Operation
from dynakit.operations.sealing_cipher import encrypt
from dynakit.operations.sealing_place import Place, Pointer, checksum, object_folder
from dynakit.schema.definition import Definition
from dynakit.schema.item import check_size
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment


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


def sealed_operations(operations: Sequence[Operation], environment: Environment) -> Flow[list[Operation]]:
    """Seal what the writes of a transaction store. Raises as :func:`seal`."""
    sealed: list[Operation] = []
    for operation in operations:
        one = yield from sealed_operation(operation, environment)
        sealed.append(one)
    return sealed


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
        keys = place.keys(environment)
        key = yield from keys.data_key(place.context, environment)
        data = encrypt(key, packed(plain), place.identity, environment.entropy)
        stored = _binary(data)
    if rule is not None and rule.offloading is not None:
        stored = yield from _offloaded(place, stored, rule.offloading, environment)
    return with_inside(stored, plain)


def _offloaded(
    place: Place, value: AttributeValue, offloading: Offloading, environment: Environment
) -> Flow[AttributeValue]:
    if value_size(value) <= offloading.above:
        # A map is always a pointer, so that no value can be taken for one.
        return {"L": [value]} if "M" in value or "L" in value else value
    objects = place.objects(environment)
    data = packed(value)
    key = object_folder(place, objects, environment) + environment.entropy(16).hex()
    yield from objects.put(key, data, environment)
    return Pointer(objects.bucket, key, len(data), checksum(data)).stored()


def _binary(data: bytes) -> AttributeValue:
    return {"B": as_base64(data)}
