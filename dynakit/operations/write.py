"""Writes of one item: statements, and the one flow that carries them out.

A write whose reply was lost is told apart by its token: a condition that fails on an item carrying this
write's own token failed on its own earlier attempt, which is success. After an attempt that may have been
applied, a conditional write is sent again with ``AND (no token OR token <> mine)``, and what still cannot
be known is :class:`~dynakit.errors.OutcomeUnknown`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from dynakit.expressions.condition import Condition
from dynakit.expressions.text import condition_text
from dynakit.operations.deletion import restored, soft_delete
from dynakit.operations.failed import Failed
from dynakit.operations.flow import Flow
from dynakit.operations.kept import Kept, kept_by_create, kept_by_put, loaded_guards, moment
from dynakit.operations.operation import Operation, Presence
from dynakit.operations.refusal import is_own, refusal
from dynakit.operations.retry import SAME, Refused, Reply, Same, request
from dynakit.operations.target import item_text, target_of
from dynakit.operations.together import carry_out_together
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.item import decode_item, encode_item, primary_key_of
from dynakit.schema.origin import Origin, remember
from dynakit.schema.query import Query
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
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


class Write(Member, Generic[R]):
    """A write of one item that gives an ``R``. Immutable, built without I/O; whoever has a client runs it.

    With ``once=True`` it is carried as a transaction with an idempotency token, so that it is applied exactly
    once whatever happens to replies, for ten minutes, at twice the write units.
    """

    returns: ClassVar[Literal["ALL_NEW"] | None] = None
    once: bool

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
        return (yield from self.carried(operation, environment))

    def carried(self, operation: Operation, environment: Environment) -> Flow[R]:
        """Send what it does, alone or together with what must go with it, and settle the outcome."""
        if self.once or operation.companions:
            stored = yield from carry_out_together(self, operation, environment)
        else:
            stored = yield from carry_out(self, operation, self.resent(operation, environment), environment)
        self.settle(operation)
        return self.result(stored)

    def resent(self, operation: Operation, environment: Environment) -> Call | Literal[Same.SAME] | None:
        """What is sent after an attempt that may have been applied; ``None`` for nothing."""
        return guarded(self, operation, environment)

    def accepts(self, operation: Operation, found: Item | None) -> bool:
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
        if not (is_own(operation, found) or write.accepts(operation, found)):
            raise refusal(write, operation, Failed.of(refused, call.action), found) from refused.error
        return found if write.returns == "ALL_NEW" else None
    attributes: Item | None = reply.payload.get("Attributes")
    return attributes


def token_for(environment: Environment, operation: Operation) -> Operation:
    """Give a conditional write its token, where the table has an attribute for it."""
    if operation.definition.stored_in.token_attribute is None:
        return operation
    return replace(operation, token=environment.write_token())


class Store(Write[E], Generic[E]):
    """A write of a whole entity, which afterwards is as it is stored."""

    item: E

    def settle(self, operation: Operation) -> None:
        vars(self.item).update(operation.settled)
        remember(self.item, Origin(operation.stored_item))

    def result(self, stored: Item | None) -> E:
        return self.item


@dataclass(frozen=True)
class Put(Store[E], Generic[E]):
    """Store an entity, overwriting what is there: the last writer wins.

    With ``where=`` only if that is true of the item stored (of no attributes, where there is none). An entity
    with a version is stored only over the version it was read in, else :class:`VersionConflict` is raised.
    Sent again when a reply is lost, unless ``resend=False``.
    """

    item: E
    where: Condition[E] | None = None
    resend: bool = True
    once: bool = False

    def operation(self, environment: Environment) -> Operation:
        definition = definition_of(type(self.item))
        kept = kept_by_put(definition, self.item, environment)
        operation = _put(definition, self.item, kept, environment, where=self.where)
        return token_for(environment, operation) if operation.conditional else operation

    def resent(self, operation: Operation, environment: Environment) -> Call | Literal[Same.SAME] | None:
        return guarded(self, operation, environment) if self.resend else None

    def __str__(self) -> str:
        return f"put {item_text(self.item)}{_where_text(self.where)}"


@dataclass(frozen=True)
class Create(Store[E], Generic[E]):
    """Store an entity where no item is, or one that has expired.

    Raises :class:`ItemAlreadyExists` with the item found.
    """

    item: E
    once: bool = False

    def operation(self, environment: Environment) -> Operation:
        definition = definition_of(type(self.item))
        kept = kept_by_create(definition, environment)
        return token_for(environment, _put(definition, self.item, kept, environment, presence="absent"))

    def resent(self, operation: Operation, environment: Environment) -> Literal[Same.SAME]:
        return SAME

    def __str__(self) -> str:
        return f"create {item_text(self.item)}"


@dataclass(frozen=True)
class Replace(Store[E], Generic[E]):
    """Overwrite an item that exists. Raises :class:`NotFound`, or :class:`ConditionFailed` for ``where=``.

    :class:`VersionConflict` when the entity has a version and the item was written since it was read.
    """

    item: E
    where: Condition[E] | None = None
    once: bool = False

    def operation(self, environment: Environment) -> Operation:
        definition = definition_of(type(self.item))
        kept = kept_by_put(definition, self.item, environment)
        operation = _put(definition, self.item, kept, environment, where=self.where, presence="present")
        return token_for(environment, operation)

    def __str__(self) -> str:
        return f"replace {item_text(self.item)}{_where_text(self.where)}"


@dataclass(frozen=True)
class Delete(Write[None], Generic[E]):
    """Delete an item. Raises :class:`NotFound` where there is none, unless ``missing_ok=True``.

    An entity with ``deleted()`` is deleted softly: the item stays, hidden, until it is restored; with
    ``permanently=True`` it is deleted as any other. A delete leaves nothing that could carry its token: one
    that is sent again and finds nothing is success with ``missing_ok``, else :class:`OutcomeUnknown`.
    """

    key: E | Query[E]
    where: Condition[E] | None = None
    missing_ok: bool = False
    permanently: bool = False
    once: bool = False

    def operation(self, environment: Environment) -> Operation:
        target = target_of(self.key)
        if target.definition.lifecycle.deleted is not None and not self.permanently:
            return soft_delete(self.key, target, self.where, environment)
        presence: Presence | None = None if self.missing_ok else "present"
        guards = loaded_guards(target.definition, self.key)
        return Operation(
            "Delete",
            target.definition,
            target.key,
            presence=presence,
            guards=guards,
            where=self.where,
            deleted=None,
        )

    def resent(self, operation: Operation, environment: Environment) -> Call | Literal[Same.SAME]:
        return guarded(self, operation, environment)

    def accepts(self, operation: Operation, found: Item | None) -> bool:
        return self.missing_ok and (found is None or operation.hides(found))

    def result(self, stored: Item | None) -> None:
        return None

    def __str__(self) -> str:
        return f"delete {item_text(self.key)}{_where_text(self.where)}"


@dataclass(frozen=True)
class Restore(Write[E], Generic[E]):
    """Undo a soft deletion; gives the item. Raises :class:`NotFound` where no deleted item is."""

    returns: ClassVar[Literal["ALL_NEW"] | None] = "ALL_NEW"

    key: E | Query[E]
    once: bool = False

    def operation(self, environment: Environment) -> Operation:
        return restored(self.key, target_of(self.key), environment)

    def result(self, stored: Item | None) -> E:
        definition: Definition[E] = target_of(self.key).definition
        return decode_item(definition, stored or {})

    def __str__(self) -> str:
        return f"restore {item_text(self.key)}"


@dataclass(frozen=True)
class Check(Member, Generic[E]):
    """A condition on an item that a transaction demands and does not write."""

    key: E | Query[E]
    where: Condition[E]

    def operation(self, environment: Environment) -> Operation:
        target = target_of(self.key)
        return Operation("ConditionCheck", target.definition, target.key, where=self.where)

    def __str__(self) -> str:
        return f"check {item_text(self.key)}{_where_text(self.where)}"


def _put(
    definition: Definition[E],
    item: E,
    kept: Kept,
    environment: Environment,
    *,
    where: Condition[E] | None = None,
    presence: Presence | None = None,
) -> Operation:
    return Operation(
        "Put",
        definition,
        primary_key_of(definition, item.__dict__),
        item=encode_item(definition, item, kept.values),
        presence=presence,
        guards=kept.guards,
        where=where,
        now=moment(definition, environment),
        settled=kept.values,
    )


def _where_text(where: Condition[Any] | None) -> str:
    return "" if where is None else f" where {condition_text(where)}"
