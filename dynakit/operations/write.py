"""Writes of one item: statements, and the one flow that carries them out.

A write whose reply was lost is told apart by its token: a condition that fails on an item carrying this
write's own token failed on its own earlier attempt, which is success. After an attempt that may have been
applied, a conditional write is sent again with ``AND (no token OR token <> mine)``, and what still cannot
be known is :class:`~dynakit.errors.OutcomeUnknown`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from dynakit.errors import ConditionFailed, DynakitError, ItemAlreadyExists, NotFound, OutcomeUnknown
from dynakit.expressions.condition import Condition
from dynakit.expressions.text import condition_text
from dynakit.operations.flow import Flow
from dynakit.operations.operation import Kind, Operation, Presence
from dynakit.operations.retry import SAME, Refused, Reply, Same, request
from dynakit.operations.target import item_text, target_of
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item, primary_key_of
from dynakit.schema.query import Query
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
R = TypeVar("R")

_CONDITION_FAILED = "ConditionalCheckFailedException"

_WHERE_MISSING: dict[Kind, str] = {
    "Put": "Use put, or create it first.",
    "Update": "Use upsert, or create it first.",
    "Delete": "Pass missing_ok=True where that is fine.",
}


class Write(Generic[R]):
    """A write of one item that gives an ``R``. Immutable, built without I/O; whoever has a client runs it."""

    returns: ClassVar[Literal["ALL_NEW"] | None] = None

    def operation(self, environment: Environment) -> Operation:
        """What it does, with a new write token of the environment.

        Raises :class:`StatementError` or :class:`EncodeError` for what cannot be written; nothing is sent.
        """
        raise NotImplementedError

    def compile(self, environment: Environment) -> Call:
        """The request exactly as it is sent: a function of the statement and the environment alone."""
        return self.operation(environment).call(environment, returns=self.returns)

    def flow(self, environment: Environment) -> Flow[R]:
        """Carry it out."""
        operation = self.operation(environment)
        stored = yield from carry_out(self, operation, self.resent(operation, environment), environment)
        return self.result(stored)

    def resent(self, operation: Operation, environment: Environment) -> Call | Literal[Same.SAME] | None:
        """What is sent after an attempt that may have been applied; ``None`` for nothing."""
        return guarded(self, operation, environment)

    def accepts(self, found: Item | None) -> bool:
        """Whether a condition that failed on this item means that there is nothing left to do."""
        return False

    def result(self, stored: Item | None) -> R:
        """The result, from the item as it is now stored, where the reply tells."""
        raise NotImplementedError


def guarded(write: Write[R], operation: Operation, environment: Environment) -> Call | Literal[Same.SAME]:
    """Send again unless applied, where the write carries a token; else send the same."""
    if operation.token is None:
        return SAME
    return operation.call(environment, unless_applied=True, returns=write.returns)


def carry_out(
    write: Write[R],
    operation: Operation,
    resend: Call | Literal[Same.SAME] | None,
    environment: Environment,
) -> Flow[Item | None]:
    """Send one write and interpret a failed condition. Gives the attributes returned, if any."""
    call = operation.call(environment, returns=write.returns)
    try:
        reply: Reply = yield from request(
            call, environment, resend=resend, interprets=(_CONDITION_FAILED,), statement=write
        )
    except Refused as refused:
        found: Item | None = refused.error.body.get("Item")
        if not (_is_own(operation, found) or write.accepts(found)):
            raise _refusal(write, operation, refused, found) from refused.error
        return found if write.returns == "ALL_NEW" else None
    attributes: Item | None = reply.payload.get("Attributes")
    return attributes


def token_for(environment: Environment, operation: Operation) -> Operation:
    """Give a conditional write its token, where the table has an attribute for it."""
    if operation.definition.stored_in.token_attribute is None:
        return operation
    return replace(operation, token=environment.write_token())


def _is_own(operation: Operation, found: Item | None) -> bool:
    """Whether the item found carries this very write's token: it was applied by an earlier attempt."""
    attribute = operation.definition.stored_in.token_attribute
    if operation.token is None or attribute is None or found is None:
        return False
    return found.get(attribute, {}).get("S") == operation.token


def _refusal(write: Write[R], operation: Operation, refused: Refused, found: Item | None) -> DynakitError:
    action = f"{operation.kind}Item"
    attempts, request_id = refused.attempts, refused.error.request_id
    if refused.ambiguous_before:
        return OutcomeUnknown(
            f"{write}: the reply to an earlier attempt was lost and the condition now fails, so whether it "
            "was "
            "applied cannot be known. Read the item to find out.",
            action=action,
            code=refused.error.code,
            request_id=request_id,
            attempts=attempts,
            statement=write,
        )
    if operation.presence == "present" and found is None:
        return NotFound(f"{write}: there is no such item. {_WHERE_MISSING[operation.kind]}", statement=write)
    if operation.presence == "absent":
        return ItemAlreadyExists(
            f"{write}: an item is already there; it is on .item. Use put to overwrite it.",
            item=found,
            action=action,
            attempts=attempts,
            request_id=request_id,
            statement=write,
        )
    where = "" if operation.where is None else f" `{condition_text(operation.where)}`"
    return ConditionFailed(
        f"{write}: the condition{where} was false; nothing was written. The item found is on .item.",
        item=found,
        action=action,
        attempts=attempts,
        request_id=request_id,
        statement=write,
    )


@dataclass(frozen=True)
class Put(Write[E], Generic[E]):
    """Store an entity, overwriting what is there: the last writer wins.

    With ``where=`` only if that is true of the item stored (of no attributes, where there is none).
    Sent again when a reply is lost, unless ``resend=False``.
    """

    item: E
    where: Condition[E] | None = None
    resend: bool = True

    def operation(self, environment: Environment) -> Operation:
        operation = _put(self.item, where=self.where)
        return operation if self.where is None else token_for(environment, operation)

    def resent(self, operation: Operation, environment: Environment) -> Call | Literal[Same.SAME] | None:
        return guarded(self, operation, environment) if self.resend else None

    def result(self, stored: Item | None) -> E:
        return self.item

    def __str__(self) -> str:
        return f"put {item_text(self.item)}{_where_text(self.where)}"


@dataclass(frozen=True)
class Create(Write[E], Generic[E]):
    """Store an entity where no item is. Raises :class:`ItemAlreadyExists` with the item found."""

    item: E

    def operation(self, environment: Environment) -> Operation:
        return token_for(environment, replace(_put(self.item), presence="absent"))

    def resent(self, operation: Operation, environment: Environment) -> Literal[Same.SAME]:
        return SAME

    def result(self, stored: Item | None) -> E:
        return self.item

    def __str__(self) -> str:
        return f"create {item_text(self.item)}"


@dataclass(frozen=True)
class Replace(Write[E], Generic[E]):
    """Overwrite an item that exists. Raises :class:`NotFound`, or :class:`ConditionFailed` for ``where=``."""

    item: E
    where: Condition[E] | None = None

    def operation(self, environment: Environment) -> Operation:
        return token_for(environment, replace(_put(self.item, where=self.where), presence="present"))

    def result(self, stored: Item | None) -> E:
        return self.item

    def __str__(self) -> str:
        return f"replace {item_text(self.item)}{_where_text(self.where)}"


@dataclass(frozen=True)
class Delete(Write[None], Generic[E]):
    """Delete an item. Raises :class:`NotFound` where there is none, unless ``missing_ok=True``.

    A delete leaves nothing that could carry its token: one that is sent again and finds nothing is
    success with ``missing_ok``, else :class:`OutcomeUnknown`.
    """

    key: E | Query[E]
    where: Condition[E] | None = None
    missing_ok: bool = False

    def operation(self, environment: Environment) -> Operation:
        target = target_of(self.key)
        presence: Presence | None = None if self.missing_ok else "present"
        return Operation("Delete", target.definition, target.key, presence=presence, where=self.where)

    def resent(self, operation: Operation, environment: Environment) -> Literal[Same.SAME]:
        return SAME

    def accepts(self, found: Item | None) -> bool:
        return found is None and self.missing_ok

    def result(self, stored: Item | None) -> None:
        return None

    def __str__(self) -> str:
        return f"delete {item_text(self.key)}{_where_text(self.where)}"


@dataclass(frozen=True)
class Check(Generic[E]):
    """A condition on an item that a transaction demands and does not write."""

    key: E | Query[E]
    where: Condition[E]

    def operation(self, environment: Environment) -> Operation:
        """What it demands."""
        target = target_of(self.key)
        return Operation("ConditionCheck", target.definition, target.key, where=self.where)

    def __str__(self) -> str:
        return f"check {item_text(self.key)}{_where_text(self.where)}"


def _put(item: Entity, where: Condition[Any] | None = None) -> Operation:
    definition = definition_of(type(item))
    key = primary_key_of(definition, item.__dict__)
    return Operation("Put", definition, key, item=encode_item(definition, item), where=where)


def _where_text(where: Condition[Any] | None) -> str:
    return "" if where is None else f" where {condition_text(where)}"
