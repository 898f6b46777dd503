"""One call while somebody looks on."""

from __future__ import annotations

import itertools
from dataclasses import fields
from typing import TYPE_CHECKING

from dynakit.environment import current
from dynakit.operations.reply import Failure, ServiceError, throttling_reasons
from dynakit.telemetry import facts, log
from dynakit.telemetry.events import CallEnd, CallStart
from dynakit.telemetry.names import name_of
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from dynakit.telemetry.watch import Watch

_numbers = itertools.count(1)
_START = [field.name for field in fields(CallStart)]


class Watched:
    """One call while it is looked at; ``call`` is what is to be sent."""

    __slots__ = ("_began", "_watch", "call", "start")

    def __init__(self, watch: Watch, call: Call, address: str | None, *, asks: bool) -> None:
        self._watch = watch
        self.call = facts.with_capacity(call) if asks else call
        self.start = _start_of(call, address)
        self._began = current().monotonic()

    def succeeded(self, reply: Payload) -> None:
        """Its reply came."""
        scanned = reply.get("ScannedCount")
        self._end(
            items=facts.items_in(self.call.action, reply),
            scanned=scanned if isinstance(scanned, int) else None,
            capacity=facts.consumed(self.call, reply),
        )

    def failed(self, error: BaseException) -> None:
        """It failed, or was given up."""
        if isinstance(error, Failure):
            log.warn(self.call, error)
        told: dict[str, object] = {"error": type(error).__name__}
        if isinstance(error, ServiceError):
            told |= {"code": error.code, "request_id": error.request_id}
            told |= {"throttling_reasons": throttling_reasons(error)}
        self._end(**told)

    def _end(self, **told: object) -> None:
        seconds = current().monotonic() - self._began
        start = {name: getattr(self.start, name) for name in _START}
        self._watch.end(CallEnd(**start, seconds=seconds, **told))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def _start_of(call: Call, address: str | None) -> CallStart:
    return CallStart(
        number=next(_numbers),
        action=call.action,
        service=call.service,
        tables=facts.tables_named(call),
        index=facts.index_named(call),
        statement=name_of(call),
        attempt=call.attempt,
        batch=facts.batch_size(call),
        options=facts.options_of(call),
        address=address if call.service == "dynamodb" else None,
    )
