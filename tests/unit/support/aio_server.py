"""A small HTTP server in the loop of a test, and asynchronous transports to it."""

from __future__ import annotations

import asyncio
from asyncio import Transport
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import Final, cast

from dynakit.transport.aio import AsyncHttpTransport
from dynakit.transport.base import Timeouts
from dynakit.transport.credentials import Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.proxies import Proxy
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call, Payload

CALL: Final = Call("GetItem", {"TableName": "shop", "Key": {"id": {"S": "1"}}})
DONE: Final[Payload] = {"Item": {}}
REPLY: Final = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 11\r\n\r\n{"Item":{}}'
)


async def until(true: Callable[[], bool]) -> None:
    """Wait for something to happen, within five seconds."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is waited for is another side's doing
            await asyncio.sleep(0.001)


def _at_once(connection: Transport) -> None:
    connection.write(REPLY)


class AioServer:
    """Counts; ``answer`` is called with the connection of each whole request.

    Without ``reads`` no connection that comes is read from, until :meth:`read` is called.
    """

    def __init__(self, tls: SSLContext | None) -> None:
        self.answer: Callable[[Transport], object] = _at_once
        self.reads = True
        self.url = ""
        self.heads: list[bytes] = []
        self.connections = self.open = self.most_open = 0
        self._tls = tls
        self._all: list[Transport] = []

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def until_closed(self) -> None:
        await until(lambda: not self.open)

    def read(self) -> None:
        self.reads = True
        for connection in self._all:
            connection.resume_reading()

    def made(self, connection: Transport) -> None:
        self._all.append(connection)
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        if not self.reads:
            connection.pause_reading()

    async def start(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: _Accepted(self), "127.0.0.1", 0, ssl=self._tls)
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        return listening


class _Accepted(asyncio.Protocol):
    def __init__(self, server: AioServer) -> None:
        self._server = server
        self._data = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._connection = cast("Transport", transport)
        self._server.made(self._connection)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.open -= 1

    def data_received(self, data: bytes) -> None:
        self._data += data
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._data[:end])
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if len(self._data) >= end + 4 + length:
            self._data.clear()
            self._server.heads.append(head)
            self._server.answer(self._connection)


@asynccontextmanager
async def serving(tls: SSLContext | None = None) -> AsyncGenerator[AioServer]:
    """A server, which has to be left without an open connection."""
    server = AioServer(tls)
    listening = await server.start()
    try:
        yield server
    finally:
        listening.close()
    await server.until_closed()


def transport_to(
    url: str,
    *,
    connections: int = 100,
    connect: float = 10,
    read: float = 10,
    proxy: Proxy | None = None,
    credentials: Credentials | None = None,
    verify: str | bool = True,
) -> AsyncHttpTransport:
    settings = HttpSettings(
        Endpoint(url, "us-east-1"),
        credentials or Credentials(None, local=True),
        timeouts=Timeouts(connect, read),
        verify=verify,
        proxies=lambda _: proxy,
    )
    return AsyncHttpTransport(settings, connections=connections)
