"""A service whose clock is not this machine's: one call is signed again, and all after it are right."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

import pytest

from dynakit import AccessDenied, Environment, connect, connect_async
from dynakit.transport.aio import AsyncHttpTransport
from dynakit.transport.credentials import AccessKeys, Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http import HttpTransport
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call, Payload
from tests.unit.support.faulty_server import FaultyServer

REFUSED = b'{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired"}'


class Service(ThreadingHTTPServer):
    """Takes requests that are signed for its own time, give or take five minutes."""

    daemon_threads = True

    def __init__(self, ahead: timedelta, *, tells: bool = True, takes: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.ahead, self.tells, self.takes = ahead, tells, takes
        self.answers: list[int] = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def status(self, signed_for: str) -> int:
        moment = datetime.strptime(signed_for, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        right = abs(moment - datetime.now(UTC) - self.ahead) < timedelta(minutes=5)
        return 200 if right and self.takes else 400


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        service = cast("Service", self.server)
        self.rfile.read(int(self.headers["Content-Length"]))
        status = service.status(self.headers["X-Amz-Date"])
        service.answers.append(status)
        body = b'{"TableNames":[]}' if status == 200 else REFUSED
        self.send_response_only(status)
        if service.tells:
            self.send_header("Date", format_datetime(datetime.now(UTC) + service.ahead, usegmt=True))
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    services: list[Service] = []

    def start(ahead: timedelta, *, tells: bool = True, takes: bool = True) -> Service:
        services.append(Service(ahead, tells=tells, takes=takes))
        return services[-1]

    yield start
    for service in services:
        service.shutdown()
        service.server_close()


def call_twice(url: str) -> Payload:
    with connect(url) as db:
        db.call("ListTables", {})
        return db.call("ListTables", {})


def call_twice_async(url: str) -> Payload:
    async def call() -> Payload:
        async with connect_async(url) as db:
            await db.call("ListTables", {})
            return await db.call("ListTables", {})

    return asyncio.run(call())


CALLERS = pytest.mark.parametrize("caller", [call_twice, call_twice_async])


@CALLERS
@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
def test_a_wrong_clock_costs_one_call(
    serve: Callable[..., Service], caller: Callable[[str], Payload], hours: int
) -> None:
    service = serve(timedelta(hours=hours))
    assert caller(service.url) == {"TableNames": []}
    assert service.answers == [400, 200, 200]


@CALLERS
def test_a_signature_that_is_refused_at_the_right_time_is_final(
    serve: Callable[..., Service], caller: Callable[[str], Payload]
) -> None:
    service = serve(timedelta(0), takes=False)
    with pytest.raises(AccessDenied, match="the signature was refused"):
        caller(service.url)
    assert service.answers == [400]


@CALLERS
def test_a_service_that_takes_no_time_is_asked_twice_and_no_more(
    serve: Callable[..., Service], caller: Callable[[str], Payload]
) -> None:
    service = serve(timedelta(hours=2), takes=False)
    with pytest.raises(AccessDenied):
        caller(service.url)
    assert service.answers == [400, 400]


@CALLERS
def test_nothing_is_learned_from_a_service_that_tells_no_time(
    serve: Callable[..., Service], caller: Callable[[str], Payload]
) -> None:
    service = serve(timedelta(hours=2), tells=False)
    with pytest.raises(AccessDenied):
        caller(service.url)
    assert service.answers == [400]


class LateCredentials(Credentials):
    """Keys that somebody has to type a code for, which takes an hour."""

    def __init__(self, clock: list[datetime]) -> None:
        super().__init__(None, local=True)
        self._clock = clock

    def at_hand(self) -> AccessKeys | None:
        return None

    def keys(self) -> AccessKeys:
        self._clock[0] += timedelta(hours=1)
        return AccessKeys("AKID", "secret")


def send(settings: HttpSettings) -> None:
    with closing(HttpTransport(settings)) as transport:
        transport.send(Call("ListTables", {}))


def send_async(settings: HttpSettings) -> None:
    async def main() -> None:
        transport = AsyncHttpTransport(settings)
        await transport.send(Call("ListTables", {}))
        await transport.close()

    asyncio.run(main())


@pytest.mark.parametrize("sender", [send, send_async])
def test_a_call_is_signed_for_the_moment_after_its_keys_came(
    sender: Callable[[HttpSettings], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    with closing(FaultyServer()) as server, Environment(now=lambda: clock[0]).use():
        sender(HttpSettings(Endpoint(server.url, "us-east-1"), LateCredentials(clock)))
    assert server.requests[0][0]["x-amz-date"] == "20260101T010000Z"
