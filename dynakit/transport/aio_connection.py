"""One connection of an event loop: a request at a time, with no task and no timer of its own for each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dynakit.transport.connection import look_out
from dynakit.transport.http_head import BadReply
from dynakit.transport.http_reply import HttpReply, ReplyReader
from dynakit.transport.settings import IDLE_SECONDS

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future, TimerHandle

    from dynakit.transport.aio_open import Link
    from dynakit.transport.request import HttpRequest

RECEIVED = 2**16
"""Bytes taken from a socket at once."""

PIECE = 2**16
"""Bytes of a body given to a socket at once; between two of them the loop has a turn."""


class Connection:
    """An open connection that belongs to one event loop, and to one task at a time.

    When the other side closes it, or sends what nobody asked for, it closes itself; so it does when it was
    idle for :data:`IDLE_SECONDS`. ``patience`` is how many seconds to wait for each piece of a reply, and
    for the room to send each piece of a request.
    """

    def __init__(self, loop: AbstractEventLoop, link: Link, patience: float) -> None:
        self._loop = loop
        self._socket = link.socket
        self._tls = link.tls
        self._proxy = link.proxy
        self._patience = patience
        self._closed = False
        self.sent = False
        """Whether the system took the last request to its end."""
        self._reader = ReplyReader()
        self._reply: Future[HttpReply | Exception] | None = None
        self._room: Future[None] | None = None
        self._timer: TimerHandle | None = None
        self._timer_at = 0.0
        self._deadline = 0.0
        self._has_come = look_out(self._socket.fileno())
        self._listen()

    @property
    def closed(self) -> bool:
        """Whether it is of no use any more."""
        return self._closed

    def is_usable(self) -> bool:
        """Whether it is open as far as can be known.

        The system is asked, too: while the loop stood still, as in a frozen function, it saw nothing.
        """
        return not self._closed and self._loop.time() < self._deadline and not self._has_come()

    async def exchange(self, request: HttpRequest) -> HttpReply:
        """Send a request and wait for the reply; a connection that may not be used again is closed after it.

        Raises ``OSError`` (``TimeoutError`` and ``ssl.SSLError`` are such) or ``BadReply``. With them, and
        when the task is cancelled, the connection is closed.
        """
        proxy = self._proxy
        head = request.head if proxy is None else request.head_for_proxy(proxy.authorization)
        self._reader = ReplyReader()
        self._reply = reply = self._loop.create_future()
        self._expect(self._patience)
        reusable = self.sent = False
        try:
            self.sent = await self._send(head, request.body, reply)
            outcome = await self._outcome(reply)
            if isinstance(outcome, Exception):
                raise outcome
            reusable = self.sent and outcome.reusable
            return outcome
        finally:
            self._reply = None
            if reusable:
                self._expect(IDLE_SECONDS)
            else:
                self.close()

    def close(self) -> None:
        """Close the socket at once; whoever waits for a reply is told so."""
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if not self._loop.is_closed():
            self._deaf()
        self._socket.close()
        self._settle(ConnectionAbortedError())

    def _listen(self) -> None:
        self._loop.add_reader(self._socket, self._on_readable)

    def _deaf(self) -> None:
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)

    async def _outcome(self, reply: Future[HttpReply | Exception]) -> HttpReply | Exception:
        return await reply

    async def _send(self, head: bytes, body: bytes, reply: Future[HttpReply | Exception]) -> bool:
        """Whether all was sent: a server may answer before, and then wants no more."""
        whole = await self._write(head + body[:PIECE], reply)
        for start in range(PIECE, len(body), PIECE):
            await asyncio.sleep(0)
            if reply.done():
                return False
            whole = await self._write(body[start : start + PIECE], reply)
        return whole

    async def _write(self, data: bytes, reply: Future[HttpReply | Exception]) -> bool:
        """Whether all of it was taken, which it is unless the reply came before."""
        if self._tls is not None:
            data = self._tls.encrypt(data)
        sent = self._given(data)
        while sent < len(data) and not reply.done():
            await self._has_room()
            self._expect(self._patience)
            if not reply.done():
                sent += self._given(memoryview(data)[sent:])
        return sent == len(data)

    def _given(self, data: bytes | memoryview) -> int:
        """How many bytes the system took."""
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            # Before it hung up, the server may have answered.
            self._on_readable()
            if self._reply is None or not self._reply.done():
                raise
            return 0

    async def _has_room(self) -> None:
        """Wait until the socket takes more, or the request is over."""
        self._room = room = self._loop.create_future()
        self._loop.add_writer(self._socket, _wake, room)
        try:
            await room
        finally:
            self._room = None
            if not self._closed and not self._loop.is_closed():
                self._loop.remove_writer(self._socket)

    def _on_readable(self) -> None:
        try:
            data = self._socket.recv(RECEIVED)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._fail(error)
            return
        self._received(data)

    def _received(self, data: bytes) -> None:
        """Take what came; nothing says that the other side closed."""
        tls = self._tls
        try:
            if tls is not None and data:
                data = tls.decrypt(data)
                if not data and not tls.ended:
                    # A part of a record, or a session ticket.
                    self._renew()
                    return
            if self._reply is None or self._reply.done():
                self.close()
                return
            whole = self._reader.feed(data) if data else self._reader.end()
            if tls is not None and tls.ended:
                # Nothing follows, whatever the connection below does, and the other side reads no more.
                whole = (whole or self._reader.end())._replace(reusable=False)
        except (OSError, BadReply) as error:
            self._fail(error)
            return
        if whole is None:
            self._renew()
        else:
            self._settle(whole)

    def _fail(self, error: Exception) -> None:
        self._settle(error)
        self.close()

    def _settle(self, outcome: HttpReply | Exception) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(outcome)
        if self._room is not None:
            _wake(self._room)

    def _renew(self) -> None:
        if self._reply is not None:
            self._deadline = self._loop.time() + self._patience

    def _expect(self, seconds: float) -> None:
        """Let it be too late so many seconds from now; one timer is moved only where it would ring after."""
        self._deadline = deadline = self._loop.time() + seconds
        if self._timer is not None:
            if self._timer_at <= deadline:
                return
            self._timer.cancel()
        self._timer, self._timer_at = self._loop.call_at(deadline, self._on_timer), deadline

    def _on_timer(self) -> None:
        self._timer = None
        left = self._deadline - self._loop.time()
        if left > 0:
            self._expect(left)
        else:
            self._fail(TimeoutError())


def _wake(waiter: Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
