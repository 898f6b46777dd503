"""Who looks on at the calls of a client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from dynakit.telemetry import log
from dynakit.telemetry.usage import Usage

if TYPE_CHECKING:
    from dynakit.telemetry.events import CallEnd, CallStart, Observer
    from dynakit.telemetry.watched import Watched
    from dynakit.wire import Call

Event = TypeVar("Event", "CallStart", "CallEnd")

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
        from dynakit.telemetry.watched import Watched

        watched = Watched(self, call, self._address, asks=self._asks)
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


def _tell(hook: Callable[[Event], None], event: Event) -> None:
    try:
        hook(event)
    except Exception:  # noqa: BLE001 - whoever looks on must not break what is looked at
        log.logger().exception("an observer failed; the call goes on")
