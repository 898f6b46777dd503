"""Every error dynakit raises, as one tree.

::

    DynakitError
    ├─ DefinitionError            a table, index, entity or attribute is declared wrongly; raised at import
    ├─ StatementError             a statement cannot be compiled, or does not fit where it was given
    │  ├─ UnknownAttribute        a name that is no attribute of the entity (also an AttributeError)
    │  ├─ CursorError             a cursor that is not this statement's
    │  └─ CheckpointError         a checkpoint that is not this scan's
    ├─ CodecError                 a value does not fit
    │  ├─ EncodeError             Python → item
    │  └─ DecodeError             item → Python
    │     ├─ UnknownEntity        the item belongs to none of the entities asked for
    │     └─ ObjectGone           the object of an offloaded value is not there any more
    ├─ NotFound · MoreThanOne     one item was asked for
    ├─ PlanRefused                a table cannot be brought to its declaration, or not by what was approved
    ├─ LeaseTaken · LeaseLost     a lease is another's; or was, for a while, nobody's or another's
    └─ RequestError               a call failed
       ├─ ConditionFailed         a condition was false; nothing was written
       │  ├─ ItemAlreadyExists    create found an item
       │  ├─ VersionConflict      somebody else wrote in between
       │  └─ UniqueViolation      a value is taken that a unique constraint allows once
       ├─ TransactionCancelled    one reason per operation; nothing was written
       ├─ Unprocessed             a batch ended with items left
       │  └─ StatementsFailed     not all statements of a PartiQL batch are done
       ├─ Throttled               the service asked to slow down until the deadline passed
       ├─ TableMissing            no such table or index here
       ├─ AccessDenied            credentials are missing, wrong, expired or not allowed to do this
       ├─ ConnectionFailed        the endpoint was not reached, or answered nothing that can be read
       └─ OutcomeUnknown          the reply was lost; whether the write was done cannot be known

The form of a message is ``where: what is wrong; what was expected. What to do.`` Messages name
entities, attributes, key attribute names, types and sizes. Values stay on the attributes of the
error and are printed only under :func:`show_values`.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from dynakit.operations.lease import Lease
    from dynakit.operations.reply import ThrottlingReason
    from dynakit.operations.transaction import Reason
    from dynakit.wire import Item

_values_shown: ContextVar[bool | None] = ContextVar("dynakit_values_shown", default=None)
_shown_by_default = False


@contextmanager
def show_values(shown: bool = True) -> Generator[None]:
    """Let messages and ``str(statement)`` print item values inside this block; for development.

    The environment variable ``DYNAKIT_SHOW_VALUES=1`` does the same for a whole process.
    """
    token = _values_shown.set(shown)
    try:
        yield
    finally:
        _values_shown.reset(token)


def show_values_by_default() -> None:
    """Print values from here on, in every thread; called when the environment variable asks for it."""
    global _shown_by_default  # noqa: PLW0603 - a ContextVar's value would not reach new threads
    _shown_by_default = True


def values_shown() -> bool:
    """Whether messages print values here and now."""
    chosen = _values_shown.get()
    return _shown_by_default if chosen is None else chosen


def shown(value: object) -> str:
    """Write a value for a message: its repr under :func:`show_values`, else its type and size."""
    if values_shown():
        return _repr(value)
    kind = type(value).__name__
    if isinstance(value, str):
        return f"<{kind}, {len(value)} characters>"
    if isinstance(value, bytes):
        return f"<{kind}, {len(value)} bytes>"
    if isinstance(value, list | tuple | set | frozenset | dict):
        return f"<{kind}, {len(cast('Collection[object]', value))} elements>"
    return f"<{kind}>"


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - a message must be made of whatever was given
        return f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Write ``; did you mean 'x'?`` for the closest known name, or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


class DynakitError(Exception):
    """The root of all errors of this package."""


class DefinitionError(DynakitError):
    """A declaration is wrong; raised at import, when the class or table is made."""

    def __init__(self, message: str, *, entity: str | None = None, attribute: str | None = None) -> None:
        super().__init__(message)
        self.entity = entity
        self.attribute = attribute


class StatementError(DynakitError):
    """A statement cannot be compiled; nothing was sent."""

    def __init__(self, message: str, *, statement: object = None) -> None:
        super().__init__(message)
        self.statement = statement


class UnknownAttribute(StatementError, AttributeError):
    """A name that is no attribute of the entity."""


class CursorError(StatementError):
    """A cursor that is not this statement's: altered, of another statement, or refused by the service."""


class CheckpointError(StatementError):
    """A checkpoint that is not this scan's: damaged, or of another statement, table or number of segments."""


class CodecError(DynakitError):
    """A value does not fit its attribute. ``value`` is kept here and never printed by default."""

    def __init__(
        self, message: str, *, entity: str | None = None, path: str | None = None, value: object = None
    ) -> None:
        super().__init__(message)
        self.entity = entity
        self.path = path
        self.value = value


class EncodeError(CodecError):
    """A Python value cannot be stored; nothing was sent."""


class DecodeError(CodecError):
    """A stored item cannot be read as its entity. ``key`` is the item's primary key as stored."""

    def __init__(
        self,
        message: str,
        *,
        entity: str | None = None,
        path: str | None = None,
        value: object = None,
        key: Item | None = None,
    ) -> None:
        super().__init__(message, entity=entity, path=path, value=value)
        self.key = key


class ObjectGone(DecodeError):
    """The object that an offloaded value points to is not there: it was overwritten or deleted since."""


class UnknownEntity(DecodeError):
    """The item belongs to none of the entities asked for. ``type_name`` is what its type attribute says."""

    def __init__(self, message: str, *, type_name: str | None = None, key: Item | None = None) -> None:
        super().__init__(message, key=key)
        self.type_name = type_name


class NotFound(DynakitError):
    """One item was asked for and none is there."""

    def __init__(self, message: str, *, statement: object = None) -> None:
        super().__init__(message)
        self.statement = statement


class MoreThanOne(DynakitError):
    """One item was asked for and several match."""

    def __init__(self, message: str, *, statement: object = None) -> None:
        super().__init__(message)
        self.statement = statement


class LeaseTaken(DynakitError):
    """Somebody else holds the lease, and did to the end of the time to wait."""

    def __init__(self, message: str, *, lease: Lease) -> None:
        super().__init__(message)
        self.lease = lease


class LeaseLost(DynakitError):
    """A lease that was taken is not held any more. ``fence`` is the fencing number it had."""

    def __init__(self, message: str, *, lease: Lease, fence: int) -> None:
        super().__init__(message)
        self.lease = lease
        self.fence = fence


class RequestError(DynakitError):
    """A call to DynamoDB failed.

    ``action`` is the API action, ``code`` the service's error code, ``request_id`` the service's
    id of the request, ``attempts`` how often it was sent, ``statement`` what was being carried out.
    ``quota_used_up`` says that it was not sent again because the client's retry quota was used up.
    """

    quota_used_up: bool = False

    def __init__(
        self,
        message: str,
        *,
        action: str | None = None,
        code: str | None = None,
        request_id: str | None = None,
        attempts: int = 1,
        statement: object = None,
    ) -> None:
        super().__init__(message)
        self.action = action
        self.code = code
        self.request_id = request_id
        self.attempts = attempts
        self.statement = statement


class ConditionFailed(RequestError):
    """A condition was false; nothing was written. ``item`` is the stored item found, ``None`` when absent."""

    def __init__(
        self,
        message: str,
        *,
        item: Item | None = None,
        action: str | None = None,
        attempts: int = 1,
        request_id: str | None = None,
        statement: object = None,
    ) -> None:
        super().__init__(
            message,
            action=action,
            code="ConditionalCheckFailedException",
            request_id=request_id,
            attempts=attempts,
            statement=statement,
        )
        self.item = item


class ItemAlreadyExists(ConditionFailed):
    """``create`` found an item under the same primary key."""


class VersionConflict(ConditionFailed):
    """The item was written by somebody else since it was read."""


class UniqueViolation(ConditionFailed):
    """A value is taken by another item. ``constraint`` names the unique constraint."""

    def __init__(
        self,
        message: str,
        *,
        constraint: str,
        action: str | None = None,
        attempts: int = 1,
        request_id: str | None = None,
        statement: object = None,
    ) -> None:
        super().__init__(
            message, action=action, attempts=attempts, request_id=request_id, statement=statement
        )
        self.constraint = constraint


class TransactionCancelled(RequestError):
    """No operation of the transaction was applied. ``reasons`` has one entry per operation, in order."""

    def __init__(
        self,
        message: str,
        *,
        reasons: Sequence[Reason],
        action: str | None = None,
        attempts: int = 1,
        request_id: str | None = None,
        statement: object = None,
    ) -> None:
        super().__init__(
            message,
            action=action,
            code="TransactionCanceledException",
            request_id=request_id,
            attempts=attempts,
            statement=statement,
        )
        self.reasons: tuple[Reason, ...] = tuple(reasons)


class Unprocessed(RequestError):
    """A batch ended with items left.

    Every object the caller gave stands in exactly one of ``done``, ``unprocessed`` (never applied),
    ``failed`` (refused by the service) and ``unknown`` (the reply was lost).
    """

    def __init__(
        self,
        message: str,
        *,
        done: Sequence[object],
        unprocessed: Sequence[object],
        failed: Sequence[object] = (),
        unknown: Sequence[object] = (),
        action: str | None = None,
        attempts: int = 1,
        statement: object = None,
    ) -> None:
        super().__init__(message, action=action, attempts=attempts, statement=statement)
        self.done = tuple(done)
        self.unprocessed = tuple(unprocessed)
        self.failed = tuple(failed)
        self.unknown = tuple(unknown)


class StatementsFailed(Unprocessed):
    """Not all statements of a PartiQL batch are done.

    ``errors`` and ``rows`` have one entry per statement, in order; ``None`` where there is none.
    """

    def __init__(
        self, message: str, *, errors: Sequence[RequestError | None], rows: Sequence[object], **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.errors = tuple(errors)
        self.rows = tuple(rows)


class Throttled(RequestError):
    """The service throttled every attempt until the deadline; nothing was written by the last one.

    ``throttling_reasons`` say which limit of which table or index was met, as far as the service told.
    """

    def __init__(
        self,
        message: str,
        *,
        throttling_reasons: Sequence[ThrottlingReason] = (),
        action: str | None = None,
        code: str | None = None,
        request_id: str | None = None,
        attempts: int = 1,
        statement: object = None,
    ) -> None:
        super().__init__(
            message, action=action, code=code, request_id=request_id, attempts=attempts, statement=statement
        )
        self.throttling_reasons: tuple[ThrottlingReason, ...] = tuple(throttling_reasons)


class TableMissing(RequestError):
    """The table or index does not exist at this endpoint, in this region and account."""


class AccessDenied(RequestError):
    """Credentials are missing, wrong, expired, or not allowed to do this."""


class ConnectionFailed(RequestError):
    """The endpoint was not reached, or answered nothing that can be read; no write was applied."""


class OutcomeUnknown(RequestError):
    """The reply to a write was lost; whether it was applied cannot be known. Read the item to find out."""
