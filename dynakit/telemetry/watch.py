"""Who looks on at the calls of a client, and one call while they do."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields
from typing import TypeVar

from dynakit.environment import current
from dynakit.operations.reply import Failure, ServiceError, throttling_reasons
from dynakit.telemetry import facts, log
from dynakit.telemetry.events import CallEnd, CallStart, Observer
from dynakit.telemetry.names import name_of
from dynakit.telemetry.usage import Usage
from dynakit.wire import Call, Payload

Event = TypeVar("Event", CallStart, CallEnd)

_numbers = itertools.count(1)
_START = [field.name for field in fields(CallStart)]

# Pairs of whose calls are counted, and where: the blocks this thread or task is in.
_measuring: ContextVar[tuple[tuple[Watch, Usage], ...]] = ContextVar("dynakit_measuring", default=())


class Watch:
    """The observers of one connection, its totals, and whether its calls ask for the capacity they use.

    ``capacity`` is whether they ask: always, never, or (``None``) while there is an observer or a
    :meth:`measured` block. ``address`` is where calls to DynamoDB go.
    """

    def __init__(
        self, observers: Iterable[Observer] = (), *, capacity: bool | None = None, address: str | None = None
    ) -> None:
        self._lock = threading.Lock()
        self.observers = tuple(observers)
        self.usage = Usage()
        self._capacity = capacity
        self._address = address

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Add an observer; what is returned takes it away again."""
        with self._lock:
            self.observers = (*self.observers, observer)

        def stop() -> None:
            with self._lock:
                self.observers = tuple(one for one in self.observers if one is not observer)

        return stop

    @contextmanager
    def measured(self) -> Generator[Usage]:
        """Count the capacity that calls of this thread or task use inside the block."""
        usage = Usage()
        token = _measuring.set((*_measuring.get(), (self, usage)))
        try:
            yield usage
        finally:
            _measuring.reset(token)

    @property
    def looks(self) -> bool:
        """Whether anybody looks at a call made here and now."""
        return bool(self.observers or self._capacity or _measuring.get() or log.tells_calls())

    @property
    def _asks(self) -> bool:
        if self._capacity is not None:
            return self._capacity
        return bool(self.observers) or any(watch is self for watch, _ in _measuring.get())

    def begin(self, call: Call) -> Watched:
        """A call that is about to be sent: it is told to the observers."""
        watched = Watched(self, facts.with_capacity(call) if self._asks else call, self._start(call))
        for observer in self.observers:
            _tell(observer.before, watched.start)
        return watched

    def end(self, call: CallEnd) -> None:
        """A call came to its end: it is counted, told and logged."""
        self.usage.add(call)
        for watch, usage in _measuring.get():
            if watch is self:
                usage.add(call)
        for observer in reversed(self.observers):
            _tell(observer.after, call)
        if log.tells_calls():
            log.tell(call)

    def _start(self, call: Call) -> CallStart:
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
            address=self._address if call.service == "dynamodb" else None,
        )


class Watched:
    """One call while it is looked at; ``call`` is what is to be sent."""

    __slots__ = ("_began", "_watch", "call", "start")

    def __init__(self, watch: Watch, call: Call, start: CallStart) -> None:
        self._watch = watch
        self.call = call
        self.start = start
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


def _tell(hook: Callable[[Event], None], event: Event) -> None:
    try:
        hook(event)
    except Exception:  # noqa: BLE001 - whoever looks on must not break what is looked at
        log.logger.exception("an observer failed; the call goes on")
