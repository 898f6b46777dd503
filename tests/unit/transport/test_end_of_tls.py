"""Servers that end TLS with their reply, while the connection below stays open: that is not used again."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

from dynakit.transport.aio import AsyncHttpTransport
from dynakit.transport.base import Timeouts
from dynakit.transport.credentials import Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http import HttpTransport
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Payload
from tests.unit.support.aio_server import CALL, DONE, REPLY
from tests.unit.support.certificates import server_context, write_certificate

TO_ITS_END = REPLY.replace(b"Content-Length: 11\r\n", b"")
"""A reply that is over when the connection is."""


class EndingServer:
    """Answers the first request on each connection, and sends the end of TLS in the same bytes."""

    def __init__(self, certificate: Path, answer: bytes) -> None:
        self.connections = 0
        self._context, self._answer = server_context(certificate), answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for one in [*self._open, self._listener]:
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(accepted)
            self._hold(accepted)

    def _hold(self, accepted: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self._context.wrap_bio(incoming, outgoing, server_side=True)

        def done(work: Callable[[], object]) -> None:
            while True:
                try:
                    work()
                except ssl.SSLWantReadError:
                    accepted.sendall(outgoing.read())
                    incoming.write(accepted.recv(2**16))
                else:
                    return

        done(tls.do_handshake)
        done(lambda: tls.read(2**16))
        tls.write(self._answer)
        with pytest.raises(ssl.SSLWantReadError):
            tls.unwrap()
        accepted.sendall(outgoing.read())


def send_sync(settings: HttpSettings) -> list[Payload]:
    with closing(HttpTransport(settings)) as transport:
        return [transport.send(CALL) for _ in range(2)]


def send_async(settings: HttpSettings) -> list[Payload]:
    async def main() -> list[Payload]:
        transport = AsyncHttpTransport(settings)
        replies = [await transport.send(CALL) for _ in range(2)]
        await transport.close()
        return replies

    return asyncio.run(main())


Send: TypeAlias = Callable[[HttpSettings], list[Payload]]


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("no_proxy", "*")
    return write_certificate(tmp_path / "certificate.pem")


@pytest.mark.parametrize("answer", [REPLY, TO_ITS_END], ids=["with a length", "without"])
@pytest.mark.parametrize("send", [send_sync, send_async], ids=["sync", "async"])
def test_the_reply_is_taken_and_the_next_call_has_a_connection_of_its_own(
    send: Send, answer: bytes, certificate: Path
) -> None:
    with closing(EndingServer(certificate, answer)) as server:
        settings = HttpSettings(
            Endpoint(server.url, "us-east-1"),
            Credentials(None, local=True),
            timeouts=Timeouts(10, 2),
            verify=str(certificate),
        )
        assert send(settings) == [DONE, DONE]
        assert server.connections == 2
