"""Sealing what is encrypted or offloaded, before it is stored.

It does nothing for an entity without such attributes. What it gives stands in items as it is stored, with the
value inside for its codec (:class:`~dynakit.codec.sealed.Opened`), and is opened again by
:mod:`dynakit.operations.sealing_open`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dynakit.codec.sealed import Sealed, unsealed_in
from dynakit.expressions.operand import Value
from dynakit.expressions.update import Set, SetIfAbsent, UpdateAction
from dynakit.operations.flow import Flow
from dynakit.operations.operation import Operation
from dynakit.schema.definition import Definition
from dynakit.schema.item import check_size
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment


def seal(definition: Definition[Any], key: Item, item: Item, environment: Environment) -> Flow[Item]:
    """Seal the values of an item that the codec has marked; large ones are uploaded.

    Raises :class:`StatementError` where the client lacks keys or objects, :class:`RequestError` when the key
    service or the object store fails; nothing was written to the table then.
    """
    if not definition.sealed:
        return item
    from dynakit.operations.sealing_value import Place, sealed_value

    sealed = dict(item)
    for attribute in definition.sealed:
        mark = unsealed_in(item.get(attribute.stored, {}))
        if mark is not None:
            place = Place(definition, attribute, key)
            sealed[attribute.stored] = yield from sealed_value(place, mark.plain, environment)
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
    from dynakit.operations.sealing_value import Place, sealed_value

    place = Place(operation.definition, attribute, operation.key)
    stored = yield from sealed_value(place, mark.plain, environment)
    return replace(action, value=replace(action.value, value=Sealed(stored)))
