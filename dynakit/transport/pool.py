"""The idle connections of a synchronous transport, to each destination."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dynakit.environment import current
from dynakit.transport.dial import open_connection
from dynakit.transport.failures import failure_by_progress
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
            raise failure_by_progress(error, started=True) from error
        except BaseException:
            # An interrupt leaves a reply under way, which nobody else may take for his.
            connection.close()
            raise
        if reply.reusable and len(idle) < self._limit and self._idle.get(request.destination) is idle:
            connection.idle_since = current().monotonic()
            idle.append(connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """Close what is idle, and what is in use after its call; a later call opens new connections."""
        closed, self._idle = self._idle, {}
        for idle in closed.values():
            while idle:
                idle.pop().close()

    def _idle_to(self, destination: Destination) -> list[Connection]:
        if self._process != os.getpid():
            self._process = os.getpid()
            self.close()
        idle = self._idle.get(destination)
        return self._idle.setdefault(destination, []) if idle is None else idle

    def _opened(self, destination: Destination) -> Connection:
        try:
            return open_connection(destination, self._settings)
        except (OSError, BadReply) as error:
            raise failure_by_progress(error, started=False) from error


def _taken(idle: list[Connection]) -> Connection | None:
    """The connection that was idle for the shortest time, if it still stands."""
    while True:
        try:
            connection = idle.pop()
        except IndexError:
            return None
        if current().monotonic() - connection.idle_since <= IDLE_SECONDS and connection.is_silent():
            return connection
        connection.close()
