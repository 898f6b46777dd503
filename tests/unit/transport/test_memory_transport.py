"""The embedded store: what it does, what it keeps apart, and what it leaves alone."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import boto3
import pytest

from dynakit.errors import DynakitError
from dynakit.operations.reply import ServiceError
from dynakit.transport.memory import AsyncMemoryTransport, MemoryTransport
from dynakit.wire import Call, Payload

CREATE = Call(
    "CreateTable",
    {
        "TableName": "shop",
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
    },
)


def key(sk: str) -> Payload:
    return {"pk": {"S": "p"}, "sk": {"S": sk}}


def put(sk: str, **attributes: Payload) -> Call:
    return Call("PutItem", {"TableName": "shop", "Item": {**key(sk), **attributes}})


def get(sk: str) -> Call:
    return Call("GetItem", {"TableName": "shop", "Key": key(sk)})


Send: TypeAlias = Callable[[Call], Payload]


def _sync(name: str | None = None) -> Send:
    return MemoryTransport(name).send


def _async(name: str | None = None) -> Send:
    transport = AsyncMemoryTransport(name)

    def send(call: Call) -> Payload:
        async def awaited() -> Payload:
            try:
                return await transport.send(call)
            finally:
                await transport.close()

        return asyncio.run(awaited())

    return send


both = pytest.mark.parametrize("opened", [_sync, _async], ids=["sync", "async"])


@both
def test_a_table_is_made_written_and_read(opened: Callable[[], Send]) -> None:
    send = opened()
    assert send(CREATE)["TableDescription"]["TableStatus"] == "ACTIVE"
    blob: Payload = {"B": "AAEC", "N": "1"}
    for sk in ("a", "b", "c"):
        send(put(sk, blob={"M": {"in": {"B": blob["B"]}}}, n={"N": blob["N"]}))
    assert send(get("b"))["Item"] == {**key("b"), "blob": {"M": {"in": {"B": "AAEC"}}}, "n": {"N": "1"}}
    assert send(get("x")) == {}
    page = send(
        Call(
            "Query",
            {
                "TableName": "shop",
                "KeyConditionExpression": "pk = :p AND sk >= :s",
                "ExpressionAttributeValues": {":p": {"S": "p"}, ":s": {"S": "b"}},
                "ScanIndexForward": False,
            },
        )
    )
    assert [item["sk"]["S"] for item in page["Items"]] == ["c", "b"]


@both
def test_refusals_are_errors_of_the_service(opened: Callable[[], Send]) -> None:
    send = opened()
    with pytest.raises(ServiceError) as caught:
        send(get("a"))
    assert (caught.value.status, caught.value.code) == (400, "ResourceNotFoundException")
    assert caught.value.endpoint == "memory://"
    send(CREATE)
    send(put("a", secret={"S": "canary"}))
    again = put("a")
    again.payload.update(
        ConditionExpression="attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_OLD"
    )
    with pytest.raises(ServiceError) as caught:
        send(again)
    assert caught.value.code == "ConditionalCheckFailedException"
    assert caught.value.body["Item"]["secret"] == {"S": "canary"}
    assert "canary" not in f"{caught.value}{caught.value!r}"


@both
@pytest.mark.parametrize(
    "call",
    [
        Call("NoSuchAction", {"TableName": "shop"}),
        # moto compares text with a number here, and fails.
        Call(
            "Scan",
            {
                "TableName": "shop",
                "FilterExpression": "n < :v",
                "ExpressionAttributeValues": {":v": {"S": "424242"}},
            },
        ),
    ],
)
def test_an_error_inside_moto_is_an_error_of_the_service_without_its_text(
    opened: Callable[[], Send], call: Call
) -> None:
    send = opened()
    send(CREATE)
    send(put("a", n={"N": "424242"}))
    with pytest.raises(ServiceError) as caught:
        send(call)
    assert caught.value.code == "EmulatorError"
    assert "424242" not in f"{caught.value.message}{caught.value!r}"
    assert caught.value.__suppress_context__


def test_stores_are_apart_unless_they_share_a_name() -> None:
    one, other = MemoryTransport(), MemoryTransport()
    named, twin, stranger = MemoryTransport("a"), AsyncMemoryTransport("a"), MemoryTransport("b")
    for transport in (one, other, named, stranger):
        transport.send(CREATE)
    one.send(put("1"))
    named.send(put("2"))
    named.close()
    assert (one.send(get("1")), other.send(get("1")), stranger.send(get("2"))) == ({"Item": key("1")}, {}, {})
    assert asyncio.run(twin.send(get("2"))) == {"Item": key("2")}
    assert MemoryTransport("a").send(get("2")) == {"Item": key("2")}


def test_threads_lose_no_update() -> None:
    transport = MemoryTransport()
    transport.send(CREATE)
    add = Call(
        "UpdateItem",
        {
            "TableName": "shop",
            "Key": key("counter"),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        },
    )

    def work(_: int) -> None:
        for _ in range(25):
            transport.send(add)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert transport.send(get("counter"))["Item"]["n"] == {"N": "200"}


def test_tasks_take_turns() -> None:
    turns: list[str] = []

    async def work(name: str, transport: AsyncMemoryTransport) -> None:
        for _ in range(3):
            await transport.send(put(name))
            turns.append(name)

    async def main() -> None:
        transport = AsyncMemoryTransport()
        await transport.send(CREATE)
        await asyncio.gather(work("a", transport), work("b", transport))

    asyncio.run(main())
    assert turns == ["a", "b"] * 3


def test_a_mock_that_starts_and_stops_does_not_touch_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto import mock_aws

    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111111111111")
    transport = MemoryTransport()
    transport.send(CREATE)
    transport.send(put("a"))
    with mock_aws():
        session: Any = boto3.Session(region_name="us-east-1")
        assert session.client("dynamodb").list_tables()["TableNames"] == []
        assert transport.send(get("a")) == {"Item": key("a")}
        transport.send(put("b"))
    assert transport.send(get("b")) == {"Item": key("b")}


def test_moto_keeps_no_list_of_what_was_stored() -> None:
    from moto.dynamodb.models.dynamo_type import Item

    def alive() -> int:
        gc.collect()
        return sum(isinstance(thing, Item) for thing in gc.get_objects())

    transport = MemoryTransport()
    transport.send(CREATE)
    transport.send(put("a"))
    before = alive()
    for _ in range(50):
        transport.send(put("a"))
        transport.send(get("a"))
    assert alive() <= before


def test_moto_is_imported_on_the_first_call_and_other_clients_are_not_touched() -> None:
    program = f"""
import sys
from dynakit.client.connect import open_transport
from dynakit.wire import Call
transport = open_transport("memory://")
assert "moto" not in sys.modules and "botocore" not in sys.modules
transport.send(Call("ListTables", {{}}))
import boto3, botocore.config, botocore.exceptions
config = botocore.config.Config(retries={{"max_attempts": 0}})
keys = dict(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1", config=config)
for url in ("http://127.0.0.1:9", None):
    try:
        boto3.client("dynamodb", endpoint_url=url, **keys).get_item(**{get("a").payload!r})
    except (botocore.exceptions.EndpointConnectionError, botocore.exceptions.ProxyConnectionError):
        print("went out")
"""
    environment = {"https_proxy": "http://127.0.0.1:9", "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout.split("\n"), done.stderr) == (["went out", "went out", ""], "")


@pytest.mark.parametrize("transport", [MemoryTransport, AsyncMemoryTransport])
def test_without_moto_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, transport: Callable[[], object]
) -> None:
    def find_nothing(_: str) -> None:
        return None

    monkeypatch.setattr("dynakit.transport.memory.find_spec", find_nothing)
    with pytest.raises(DynakitError, match=r"pip install 'dynakit\[local\]'"):
        transport()
