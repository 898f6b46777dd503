"""What can go wrong with one call, and the error each becomes.

A transport raises a :class:`Failure` into the flow; the retry layer turns what it cannot mend into a
:class:`~dynakit.errors.RequestError`. Errors are told apart by code, never by message.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from dynakit.errors import (
    AccessDenied,
    ConditionFailed,
    ConnectionFailed,
    OutcomeUnknown,
    RequestError,
    TableMissing,
    Throttled,
    TransactionCancelled,
)
from dynakit.values import dataclass
from dynakit.wire import Call, Payload


class Failure(Exception):
    """A call did not give its result. ``reason`` never holds a value of an item.

    ``endpoint`` says where the call went, for messages; the transport sets it.
    """

    endpoint: str | None = None

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSent(Failure):
    """The request was not sent completely, so it was certainly not applied."""


class CredentialsMissing(Failure):
    """There are no credentials to sign with; nothing was sent."""


class ReplyLost(Failure):
    """The request was sent and no valid reply came: whether it was applied cannot be known."""


class ServiceError(Failure):
    """The service answered with an error.

    ``code`` is the part of ``__type`` after ``#``, ``message`` the service's own text, ``body`` the whole
    parsed error document (``Item``, ``CancellationReasons``, ``ThrottlingReasons``). ``clock_corrected`` says
    that the signature was refused for its time, and that the transport now knows the time of the service.
    """

    clock_corrected: bool = False

    def __init__(
        self,
        status: int,
        code: str,
        message: str = "",
        request_id: str | None = None,
        body: Payload | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.body: Payload = body or {}


@dataclass(frozen=True, slots=True)
class ThrottlingReason:
    """Why the service throttled: ``TableReadKeyRangeThroughputExceeded`` or such, and the ARN it is about.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
    """

    reason: str
    resource: str


_READS: Final = frozenset(
    {
        "GetItem",
        "Query",
        "Scan",
        "BatchGetItem",
        "TransactGetItems",
        "SearchVectors",
        "GetRecords",
        "GetShardIterator",
        # Without effect on the table: a key or an object that nothing points to yet, or any more.
        "GenerateDataKey",
        "Decrypt",
        "GetObject",
        "PutObject",
        "DeleteObjects",
    }
)

_THROTTLES: Final = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "SlowDown",
    }
)

# Refused without being applied, and likely to be accepted soon. LimitExceededException stands for too
# many table operations at once; ReplicatedWriteConflictException for a write in another Region.
_TRANSIENT: Final = _THROTTLES | {
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ReplicatedWriteConflictException",
    "TransactionConflictException",
    "TransactionInProgressException",
}

# The service waited for more of the request, or for itself; what it did of it is not said.
_TIMED_OUT: Final = frozenset({"RequestTimeout", "RequestTimeoutException"})

_KEY_UNKNOWN = "the access key is unknown here; check AWS_ACCESS_KEY_ID or the profile, and the region"
_SIGNATURE = (
    "the signature was refused; check the secret access key, the region and the clock of this machine"
)
_CLOCK = "the time of the request was refused; check the clock of this machine"
_EXPIRED = "the credentials have expired; sign in again, or let them be refreshed by a profile or a role"
_UNSIGNED = "the request carried no complete signature; check the credentials and proxies on the way"
_DENIED: Final = {
    "AccessDeniedException": "",
    "AccessDenied": "",
    "UnrecognizedClientException": _KEY_UNKNOWN,
    "InvalidClientTokenId": _KEY_UNKNOWN,
    "InvalidSignatureException": _SIGNATURE,
    "SignatureDoesNotMatch": _SIGNATURE,
    "ExpiredTokenException": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "AuthFailure": _SIGNATURE,
    "RequestExpired": _CLOCK,
    "RequestInTheFuture": _CLOCK,
    "RequestTimeTooSkewed": _CLOCK,
    "MissingAuthenticationToken": _UNSIGNED,
    "MissingAuthenticationTokenException": _UNSIGNED,
    "IncompleteSignature": _UNSIGNED,
    "IncompleteSignatureException": _UNSIGNED,
}


def is_read(action: str) -> bool:
    """Whether an action changes nothing, so that sending it again is free of harm."""
    return action in _READS or action.startswith(("Describe", "List"))


def is_ambiguous(failure: Failure) -> bool:
    """Whether the call may have been applied although it failed: no valid reply, or a fault of the server."""
    if isinstance(failure, ServiceError):
        return (failure.status >= 500 and not is_transient(failure)) or failure.code in _TIMED_OUT
    return isinstance(failure, ReplyLost)


def is_transient(failure: Failure) -> bool:
    """Whether the call was certainly not applied and is worth sending again."""
    if isinstance(failure, ServiceError):
        return failure.code in _TRANSIENT or is_throttle(failure)
    return isinstance(failure, NotSent)


def is_throttle(failure: Failure) -> bool:
    """Whether the service asked to slow down."""
    return isinstance(failure, ServiceError) and (failure.code in _THROTTLES or failure.status == 429)


def resend_cost(failure: Failure) -> int:
    """The units of the retry quota that a resend after this failure takes: 5 of a refusal, else 14.

    These are the figures of botocore's standard mode.
    """
    return 5 if isinstance(failure, ServiceError) and is_transient(failure) else 14


def throttling_reasons(failure: Failure) -> tuple[ThrottlingReason, ...]:
    """Why the service throttled, as far as it told."""
    if not isinstance(failure, ServiceError):
        return ()
    # ThrottlingException writes its member in another way than the other errors.
    body = failure.body
    told: list[Payload] = body.get("ThrottlingReasons") or body.get("throttlingReasons") or []
    return tuple(ThrottlingReason(str(one.get("reason", "")), str(one.get("resource", ""))) for one in told)


def request_error(
    call: Call,
    failure: Failure,
    attempts: int,
    statement: object = None,
    *,
    ambiguous: bool = False,
    quota_used_up: bool = False,
) -> RequestError:
    """The error a failed call becomes; to be raised ``from`` the failure.

    ``ambiguous`` says that an earlier attempt of the same call may have been applied: for a write, every
    failure then is an :class:`~dynakit.errors.OutcomeUnknown`, as is an ambiguous failure itself.
    ``quota_used_up`` says that it would have been sent again, but for the retry quota.
    """
    error = _request_error(call, failure, attempts, statement, ambiguous=ambiguous)
    if quota_used_up:
        error.args = (f"{error} {_USED_UP}",)
        error.quota_used_up = True
    return error


_USED_UP = (
    "It was not sent again, as the retry quota of this client is used up; it fills again as calls succeed."
)


def _request_error(
    call: Call, failure: Failure, attempts: int, statement: object, *, ambiguous: bool
) -> RequestError:
    details: dict[str, Any] = {"action": call.action, "attempts": attempts, "statement": statement}
    if isinstance(failure, ServiceError):
        details["request_id"] = failure.request_id
    place = f"{_place(call)}{f' at {failure.endpoint}' if failure.endpoint else ''}"
    if not is_read(call.action) and (ambiguous or is_ambiguous(failure)):
        return OutcomeUnknown(_unknown(place, failure, attempts), code=_code(failure), **details)
    if isinstance(failure, ServiceError):
        return _service_error(call, failure, place, details)
    if isinstance(failure, CredentialsMissing):
        return AccessDenied(
            f"{place}: {failure.reason}; credentials were expected. Set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, choose a profile with AWS_PROFILE, or connect with a session.",
            **details,
        )
    return ConnectionFailed(
        f"{place}: {failure.reason} ({_times(attempts)}); a reply of DynamoDB was expected. "
        "Check the endpoint, the network and the proxies.",
        **details,
    )


def _service_error(call: Call, failure: ServiceError, place: str, details: dict[str, Any]) -> RequestError:
    code, said = failure.code, _one_line(failure.message)
    if code == "ConditionalCheckFailedException":
        return ConditionFailed(
            f"{place}: the condition was false; nothing was written.",
            item=failure.body.get("Item"),
            **details,
        )
    if code == "TransactionCanceledException":
        reasons = cast("list[Payload]", failure.body.get("CancellationReasons", []))
        codes = ", ".join(str(reason.get("Code")) for reason in reasons)
        return TransactionCancelled(
            f"{place}: cancelled ({codes}); nothing was written.", reasons=(), **details
        )
    details["code"] = code
    if code == "ResourceNotFoundException":
        return TableMissing(
            f"{place}: there is no such table or index; an existing one was expected. "
            "Create it, or check the table name bound when connecting, the endpoint and the region.",
            **details,
        )
    if is_throttle(failure):
        message = _throttled(place, failure, details["attempts"])
        return Throttled(message, throttling_reasons=throttling_reasons(failure), **details)
    if code in _DENIED:
        advice = _DENIED[code] or f"this identity may not do this; allow it dynamodb:{call.action}. {said}"
        return AccessDenied(f"{place}: {code}: {advice}", **details)
    return RequestError(f"{place}: {code}: {said}", **details)


def _unknown(place: str, failure: Failure, attempts: int) -> str:
    return (
        f"{place}: the reply to a write was lost (last: {failure.reason}; {_times(attempts)}); "
        "whether it was applied cannot be known. Read the item to find out."
    )


def _throttled(place: str, failure: ServiceError, attempts: int) -> str:
    names = ", ".join(sorted({reason.reason for reason in throttling_reasons(failure)}))
    return (
        f"{place}: throttled to the end ({failure.code}{f': {names}' if names else ''}; {_times(attempts)}); "
        "nothing was written by the last attempt. Raise the capacity, or spread the keys."
    )


def _code(failure: Failure) -> str | None:
    return failure.code if isinstance(failure, ServiceError) else None


def _times(attempts: int) -> str:
    return f"{attempts} attempt{'' if attempts == 1 else 's'}"


def _place(call: Call) -> str:
    tables = sorted(set(tables_of(call.payload)))
    return f"{call.action} on {', '.join(map(repr, tables))}" if tables else call.action


def tables_of(payload: Payload) -> Iterable[str]:
    """The table names in a request, in order and as often as they stand there."""
    if "TableName" in payload:
        yield str(payload["TableName"])
    yield from cast("Payload", payload.get("RequestItems", {}))
    for action in cast("list[dict[str, Payload]]", payload.get("TransactItems", [])):
        yield from (str(operation["TableName"]) for operation in action.values() if "TableName" in operation)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 500 else line[:499] + "…"
