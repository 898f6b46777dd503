"""A server that cannot show who it is gets nothing: no byte of a request, and no word of its credentials."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from dynakit import ConnectionFailed, RetryPolicy, connect, connect_async
from dynakit.wire import Payload
from tests.unit.support.certificates import server_context, write_certificate

CALL = ("PutItem", {"TableName": "shop", "Item": {"id": {"S": "canary"}}})
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}"
NO_RETRY = RetryPolicy(attempts=1)
LONG_AGO, NOT_YET = timedelta(days=30), timedelta(days=-30)


class Impostor:
    """Agrees on TLS with whoever does, and keeps what it is then told."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.told = bytearray()
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        accepted, _ = self._socket.accept()
        # In TLS 1.3 the server has agreed before the client has looked at the certificate.
        with suppress(OSError), accepted, self._context.wrap_socket(accepted, server_side=True) as secured:
            while data := secured.recv(65536):
                self.told += data
                if data.endswith(b"}"):
                    secured.sendall(REPLY)

    def until_left(self) -> bytearray:
        """What it was told in all."""
        self._thread.join(10)
        self._socket.close()
        assert not self._thread.is_alive()
        return self.told


def put_sync(url: str) -> Payload:
    with connect(url, retry=NO_RETRY) as db:
        return db.call(*CALL)


def put_async(url: str) -> Payload:
    async def put() -> Payload:
        async with connect_async(url, retry=NO_RETRY) as db:
            return await db.call(*CALL)

    return asyncio.run(put())


Put: TypeAlias = Callable[[str], Payload]
both = pytest.mark.parametrize("put", [put_sync, put_async], ids=["sync", "async"])
each_version = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=str)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def impostor(certificate: Path, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Impostor:
    context = server_context(certificate)
    context.maximum_version = version
    return Impostor(context)


def refusal(put: Put, url: str) -> str:
    with pytest.raises(ConnectionFailed) as caught:
        put(url)
    assert caught.value.attempts == 1
    return str(caught.value)


@both
@each_version
@pytest.mark.parametrize("age", [LONG_AGO, NOT_YET], ids=["expired", "not yet"])
def test_a_certificate_is_good_only_in_its_time(
    put: Put, version: ssl.TLSVersion, age: timedelta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path / "old.pem", age=age)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    server = impostor(certificate, version)
    said = refusal(put, f"https://127.0.0.1:{server.port}")
    assert server.until_left() == b""
    assert "the endpoint was not reached" in said
    assert "CERTIFICATE_VERIFY_FAILED" in said


@both
@each_version
def test_a_certificate_of_another_host_gets_nothing(
    put: Put, version: ssl.TLSVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path / "other.pem", address="127.0.0.2")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    server = impostor(certificate, version)
    said = refusal(put, f"https://127.0.0.1:{server.port}")
    assert server.until_left() == b""
    assert "CERTIFICATE_VERIFY_FAILED" in said


@both
def test_a_certificate_nobody_vouches_for_gets_nothing(put: Put, tmp_path: Path) -> None:
    server = impostor(write_certificate(tmp_path / "own.pem"))
    said = refusal(put, f"https://127.0.0.1:{server.port}")
    assert server.until_left() == b""
    assert "CERTIFICATE_VERIFY_FAILED" in said


@both
@each_version
def test_a_good_certificate_gets_the_request(
    put: Put, version: ssl.TLSVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the same server would have seen what the others were sent."""
    certificate = write_certificate(tmp_path / "good.pem")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    server = impostor(certificate, version)
    assert put(f"https://127.0.0.1:{server.port}") == {}
    assert b"canary" in server.until_left()
