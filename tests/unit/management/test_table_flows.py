"""Tables as requests, and how long they are waited for."""

from __future__ import annotations

import pytest

from dynakit import (
    KEYS_ONLY,
    Environment,
    Index,
    KeyAttribute,
    Provisioned,
    RequestError,
    Table,
    include,
)
from dynakit.deployment import deployment
from dynakit.management import applying, tables
from dynakit.management.comparison import compared, creation
from dynakit.management.description import TableDescription
from dynakit.operations.reply import ServiceError
from dynakit.table import VectorIndex
from dynakit.wire import Payload
from tests.unit.support.checked import checked
from tests.unit.support.playing import Answer, play

MISSING = ServiceError(400, "ResourceNotFoundException")


def standing(status: str, **indexes: str) -> Payload:
    """A description; indexes of these kinds have the status that is given."""
    kinds = {kind: [{"IndexName": "one", "IndexStatus": each}] for kind, each in indexes.items()}
    return {"Table": {"TableName": "shop", "TableStatus": status, **kinds}}


ACTIVE = standing("ACTIVE", GlobalSecondaryIndexes="ACTIVE")
CREATING = standing("CREATING")
INDEXING = standing("ACTIVE", GlobalSecondaryIndexes="CREATING")
ALLOCATING = standing("ACTIVE", VectorIndexes="CREATING")
DELETING = standing("DELETING")

REQUESTS: dict[str, tuple[Table, Payload]] = {
    "a partition key only, on demand": (
        Table("shop", pk="id"),
        {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    ),
    "indexes of both kinds, sharing key attributes; each attribute is defined once": (
        Table(
            "shop",
            pk="PK",
            sk=KeyAttribute("SK", "N"),
            indexes=[
                Index("one", pk="SK2", sk=KeyAttribute("SK", "N"), projection=include("a", "b")),
                Index("two", pk=["PK", "SK2"], sk=[KeyAttribute("SK", "N"), KeyAttribute("raw", "B")]),
                Index("three", sk="SK2", local=True, projection=KEYS_ONLY),
            ],
        ),
        {
            "KeySchema": [
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
            "AttributeDefinitions": [
                {"AttributeName": "PK", "AttributeType": "S"},
                {"AttributeName": "SK", "AttributeType": "N"},
                {"AttributeName": "SK2", "AttributeType": "S"},
                {"AttributeName": "raw", "AttributeType": "B"},
            ],
            "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "one",
                    "KeySchema": [
                        {"AttributeName": "SK2", "KeyType": "HASH"},
                        {"AttributeName": "SK", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "b"]},
                },
                {
                    "IndexName": "two",
                    "KeySchema": [
                        {"AttributeName": "PK", "KeyType": "HASH"},
                        {"AttributeName": "SK2", "KeyType": "HASH"},
                        {"AttributeName": "SK", "KeyType": "RANGE"},
                        {"AttributeName": "raw", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                },
            ],
            "LocalSecondaryIndexes": [
                {
                    "IndexName": "three",
                    "KeySchema": [
                        {"AttributeName": "PK", "KeyType": "HASH"},
                        {"AttributeName": "SK2", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        },
    ),
    "provisioned, an index with capacity of its own": (
        Table(
            "shop",
            pk="id",
            capacity=Provisioned(2, 3),
            indexes=[Index("one", pk="a", capacity=Provisioned(4, 5)), Index("two", pk="a")],
        ),
        {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "a", "AttributeType": "S"},
            ],
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3},
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": name,
                    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write},
                }
                for name, read, write in (("one", 4, 5), ("two", 2, 3))
            ],
        },
    ),
    "vector indexes; what narrows a search is defined as keys are": (
        Table(
            "shop",
            pk="id",
            vector_indexes=[
                VectorIndex(
                    "near",
                    "v",
                    3,
                    partition="tenant",
                    filters=["kind", KeyAttribute("year", "N")],
                    projection=KEYS_ONLY,
                ),
                VectorIndex("far", "v", 3, distance="EUCLIDEAN", filters=["kind"]),
                VectorIndex("all", "w", 4096, distance="DOT_PRODUCT", projection=include("a")),
            ],
        ),
        {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "tenant", "AttributeType": "S"},
                {"AttributeName": "kind", "AttributeType": "S"},
                {"AttributeName": "year", "AttributeType": "N"},
            ],
            "BillingMode": "PAY_PER_REQUEST",
            "VectorIndexes": [
                {
                    "IndexName": "near",
                    "VectorAttribute": {"AttributeName": "v"},
                    "Dimensions": 3,
                    "DistanceFunction": "COSINE",
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                    "SearchSchema": [
                        {"AttributeName": "tenant", "SearchSchemaElementType": "HASH"},
                        {"AttributeName": "kind", "SearchSchemaElementType": "INLINE_FILTER"},
                        {"AttributeName": "year", "SearchSchemaElementType": "INLINE_FILTER"},
                    ],
                },
                {
                    "IndexName": "far",
                    "VectorAttribute": {"AttributeName": "v"},
                    "Dimensions": 3,
                    "DistanceFunction": "EUCLIDEAN",
                    "Projection": {"ProjectionType": "ALL"},
                    "SearchSchema": [{"AttributeName": "kind", "SearchSchemaElementType": "INLINE_FILTER"}],
                },
                {
                    "IndexName": "all",
                    "VectorAttribute": {"AttributeName": "w"},
                    "Dimensions": 4096,
                    "DistanceFunction": "DOT_PRODUCT",
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
                },
            ],
        },
    ),
}

shop = Table("shop", pk="id")


@pytest.mark.parametrize(("table", "request_"), REQUESTS.values(), ids=REQUESTS)
def test_a_table_is_created_exactly_as_declared(table: Table, request_: Payload) -> None:
    call = checked(creation(deployment(table), "shop-dev").changes[0].call)
    assert call.payload == {"TableName": "shop-dev", **request_}


def test_a_table_with_a_stream_says_what_the_stream_holds() -> None:
    call = checked(creation(deployment(Table("shop", stream="OLD_IMAGE")), "shop").changes[0].call)
    assert call.payload["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"}


def test_a_new_table_is_waited_for_with_all_its_indexes_also_while_it_is_not_seen_yet() -> None:
    environment = Environment.simulated()
    answers: list[Answer] = [{}, MISSING, CREATING, INDEXING, ALLOCATING, ACTIVE]
    played = play(tables.create(shop, environment), answers, environment)
    assert played.result is None
    assert [call.action for call in played.calls] == ["CreateTable", *["DescribeTable"] * 5]
    assert played.slept == [0.05, 0.1, 0.2, 0.4]


def test_a_table_that_does_not_become_active_is_given_up() -> None:
    environment = Environment.simulated()
    played = play(tables.create(shop, environment), [{}, *[CREATING] * 200], environment, all_used=False)
    assert type(played.raised) is RequestError
    assert str(played.raised) == (
        "table 'shop': after 600 s, shop is CREATING; all was expected to be active. It may still become so: "
        "wait, or look at it."
    )


def test_a_deleted_table_is_waited_for_until_it_is_gone() -> None:
    environment = Environment.simulated()
    played = play(tables.delete(shop, environment), [{}, DELETING, MISSING], environment)
    assert played.result is None
    assert [call.action for call in played.calls] == ["DeleteTable", "DescribeTable", "DescribeTable"]


def test_a_table_exists_active_or_not() -> None:
    environment = Environment.simulated()
    assert play(tables.exists(shop, environment), [CREATING], environment).result
    assert not play(tables.exists(shop, environment), [MISSING], environment).result


WITH_INDEX = Table("shop", pk="id", indexes=[Index("one", pk="a")])
BUSY = ServiceError(400, "ResourceInUseException", "being updated")
MANY = ServiceError(400, "LimitExceededException", "too many at once")
NO_EXPIRY: Payload = {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}


def live(*indexes: str, status: str = "ACTIVE") -> Payload:
    """The description of a table with these indexes."""
    kind = [
        {
            "IndexName": name,
            "IndexStatus": status,
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
        for name in indexes
    ]
    return {
        "Table": {
            "TableName": "shop",
            "TableStatus": "ACTIVE",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in ("id", "a")[: 1 + len(indexes)]
            ],
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "GlobalSecondaryIndexes": kind,
        }
    }


def test_a_change_is_asked_for_again_once_others_are_done_with_theirs() -> None:
    environment = Environment.simulated()
    plan = compared(deployment(WITH_INDEX), "shop", TableDescription(live()["Table"], {}))
    look = (live(), NO_EXPIRY)
    answers: list[Answer] = [
        live(),  # it is settled
        *look,
        *(BUSY, live("other", status="CREATING"), live(), *look),
        *(MANY, live(), *look),
        *({}, live("one", status="CREATING"), live("one"), live("one"), NO_EXPIRY),
        *(live("one"), NO_EXPIRY),
    ]
    played = play(applying.apply(plan, environment), answers, environment)
    assert played.result is None
    assert [call.action for call in played.calls if call.action == "UpdateTable"] == ["UpdateTable"] * 3


def test_a_change_that_is_never_seen_is_given_up() -> None:
    environment = Environment.simulated()
    plan = compared(deployment(WITH_INDEX), "shop", TableDescription(live()["Table"], {}))
    looks: list[Answer] = [live(), NO_EXPIRY]
    answers = [live(), *looks, {}, *[live(), *looks] * 100]
    played = play(applying.apply(plan, environment), answers, environment, all_used=False)
    assert type(played.raised) is RequestError
    assert str(played.raised) == (
        "table 'shop': index 'one' is created: it was asked for, and is not so after 120 s. Look at the "
        "table, and run this again."
    )


def test_a_change_that_others_never_let_through_is_given_up_with_what_was_said() -> None:
    environment = Environment.simulated()
    plan = compared(deployment(WITH_INDEX), "shop", TableDescription(live()["Table"], {}))
    looks: list[Answer] = [live(), NO_EXPIRY]
    answers = [live(), *looks, *[BUSY, live(), *looks] * 100]
    played = play(applying.apply(plan, environment), answers, environment, all_used=False)
    assert type(played.raised) is RequestError
    assert str(played.raised) == (
        f"table 'shop': index 'one' is created: refused, {BUSY.message!r}, still after 120 s. Look at the "
        "table, and run this again."
    )


def test_a_change_that_is_refused_says_which_and_why() -> None:
    environment = Environment.simulated()
    plan = compared(deployment(WITH_INDEX), "shop", TableDescription(live()["Table"], {}))
    refusal = ServiceError(400, "ValidationException", "no such thing")
    played = play(applying.apply(plan, environment), [live(), live(), NO_EXPIRY, refusal], environment)
    assert type(played.raised) is RequestError
    assert str(played.raised) == "table 'shop': index 'one' is created: refused: no such thing"
