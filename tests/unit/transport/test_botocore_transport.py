"""Calls made by a boto3 client: shapes on the wire, its middleware, and other users of the same client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, CredentialRetrievalError
from botocore.stub import Stubber

from dynakit.client.connect import open_transport
from dynakit.operations.reply import CredentialsMissing, Failure, ReplyLost, ServiceError
from dynakit.wire import Call, Payload

BINARIES: Payload = {
    "id": {"S": "1"},
    "B": {"B": "AAEC"},
    "BS": {"BS": ["AA==", "AQ=="]},
    "in": {"M": {"B": {"L": [{"B": "/w=="}, {"S": "AAEC"}, {"NULL": True}]}}},
}


class Dynamo:
    """A server that answers every request with ``status`` and ``document``, and keeps what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.document: Payload = {}
        self.kind = "application/x-amz-json-1.0"
        self.received: list[Payload] = []
        dynamo = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                dynamo.received.append(json.loads(body))
                answer = json.dumps(dynamo.document).encode()
                self.send_response(dynamo.status)
                self.send_header("Content-Type", dynamo.kind)
                self.send_header("Content-Length", str(len(answer)))
                self.send_header("x-amzn-RequestId", "request-1")
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def dynamo() -> Iterator[Dynamo]:
    dynamo = Dynamo()
    yield dynamo
    dynamo.close()


def client_of(url: str = "http://127.0.0.1:9", mode: str = "standard") -> Any:
    retries: Any = {"mode": mode, "max_attempts": 3}
    session: Any = boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="secret")
    return session.client("dynamodb", "us-east-1", endpoint_url=url, config=Config(retries=retries))


def test_binary_values_are_base64_text_to_the_caller_and_on_the_wire(dynamo: Dynamo) -> None:
    client = client_of(dynamo.url)
    dynamo.document = {"Attributes": BINARIES}
    reply = open_transport(client=client).send(
        Call("PutItem", {"TableName": "shop", "Item": BINARIES, "ReturnValues": "ALL_OLD"})
    )
    assert reply == {"Attributes": BINARIES}
    assert dynamo.received[0]["Item"] == BINARIES
    client.close()


def test_times_are_epoch_seconds_as_on_the_wire(dynamo: Dynamo) -> None:
    client = client_of(dynamo.url)
    dynamo.document = {"Table": {"TableName": "shop", "CreationDateTime": 1795458451.5}}
    assert open_transport(client=client).send(Call("DescribeTable", {"TableName": "shop"})) == dynamo.document
    client.close()


def test_errors_carry_code_item_and_reasons_as_on_the_wire(dynamo: Dynamo) -> None:
    client = client_of(dynamo.url)
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": BINARIES}]
    dynamo.status = 400
    dynamo.document = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": "cancelled",
        "CancellationReasons": reasons,
    }
    put = {"Put": {"TableName": "shop", "Item": BINARIES}}
    with pytest.raises(ServiceError) as caught:
        open_transport(client=client).send(Call("TransactWriteItems", {"TransactItems": [put]}))
    error = caught.value
    assert (error.status, error.code, error.message) == (400, "TransactionCanceledException", "cancelled")
    assert error.body["CancellationReasons"] == reasons
    assert error.request_id == "request-1"
    client.close()


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_only_calls_of_dynakit_are_sent_just_once(dynamo: Dynamo, mode: str) -> None:
    client = client_of(dynamo.url, mode)
    dynamo.status, dynamo.document = 500, {"__type": "x#InternalServerError"}
    open_transport(client=client)
    transport = open_transport(client=client)
    with pytest.raises(ServiceError):
        transport.send(Call("PutItem", {"TableName": "shop", "Item": BINARIES}))
    assert len(dynamo.received) == 1
    with pytest.raises(ClientError):
        client.delete_item(TableName="shop", Key={"id": {"S": "1"}})
    assert len(dynamo.received) > 2
    client.close()


def test_only_replies_to_dynakit_are_checked(dynamo: Dynamo) -> None:
    client = client_of(dynamo.url)
    transport = open_transport(client=client)
    dynamo.kind = "text/plain"
    with pytest.raises(ReplyLost):
        transport.send(Call("ListTables", {}))
    assert client.list_tables()["ResponseMetadata"]["HTTPStatusCode"] == 200
    client.close()


def test_middleware_of_the_client_is_heard() -> None:
    client = client_of()
    with Stubber(client) as stubber:
        stubber.add_response("get_item", {"Item": {"id": {"B": b"\0"}}}, {"TableName": "shop", "Key": {}})
        stubber.add_client_error("get_item", "ThrottlingException", "slow down", 400)
        transport = open_transport(client=client)
        call = Call("GetItem", {"TableName": "shop", "Key": {}})
        assert transport.send(call) == {"Item": {"id": {"B": "AA=="}}}
        with pytest.raises(ServiceError) as caught:
            transport.send(call)
        assert (caught.value.code, caught.value.status) == ("ThrottlingException", 400)
    client.close()


def test_what_a_mock_answers_is_the_reply() -> None:
    from moto import mock_aws

    with mock_aws():
        session: Any = boto3.Session(region_name="us-east-1")
        client = session.client("dynamodb")
        assert open_transport(client=client).send(Call("ListTables", {})) == {"TableNames": []}
        client.close()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (Call("NoSuchAction", {}), "UnknownOperationException"),
        (Call("PutItem", {"TableName": "shop", "Item": {"id": {"S": 424242}}}), "ParamValidationError"),
        (Call("PutItem", {"Unheard": {"S": "424242"}}), "ParamValidationError"),
    ],
)
def test_what_the_client_cannot_send_is_refused_without_showing_values(call: Call, code: str) -> None:
    client = client_of()
    with pytest.raises(ServiceError) as caught:
        open_transport(client=client).send(call)
    assert caught.value.code == code
    assert "424242" not in f"{caught.value}{caught.value.message}"
    client.close()


@pytest.mark.parametrize(
    "raised",
    [
        CredentialRetrievalError(provider="custom", error_msg="no"),
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole"),
    ],
)
def test_credentials_that_cannot_be_had_are_missing(raised: Exception) -> None:
    def fail(**_: object) -> None:
        raise raised

    client = client_of()
    client.meta.events.register("before-sign.dynamodb", fail)
    with pytest.raises(Failure) as caught:
        open_transport(client=client).send(Call("ListTables", {}))
    assert type(caught.value) is CredentialsMissing
    assert caught.value.endpoint == "http://127.0.0.1:9 (region us-east-1)"
    client.close()
