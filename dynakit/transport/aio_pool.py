"""The connections of one event loop to one destination: so many at once, and who waits for one."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from dynakit.operations.reply import NotSent
from dynakit.transport.aio_awaited import connection_over
from dynakit.transport.aio_open import open_link
from dynakit.transport.failures import failure_by_progress, failure_of_exchange
from dynakit.transport.http_head import BadReply

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future, TimerHandle

    from dynakit.transport.aio_connection import Connection
    from dynakit.transport.destination import Destination
    from dynakit.transport.http_reply import HttpReply
    from dynakit.transport.request import HttpRequest
    from dynakit.transport.settings import HttpSettings


class Pool:
    """At most ``limit`` connections, each in a slot; used by the tasks of one event loop only.

    The connection that was used last is used next. Tasks that find none get one in the order they came.
    While a task waits, no connection is idle and every slot is taken.
    """

    def __init__(
        self, loop: AbstractEventLoop, destination: Destination, settings: HttpSettings, limit: int
    ) -> None:
        self._loop = loop
        self._destination = destination
        self._settings = settings
        self._limit = limit
        self._slots = 0
        self._idle: list[Connection] = []
        self._waiters: deque[tuple[float, Future[Connection | None]]] = deque()
        self._timer: TimerHandle | None = None
        self._closed = False

    async def exchange(self, request: HttpRequest) -> HttpReply:
        """Send a request over one of the connections; the reply to it.

        Raises ``NotSent``, ``ReplyLost``, and ``ConnectionFailed`` as ``open_link`` does.
        """
        connection = self._take() or await self._obtain()
        try:
            return await connection.exchange(request)
        except (OSError, BadReply) as error:
            raise failure_of_exchange(error, sent=connection.sent) from error
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close idle connections now, and each of the others after its call."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
            self._slots -= 1

    def _take(self) -> Connection | None:
        """The connection that was idle for the shortest time, of those that still stand."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable():
                return connection
            connection.close()
            self._slots -= 1
        return None

    async def _obtain(self) -> Connection:
        """A connection made anew, or one that somebody gives back, within the time to connect."""
        deadline = self._loop.time() + self._settings.timeouts.connect
        if self._slots < self._limit:
            self._slots += 1
        else:
            connection = await self._wait(deadline)
            if connection is not None and connection.is_usable():
                return connection
            if connection is not None:
                connection.close()
        try:
            return await self._open(deadline)
        except BaseException:
            self._hand_on(None)
            raise

    async def _open(self, deadline: float) -> Connection:
        try:
            async with asyncio.timeout_at(deadline):
                link = await open_link(self._loop, self._destination, self._settings)
        except (OSError, BadReply) as error:
            raise failure_by_progress(error, started=False) from error
        return connection_over(self._loop, link, self._settings.timeouts.read)

    async def _wait(self, deadline: float) -> Connection | None:
        """A connection, or ``None`` for a slot to open one in."""
        waiter: Future[Connection | None] = self._loop.create_future()
        self._waiters.append((deadline, waiter))
        if self._timer is None:
            self._timer = self._loop.call_at(deadline, self._expire)
        try:
            return await waiter
        except TimeoutError:
            raise NotSent(f"none of {self._limit} connections was free within the time to connect") from None
        except asyncio.CancelledError:
            # It may have been given something before it was cancelled.
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._hand_on(waiter.result())
            raise

    def _give_back(self, connection: Connection) -> None:
        if self._closed:
            connection.close()
        self._hand_on(None if connection.closed else connection)

    def _hand_on(self, connection: Connection | None) -> None:
        """Give a slot, with the connection in it if there is one, to whoever waits for the longest time."""
        while self._waiters:
            waiter = self._waiters.popleft()[1]
            if not waiter.done():
                waiter.set_result(connection)
                return
        if connection is None:
            self._slots -= 1
        else:
            self._idle.append(connection)

    def _expire(self) -> None:
        self._timer = None
        while self._waiters:
            deadline, waiter = self._waiters[0]
            if not waiter.done() and self._loop.time() < deadline:
                self._timer = self._loop.call_at(deadline, self._expire)
                return
            self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(TimeoutError())
