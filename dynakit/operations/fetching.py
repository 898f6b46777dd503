"""Writes that must know the item as it is stored: it is read, and read anew while others write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dynakit.errors import NotFound, StatementError, VersionConflict
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.operation import Operation
from dynakit.operations.point import get_call
from dynakit.operations.retry import delay, request
from dynakit.operations.sealing_open import opened_one
from dynakit.operations.target import Target
from dynakit.schema.origin import origin_of
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
R_co = TypeVar("R_co", covariant=True)


class Fetching(Protocol[R_co]):
    """What is asked of such a write."""

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        """What it does to an item that is stored so."""
        ...

    @property
    def tolerates_missing(self) -> bool:
        """Whether there is nothing left to do where there is no item."""
        ...

    def result(self, stored: Item | None) -> R_co:
        """The result."""
        ...

    def carried(
        self, operation: Operation, environment: Environment, current: Item | None = None
    ) -> Flow[R_co]:
        """Send it, knowing the item that was read for it."""
        ...


def fetching(write: Fetching[R_co], target: Target[Any], environment: Environment) -> Flow[R_co]:
    """Read the item, and write what follows from it; again while others write it in between.

    Raises :class:`NotFound` where there is none.
    """
    until = environment.monotonic() + environment.retry.deadline
    current = yield from stored_item(target, environment, write)
    attempts = 0
    while True:
        operation = None if current is None else write.operation_on(current, environment)
        if operation is None or current is None or operation.hides(current):
            if write.tolerates_missing:
                return write.result(None)
            raise NotFound(f"{write}: there is no such item.", statement=write)
        try:
            return (yield from write.carried(operation, environment, current))
        except VersionConflict as conflict:
            attempts += 1
            pause = delay(environment, attempts)
            # What was fetched may be guarded by a companion, as in a move; a loaded version is never fetched.
            lost = "version" in operation.broken(conflict.item)
            if lost or environment.monotonic() + pause >= until:
                raise
            current = yield from opened_one(target.definition, conflict.item, environment)
        yield Sleep(pause)


def loaded_item(target: Target[E], entity: E) -> Item:
    """The item an entity was loaded from, to take values from that a write needs.

    Raises :class:`StatementError` for an entity that was made by hand, or read from an index that does not
    hold all of the item, and for one of another key.
    """
    origin = origin_of(entity)
    if origin is None or not origin.whole:
        raise StatementError(
            f"{target}: current=… was not loaded whole from the table; expected the item as it was read. Get "
            "it from the table first, or pass fetch_missing=True."
        )
    if not target.key.items() <= origin.item.items():
        raise StatementError(f"{target}: current=… is another item than the one to change. Pass the same.")
    return origin.item


def known_item(target: Target[Any], key: object) -> Item | None:
    """The item that a loaded entity was read from or written as, whole; ``None`` for anything else."""
    origin = origin_of(key) if hasattr(type(key), "__define__") else None  # type: ignore[arg-type]
    if origin is None or not origin.whole or not target.key.items() <= origin.item.items():
        return None
    return origin.item


def stored_item(target: Target[Any], environment: Environment, statement: object) -> Flow[Item | None]:
    """The item as it is stored, read consistently; ``None`` for none."""
    call = get_call(target, environment, consistent=True)
    reply = yield from request(call, environment, statement=statement)
    return (yield from opened_one(target.definition, reply.payload.get("Item"), environment))
