"""Several PartiQL statements at once: each for itself in a batch, all or none in a transaction.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dynakit.errors import (
    AccessDenied,
    ConditionFailed,
    ItemAlreadyExists,
    OutcomeUnknown,
    RequestError,
    StatementError,
    StatementsFailed,
    TableMissing,
)
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.partiql import Partiql, send
from dynakit.operations.retry import pause_within
from dynakit.operations.sealing_open import opened_found
from dynakit.operations.transact import Cancelled, check_count, transact
from dynakit.operations.transaction import Reason, cancellation
from dynakit.schema.definition import definition_of
from dynakit.values import dataclass
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

R = TypeVar("R")

MAX_STATEMENTS = 25

_PASSING = {"ProvisionedThroughputExceeded", "RequestLimitExceeded", "ThrottlingError", "TransactionConflict"}
_FAULT = "InternalServerError"


@dataclass(frozen=True)
class PartiqlBatch(Generic[R]):
    """Up to 25 statements, each for itself; all of them read, or all write.

    A ``SELECT`` names one item by its whole primary key, and none the same item as another. Gives the row of
    each, in order; ``None`` for no item.
    """

    statements: tuple[Partiql[R], ...]

    def __iter__(self) -> Iterator[Partiql[R]]:
        return iter(self.statements)

    def __len__(self) -> int:
        return len(self.statements)

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return all(statement.reads for statement in self.statements)

    def compile(self, environment: Environment) -> Call:
        """The request exactly as it is sent.

        Raises :class:`StatementError` for more than 25 statements, for none, and for reads among writes.
        """
        if not 0 < len(self.statements) <= MAX_STATEMENTS:
            raise StatementError(
                f"{self}: got {len(self.statements)} statements; expected 1 to {MAX_STATEMENTS}. Split them.",
                statement=self,
            )
        _check_kinds(self, self.statements)
        return _batch_call(self.statements, environment)

    def flow(self, environment: Environment) -> Flow[list[R | None]]:
        """Carry it out; statements that are throttled are sent again, until the deadline.

        Raises :class:`StatementsFailed` when not all are done, with an error for each that is not.
        """
        self.compile(environment)
        work = _Work(self, list(range(len(self.statements))))
        until = environment.monotonic() + environment.retry.deadline
        while work.left:
            work.attempts += 1
            yield from _attempt(work, environment)
            pause = pause_within(environment, work.attempts, until)
            if pause is None:
                break
            if work.left:
                yield Sleep(pause)
        if len(work.rows) < len(self.statements):
            raise work.failed()
        return [work.rows[place] for place in sorted(work.rows)]

    def __str__(self) -> str:
        return f"partiql batch of {len(self.statements)}"


@dataclass(frozen=True)
class PartiqlTransaction(Generic[R]):
    """Up to 100 statements, all or none; all of them ``SELECT``, or none.

    Sent with an idempotency token, so that it is safely sent again when a reply is lost (for ten minutes).
    Gives the row of each, in order; ``None`` for no item.
    """

    statements: tuple[Partiql[R], ...]
    retry_conflicts: bool = False

    def __iter__(self) -> Iterator[Partiql[R]]:
        return iter(self.statements)

    def __len__(self) -> int:
        return len(self.statements)

    def compile(self, environment: Environment) -> Call:
        """The request exactly as it is sent.

        Raises :class:`StatementError` for more than 100 statements, for none, and for ``SELECT`` among
        others.
        """
        check_count(str(self), len(self.statements), self)
        _check_kinds(self, self.statements)
        members = [_guarded(statement, environment) for statement in self.statements]
        token = environment.client_request_token()
        return Call("ExecuteTransaction", {"TransactStatements": members, "ClientRequestToken": token})

    def flow(self, environment: Environment) -> Flow[list[R | None]]:
        """Carry it out. Raises :class:`TransactionCancelled` with one reason per statement, in order.

        It is sent again while nothing but throttling cancels it, until the deadline; with ``retry_conflicts``
        also while it meets other transactions.
        """
        call = self.compile(environment)
        try:
            reply = yield from transact(call, environment, self, retry_conflicts=self.retry_conflicts)
        except Cancelled as cancelled:
            reasons = [
                Reason(statement, cancelled.code(place), cancelled.item(place))
                for place, statement in enumerate(self.statements)
            ]
            error = cancellation(self, call.action, reasons, cancelled, done="done")
            raise error from cancelled.refused.error
        answers: list[Payload] = reply.get("Responses") or [{}] * len(self.statements)
        rows: list[R | None] = []
        for statement, answer in zip(self.statements, answers, strict=True):
            row = yield from _row(statement, answer, environment)
            rows.append(row)
        return rows

    def __str__(self) -> str:
        return f"partiql transaction of {len(self.statements)}"


@dataclass
class _Work(Generic[R]):
    """Where each statement of a batch is, by its place."""

    batch: PartiqlBatch[R]
    left: list[int]
    rows: dict[int, R | None] = field(default_factory=dict[int, "R | None"])
    errors: dict[int, RequestError] = field(default_factory=dict[int, RequestError])
    unknown: set[int] = field(default_factory=set[int])
    attempts: int = 0

    def failed(self) -> StatementsFailed:
        """The error that gives every statement back."""
        statements = self.batch.statements
        failed = [place for place in self.errors if place not in self.unknown and place not in self.left]
        told = "; ".join(f"{statements[place]}: {error.code}" for place, error in sorted(self.errors.items()))
        return StatementsFailed(
            f"{self.batch}: {len(self.rows)} done, {len(statements) - len(self.rows)} not ({told}). "
            "The error of each is on .errors, its row on .rows.",
            done=[statements[place] for place in sorted(self.rows)],
            unprocessed=[statements[place] for place in self.left],
            failed=[statements[place] for place in sorted(failed)],
            unknown=[statements[place] for place in sorted(self.unknown)],
            errors=[self.errors.get(place) for place in range(len(statements))],
            rows=[self.rows.get(place) for place in range(len(statements))],
            action="BatchExecuteStatement",
            attempts=self.attempts,
            statement=self.batch,
        )


def _attempt(work: _Work[Any], environment: Environment) -> Flow[None]:
    """Send what is left, once; what may succeed later stays left."""
    sent, reads = work.left, work.batch.reads
    call = _batch_call([work.batch.statements[place] for place in sent], environment)
    try:
        reply = yield from send(call, environment, work.batch, reads=reads)
    except OutcomeUnknown as error:
        work.errors.update(dict.fromkeys(sent, error))
        work.unknown.update(sent)
        raise work.failed() from error
    work.left = []
    answers: list[Payload] = reply.payload["Responses"]
    for place, answer in zip(sent, answers, strict=True):
        statement = work.batch.statements[place]
        if "Error" not in answer:
            work.errors.pop(place, None)
            work.rows[place] = yield from _row(statement, answer, environment)
            continue
        failure = _error(statement, answer["Error"])
        work.errors[place] = failure
        if failure.code in _PASSING or (reads and failure.code == _FAULT):
            work.left.append(place)
        elif failure.code == _FAULT:
            work.unknown.add(place)


def _row(statement: Partiql[R], answer: Payload, environment: Environment) -> Flow[R | None]:
    item: Item | None = answer.get("Item")
    if not item:
        return None
    if statement.entity is not None:
        item = yield from opened_found(definition_of(statement.entity), item, environment)
    return statement.decode(item)


def _error(statement: Partiql[Any], given: Payload) -> RequestError:
    """The error of one statement, by its code."""
    code, item = str(given.get("Code")), given.get("Item")
    details: dict[str, Any] = {"action": "BatchExecuteStatement", "statement": statement}
    if code in {"ConditionalCheckFailed", "DuplicateItem"}:
        kind = ItemAlreadyExists if statement.kind == "INSERT" else ConditionFailed
        error = kind(f"{statement}: {code}; nothing was written.", item=item, **details)
        error.code = code
        return error
    errors: dict[str, type[RequestError]] = {"ResourceNotFound": TableMissing, "AccessDenied": AccessDenied}
    return errors.get(code, RequestError)(f"{statement}: {code}.", code=code, **details)


def _batch_call(statements: Sequence[Partiql[Any]], environment: Environment) -> Call:
    members = [
        {**_guarded(statement, environment), **({"ConsistentRead": True} if statement.consistent else {})}
        for statement in statements
    ]
    return Call("BatchExecuteStatement", {"Statements": members})


def _guarded(statement: Partiql[Any], environment: Environment) -> Payload:
    """A member of a request; one that writes gives the item on which its condition failed."""
    told = {} if statement.kind == "SELECT" else {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {**statement.members(environment), **told}


def _check_kinds(where: object, statements: Sequence[Partiql[Any]]) -> None:
    if len({statement.kind == "SELECT" for statement in statements}) > 1:
        raise StatementError(
            f"{where}: reads and writes are mixed; DynamoDB takes one or the other. Split them.",
            statement=where,
        )
