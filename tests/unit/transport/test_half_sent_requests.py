"""Requests that could not be sent to their end: they were not applied, and the server may have said why."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

from dynakit.operations.reply import Failure, NotSent, ReplyLost, ServiceError
from dynakit.transport.aio import AsyncHttpTransport
from dynakit.transport.base import Timeouts
from dynakit.transport.credentials import Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http import HttpTransport
from dynakit.transport.quiet_socket import QuietSocket
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call, Payload
from tests.unit.support.certificates import server_context, write_certificate
from tests.unit.support.faulty_server import error, reply

LARGE = Call("BatchWriteItem", {"RequestItems": {"shop": "x" * 16_000_000}})
SMALL = Call("PutItem", {"TableName": "shop"})
REFUSED = error("RequestEntityTooLargeException", "413 Too Large")
DONE = reply(b"{}")

Conversation: TypeAlias = Callable[[socket.socket], object]


class Server:
    """Holds the next conversation on each connection, over TLS if given a context; closes none."""

    def __init__(self, *conversations: Conversation, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, args=(conversations,), daemon=True)
        self._thread.start()

    def _serve(self, conversations: tuple[Conversation, ...]) -> None:
        for conversation in conversations:
            accepted, _ = self._listener.accept()
            # A small reply must not wait in the system, from where a reset would take it.
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secured = self._tls.wrap_socket(accepted, server_side=True) if self._tls else accepted
            self._open.append(secured)
            conversation(secured)

    def close(self) -> None:
        self._thread.join(10)
        for one in [*self._open, self._listener]:
            one.close()


def refuse_and_hang_up(accepted: socket.socket) -> None:
    """What comes after that is answered by a reset."""
    accepted.recv(1000)
    accepted.sendall(REFUSED)
    accepted.close()


def refuse_and_stay(accepted: socket.socket) -> None:
    accepted.recv(1000)
    accepted.sendall(REFUSED)


def reset(accepted: socket.socket) -> None:
    accepted.recv(1000)
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    accepted.close()


def stay_silent(accepted: socket.socket) -> None:
    accepted.recv(1000)


def answer(accepted: socket.socket) -> None:
    accepted.recv(65536)
    accepted.sendall(DONE)


def settings(url: str, verify: str | bool, read: float) -> HttpSettings:
    endpoint = Endpoint(url, "us-east-1")
    return HttpSettings(endpoint, Credentials(None, local=True), timeouts=Timeouts(10, read), verify=verify)


def send_sync(calls: list[Call], url: str, verify: str | bool, read: float) -> list[Payload | Failure]:
    def outcome(call: Call) -> Payload | Failure:
        try:
            return transport.send(call)
        except Failure as failure:
            return failure

    with closing(HttpTransport(settings(url, verify, read))) as transport:
        return [outcome(call) for call in calls]


def send_async(calls: list[Call], url: str, verify: str | bool, read: float) -> list[Payload | Failure]:
    async def main() -> list[Payload | Failure]:
        transport = AsyncHttpTransport(settings(url, verify, read))
        outcomes: list[Payload | Failure] = []
        for call in calls:
            try:
                outcomes.append(await transport.send(call))
            except Failure as failure:
                outcomes.append(failure)
        await transport.close()
        return outcomes

    return asyncio.run(main())


Send: TypeAlias = Callable[..., list[Payload | Failure]]
both = pytest.mark.parametrize("send", [send_sync, send_async], ids=["sync", "async"])


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """The certificate of a server that speaks TLS, or none."""
    return write_certificate(tmp_path / "certificate.pem") if request.param == "tls" else None


def outcomes(
    send: Send, tls: Path | None, *conversations: Conversation, calls: list[Call], read: float = 10
) -> list[Payload | Failure]:
    server = Server(*conversations, tls=server_context(tls) if tls else None)
    with closing(server):
        return send(calls, server.url, str(tls) if tls else True, read)


@both
@pytest.mark.parametrize("conversation", [refuse_and_hang_up, refuse_and_stay])
def test_a_server_that_wants_no_more_is_heard(
    send: Send, tls: Path | None, conversation: Conversation
) -> None:
    read = 0.3 if conversation is refuse_and_stay else 10
    refused, done = outcomes(send, tls, conversation, answer, calls=[LARGE, SMALL], read=read)
    assert isinstance(refused, ServiceError)
    assert refused.code == "RequestEntityTooLargeException"
    # The next call is not taken for the rest of this one.
    assert done == {}


@both
@pytest.mark.parametrize("conversation", [reset, stay_silent])
def test_without_its_end_it_was_not_sent(send: Send, tls: Path | None, conversation: Conversation) -> None:
    read = 0.3 if conversation is stay_silent else 10
    lost, done = outcomes(send, tls, conversation, answer, calls=[LARGE, SMALL], read=read)
    assert type(lost) is NotSent
    assert "the request could not be sent to its end" in lost.reason
    assert done == {}


def test_a_connection_whose_last_piece_was_not_taken_whole_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dynakit.transport.aio_connection.PIECE", 2**26)
    refused, done = outcomes(send_async, None, refuse_and_stay, answer, calls=[LARGE, SMALL])
    assert isinstance(refused, ServiceError)
    assert done == {}


def test_an_alarm_after_the_last_byte_is_no_proof_that_it_was_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a handler of a signal raises may look like an error of the network."""

    def alarm(*_: object) -> None:
        raise TimeoutError("alarm")

    def interrupted(stream: socket.socket, data: bytes) -> None:
        sendall(stream, data)
        signal.raise_signal(signal.SIGINT)

    sendall = socket.socket.sendall
    monkeypatch.setattr(QuietSocket, "sendall", interrupted, raising=False)
    before = signal.signal(signal.SIGINT, alarm)
    try:
        (lost,) = outcomes(send_sync, None, stay_silent, calls=[SMALL])
    finally:
        signal.signal(signal.SIGINT, before)
    assert type(lost) is ReplyLost
