"""Write transactions: up to 100 operations, all or none, as a value that can be listed.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from dynakit.errors import StatementError, TransactionCancelled
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.operation import Operation
from dynakit.operations.retry import Refused, delay, request
from dynakit.operations.write import Check, Write
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

MAX_OPERATIONS = 100

_CANCELLED = "TransactionCanceledException"
_PASSING = {"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}

Member: TypeAlias = "Write[Any] | Check[Any]"
"""``Create``, ``Put``, ``Replace``, ``Update``, ``Upsert``, ``Delete`` or ``Check``."""


@dataclass(frozen=True)
class Reason:
    """Why an operation let its transaction be cancelled; ``code`` is ``"None"`` for one that did not.

    ``item`` is the item found where a condition failed, ``None`` where there was none.
    """

    operation: Member
    code: str
    item: Item | None


@dataclass(frozen=True)
class TransactWrite:
    """Writes and checks that are applied together or not at all, one per item.

    Sent with an idempotency token, so that it is safely sent again when a reply is lost (for ten minutes).
    """

    members: tuple[Member, ...]

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def compile(self, environment: Environment) -> Call:
        """The request exactly as it is sent.

        Raises :class:`StatementError` for more than 100 operations, for none, and for two on one item.
        """
        operations = [member.operation(environment) for member in self.members]
        self._check(operations)
        items = [{operation.kind: operation.payload(environment)} for operation in operations]
        payload: Payload = {"TransactItems": items, "ClientRequestToken": environment.client_request_token()}
        return Call("TransactWriteItems", payload)

    def flow(self, environment: Environment) -> Flow[None]:
        """Carry it out. Raises :class:`TransactionCancelled` with one reason per operation, in order.

        It is sent again while nothing but throttling and other transactions cancel it, until the deadline.
        """
        call = self.compile(environment)
        until = environment.monotonic() + environment.retry.deadline
        attempts = 0
        while True:
            try:
                yield from request(call, environment, interprets=(_CANCELLED,), statement=self, until=until)
            except Refused as refused:
                attempts += refused.attempts
                pause = delay(environment, attempts)
                over = attempts >= environment.retry.attempts or environment.monotonic() + pause >= until
                if over or not _passes(refused):
                    raise self._cancelled(refused, attempts) from refused.error
            else:
                return
            yield Sleep(pause)

    def _check(self, operations: list[Operation]) -> None:
        if not 0 < len(operations) <= MAX_OPERATIONS:
            raise StatementError(
                f"{self}: got {len(operations)} operations; expected 1 to {MAX_OPERATIONS}. Split the work; "
                "a transaction is never split silently.",
                statement=self,
            )
        counted = Counter(operation.identity for operation in operations)
        for member, operation in zip(self.members, operations, strict=True):
            if counted[operation.identity] > 1:
                raise StatementError(
                    f"{self}: `{member}` and another operation are on one item; a transaction has one per "
                    "item. Join them in one update with where=….",
                    statement=self,
                )

    def _cancelled(self, refused: Refused, attempts: int) -> TransactionCancelled:
        given = _reasons(refused)
        reasons = [
            Reason(member, str(reason.get("Code", "None")), reason.get("Item"))
            for member, reason in zip(self.members, given, strict=False)
        ]
        failed = "; ".join(
            f"`{reason.operation}`: {reason.code}" for reason in reasons if reason.code != "None"
        )
        return TransactionCancelled(
            f"{self}: nothing was written, because of {failed or 'a reason not told'}. All reasons are on "
            ".reasons.",
            reasons=reasons,
            action="TransactWriteItems",
            attempts=attempts,
            request_id=refused.error.request_id,
            statement=self,
        )

    def __str__(self) -> str:
        return f"transaction of {len(self.members)}"


def _reasons(refused: Refused) -> list[Payload]:
    reasons: list[Payload] = refused.error.body.get("CancellationReasons", [])
    return reasons


def _passes(refused: Refused) -> bool:
    """Whether it may succeed if it is sent again: nothing was wrong but the moment."""
    codes = {str(reason.get("Code")) for reason in _reasons(refused)} - {"None"}
    return bool(codes) and codes <= _PASSING
