"""Sealing one value: encrypted, and uploaded where it is large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynakit.codec.packed import as_base64, packed
from dynakit.codec.sealed import Offloading, with_inside
from dynakit.codec.size import value_size
from dynakit.operations.flow import Flow
from dynakit.operations.sealing_cipher import encrypt
from dynakit.operations.sealing_place import Place, Pointer, checksum, object_folder
from dynakit.wire import AttributeValue

if TYPE_CHECKING:
    from dynakit.environment import Environment

__all__ = ["Place", "sealed_value"]


def sealed_value(place: Place, plain: AttributeValue, environment: Environment) -> Flow[AttributeValue]:
    """What is stored for a value, by the rule of its attribute. Raises as :func:`~.sealing.seal`."""
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
