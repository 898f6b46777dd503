"""Write transactions: up to 100 operations, all or none, as a value that can be listed.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from dynakit.errors import StatementError, TransactionCancelled
from dynakit.operations.flow import Flow
from dynakit.operations.member import Member
from dynakit.operations.operation import Operation
from dynakit.operations.sealing import sealed_operations
from dynakit.operations.sealing_after import settled
from dynakit.operations.together import failed_call, indispensable, members
from dynakit.operations.transact import Cancelled, check_count, transact, transact_call
from dynakit.operations.uniqueness import merged
from dynakit.values import dataclass
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.operations.partiql import Partiql
    from dynakit.schema.entity import Entity
    from dynakit.schema.query import Read

Part: TypeAlias = "Member | Entity | Read[Any, Any] | Partiql[Any]"
"""What is one of a transaction: a write or a check, the key of a get, a PartiQL statement."""


@dataclass(frozen=True)
class Reason:
    """Why an operation let its transaction be cancelled; ``code`` is ``"None"`` for one that did not.

    ``item`` is the item found where a condition failed, ``None`` where there was none; ``constraint`` is the
    unique constraint that another item upholds.
    """

    operation: Part
    code: str
    item: Item | None
    constraint: str | None = None


@dataclass(frozen=True)
class TransactWrite:
    """Writes and checks that are applied together or not at all, one per item.

    Sent with an idempotency token, so that it is safely sent again when a reply is lost (for ten minutes).
    """

    members: tuple[Member, ...]
    retry_conflicts: bool = False

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def compile(self, environment: Environment) -> Call:
        """The request exactly as it is sent.

        Raises :class:`StatementError` for more than 100 operations, for none, and for two on one item.
        """
        return self._call(self._operations(environment), environment)

    def flow(self, environment: Environment) -> Flow[None]:
        """Carry it out. Raises :class:`TransactionCancelled` with one reason per operation, in order.

        It is sent again while nothing but throttling cancels it, until the deadline; with ``retry_conflicts``
        also while it meets other transactions.
        """
        operations = yield from sealed_operations(self._operations(environment), environment)
        before = [member.before(one) for member, one in zip(self.members, operations, strict=True)]
        while True:
            try:
                call = self._call(operations, environment)
                yield from transact(call, environment, self, retry_conflicts=self.retry_conflicts)
                break
            except Cancelled as cancelled:
                fewer = indispensable(operations, cancelled)
                if fewer is None:
                    reasons = list(_reasons(self.members, operations, cancelled))
                    error = cancellation(self, "TransactWriteItems", reasons, cancelled)
                    raise error from cancelled.refused.error
                operations = fewer
        for member, operation in zip(self.members, operations, strict=True):
            member.settle(operation)
        for operation, item in zip(operations, before, strict=True):
            yield from settled(operation, item, None, environment)

    def _operations(self, environment: Environment) -> list[Operation]:
        operations = merged([member.operation(environment) for member in self.members])
        identities = [_identities(operation) for operation in operations]
        counted = Counter(one for several in identities for one in several)
        check_count(str(self), counted.total(), self)
        for member, several in zip(self.members, identities, strict=True):
            if any(counted[one] > 1 for one in several):
                raise StatementError(
                    f"{self}: `{member}` and another operation are on one item; a transaction has one per "
                    "item. Join them in one update with where=….",
                    statement=self,
                )
        return operations

    def _call(self, operations: Sequence[Operation], environment: Environment) -> Call:
        items = [member for operation in operations for member in members(operation, environment)]
        return transact_call(items, environment)

    def __str__(self) -> str:
        return f"transaction of {len(self.members)}"


def cancellation(
    statement: object,
    action: str,
    reasons: Sequence[Reason],
    cancelled: Cancelled,
    *,
    done: Literal["written", "read", "done"] = "written",
    name: Callable[[Any], str] = str,
) -> TransactionCancelled:
    """The error of a transaction of any kind; ``name`` gives what its message calls an operation."""
    failed = "; ".join(
        f"`{name(reason.operation)}`: {reason.constraint or reason.code}"
        for reason in reasons
        if reason.code != "None"
    )
    return TransactionCancelled(
        f"{statement}: nothing was {done}, because of {failed or 'a reason not told'}. All reasons are on "
        ".reasons.",
        reasons=reasons,
        action=action,
        attempts=cancelled.attempts,
        request_id=cancelled.refused.error.request_id,
        statement=statement,
    )


def _identities(operation: Operation) -> list[str]:
    return [operation.identity, *(companion.identity for companion in operation.companions)]


def _reasons(
    members: Sequence[Member], operations: Sequence[Operation], cancelled: Cancelled
) -> Iterator[Reason]:
    """One for each member: its own, or that of the first of its companions that failed."""
    position = 0
    for member, operation in zip(members, operations, strict=True):
        reason = Reason(member, cancelled.code(position), cancelled.item(position))
        for offset, companion in enumerate(operation.companions, 1):
            code = cancelled.code(position + offset)
            if reason.code == "None" and code != "None":
                found = cancelled.item(position + offset)
                why = companion.refusal(member, failed_call(cancelled), found)
                reason = Reason(member, code, found, getattr(why, "constraint", None))
        yield reason
        position += 1 + len(operation.companions)
