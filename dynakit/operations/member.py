"""Writes of one item: statements, and the one flow that carries them out.

A write whose reply was lost is told apart by its token: a condition that fails on an item carrying this
write's own token failed on its own earlier attempt, which is success. After an attempt that may have been
applied, a conditional write is sent again with ``AND (no token OR token <> mine)``, and what still cannot
be known is :class:`~dynakit.errors.OutcomeUnknown`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from dynakit.operations.failed import Failed
from dynakit.operations.fetching import fetching
from dynakit.operations.flow import Flow
from dynakit.operations.operation import Operation
from dynakit.operations.refusal import is_own, refusal
from dynakit.operations.retry import SAME, Refused, Reply, Resend, request
from dynakit.operations.sealing import sealed_operation
from dynakit.operations.sealing_after import loaded, offloads, settled
from dynakit.operations.target import Target
from dynakit.operations.together import carry_out_together, members
from dynakit.operations.transact import transact_call
from dynakit.schema.definition import Definition
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment

R = TypeVar("R")

_CONDITION_FAILED = "ConditionalCheckFailedException"


class Member:
    """What a transaction can be made of: a write, or a check."""

    def operation(self, environment: Environment) -> Operation:
        """What it does or demands.

        Raises :class:`StatementError` or :class:`EncodeError` for what cannot be sent.
        """
        raise NotImplementedError

    def settle(self, operation: Operation) -> None:
        """Note on the user's entity what is stored now; called once that is proven."""

    def before(self, operation: Operation) -> Item | None:
        """The item as it was loaded, for one with sealed values; ``None`` where that is not known."""
        return None


class Write(Member, Generic[R]):
    """A write of one item that gives an ``R``. Immutable, built without I/O; whoever has a client runs it.

    With ``once=True`` it is carried as a transaction with an idempotency token, so that it is applied exactly
    once whatever happens to replies, for ten minutes, at twice the write units.
    """

    returns: ClassVar[Literal["ALL_NEW"] | None] = None
    once: bool

    def operation(self, environment: Environment) -> Operation:
        return self.operation_on(self.known(), environment)

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        """What it does to an item that was stored so when it was read; ``None`` where that is not known."""
        raise NotImplementedError

    def known(self) -> Item | None:
        """The item as the statement knows it, by an entity that was loaded."""
        return None

    def reads_first(self) -> bool:
        """Whether the item must be read where it is not known."""
        return False

    @property
    def tolerates_missing(self) -> bool:
        """Whether there is nothing left to do where there is no item."""
        return False

    def compile(self, environment: Environment) -> Call:
        """The request exactly as it is sent: a function of the statement and the environment alone.

        Raises as :meth:`operation`, and :class:`StatementError` for a write that must read first.
        """
        operation = self.operation(environment)
        if self.once or operation.companions:
            return transact_call(members(operation, environment), environment)
        return operation.call(environment, returns=self.returned(operation))

    def flow(self, environment: Environment) -> Flow[R]:
        """Carry it out."""
        known = self.known()
        if known is not None or not self.reads_first():
            return (yield from self.carried(self.operation_on(known, environment), environment))
        return (yield from fetching(self, self.target(), environment))

    def target(self) -> Target[Any]:
        """The item it is about."""
        raise NotImplementedError

    def carried(self, operation: Operation, environment: Environment, current: Item | None = None) -> Flow[R]:
        """Send what it does, alone or together with what must go with it, and settle the outcome.

        ``current`` is the item that was read for it.
        """
        operation = yield from sealed_operation(operation, environment)
        before = self.before(operation) or current
        if self.once or operation.companions:
            stored = yield from carry_out_together(self, operation, environment)
        else:
            stored = yield from carry_out(self, operation, environment)
        if self.returns is None and stored is not None:
            before, stored = stored, None
        self.settle(operation)
        stored = yield from settled(operation, before, stored, environment)
        return self.result(stored)

    def before(self, operation: Operation) -> Item | None:
        given: object = vars(self).get("item", vars(self).get("key"))
        return loaded(operation, given) if operation.definition.sealed else None

    def returned(self, operation: Operation) -> Literal["ALL_NEW", "ALL_OLD"] | None:
        """What the reply tells of the item: what objects it pointed to, if nothing else."""
        return self.returns or ("ALL_OLD" if offloads(operation.definition) else None)

    def resent(self, operation: Operation, environment: Environment) -> Resend:
        """What is sent after an attempt that may have been applied; ``None`` for nothing."""
        return guarded(self, operation, environment)

    def accepts(self, operation: Operation, found: Item | None) -> bool:
        """Whether a condition that failed on this item means that there is nothing left to do."""
        return False

    def result(self, stored: Item | None) -> R:
        """The result, from the item as it is now stored, where the reply tells."""
        raise NotImplementedError


def guarded(write: Write[R], operation: Operation, environment: Environment) -> Resend:
    """Send again unless applied, where the write carries a token; else send the same."""
    if operation.token is None:
        return SAME
    return operation.call(environment, unless_applied=True, returns=write.returned(operation))


def carry_out(write: Write[R], operation: Operation, environment: Environment) -> Flow[Item | None]:
    """Send one write and interpret a failed condition. Gives the attributes returned, if any."""
    call = operation.call(environment, returns=write.returned(operation), statement=write)
    try:
        reply: Reply = yield from request(
            call,
            environment,
            resend=lambda: write.resent(operation, environment),
            interprets=(_CONDITION_FAILED,),
            statement=write,
        )
    except Refused as refused:
        found: Item | None = refused.error.body.get("Item")
        if not (is_own(operation, found) or write.accepts(operation, found)):
            raise refusal(write, operation, Failed.of(refused, call.action), found) from refused.error
        return found if write.returns == "ALL_NEW" else None
    attributes: Item | None = reply.payload.get("Attributes")
    return attributes


def token_for(environment: Environment, operation: Operation) -> Operation:
    """Give a conditional write its token, where the table has an attribute for it."""
    token = new_token(operation.definition, environment)
    return operation if token is None else replace(operation, token=token)


def new_token(definition: Definition[Any], environment: Environment) -> str | None:
    """A token for a conditional write, where the table has an attribute for it."""
    return None if definition.stored_in.token_attribute is None else environment.write_token()
