"""The idle connections of a synchronous transport, to each destination."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dynakit.environment import current
from dynakit.transport.dial import open_connection
from dynakit.transport.failures import failure_by_progress, failure_of_exchange
from dynakit.transport.http_head import BadReply
from dynakit.transport.http_reply import HttpReply
from dynakit.transport.settings import IDLE_SECONDS, HttpSettings

if TYPE_CHECKING:
    from dynakit.transport.connection import Connection
    from dynakit.transport.destination import Destination
    from dynakit.transport.request import HttpRequest


class Pool:
    """At most ``limit`` idle connections to each destination; the one that was used last is used next.

    Threads share it without a lock: each takes a connection out of a list, and puts it back alone. A forked
    process gets lists of its own.
    """

    def __init__(self, settings: HttpSettings, limit: int) -> None:
        self._settings = settings
        self._limit = limit
        self._idle: dict[Destination, list[Connection]] = {}
        self._process = os.getpid()

    def exchange(self, request: HttpRequest) -> HttpReply:
        """Send a request over one of the connections; the reply to it.

        Raises ``NotSent``, ``ReplyLost``, and ``ConnectionFailed`` as ``open_connection`` does.
        """
        idle = self._idle_to(request.destination)
        connection = _taken(idle) or self._opened(request.destination)
        try:
            reply = connection.exchange(request)
        except (OSError, BadReply) as error:
            connection.close()
            raise failure_of_exchange(error, sent=connection.sent) from error
        except BaseException:
            # An interrupt leaves a reply under way, which nobody else may take for his.
            connection.close()
            raise
        if reply.reusable and self._idle.get(request.destination) is idle:
            connection.idle_since = current().monotonic()
            self._give_back(idle, connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """Close what is idle, and what is in use after its call; a later call opens new connections."""
        closed, self._idle = self._idle, {}
        for idle in list(closed.values()):
            while (connection := _popped(idle)) is not None:
                connection.close()

    def _give_back(self, idle: list[Connection], connection: Connection) -> None:
        idle.append(connection)
        # Whoever sees too many closes one. As each looks after it has added its own, none is left over.
        if len(idle) > self._limit:
            longest = _popped(idle, 0)
            if longest is not None:
                longest.close()

    def _idle_to(self, destination: Destination) -> list[Connection]:
        if self._process != os.getpid():
            # In this order, as another thread may look at the same time.
            self.close()
            self._process = os.getpid()
        idle = self._idle.get(destination)
        return self._idle.setdefault(destination, []) if idle is None else idle

    def _opened(self, destination: Destination) -> Connection:
        try:
            return open_connection(destination, self._settings)
        except (OSError, BadReply) as error:
            raise failure_by_progress(error, started=False) from error


def _taken(idle: list[Connection]) -> Connection | None:
    """The connection that was idle for the shortest time, if it still stands."""
    while idle:
        try:
            connection = idle.pop()
        except IndexError:
            # Another thread has taken it a moment ago.
            return None
        if current().monotonic() - connection.idle_since <= IDLE_SECONDS and not connection.has_come():
            return connection
        connection.close()
    return None


def _popped(idle: list[Connection], place: int = -1) -> Connection | None:
    """One that no other thread can take any more; ``None`` if there is none, maybe since a moment ago."""
    try:
        return idle.pop(place)
    except IndexError:
        return None
