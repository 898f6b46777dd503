"""S3 and KMS as moto plays them: the whole way of sealed values, over the real boto3 clients."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import boto3
import pytest
from moto import mock_aws

from dynakit import (
    Attr,
    Client,
    Compressed,
    DecodeError,
    DynakitError,
    Encrypted,
    Entity,
    Key,
    KmsKeys,
    MemoryObjects,
    Offloaded,
    Repository,
    RequestError,
    S3Objects,
    Table,
    connect,
    connect_async,
)
from dynakit.environment import RetryPolicy
from dynakit.operations.reply import Failure, ReplyLost, ServiceError
from dynakit.transport.aws_services import AwsServices
from dynakit.wire import Call
from tests.unit.support.faulty_server import FaultyServer, reply

# Its types have one overload for each service of AWS, most of them without stubs here.
sdk: Any = boto3

BUCKET = "bodies"
LONG = "long " * 20_000

messages = Table("messages")


class Message(Entity, table=messages):
    primary = Key("MESSAGE#{number:03d}")

    number: Attr[int]
    body: Attr[Offloaded[str]]
    secret: Attr[Encrypted[Compressed[str]]]


A_MESSAGE = Message(number=1, body=LONG, secret="s" * 1000)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACCESS_KEY_ID", "k"), ("SECRET_ACCESS_KEY", "s"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)


@contextmanager
def aws() -> Generator[tuple[S3Objects, KmsKeys, str]]:
    """AWS in this process: a bucket and a key."""
    with mock_aws():
        sdk.client("s3").create_bucket(Bucket=BUCKET)
        key: str = sdk.client("kms").create_key()["KeyMetadata"]["KeyId"]
        yield S3Objects(BUCKET, "values"), KmsKeys(key), key


def bodies() -> list[str]:
    listed = sdk.client("s3").list_objects_v2(Bucket=BUCKET)
    return [one.get("Key", "") for one in listed.get("Contents", [])]


def a_client(objects: S3Objects, keys: KmsKeys) -> Client:
    db = connect(region="us-east-1", keys=keys, objects=objects, retry=RetryPolicy(attempts=1))
    db.tables.create(messages)
    return db


def test_values_go_to_s3_and_keys_come_from_kms() -> None:
    with aws() as (objects, keys, _), a_client(objects, keys) as db:
        repository = Repository(db, Message)
        repository.create(A_MESSAGE)
        (key,) = bodies()
        assert key.startswith("values/messages/")
        fresh = connect(region="us-east-1", keys=KmsKeys(keys.key), objects=objects)
        assert Repository(fresh, Message).get(A_MESSAGE) == A_MESSAGE
        repository.update(A_MESSAGE, Message.body.set("short"))
        assert bodies() == []
        repository.put(A_MESSAGE)
        assert len(bodies()) == 1
        assert db.sweep(messages, delete=True).listed == 1
        repository.delete(A_MESSAGE)
        assert bodies() == []


def test_an_object_that_is_gone_is_told() -> None:
    with aws() as (objects, keys, _), a_client(objects, keys) as db:
        Repository(db, Message).create(A_MESSAGE)
        sdk.client("s3").delete_object(Bucket=BUCKET, Key=bodies()[0])
        with pytest.raises(DecodeError, match="points to an object that is not in S3Objects"):
            Repository(db, Message).get(A_MESSAGE)


def test_a_key_that_is_not_there_lets_nothing_be_written() -> None:
    with aws() as (objects, _, _key), a_client(objects, KmsKeys("alias/none")) as db:
        with pytest.raises(RequestError, match="GenerateDataKey: NotFoundException"):
            Repository(db, Message).create(A_MESSAGE)
        assert Repository(db, Message).all(Message.primary(number=1)) == []


async def over_asyncio(objects: S3Objects, keys: KmsKeys) -> None:
    async with connect_async(region="us-east-1", keys=keys, objects=objects) as db:
        await db.run(objects.put("values/x", b"x", db.environment))
        assert await db.run(objects.get("values/x", 5, db.environment)) == b"x"
        made = await db.run(keys.data_key({"dynakit:table": "t"}, db.environment))
        assert len(made.secret) == 32


def test_the_asynchronous_client_calls_them_in_threads() -> None:
    import asyncio

    with aws() as (objects, keys, _):
        asyncio.run(over_asyncio(objects, keys))


def test_the_embedded_store_says_what_to_use_instead() -> None:
    db = connect("memory://", keys=KmsKeys("alias/k"), objects=MemoryObjects())
    db.tables.create(messages)
    with pytest.raises(DynakitError, match=r"memory://: GenerateDataKey .* keys=LocalKeys"):
        Repository(db, Message).create(A_MESSAGE)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (Call("GetObject", {"Bucket": BUCKET, "Key": "none"}, "s3"), "NoSuchKey"),
        (Call("GetObject", {"Bucket": "none-such", "Key": "k"}, "s3"), "NoSuchBucket"),
        (
            Call("Decrypt", {"KeyId": "alias/none", "CiphertextBlob": b"x"}, "kms"),
            "NotFoundException",
        ),
        (Call("GetObject", {"Bucket": BUCKET}, "s3"), "ParamValidationError"),
    ],
)
def test_a_refusal_comes_back_with_its_code(call: Call, code: str) -> None:
    with aws(), pytest.raises(ServiceError) as error:
        AwsServices(sdk.session.Session()).send(call)
    assert error.value.code == code


def test_clients_are_made_like_a_boto3_client() -> None:
    with aws():
        services = AwsServices(like=sdk.client("dynamodb", region_name="eu-west-1"))
        made: Any = services._client("kms")  # pyright: ignore[reportPrivateUsage]
        assert (made.meta.region_name, made.meta.service_model.service_name) == ("eu-west-1", "kms")
        services.close()


def at(url: str) -> AwsServices:
    """Services that are at another place than AWS's."""
    session: Any = sdk.session.Session()
    session.client = partial(session.client, endpoint_url=url)
    return AwsServices(session)


def test_a_service_that_is_not_reached_is_a_failure() -> None:
    with pytest.raises(Failure, match="the endpoint was not reached"):
        at("http://127.0.0.1:9").send(Call("ListObjectsV2", {"Bucket": BUCKET}, "s3"))


@pytest.mark.parametrize(
    "answer",
    [reply(b"canary", x_amz_checksum_crc32="AAAAAA=="), reply(b"canary", length=99) + b"close-now"],
    ids=["changed", "cut short"],
)
def test_an_object_that_is_not_as_it_was_sent_is_lost(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with closing(FaultyServer()) as server:
        server.answers = [answer]
        with pytest.raises(ReplyLost, match="no valid reply came") as error:
            at(server.url).send(Call("GetObject", {"Bucket": BUCKET, "Key": "k"}, "s3"))
    assert "canary" not in str(error.value)
