"""The connections of the synchronous transport: what may be used again, and what a proxy may see and say."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import TypeAlias

import pytest

from dynakit.client.connect import open_transport
from dynakit.operations.reply import NotSent, ReplyLost
from dynakit.transport.connection import Connection
from dynakit.transport.credentials import Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http import HttpTransport
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call, Payload
from tests.unit.support.faulty_server import FaultyServer, reply

CALL = Call("ListTables", {})
BODY = b'{"TableNames":[]}'
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 17\r\n\r\n" + BODY

Conversation: TypeAlias = Callable[[socket.socket], None]


class Listener:
    """Accepts connections and holds a conversation on each; counts them, and keeps what came."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._hold, args=(accepted,), daemon=True).start()

    def _hold(self, accepted: socket.socket) -> None:
        with accepted, suppress(ConnectionError):
            self._conversation(accepted)


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Conversation], Listener]]:
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    listeners: list[Listener] = []

    def start(conversation: Conversation) -> Listener:
        listeners.append(Listener(conversation))
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.close()


def request_from(accepted: socket.socket) -> bytes:
    """One request of a few bytes, its body included; nothing when the other side closed."""
    data = b""
    while not data.endswith(b"\r\n\r\n{}"):
        more = accepted.recv(65536)
        if not more:
            return b""
        data += more
    return data


def test_what_stands_behind_a_reply_is_not_taken_for_the_next(
    listen: Callable[[Conversation], Listener],
) -> None:
    def answer(accepted: socket.socket) -> None:
        while request_from(accepted):
            accepted.sendall(REPLY + REPLY.replace(b"[]", b'["stray"]').replace(b": 17", b": 24"))

    server = listen(answer)
    with closing(open_transport(server.url)) as transport:
        for _ in range(3):
            assert transport.send(CALL) == {"TableNames": []}
    assert server.connections == 3


def test_what_comes_while_a_connection_is_idle_is_not_taken_for_a_reply(
    listen: Callable[[Conversation], Listener],
) -> None:
    sent = threading.Event()

    def answer(accepted: socket.socket) -> None:
        request_from(accepted)
        accepted.sendall(REPLY)
        late.wait(10)
        accepted.sendall(REPLY.replace(b"[]", b'["stray"]').replace(b": 17", b": 24"))
        sent.set()
        accepted.recv(1)

    late = threading.Event()
    server = listen(answer)
    with closing(open_transport(server.url)) as transport:
        assert transport.send(CALL) == {"TableNames": []}
        late.set()
        assert sent.wait(10)
        assert transport.send(CALL) == {"TableNames": []}
    assert server.connections == 2


def test_an_interrupt_leaves_no_reply_for_the_next_call(
    listen: Callable[[Conversation], Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(accepted: socket.socket) -> None:
        while request_from(accepted):
            accepted.sendall(REPLY)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    server = listen(answer)
    with closing(open_transport(server.url)) as transport:
        transport.send(CALL)
        with monkeypatch.context() as patch:
            patch.setattr(Connection, "exchange", interrupted)
            with pytest.raises(KeyboardInterrupt):
                transport.send(CALL)
        assert transport.send(CALL) == {"TableNames": []}
    assert server.connections == 2


def test_threads_share_connections_and_never_each_others_replies(
    listen: Callable[[Conversation], Listener],
) -> None:
    def answer(accepted: socket.socket) -> None:
        while request := request_from(accepted):
            accepted.sendall(REPLY)
            assert request.startswith(b"POST / HTTP/1.1\r\n")

    server = listen(answer)
    replies: list[Payload] = []
    with closing(open_transport(server.url)) as transport:

        def work() -> None:
            replies.extend(transport.send(CALL) for _ in range(50))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert replies == [{"TableNames": []}] * 400
    assert 1 <= server.connections <= 8


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "status 407"),
        (b"HTTP/1.1 200 OK\r\n\r\nsurplus", "more than its reply"),
        (b"nonsense\r\n\r\n", "status line"),
        (b"", "ConnectionResetError"),
    ],
)
def test_without_a_tunnel_nothing_was_sent_and_no_secret_is_told(
    listen: Callable[[Conversation], Listener], monkeypatch: pytest.MonkeyPatch, answer: bytes, told: str
) -> None:
    seen: list[bytes] = []

    def refuse(accepted: socket.socket) -> None:
        seen.append(accepted.recv(65536))
        accepted.sendall(answer)

    proxy = listen(refuse)
    monkeypatch.setenv("https_proxy", f"http://user:canary@127.0.0.1:{proxy.port}")
    with closing(open_transport("https://dynamodb.example")) as transport, pytest.raises(NotSent) as caught:
        transport.send(CALL)
    assert seen[0].startswith(b"CONNECT dynamodb.example:443 HTTP/1.1\r\nHost: dynamodb.example:443\r\n")
    assert b"\r\nProxy-Authorization: Basic dXNlcjpjYW5hcnk=\r\n" in seen[0]
    assert "canary" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.endpoint}"
    assert told in caught.value.reason


def test_a_reply_that_is_none_says_what_is_wrong_with_it(
    listen: Callable[[Conversation], Listener],
) -> None:
    def answer(accepted: socket.socket) -> None:
        request_from(accepted)
        accepted.sendall(b"SSH-2.0-canary\r\n\r\n")

    with closing(open_transport(listen(answer).url)) as transport, pytest.raises(ReplyLost) as caught:
        transport.send(CALL)
    assert "status line" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_no_more_connections_stay_open_than_were_asked_for() -> None:
    """Eight calls at once need eight connections; three are kept, and used by the next eight."""
    at_once = threading.Barrier(8)

    def answer(*_: object) -> bytes:
        at_once.wait(10)
        return reply(BODY)

    with closing(FaultyServer(answer)) as server, ThreadPoolExecutor(8) as threads:
        settings = HttpSettings(Endpoint(server.url, "us-east-1"), Credentials(None, local=True))
        with closing(HttpTransport(settings, connections=3)) as transport:
            for opened in (8, 8 + 5):
                assert list(threads.map(transport.send, [CALL] * 8)) == [{"TableNames": []}] * 8
                assert server.connections == opened


def test_closing_while_threads_call_harms_neither(listen: Callable[[Conversation], Listener]) -> None:
    def answer(accepted: socket.socket) -> None:
        while request_from(accepted):
            accepted.sendall(REPLY)

    with closing(open_transport(listen(answer).url)) as transport, ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(transport.send, CALL) for _ in range(50)]
        while not all(call.done() for call in calls):
            transport.close()
        assert [call.result() for call in calls] == [{"TableNames": []}] * 50
