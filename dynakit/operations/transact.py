"""One ``TransactWriteItems`` request: sent with an idempotency token, until it is applied or cancelled.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dynakit.errors import StatementError
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.retry import Refused, pause_within, request
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

MAX_OPERATIONS = 100

CONDITION_FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"
_CANCELLED = "TransactionCanceledException"
_THROTTLED = {"ProvisionedThroughputExceeded", "ThrottlingError"}


class Cancelled(Exception):
    """A transaction was not applied. An operation that did not fail has the reason ``"None"``."""

    def __init__(self, refused: Refused, attempts: int) -> None:
        super().__init__(refused.error.code)
        self.refused = refused
        self.reasons: list[Payload] = refused.error.body.get("CancellationReasons", [])
        self.attempts = attempts

    def code(self, position: int) -> str:
        """Why the operation at this position failed."""
        return str(self.reasons[position].get("Code", "None")) if position < len(self.reasons) else "None"

    def item(self, position: int) -> Item | None:
        """The item found by the operation at this position."""
        found: Item | None = self.reasons[position].get("Item") if position < len(self.reasons) else None
        return found


def transact_call(items: Sequence[Payload], environment: Environment) -> Call:
    """The request of so many operations, with a new token."""
    payload: Payload = {
        "TransactItems": list(items),
        "ClientRequestToken": environment.client_request_token(),
    }
    return Call("TransactWriteItems", payload)


def check_count(where: str, count: int, statement: object) -> None:
    """Refuse too many operations, and none. Raises :class:`StatementError`."""
    if not 0 < count <= MAX_OPERATIONS:
        raise StatementError(
            f"{where}: got {count} operations; expected 1 to {MAX_OPERATIONS}. Split the work; "
            "a transaction is never split silently.",
            statement=statement,
        )


def transact(
    call: Call, environment: Environment, statement: object, *, retry_conflicts: bool = False
) -> Flow[Payload]:
    """Send it until it is applied; gives the reply. Raises :class:`Cancelled`.

    It is sent again while nothing but throttling cancels it, until the deadline; with ``retry_conflicts``
    also while it meets other transactions.
    """
    until = environment.monotonic() + environment.retry.deadline
    passing = {*_THROTTLED, CONFLICT} if retry_conflicts else _THROTTLED
    attempts = 0
    while True:
        try:
            reply = yield from request(
                call, environment, interprets=(_CANCELLED,), statement=statement, until=until
            )
        except Refused as refused:
            attempts += refused.attempts
            cancelled = Cancelled(refused, attempts)
            pause = pause_within(environment, attempts, until)
            codes = {str(reason.get("Code")) for reason in cancelled.reasons} - {"None"}
            if pause is None or not codes or not codes <= passing:
                raise cancelled from refused.error
        else:
            return reply.payload
        yield Sleep(pause)
