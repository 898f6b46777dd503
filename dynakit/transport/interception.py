"""The absolute rule: no request reaches the network past botocore's ``before-send`` handlers.

They are how mocks such as ``moto.mock_aws`` answer in place of AWS. They are looked up at each send,
because a transport outlives mocks that start and stop around it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from dynakit.operations.reply import ServiceError
from dynakit.transport.failures import failure_by_type
from dynakit.wire import Call

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.hooks import BaseEventHooks

    from dynakit.transport.request import HttpRequest

_Spec: TypeAlias = "tuple[Any, ...]"

_NONE: list[Any] = []


class Interception:
    """Asks the handlers of a session's events, and those botocore would give to every new session.

    A handler that is in both is called once. May be shared by threads.
    """

    def __init__(self, events: BaseEventHooks | None = None) -> None:
        self._events = events
        self._cache: tuple[list[_Spec], list[Any], BaseEventHooks | None] = ([], [], None)

    def response(self, call: Call, request: HttpRequest) -> AWSResponse | None:
        """The first response a handler gives, else ``None``: then the request may go out.

        What a handler raises becomes a ``Failure``, as if the network had done it. Where botocore is not
        loaded, or has no handler, nothing is done: in a third of a microsecond.
        """
        loaded = "botocore.handlers" in sys.modules
        if self._events is None and not (loaded and self._builtin(_NONE) is not None):
            return None
        try:
            return self._emit(f"before-send.{_service_id(call)}.{call.action}", request)
        except Exception as error:
            failure = failure_by_type(error)
            raise failure or ServiceError(
                400, type(error).__name__, "raised by a before-send handler"
            ) from error

    def _emit(self, event: str, sent: HttpRequest) -> AWSResponse | None:
        called: list[Any] = []
        request = as_botocore_has_it(sent)
        if self._events is not None:
            results = self._events.emit(event, request=request)
            response = _first(results)
            if response is not None:
                return response
            called = [handler for handler, _ in results]
        builtin = self._builtin(called)
        return _first(builtin.emit(event, request=request)) if builtin is not None else None

    def _builtin(self, called: list[Any]) -> BaseEventHooks | None:
        handlers = sys.modules.get("botocore.handlers")
        if handlers is None:
            return None
        specs: list[_Spec] = handlers.BUILTIN_HANDLERS
        known_specs, known_called, emitter = self._cache
        # Lists of the same tuples compare by identity, in about a microsecond.
        if specs != known_specs or called != known_called:
            emitter = _emitter([spec for spec in specs if _concerns(spec) and spec[1] not in called])
            self._cache = (list(specs), called, emitter)
        return emitter


def as_botocore_has_it(request: HttpRequest) -> AWSPreparedRequest:
    """The request in the form botocore gives to its ``before-send`` handlers."""
    from botocore.awsrequest import AWSPreparedRequest, HeadersDict

    headers: Any = HeadersDict({name: value.encode() for name, value in request.headers.items()})
    return AWSPreparedRequest("POST", request.url, headers, request.body, stream_output=False)


def _service_id(call: Call) -> str:
    """What botocore calls the service in its events."""
    return "dynamodb-streams" if call.service == "streams" else "dynamodb"


def _concerns(spec: _Spec) -> bool:
    return str(spec[0]).split(".")[0] in ("before-send", "*")


def _emitter(specs: list[_Spec]) -> BaseEventHooks | None:
    """Emit as a session of botocore does, so that wildcards and order are its own."""
    if not specs:
        return None
    from botocore import handlers
    from botocore.hooks import EventAliaser, HierarchicalEmitter

    emitter = EventAliaser(HierarchicalEmitter())
    for event, handler, *when in specs:
        if handlers.REGISTER_FIRST in when:
            emitter.register_first(event, handler)
        elif handlers.REGISTER_LAST in when:
            emitter.register_last(event, handler)
        else:
            emitter.register(event, handler)
    return emitter


def _first(results: list[tuple[Any, Any]]) -> AWSResponse | None:
    return cast(
        "AWSResponse | None", next((response for _, response in results if response is not None), None)
    )
