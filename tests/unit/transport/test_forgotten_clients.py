"""Clients that nobody closed: their sockets close themselves, and nothing warns (a warning is an error)."""

from __future__ import annotations

import gc
import os
import socket
import ssl
import threading
import weakref
from contextlib import closing
from pathlib import Path

import pytest

from dynakit import Timeouts, connect
from dynakit.client.sync import Client
from dynakit.transport.quiet_socket import QuietSocket
from tests.unit.support.certificates import server_context, write_certificate

REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}"


class OnePlainReply:
    """Answers one request on one connection, and waits for its end, without a server's end of TLS."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        accepted, _ = self._listener.accept()
        with self._tls.wrap_socket(accepted, server_side=True) if self._tls else accepted as stream:
            stream.recv(2**16)
            stream.sendall(REPLY)
            if not stream.recv(1):
                self.ended.set()


@pytest.mark.parametrize("secured", [False, True], ids=["plain", "tls"])
def test_a_client_that_is_forgotten_closes_its_connections(
    secured: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    certificate = write_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    with closing(OnePlainReply(server_context(certificate) if secured else None)) as server:
        gc.collect()
        forgotten = _used(server.url)
        gc.collect()
        assert forgotten() is None
        assert server.ended.wait(10)


def _used(url: str) -> weakref.ref[Client]:
    """A client that made a call, and is part of a cycle."""
    client = connect(url, region="us-east-1", timeouts=Timeouts(10, 10))
    assert client.call("ListTables", {}) == {}
    return weakref.ref(client)


def test_a_socket_that_the_system_refuses_has_nothing_to_close() -> None:
    with pytest.raises(OSError, match="Address family not supported"):
        QuietSocket(999)


def test_a_socket_whose_making_was_interrupted_is_closed() -> None:
    made = QuietSocket.__new__(QuietSocket)
    super(socket.socket, made).__init__()
    descriptor = made.fileno()
    del made
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
    gc.collect()
