"""The embedded store: moto's DynamoDB and its streams called directly, without HTTP and without its mocks.

Each store holds a moto backend of its own, which is none of those that ``mock_aws`` starts, resets and
clears. Importing moto registers its handler with botocore, but disabled: other clients are not touched.
moto loses concurrent updates, so calls are made one at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

from dynakit.errors import DynakitError
from dynakit.operations.reply import Failure, ServiceError
from dynakit.transport.forks import lock_over_forks
from dynakit.transport.request import body_of, headers_of, read_answer
from dynakit.wire import Call, Payload, Service

if TYPE_CHECKING:
    from moto.dynamodb.models import DynamoDBBackend

_REGION = "us-east-1"
_ACCOUNT = "123456789012"
_URL = f"https://dynamodb.{_REGION}.amazonaws.com/"

_Handler: TypeAlias = Callable[[Any, str, Any], "tuple[int, dict[str, Any], str | bytes]"]

# One lock for all stores: moto's stores share state of the process (identifiers, tags, IAM).
_lock = lock_over_forks()
_named: dict[str, MemoryStore] = {}


class MemoryStore:
    """Tables in memory; gone with the last transport on it, or with the process if it has a name."""

    def __init__(self) -> None:
        self._handlers: dict[Service, _Handler] = {}

    def send(self, call: Call) -> Payload:
        """Carry out one call; raises a ``Failure`` as any transport does."""
        with _lock:
            if not self._handlers:
                self._handlers = _new_handlers()
            if call.service not in self._handlers:
                raise _at_memory(_unsupported(call))
            return _answer(self._handlers[call.service], _without_vector_indexes(call))


class MemoryTransport:
    """Sends calls to a store in memory: the one of that name in this process, or one of its own.

    Raises ``DynakitError`` if moto is not installed; imports it on the first call.
    """

    def __init__(self, name: str | None = None) -> None:
        self._store = _store(name)

    def send(self, call: Call) -> Payload:
        """Carry out one call; see :class:`~dynakit.transport.base.Transport`."""
        return self._store.send(call)

    def close(self) -> None:
        """Do nothing; the store stays for others that use it."""


class AsyncMemoryTransport:
    """The asynchronous twin; a store of a name is the same for both."""

    def __init__(self, name: str | None = None) -> None:
        self._store = _store(name)

    async def send(self, call: Call) -> Payload:
        """Let other tasks run, as a network would, then carry out one call in the loop (about 1 ms)."""
        await asyncio.sleep(0)
        return self._store.send(call)

    async def close(self) -> None:
        """Do nothing; the store stays for others that use it."""


def _store(name: str | None) -> MemoryStore:
    if find_spec("moto") is None:
        raise DynakitError(
            "memory://: moto is not installed; it was expected. Install it with: pip install 'dynakit[local]'"
        )
    if not name:
        return MemoryStore()
    with _lock:
        return _named.setdefault(name, MemoryStore())


def _new_handlers() -> dict[Service, _Handler]:
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.responses import DynamoHandler

    backend = DynamoDBBackend(_REGION, _ACCOUNT)

    class Handler(DynamoHandler):
        @property
        def dynamodb_backend(self) -> DynamoDBBackend:
            return backend

    handler: _Handler = Handler.dispatch
    return {"dynamodb": handler, "streams": _new_streams_handler(backend)}


def _new_streams_handler(tables: DynamoDBBackend) -> _Handler:
    from moto.dynamodbstreams.models import DynamoDBStreamsBackend
    from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

    class Backend(DynamoDBStreamsBackend):
        @property
        def dynamodb(self) -> DynamoDBBackend:
            return tables

    streams = Backend(_REGION, _ACCOUNT)

    class Handler(DynamoDBStreamsHandler):
        @property
        def backend(self) -> DynamoDBStreamsBackend:
            return streams

    handler: _Handler = Handler.dispatch
    return handler


def _without_vector_indexes(call: Call) -> Call:
    """Tables that have vector indexes can be made, and their vectors stored; moto takes no notice of them.

    It counts attribute definitions, though, and refuses those that no key has.
    """
    if call.action != "CreateTable" or "VectorIndexes" not in call.payload:
        return call
    payload = {name: value for name, value in call.payload.items() if name != "VectorIndexes"}
    kinds = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    holders = [payload, *(index for kind in kinds for index in payload.get(kind, []))]
    keys = {key["AttributeName"] for holder in holders for key in holder["KeySchema"]}
    defined = [one for one in payload["AttributeDefinitions"] if one["AttributeName"] in keys]
    return replace(call, payload={**payload, "AttributeDefinitions": defined})


def _unsupported(call: Call) -> ServiceError:
    """The refusal of what moto does not do."""
    return ServiceError(
        400,
        "UnknownOperationException",
        f"the embedded store has no {call.action}: it keeps tables and their streams",
    )


def _answer(handler: _Handler, call: Call) -> Payload:
    from botocore.awsrequest import HeadersDict

    request = _request(call)
    try:
        status, headers, body = handler(request, _URL, request.headers)
    except NotImplementedError as error:
        raise _unsupported(call) from error
    except Exception as error:  # noqa: BLE001 - what moto raises where it should refuse
        # Its text may hold values.
        failure = ServiceError(400, "EmulatorError", f"moto raised {type(error).__name__}")
        raise _at_memory(failure) from None
    finally:
        _forget_models()
    try:
        return read_answer(status, HeadersDict(headers), body.encode() if isinstance(body, str) else body)
    except Failure as failure:
        raise _at_memory(failure) from None


def _request(call: Call) -> Any:
    from botocore.awsrequest import AWSPreparedRequest, HeadersDict
    from moto.core.request import normalize_request

    headers: Any = HeadersDict(headers_of(call))
    return normalize_request(AWSPreparedRequest("POST", _URL, headers, body_of(call), stream_output=False))


def _forget_models() -> None:
    """Empty the list of all it ever made that moto keeps for its dashboard; no item would ever be freed."""
    from moto.core.model_instances import model_data

    for service in ("dynamodb", "dynamodbstreams"):
        for model in model_data[service].values():
            made: list[object] = getattr(model, "instances_tracked", [])
            made.clear()


def _at_memory(failure: Failure) -> Failure:
    failure.endpoint = "memory://"
    return failure
