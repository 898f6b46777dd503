"""Connections of the HTTP transports: TLS, threads, forks, and how long they are kept."""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeAlias, cast

import pytest

from dynakit.client.connect import open_async_transport, open_transport
from dynakit.environment import Environment
from dynakit.transport.settings import IDLE_SECONDS
from dynakit.wire import Call, Payload
from tests.unit.support.certificates import server_context, write_certificate

CALL = Call("ListTables", {})
DONE: Payload = {"TableNames": []}


class Dynamo(ThreadingHTTPServer):
    """Answers every request, and counts connections; over TLS if given a context."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.connections = 0
        self.requests = 0
        self.counting = threading.Lock()
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None: ...

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.dynamo = cast("Dynamo", self.server)
        with self.dynamo.counting:
            self.dynamo.connections += 1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.dynamo.counting:
            self.dynamo.requests += 1
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", "17")
        self.end_headers()
        self.wfile.write(b'{"TableNames":[]}')

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("REQUESTS_CA_BUNDLE", "https_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def dynamo() -> Iterator[Dynamo]:
    with closing(Dynamo()) as server:
        yield server


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1, signed by itself, and its key, in one file."""
    return write_certificate(tmp_path / "certificate.pem")


@pytest.fixture
def secure(certificate: Path) -> Iterator[Dynamo]:
    with closing(Dynamo(server_context(certificate))) as server:
        yield server


Send: TypeAlias = Callable[[str], Payload]


def _sync(url: str) -> Payload:
    with closing(open_transport(url)) as transport:
        return transport.send(CALL)


def _async(url: str) -> Payload:
    async def send() -> Payload:
        transport = open_async_transport(url)
        try:
            return await transport.send(CALL)
        finally:
            await transport.close()

    return asyncio.run(send())


both = pytest.mark.parametrize("send", [_sync, _async], ids=["sync", "async"])


@both
@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_certificate_in_the_ca_bundle_is_accepted(
    secure: Dynamo, send: Send, certificate: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(certificate))
    assert send(secure.url) == DONE


def test_threads_share_a_transport(dynamo: Dynamo) -> None:
    with closing(open_transport(dynamo.url)) as transport, ThreadPoolExecutor(16) as pool:
        transport.send(CALL)
        assert list(pool.map(transport.send, [CALL] * 400)) == [DONE] * 400
    assert dynamo.requests == 401
    assert dynamo.connections <= 16


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_leaves_the_connections_of_its_parent_alone(dynamo: Dynamo) -> None:
    with closing(open_transport(dynamo.url)) as transport:
        transport.send(CALL)
        child = os.fork()
        if child == 0:
            os._exit(0 if transport.send(CALL) == transport.send(CALL) == DONE else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert transport.send(CALL) == DONE
    assert (dynamo.connections, dynamo.requests) == (2, 4)


def test_a_connection_is_not_reused_after_it_was_idle_for_long(dynamo: Dynamo) -> None:
    environment = Environment.simulated()
    with closing(open_transport(dynamo.url)) as transport, environment.use():
        for pause in (0, IDLE_SECONDS, IDLE_SECONDS + 1, 0):
            environment.sleep(pause)
            transport.send(CALL)
    assert (dynamo.connections, dynamo.requests) == (2, 4)


def test_a_closed_transport_opens_new_connections(dynamo: Dynamo) -> None:
    transport = open_transport(dynamo.url)
    for _ in range(2):
        assert transport.send(CALL) == DONE
        transport.close()
        transport.close()
    assert dynamo.connections == 2
