"""Connections on event loops that do not tell when a socket is readable: the usual one of Windows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dynakit.transport.aio_connection import RECEIVED, Connection

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future

    from dynakit.transport.aio_open import Link
    from dynakit.transport.http_reply import HttpReply


class AwaitedConnection(Connection):
    """A connection that looks at its socket only while a reply is due; it keeps the same rules."""

    def _listen(self) -> None: ...

    def _deaf(self) -> None: ...

    async def _outcome(self, reply: Future[HttpReply | Exception]) -> HttpReply | Exception:
        while not reply.done():
            async with asyncio.timeout(self._patience):
                data = await self._loop.sock_recv(self._socket, RECEIVED)
            self._received(data)
        return reply.result()

    async def _write(self, data: bytes, reply: Future[HttpReply | Exception]) -> bool:
        if self._tls is not None:
            data = self._tls.encrypt(data)
        # What is given up may be sent all the same.
        self.sent = True
        async with asyncio.timeout(self._patience):
            await self._loop.sock_sendall(self._socket, data)
        return True

    def _on_timer(self) -> None:
        # What is awaited has a time-out already, and a socket may not be closed under it.
        if self._reply is None:
            super()._on_timer()
        else:
            self._timer = None
            self._expect(self._patience)


def connection_over(loop: AbstractEventLoop, link: Link, patience: float) -> Connection:
    """A connection of the kind the loop is able to."""
    try:
        return Connection(loop, link, patience)
    except NotImplementedError:
        return AwaitedConnection(loop, link, patience)
