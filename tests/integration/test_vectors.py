"""Vector search. Only MiniStack has it: neither moto nor DynamoDB Local 1.25.1 knows ``SearchVectors``."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest

from dynakit import (
    KEYS_ONLY,
    Attr,
    Entity,
    Environment,
    Key,
    Near,
    RequestError,
    StatementError,
    Table,
    Vector,
    VectorIndex,
    attr,
    connect_async,
)
from dynakit.operations.search import search
from dynakit.wire import Call
from tests.integration.backends import Database, Opener, only, transport_of

things = Table(
    "things",
    sk="SK",
    vector_indexes=[
        VectorIndex("by_cosine", "shape", 2, partition="tenant", filters=["colour"]),
        VectorIndex("by_distance", "place", 2, distance="EUCLIDEAN", projection=KEYS_ONLY),
        VectorIndex("by_product", "place", 2, distance="DOT_PRODUCT"),
    ],
)


class Thing(Entity, table=things):
    primary = Key("THING#{thing_id}", "A")

    thing_id: Attr[str]
    tenant: Attr[str] = attr(default="t")
    colour: Attr[str] = attr(default="red")
    shape: Attr[Vector[Literal[2]] | None] = attr(default=None)
    place: Attr[Vector[Literal[2]] | None] = attr(default=None)


class Other(Entity, table=things):
    primary = Key("OTHER#{other_id}", "A")

    other_id: Attr[str]
    place: Attr[Vector[Literal[2]]]


THINGS = [
    Thing(thing_id="east", shape=[1, 0], place=[1, 0]),
    Thing(thing_id="north", shape=[0, 3], colour="blue", place=[0, 3]),
    Thing(thing_id="north-east", shape=[0.1, 0.1], place=[0.1, 1 / 3]),
    Thing(thing_id="west", shape=[-2, 0], place=[-2, 0]),
    Thing(thing_id="elsewhere", shape=[1, 0], tenant="u"),
    Thing(thing_id="nowhere"),
]

ministack = only("ministack")


@pytest.fixture
def db(open_db: Opener) -> Database:
    db = open_db(things)
    db.repository(Thing).put_many(THINGS)
    db.repository(Other).put(Other(other_id="o", place=[0, 0]))
    return db


def names(db: Database, near: Near[Thing, Thing], top: int = 10) -> list[str]:
    return [scored.item.thing_id for scored in db.client.search(near, top=top)]


@ministack
def test_the_nearest_come_first_whole_and_with_scores(db: Database) -> None:
    found = db.client.search(Thing.shape.near([2, 0]), where=Thing.tenant == "t")
    assert [scored.item.thing_id for scored in found] == ["east", "north-east", "north", "west"]
    assert [round(scored.score, 4) for scored in found] == [0, 0.2929, 1, 2]
    assert found[1].item == THINGS[2]
    blue = db.client.search(
        Thing.shape.near([2, 0]), where=(Thing.tenant == "t") & (Thing.colour == "blue"), top=1
    )
    assert [scored.item for scored in blue] == [THINGS[1]]
    assert db.client.search(Thing.shape.near([2, 0]), where=Thing.tenant == "nobody") == []


@ministack
def test_distances_and_products_rank_in_their_own_order_without_other_entities(db: Database) -> None:
    product = Thing.place.near([1, 1], index="by_product")
    assert names(db, product) == ["north", "east", "north-east", "west"]
    assert names(db, product, top=2) == ["north", "east"]
    distance = Thing.place.near([1, 0.5], index="by_distance")
    partial = db.client.search(distance.project(Thing.thing_id, Thing.place))
    assert [(scored.item[Thing.thing_id], scored.item[Thing.place]) for scored in partial] == [
        ("east", (1, 0)),
        ("north-east", (0.1, 0.33333334)),
        ("north", (0, 3)),
        ("west", (-2, 0)),
    ]


@ministack
def test_a_vector_that_changes_is_found_where_it_is_now(db: Database) -> None:
    db.repository(Thing).update(THINGS[0], Thing.shape.set([-3, 0.5]))
    found = db.client.search(Thing.shape.near([-3, 0.5]), where=Thing.tenant == "t", top=1)
    assert found[0].item.shape == (-3, 0.5)
    db.repository(Thing).update(THINGS[0], Thing.shape.remove())
    found = db.client.search(Thing.shape.near([-3, 0.5]), where=Thing.tenant == "t")
    assert "east" not in [scored.item.thing_id for scored in found]


@ministack
def test_an_item_of_a_search_is_not_stored_as_if_it_were_whole(db: Database) -> None:
    (scored,) = db.client.search(Thing.shape.near([2, 0]), where=Thing.tenant == "u")
    with pytest.raises(StatementError, match="does not hold all of the item"):
        db.repository(Thing).put(scored.item)


@ministack
def test_the_asynchronous_client_gives_the_same(db: Database) -> None:
    async def found() -> list[str]:
        client = connect_async(_endpoint(db), tables={things: db.name(things)})
        async with client:
            results = await client.search(Thing.shape.near([2, 0]), where=Thing.tenant == "t")
            return [scored.item.thing_id for scored in results]

    assert asyncio.run(found()) == ["east", "north-east", "north", "west"]


@ministack
def test_what_the_service_refuses_is_an_error_that_names_the_call(db: Database) -> None:
    call = next(search(Thing.place.near([1, 1], index="by_product"), Environment()))
    assert isinstance(call, Call)
    with pytest.raises(RequestError, match="SearchVectors on .*specified index"):
        db.client.call(
            "SearchVectors",
            {**call.payload, "TableName": db.name(things), "IndexName": "gone"},
            service="search",
        )


def _endpoint(db: Database) -> str:
    settings = vars(transport_of(db.raw))["_settings"]
    url: str = settings.endpoint.url
    return url
