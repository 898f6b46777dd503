"""After a sealed write has succeeded: what it gave is opened, and the objects it replaced are deleted.

Never before: a write that fails must leave what the item points to. Objects of a write that failed, and those
a failed deletion leaves, are found by the sweep (:mod:`dynakit.operations.sweep`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynakit.codec.sealed import Sealed
from dynakit.errors import RequestError
from dynakit.expressions.operand import Value
from dynakit.expressions.update import Remove, Set, SetIfAbsent
from dynakit.operations.flow import Flow
from dynakit.operations.operation import Operation
from dynakit.operations.sealing_open import has_sealed, opened_one
from dynakit.schema.definition import Definition
from dynakit.schema.origin import origin_of
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment


def settled(
    operation: Operation, before: Item | None, stored: Item | None, environment: Environment
) -> Flow[Item | None]:
    """After a sealed write has succeeded: open the item it gave, and delete the objects it replaced.

    ``before`` is the item as it was, as far as it is known, ``stored`` as it now is, where the reply tells.
    """
    definition = operation.definition
    if not has_sealed(definition):
        return stored
    written = _written(operation)
    after = stored if stored is not None else written
    if before is not None and operation.kind == "Update" and stored is None:
        before = {name: before[name] for name in _touched(operation) if name in before}
    replaced = _pointed(definition, operation.key, before, environment)
    uploaded = _pointed(definition, operation.key, written, environment)
    kept = _pointed(definition, operation.key, after, environment)
    yield from _delete(definition, (replaced | uploaded) - kept, environment)
    if stored is None:
        return None
    known = {**(before or {}), **written}
    stored = {name: known[name] if known.get(name) == value else value for name, value in stored.items()}
    return (yield from opened_one(definition, stored, environment))


def loaded(operation: Operation, given: object) -> Item | None:
    """The item that an entity was read from or written as, if it is the one that is written to."""
    origin = origin_of(given) if hasattr(type(given), "__define__") else None  # type: ignore[arg-type]
    return None if origin is None or not operation.key.items() <= origin.item.items() else origin.item


def sealed_values(operation: Operation, before: Item) -> Item:
    """The sealed attributes of an item after a write: as written, else as they were."""
    written = _written(operation)
    touched = _touched(operation)
    names = [attribute.stored for attribute in operation.definition.sealed]
    kept = {name: before[name] for name in names if name in before and name not in touched}
    return {**kept, **{name: value for name, value in written.items() if name in names}}


def discard(
    definition: Definition[Any], key: Item, before: Item | None, after: Item | None, environment: Environment
) -> Flow[None]:
    """Delete the objects that an item pointed to before it was written, and no longer does.

    To be called after the write has succeeded. A failure is logged only: the sweep finds what is left.
    """
    replaced = _pointed(definition, key, before, environment)
    yield from _delete(definition, replaced - _pointed(definition, key, after, environment), environment)


def offloads(definition: Definition[Any]) -> bool:
    """Whether an entity has values that are kept in an object store."""
    if not definition.sealed:
        return False
    return any(attribute.codec.seal and attribute.codec.seal.offloading for attribute in definition.sealed)


def _delete(definition: Definition[Any], keys: set[str], environment: Environment) -> Flow[None]:
    if not keys or environment.objects is None:
        return
    try:
        yield from environment.objects.delete(sorted(keys), environment)
    except RequestError as error:
        import logging

        log = logging.getLogger("dynakit")
        log.warning("%s: %d replaced objects are left for a sweep: %s", definition.name, len(keys), error)


def _written(operation: Operation) -> Item:
    """What a sealed operation writes: its item, or the attributes that its actions set."""
    if operation.kind == "Put":
        return operation.item or {}
    written: Item = {}
    for action in operation.actions:
        if isinstance(action, Set | SetIfAbsent) and isinstance(action.value, Value):
            value = action.value.value
            if isinstance(value, Sealed):
                written[operation.definition.attribute(action.path.name).stored] = value.stored
    return written


def _touched(operation: Operation) -> set[str]:
    """The stored names of the attributes that an update certainly replaces or removes."""
    actions = (action for action in operation.actions if isinstance(action, Set | Remove))
    return {operation.definition.attribute(action.path.name).stored for action in actions}


def _pointed(definition: Definition[Any], key: Item, item: Item | None, environment: Environment) -> set[str]:
    """The keys of the objects an item points to that were written here, for this very item."""
    objects = environment.objects
    if item is None or objects is None or not offloads(definition):
        return set()
    from dynakit.operations.sealing_place import Place, object_folder, pointer_in

    found: set[str] = set()
    for attribute in definition.sealed:
        pointer = pointer_in(item.get(attribute.stored, {}))
        folder = object_folder(Place(definition, attribute, key), objects, environment)
        if pointer is not None and pointer.bucket == objects.bucket and pointer.key.startswith(folder):
            found.add(pointer.key)
    return found
