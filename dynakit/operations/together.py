"""A single write carried as a transaction: for what must go with it, or to be applied exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from dynakit.errors import DynakitError, NotFound, RequestError, TransactionCancelled
from dynakit.operations.failed import Failed
from dynakit.operations.flow import Flow
from dynakit.operations.operation import Companion, Operation
from dynakit.operations.refusal import is_own, refusal
from dynakit.operations.retry import request
from dynakit.operations.transact import CONDITION_FAILED, CONFLICT, Cancelled, transact, transact_call
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment

_INVALID = "ValidationError"


class Carried(Protocol):
    """What is asked of the write; ``returns`` says which attributes it wants returned."""

    returns: ClassVar[Literal["ALL_NEW"] | None]

    def accepts(self, operation: Operation, found: Item | None) -> bool:
        """Whether a condition that failed on this item means that there is nothing left to do."""
        ...


def members(operation: Operation, environment: Environment) -> list[dict[str, Any]]:
    """The members of a transaction's request that carry out one write."""
    own: dict[str, Any] = {operation.kind: operation.payload(environment)}
    return [own, *(companion.member(environment) for companion in operation.companions)]


def carry_out_together(write: Carried, operation: Operation, environment: Environment) -> Flow[Item | None]:
    """Send it, meeting other transactions with patience.

    Gives the item as it then is, where the write wants it: a transaction returns none, so it is read.
    """
    call = transact_call(members(operation, environment), environment)
    try:
        yield from transact(call, environment, write, retry_conflicts=True)
    except Cancelled as cancelled:
        fewer = indispensable([operation], cancelled)
        if fewer is not None:
            return (yield from carry_out_together(write, fewer[0], environment))
        found = cancelled.item(0)
        if cancelled.code(0) != CONDITION_FAILED:
            raise _of_companions(write, operation, cancelled) from cancelled.refused.error
        if not (is_own(operation, found) or write.accepts(operation, found)):
            raise refusal(write, operation, failed_call(cancelled), found) from cancelled.refused.error
    if write.returns is None:
        return None
    return (yield from _read(write, operation, environment))


def indispensable(operations: Sequence[Operation], cancelled: Cancelled) -> list[Operation] | None:
    """The operations without the companions whose conditions failed and that may be left out.

    ``None`` where something else failed, or nothing of theirs.
    """
    left: list[Operation] = []
    position, dropped = 0, False
    for operation in operations:
        kept: list[Companion] = []
        own = cancelled.code(position)
        if own not in ("None", CONFLICT):
            return None
        for offset, companion in enumerate(operation.companions, 1):
            failed = cancelled.code(position + offset) == CONDITION_FAILED
            if failed and not companion.dispensable:
                return None
            dropped = dropped or failed
            kept += [] if failed else [companion]
        left.append(replace(operation, companions=kept))
        position += 1 + len(operation.companions)
    return left if dropped else None


def failed_call(cancelled: Cancelled) -> Failed:
    """How a cancelled transaction went.

    Its token makes a second attempt harmless, so no earlier one can be what the condition fails on.
    """
    error = cancelled.refused.error
    return Failed("TransactWriteItems", cancelled.attempts, False, error.code, error.request_id)


def _of_companions(write: Carried, operation: Operation, cancelled: Cancelled) -> DynakitError:
    for position, companion in enumerate(operation.companions, 1):
        if cancelled.code(position) == CONDITION_FAILED:
            return companion.refusal(write, failed_call(cancelled), cancelled.item(position))
    if cancelled.code(0) == _INVALID:
        return RequestError(
            f"{write}: DynamoDB refuses it ({_INVALID}); nothing was written. Check its paths and values.",
            action="TransactWriteItems",
            code="ValidationException",
            attempts=cancelled.attempts,
            statement=write,
        )
    codes = ", ".join(sorted({str(reason.get("Code")) for reason in cancelled.reasons} - {"None"}))
    return TransactionCancelled(
        f"{write}: nothing was written, because of {codes or 'a reason not told'} "
        f"({cancelled.attempts} attempts). Try again later.",
        reasons=(),
        action="TransactWriteItems",
        attempts=cancelled.attempts,
        statement=write,
    )


def _read(write: Carried, operation: Operation, environment: Environment) -> Flow[Item]:
    table = environment.table_name(operation.definition.stored_in)
    call = Call("GetItem", {"TableName": table, "Key": operation.key, "ConsistentRead": True})
    reply = yield from request(call, environment, statement=write)
    item: Item | None = reply.payload.get("Item")
    if item is None:
        raise NotFound(f"{write}: it was done, and the item is gone again.", statement=write)
    return item
