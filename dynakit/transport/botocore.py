"""The compatibility transport: calls made by a boto3 client, with its middleware.

botocore sends writes again whose reply was lost, and takes an unreadable 200 for an empty success. Hooks on
the client prevent both, for dynakit's calls only: what else uses the client sees no difference.
"""

from __future__ import annotations

import base64
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from dynakit.operations.reply import CredentialsMissing, Failure, ReplyLost, ServiceError
from dynakit.transport.failures import WatchedBody, failure_by_progress, failure_by_type
from dynakit.transport.forks import lock_over_forks
from dynakit.transport.request import check_wire, parse_object
from dynakit.transport.sibling import streams_client
from dynakit.values import dataclass
from dynakit.wire import Call, Payload, Service

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb.client import DynamoDBClient


_Value: TypeAlias = "dict[str, _Value] | list[_Value] | str | bytes | float | bool | datetime | None"


@dataclass(slots=True)
class _Attempt:
    body: WatchedBody | None = None


_making = lock_over_forks()
_attempt: ContextVar[_Attempt | None] = ContextVar("dynakit_botocore_attempt", default=None)


class BotocoreTransport:
    """Sends calls through a boto3 ``dynamodb`` client; endpoint, time-outs and credentials are the client's.

    May be shared by threads. ``close`` leaves the client open: it belongs to the caller. Calls to DynamoDB
    Streams need a client of another service, which is made like it when first needed, and closed.
    """

    def __init__(self, client: DynamoDBClient) -> None:
        self._client: Any = client
        self._streams: Any = None
        self._endpoint = f"{client.meta.endpoint_url} (region {client.meta.region_name})"
        _hook(client, "dynamodb")

    @property
    def url(self) -> str:
        """Where calls to DynamoDB go, for those who look on."""
        return str(self._client.meta.endpoint_url)

    def send(self, call: Call) -> Payload:
        """Send one call once; see :class:`~dynakit.transport.base.Transport`."""
        try:
            return self._carry_out(call)
        except Failure as failure:
            failure.endpoint = self._endpoint
            raise

    def close(self) -> None:
        """Close what was made besides the client."""
        with _making:
            streams, self._streams = self._streams, None
        if streams is not None:
            streams.close()

    def _client_of(self, service: Service) -> Any:
        if service != "streams":
            return self._client if service in ("dynamodb", "search") else None
        with _making:
            if self._streams is None:
                self._streams = streams_client(self._client)
                _hook(self._streams, "dynamodb-streams")
            return self._streams

    def _carry_out(self, call: Call) -> Payload:
        from botocore import xform_name
        from botocore.exceptions import ClientError

        operation = getattr(self._client_of(call.service), xform_name(call.action), None)
        if operation is None:
            raise ServiceError(
                400, "UnknownOperationException", "the boto3 client has no such operation; update boto3"
            )
        with _attempting() as attempt:
            try:
                reply = operation(**cast("Payload", _to_client(call.payload)))
            except Failure:
                raise
            except ClientError as error:
                # Its text is the whole body where botocore could not read that, so it does not come along.
                raise _client_error(call, error) from None
            except Exception as error:
                raise _failure(error, attempt) from error
        return cast("Payload", _to_wire({k: v for k, v in reply.items() if k != "ResponseMetadata"}))


def _hook(client: Any, service: str) -> None:
    events = client.meta.events
    events.register_last("before-send", _watch, unique_id="dynakit-watch")
    events.register_first(f"needs-retry.{service}", _never_resend, unique_id="dynakit-once")
    events.register_first(f"after-call.{service}", _check_reply, unique_id="dynakit-check")


@contextmanager
def _attempting() -> Generator[_Attempt]:
    attempt = _Attempt()
    token = _attempt.set(attempt)
    try:
        yield attempt
    finally:
        _attempt.reset(token)


def _watch(request: Any, **_: Any) -> None:
    attempt = _attempt.get()
    if attempt is not None and isinstance(request.body, bytes):
        request.body = attempt.body = WatchedBody(request.body)


def _never_resend(**_: Any) -> bool | None:
    return None if _attempt.get() is None else False


def _check_reply(http_response: Any, parsed: Payload, **_: Any) -> None:
    attempt = _attempt.get()
    if attempt is None or attempt.body is None or not attempt.body.started:
        # Another user of the client, or a mock or a stub that answered instead of the network.
        return
    status, body = http_response.status_code, http_response.content
    check_wire(status, http_response.headers, body)
    if parsed.keys() <= {"ResponseMetadata"}:
        # What an empty success looks like, and a body that botocore could not read.
        parse_object(status, body)


def _failure(error: Exception, attempt: _Attempt) -> Failure:
    from botocore.exceptions import BotoCoreError, ParamValidationError

    if isinstance(error, ParamValidationError):
        return ServiceError(400, "ParamValidationError", "the boto3 client refused the parameters")
    of_network = failure_by_type(error)
    if attempt.body is not None and (of_network or attempt.body.started):
        return failure_by_progress(error, started=attempt.body.started)
    if of_network:
        return of_network
    if isinstance(error, BotoCoreError):
        return CredentialsMissing(f"the client could not sign the request ({error})")
    return ServiceError(400, type(error).__name__, "raised by the boto3 client")


def _client_error(call: Call, error: ClientError) -> Failure:
    if error.operation_name != call.action:
        return CredentialsMissing(f"the credentials could not be loaded ({error})")
    response = cast("dict[str, Any]", error.response)
    metadata, said = response.get("ResponseMetadata", {}), response.get("Error", {})
    status, code = int(metadata.get("HTTPStatusCode", 400)), str(said.get("Code", ""))
    if status != 429 and (not code or code.isdigit()):
        # botocore's stand-in where the body named no error.
        return ReplyLost(f"a reply of status {status} came that names no error")
    body = {name: value for name, value in response.items() if name not in ("Error", "ResponseMetadata")}
    return ServiceError(
        status,
        code,
        str(said.get("Message", "")),
        metadata.get("RequestId"),
        cast("Payload", _to_wire(body)),
    )


def _to_client(value: _Value) -> _Value:
    """Binary attribute values as bytes, as boto3 takes them. ``{"B": text}`` is nothing else in a request."""
    if isinstance(value, list):
        return [_to_client(element) for element in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        binary = value.get("B", value.get("BS"))
        if isinstance(binary, str):
            return {"B": base64.b64decode(binary)}
        if isinstance(binary, list):
            return {"BS": [base64.b64decode(str(element)) for element in binary]}
    return {name: _to_client(member) for name, member in value.items()}


def _to_wire(value: _Value) -> _Value:
    """What boto3 makes of a reply, back as on the wire: binary as base64 text, times as epoch seconds."""
    if isinstance(value, dict):
        return {name: _to_wire(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_to_wire(element) for element in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return value.timestamp()
    return value
