"""The transports against a server that misbehaves: what each fault is taken for, and sent how often."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeAlias
from zlib import crc32

import boto3
import pytest
from botocore.config import Config

from dynakit.operations.reply import (
    CredentialsMissing,
    Failure,
    NotSent,
    ReplyLost,
    ServiceError,
    is_throttle,
)
from dynakit.transport.aio import AsyncHttpTransport
from dynakit.transport.base import Timeouts
from dynakit.transport.botocore import BotocoreTransport
from dynakit.transport.credentials import Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http import HttpTransport
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call, Payload
from tests.unit.support.faulty_server import ITEM, JSON, UNFINISHED, FaultyServer, error, reply

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

CALL = Call("PutItem", {"TableName": "shop", "Item": {"id": {"S": "canary ☃"}}})
PATIENT = Timeouts(connect=10, read=10)
IMPATIENT = Timeouts(connect=10, read=0.2)

Send: TypeAlias = Callable[..., Payload]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for variable in ("AWS_SESSION_TOKEN", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(variable, raising=False)
    with closing(FaultyServer()) as running:
        yield running


def settings(url: str, timeouts: Timeouts = PATIENT) -> HttpSettings:
    endpoint = Endpoint(url, "us-east-1")
    return HttpSettings(endpoint, Credentials(None, local=True), timeouts=timeouts)


def send_sync(url: str, call: Call, timeouts: Timeouts = PATIENT) -> Payload:
    with closing(HttpTransport(settings(url, timeouts))) as transport:
        return transport.send(call)


def send_async(url: str, call: Call, timeouts: Timeouts = PATIENT) -> Payload:
    async def send() -> Payload:
        transport = AsyncHttpTransport(settings(url, timeouts))
        try:
            return await transport.send(call)
        finally:
            await transport.close()

    return asyncio.run(send())


def send_boto3(url: str, call: Call, timeouts: Timeouts = PATIENT) -> Payload:
    config = Config(connect_timeout=timeouts.connect, read_timeout=timeouts.read)
    session: Any = boto3.Session()
    client: DynamoDBClient = session.client("dynamodb", "us-east-1", endpoint_url=url, config=config)
    with closing(client):
        return BotocoreTransport(client).send(call)


both = pytest.mark.parametrize("send", [send_sync, send_async], ids=["sync", "async"])
every = pytest.mark.parametrize("send", [send_sync, send_async, send_boto3], ids=["sync", "async", "boto3"])


def failure_of(send: Send, url: str, timeouts: Timeouts = PATIENT) -> Failure:
    with pytest.raises(Failure) as caught:
        send(url, CALL, timeouts)
    link: BaseException | None = caught.value
    while link is not None:
        assert "canary" not in f"{link}{link!r}"
        link = link.__cause__
    return caught.value


@both
def test_a_call_and_its_reply(server: FaultyServer, send: Send) -> None:
    server.answers = [reply(x_amz_crc32=str(crc32(ITEM)))]
    assert send(server.url, CALL) == json.loads(ITEM)
    [(headers, body)] = server.requests
    assert json.loads(body) == CALL.payload
    assert headers["x-amz-target"] == "DynamoDB_20120810.PutItem"
    assert headers["content-type"] == JSON
    assert headers["accept-encoding"] == "identity"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert "cookie" not in headers


@every
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("hang", "no valid reply came"),
        (None, "no valid reply came"),
        (b"", "no valid reply came"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: close-now", "type 'close-now'|no valid reply came"),
        (b"garbage close-now\r\n\r\n", "no valid reply came"),
        (reply(length=999, x_how="close-now"), "cut short|no valid reply came"),
        (UNFINISHED, "no valid reply came"),
        (reply(ITEM[:-9]), "no complete JSON"),
        (reply(b""), "no complete JSON"),
        (reply(b"<html>canary</html>", kind="text/html"), "type 'text/html'"),
        (reply(x_amz_crc32="12345"), "CRC32"),
        (reply(b'{"__type":', "400 Bad Request"), "no complete JSON|names no error"),
        (reply(b"canary", "503 Service Unavailable", "text/plain"), "status 503"),
        (reply(b"", "302 Found", Location="/elsewhere"), "status 302"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_without_a_valid_reply_the_outcome_is_unknown_and_nothing_is_sent_again(
    server: FaultyServer, send: Send, answer: bytes | str | None, reason: str
) -> None:
    server.answers = [answer]
    failure = failure_of(send, server.url, IMPATIENT if answer in ("hang", UNFINISHED) else PATIENT)
    assert type(failure) is ReplyLost
    assert any(part in failure.reason for part in reason.split("|"))
    assert failure.endpoint == f"{server.url} (region us-east-1)"
    assert len(server.requests) == 1


@every
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalServerError", 500),
        ("ThrottlingException", 400),
        ("UnrecognizedClientException", 400),
        ("ConditionalCheckFailedException", 400),
    ],
)
def test_an_error_of_the_service_is_raised_once(
    server: FaultyServer, send: Send, code: str, status: int
) -> None:
    server.answers = [error(code, f"{status} Because")]
    failure = failure_of(send, server.url)
    assert isinstance(failure, ServiceError)
    assert (failure.status, failure.code, failure.message) == (status, code, "because")
    assert len(server.requests) == 1


@every
@pytest.mark.parametrize("body", [b"", b"slow down", b"{}", b'{"message":"slow down"}'])
def test_too_many_requests_is_a_throttle_that_need_not_name_itself(
    server: FaultyServer, send: Send, body: bytes
) -> None:
    server.answers = [reply(body, "429 Too Many Requests", "text/plain")]
    failure = failure_of(send, server.url)
    assert isinstance(failure, ServiceError)
    assert (failure.status, failure.code) == (429, "429")
    assert is_throttle(failure)


@every
def test_a_port_nobody_listens_on_was_not_sent_to(server: FaultyServer, send: Send) -> None:
    server.close()
    failure = failure_of(send, server.url)
    assert type(failure) is NotSent
    assert "Connection refused" in failure.reason


@every
def test_a_name_that_does_not_exist_was_not_sent_to(server: FaultyServer, send: Send) -> None:
    assert type(failure_of(send, "http://name.invalid:8000")) is NotSent
    assert server.requests == []


@every
def test_a_server_that_does_not_speak_tls_was_not_sent_to(server: FaultyServer, send: Send) -> None:
    assert type(failure_of(send, server.url.replace("http:", "https:"))) is NotSent
    assert server.requests == []


@both
def test_without_credentials_nothing_is_sent(
    server: FaultyServer, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert type(failure_of(send, server.url)) is CredentialsMissing
    assert server.requests == []


@every
@pytest.mark.usefixtures("server")
def test_a_reply_in_slow_pieces_is_read_to_its_end(send: Send) -> None:
    done = threading.Event()

    def dribble() -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        urls.append(f"http://127.0.0.1:{listener.getsockname()[1]}")
        done.set()
        with listener, listener.accept()[0] as connection:
            connection.recv(65536)
            for start in range(0, len(whole), 60):
                connection.sendall(whole[start : start + 60])
                threading.Event().wait(0.1)

    urls, whole = list[str](), reply(ITEM)
    threading.Thread(target=dribble, daemon=True).start()
    assert done.wait(5)
    assert send(urls[0], CALL) == json.loads(ITEM)


@every
def test_a_body_larger_than_a_megabyte_is_sent_whole(server: FaultyServer, send: Send) -> None:
    payload: Payload = {"TableName": "shop", "Item": {"id": {"S": "x" * 3_000_000}}}
    send(server.url, Call("PutItem", payload))
    assert json.loads(server.requests[0][1]) == payload


def test_connections_are_reused_and_dead_ones_are_not(server: FaultyServer) -> None:
    server.answers = [reply(), reply(), reply(x_how="close-now"), reply()]
    with closing(HttpTransport(settings(server.url))) as transport:
        for _ in range(3):
            transport.send(CALL)
        assert server.connections == 1
        threading.Event().wait(0.05)
        transport.send(CALL)
    assert (server.connections, len(server.requests)) == (2, 4)


def test_connections_are_reused_and_dead_ones_are_not_when_the_loop_stood_still(server: FaultyServer) -> None:
    async def main() -> None:
        transport = AsyncHttpTransport(settings(server.url))
        for _ in range(3):
            await transport.send(CALL)
        assert server.connections == 1
        threading.Event().wait(0.05)  # the loop is not running meanwhile, as in a frozen function
        await transport.send(CALL)
        await transport.close()

    server.answers = [reply(), reply(), reply(x_how="close-now"), reply()]
    asyncio.run(main())
    assert (server.connections, len(server.requests)) == (2, 4)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # of a loop closed before its transport
def test_an_asynchronous_transport_outlives_its_event_loop(server: FaultyServer) -> None:
    transport = AsyncHttpTransport(settings(server.url))
    for _ in range(3):
        assert asyncio.run(transport.send(CALL)) == json.loads(ITEM)
    asyncio.run(transport.close())
    assert len(server.requests) == 3
    del transport
    gc.collect()


def test_cancelling_closes_the_connection_which_is_not_used_again(server: FaultyServer) -> None:
    async def main() -> None:
        transport = AsyncHttpTransport(settings(server.url))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await transport.send(CALL)
        assert await transport.send(CALL) == json.loads(ITEM)
        await transport.close()

    server.answers = ["hang", reply()]
    asyncio.run(main())
    assert (server.connections, len(server.requests)) == (2, 2)


def test_many_calls_at_once_share_the_loop(server: FaultyServer) -> None:
    async def main() -> list[Payload]:
        transport = AsyncHttpTransport(settings(server.url))
        replies = await asyncio.gather(*[transport.send(CALL) for _ in range(40)])
        await transport.close()
        return replies

    assert asyncio.run(main()) == [json.loads(ITEM)] * 40


@every
def test_a_proxy_of_the_environment_gets_the_request_with_its_own_credentials(
    server: FaultyServer, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url.replace("//", "//user:pass@"))
    monkeypatch.delenv("no_proxy", raising=False)
    assert send("http://dynamodb.invalid:8000", CALL) == json.loads(ITEM)
    [(headers, _)] = server.requests
    assert headers["host"] == "dynamodb.invalid:8000"
    assert headers["proxy-authorization"] == "Basic dXNlcjpwYXNz"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")


@every
def test_a_proxy_that_is_not_there_was_not_sent_to(
    server: FaultyServer, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.close()
    monkeypatch.setenv("http_proxy", server.url)
    assert type(failure_of(send, "http://dynamodb.invalid:8000")) is NotSent
