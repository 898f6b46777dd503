"""No request reaches the network past botocore's ``before-send`` handlers."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import boto3
import pytest
from botocore import handlers
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ConnectionError as BotocoreConnectionError
from botocore.exceptions import EndpointConnectionError, HTTPClientError, ReadTimeoutError
from botocore.session import Session

from dynakit.client.connect import open_async_transport, open_transport
from dynakit.operations.reply import Failure, NotSent, ReplyLost, ServiceError
from dynakit.transport.credentials import AccessKeys
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.interception import Interception
from dynakit.transport.request import prepare
from dynakit.wire import Call, Payload

GET = Call("GetItem", {"TableName": "shop", "Key": {"id": {"S": "1"}}})
ITEM: Payload = {"id": {"S": "1"}, "blob": {"B": "AAEC"}}
CREATE = Call(
    "CreateTable",
    {
        "TableName": "shop",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
)
PUT = Call("PutItem", {"TableName": "shop", "Item": ITEM})

Sender: TypeAlias = Callable[[Call], Payload]
Opener: TypeAlias = Callable[..., Sender]


def _sync(**arguments: Any) -> Sender:
    return open_transport(region="us-east-1", **arguments).send


def _async(**arguments: Any) -> Sender:
    transport = open_async_transport(region="us-east-1", **arguments)

    def send(call: Call) -> Payload:
        async def send_and_close() -> Payload:
            try:
                return await transport.send(call)
            finally:
                await transport.close()

        return asyncio.run(send_and_close())

    return send


both = pytest.mark.parametrize("opened", [_sync, _async], ids=["sync", "async"])


class Network:
    """Everything that goes out ends here: the proxy of this process. It only counts, and hangs up."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    network = Network()
    for variable in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("http_proxy", network.url)
    monkeypatch.setenv("https_proxy", network.url)
    yield network
    network.close()


@both
def test_a_mock_that_starts_and_stops_around_a_transport_is_obeyed(opened: Opener, network: Network) -> None:
    from moto import mock_aws

    send = opened()
    with pytest.raises(Failure):
        send(GET)
    assert network.connections == 1
    for _ in range(2):
        with mock_aws():
            send(CREATE)
            send(PUT)
            assert send(GET) == {"Item": ITEM}
            assert _as_boto3_sees_it() == {"id": {"S": "1"}, "blob": {"B": b"\0\1\2"}}
            with pytest.raises(ServiceError) as caught:
                send(Call("GetItem", {**GET.payload, "TableName": "other"}))
            assert caught.value.code == "ResourceNotFoundException"
    assert network.connections == 1
    with pytest.raises(Failure):
        send(GET)
    assert network.connections == 2


def _as_boto3_sees_it() -> Payload:
    session: Any = boto3.Session(region_name="us-east-1")
    item: Payload = session.client("dynamodb").get_item(**GET.payload)["Item"]
    return item


def test_a_transport_made_before_the_mock_is_imported_is_intercepted(network: Network) -> None:
    program = f"""
import sys
from dynakit.client.connect import open_transport
from dynakit.wire import Call
transport = open_transport(region="us-east-1")
assert "moto" not in sys.modules
import moto
with moto.mock_aws():
    transport.send(Call("CreateTable", {CREATE.payload!r}))
    transport.send(Call("PutItem", {PUT.payload!r}))
    print(transport.send(Call("GetItem", {GET.payload!r})))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (str({"Item": ITEM}), "")
    assert network.connections == 0


class Recorder:
    """A handler that notes that it was called, and may answer."""

    def __init__(self, name: str, called: list[str], answer: bytes | Exception | None = None) -> None:
        self.name = name
        self.called = called
        self.answer = answer

    def __call__(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        if event_name == "before-sign.dynamodb.GetItem":  # of botocore, before it sends
            return None
        assert event_name == "before-send.dynamodb.GetItem"
        assert isinstance(request.body, bytes)
        self.called.append(self.name)
        if isinstance(self.answer, Exception):
            raise self.answer
        return None if self.answer is None else _response(request, self.answer)


class _Body:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self) -> Iterator[bytes]:
        yield self.body


def _response(request: AWSPreparedRequest, body: bytes) -> AWSResponse:
    return AWSResponse(request.url, 200, HTTPHeaders(), _Body(body))


_EVENTS = [
    ("before-send",),
    ("before-send.dynamodb",),
    ("before-send.dynamodb.GetItem",),
    ("before-send.dynamodb.PutItem",),
    ("before-send.*.GetItem",),
    ("before-send.s3",),
    ("before-sign.dynamodb",),
    ("before-send", handlers.REGISTER_LAST),
    ("before-send", handlers.REGISTER_FIRST),
    ("before-send.dynamodb", handlers.REGISTER_FIRST),
    ("before-sends",),
]


def _builtin() -> list[tuple[Any, ...]]:
    specs: list[tuple[Any, ...]] = vars(handlers)["BUILTIN_HANDLERS"]
    return specs


def _specs(called: list[str]) -> list[tuple[Any, ...]]:
    return [
        (event, Recorder(f"{at} {event}", called, b'{"by":"the last"}' if at == 7 else None), *when)
        for at, (event, *when) in enumerate(_EVENTS)
    ]


@both
def test_the_same_handlers_are_called_in_the_same_order_as_by_botocore(
    opened: Opener, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    send = opened()
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", [*_builtin(), *_specs(called)])
    session: Any = Session()
    session.create_client("dynamodb", "us-east-1").get_item(**GET.payload)
    by_botocore = called[:]
    called.clear()
    assert send(GET) == {"by": "the last"}
    assert called == by_botocore
    assert len(called) == 7
    assert network.connections == 0


@both
def test_handlers_of_the_session_and_of_botocore_are_called_once_each(
    opened: Opener, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    builtin = _builtin()
    in_both = ("before-send", Recorder("in both", called))
    late = ("before-send", Recorder("after the session", called, b'{"by":"late"}'))
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", [*builtin, in_both])
    session: Any = boto3.Session()
    send = opened(session=session)
    session.events.register("before-send.dynamodb", Recorder("own", called))
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", [*builtin, in_both, late])
    for _ in range(2):
        called.clear()
        assert send(GET) == {"by": "late"}
        assert called == ["own", "in both", "after the session"]
    session.events.register("before-send.dynamodb", Recorder("answers", called, b'{"by":"own"}'))
    assert send(GET) == {"by": "own"}
    assert network.connections == 0


@both
@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (ReadTimeoutError(endpoint_url="x"), ReplyLost),
        (EndpointConnectionError(endpoint_url="x"), NotSent),
        (ServiceError(400, "ThrottlingException"), ServiceError),
        (KeyError("canary"), ServiceError),
    ],
)
def test_what_a_handler_raises_is_a_failure_of_the_call(
    opened: Opener,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
    raised: Exception,
    expected: type[Failure],
) -> None:
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", [("before-send", Recorder("raises", [], raised))])
    with pytest.raises(Failure) as caught:
        opened()(GET)
    assert type(caught.value) is expected
    assert "canary" not in f"{caught.value}{caught.value!r}"
    assert network.connections == 0


def test_looking_for_handlers_again_is_not_needed_while_they_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    interception = Interception()
    request = prepare(GET, Endpoint("http://x", "us-east-1"), AccessKeys("AKID", "secret"), 1_700_000_000.0)
    original = sys.modules[Interception.__module__].__dict__["_emitter"]

    def counted(specs: list[Any]) -> Any:
        made.append(len(specs))
        return original(specs)

    monkeypatch.setattr("dynakit.transport.interception._emitter", counted)
    for called in ([], [], ["x"], ["x"], []):
        specs = [("before-send", Recorder(name, [])) for name in called]
        monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", specs)
        interception.response(GET, request)
    assert made == [1, 1, 0]


@pytest.fixture
def trap(network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    """The server that the environment names, reached without a proxy."""
    for variable in ("http_proxy", "https_proxy"):
        monkeypatch.delenv(variable)
    monkeypatch.setenv("AWS_ENDPOINT_URL", network.url)
    return network


@both
@pytest.mark.parametrize("of_session", [False, True], ids=["botocore's", "the session's"])
def test_a_server_of_the_environment_is_not_touched_while_a_handler_answers(
    opened: Opener, trap: Network, monkeypatch: pytest.MonkeyPatch, of_session: bool
) -> None:
    session: Any = boto3.Session() if of_session else None
    send = opened(session=session)
    answers = Recorder("answers", [], b'{"by":"the handler"}')
    for connections in (1, 2):
        with monkeypatch.context() as patch:
            if of_session:
                session.events.register("before-send.dynamodb", answers)
            else:
                patch.setattr(handlers, "BUILTIN_HANDLERS", [*_builtin(), ("before-send", answers)])
            assert [send(GET), opened(session=session)(GET)] == [{"by": "the handler"}] * 2
        if of_session:
            session.events.unregister("before-send.dynamodb", answers)
        assert trap.connections == connections - 1
        with pytest.raises(Failure):
            send(GET)
        assert trap.connections == connections


@both
def test_a_server_of_the_environment_that_is_ignored_is_not_touched_under_a_mock(
    opened: Opener, trap: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto import mock_aws

    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    send = opened()
    with mock_aws():
        send(CREATE)
        opened()(PUT)
        assert send(GET) == {"Item": ITEM}
    assert trap.connections == 0


@both
def test_what_a_mock_lets_pass_goes_where_boto3_sends_it(opened: Opener, trap: Network) -> None:
    """A mock answers for AWS's own hosts; a server that somebody named is one to talk to, as with boto3."""
    from moto import mock_aws

    session: Any = boto3.Session(region_name="us-east-1")
    with mock_aws():
        client = session.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
        with pytest.raises((BotocoreConnectionError, HTTPClientError)):
            client.get_item(**GET.payload)
        with pytest.raises(Failure):
            opened()(GET)
    assert trap.connections == 2
