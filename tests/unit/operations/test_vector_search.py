"""Searches in vector indexes: exact requests, results in order, and what is refused before it is sent."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import pytest

from dynakit import (
    KEYS_ONLY,
    Attr,
    Condition,
    DefinitionError,
    EncodeError,
    Entity,
    Environment,
    Key,
    KeyAttribute,
    Near,
    Partial,
    RequestError,
    Scored,
    StatementError,
    Table,
    Vector,
    VectorIndex,
    attr,
    connect,
    include,
)
from dynakit.lifecycle import expires
from dynakit.operations.search import search
from dynakit.wire import Item, Payload
from tests.unit.support.playing import play

shop = Table(
    "shop",
    sk="SK",
    vector_indexes=[
        VectorIndex(
            "by_embedding", "embedding", 3, partition="tenant", filters=["kind", KeyAttribute("year", "N")]
        ),
        VectorIndex("by_taste", "taste", 2, filters=["_type"], projection=include("name")),
        VectorIndex("by_look_keys", "look", 2, projection=KEYS_ONLY),
        VectorIndex("by_look", "look", 2, distance="EUCLIDEAN"),
    ],
)


class Product(Entity, table=shop):
    primary = Key("PRODUCT#{product_id}", "{line}")

    product_id: Attr[str]
    line: Attr[str] = attr(key_only=True)
    tenant: Attr[str]
    kind: Attr[str]
    year: Attr[int]
    name: Attr[str]
    embedding: Attr[Vector[Literal[3]]]
    taste: Attr[Vector[Literal[2]] | None] = attr(default=None)
    look: Attr[Vector[Literal[2]] | None] = attr(default=None)
    plain: Attr[list[float]] = attr(default_factory=list)


class Offer(Entity, table=Table("offers", time_to_live="ends", vector_indexes=[VectorIndex("near", "v", 1)])):
    primary = Key("{offer_id}")

    offer_id: Attr[str]
    v: Attr[Vector[Literal[1]]]
    ends: Attr[datetime | None] = expires()


def row(product_id: str, **others: Any) -> Item:
    return {
        "PK": {"S": f"PRODUCT#{product_id}"},
        "SK": {"S": "shoes"},
        "_type": {"S": "Product"},
        "product_id": {"S": product_id},
        "tenant": {"S": "t"},
        "kind": {"S": "shoe"},
        "year": {"N": "2026"},
        "name": {"S": "Runner"},
        "embedding": {"L": [{"N": "0.1"}, {"N": "0"}, {"N": "1"}]},
        **others,
    }


def found(*rows: tuple[Item, float]) -> list[Payload]:
    return [{"SearchResults": [{"Item": item, "Score": score} for item, score in rows]}]


E = Environment.simulated()

NAMES = ["tenant", "year", "PK", "SK", "product_id", "kind", "name", "embedding", "taste", "look", "plain"]


def test_a_search_asks_for_whole_items_vector_and_all_narrowed_by_equality() -> None:
    where = (Product.year == 2026) & (Product.tenant == "t")
    played = play(search(Product.embedding.near([0.1, 0, 1 / 3]), E, top=2, where=where), found(), E)
    assert played.result == []
    assert (played.calls[0].action, played.calls[0].service) == ("SearchVectors", "search")
    assert played.payloads == [
        {
            "TableName": "shop",
            "IndexName": "by_embedding",
            "SearchVector": [{"N": "0.1"}, {"N": "0"}, {"N": "0.33333334"}],
            "TopK": 2,
            "SearchConditionExpression": "#n0 = :v0 AND #n1 = :v1",
            "ProjectionExpression": "#n2, #n3, #n4, #n0, #n5, #n1, #n6, #n7, #n8, #n9, #n10, #n11, #n12",
            "ExpressionAttributeNames": {
                f"#n{position}": name for position, name in enumerate([*NAMES, "_type", "_w"])
            },
            "ExpressionAttributeValues": {":v0": {"S": "t"}, ":v1": {"N": "2026"}},
        }
    ]


def test_results_are_entities_with_scores_in_the_order_of_the_service_without_foreign_items() -> None:
    rows = found((row("b"), 0.25), (row("x", _type={"S": "Other"}), 0.5), (row("a"), 1))
    near = Product.embedding.near((1, 2, 3))
    results = play(search(near, E, where=Product.tenant == "t"), rows, E).result
    assert [(one.item.product_id, one.score) for one in results] == [("b", 0.25), ("a", 1.0)]
    assert results[0] == Scored(
        Product(
            product_id="b",
            line="shoes",
            tenant="t",
            kind="shoe",
            year=2026,
            name="Runner",
            embedding=[0.1, 0, 1],
        ),
        0.25,
    )


def test_a_projection_gives_partial_items_and_keys_tell_what_the_index_does_not_hold() -> None:
    near = Product.look.near([1, 2], index="by_look_keys").project(
        Product.line, Product.product_id, Product.look
    )
    item = {name: value for name, value in row("a").items() if name in ("PK", "SK")}
    item["look"] = {"L": [{"N": "1"}, {"N": "2"}]}
    played = play(search(near, E), found((item, 0.5)), E)
    assert played.payloads[0]["ExpressionAttributeNames"] == {"#n0": "PK", "#n1": "SK", "#n2": "look"}
    assert played.payloads[0]["ProjectionExpression"] == "#n0, #n1, #n2"
    (scored,) = played.result
    assert type(scored.item) is Partial
    assert scored.item.as_dict() == {"line": "shoes", "product_id": "a", "look": (1.0, 2.0)}
    assert scored.item[Product.product_id] == "a"


def test_the_type_attribute_narrows_by_itself_where_the_index_has_it() -> None:
    near = Product.taste.near([1, 2]).project(Product.name)
    (payload,) = play(search(near, E), found(), E).payloads
    assert payload["SearchConditionExpression"] == "#n0 = :v0"
    assert payload["ExpressionAttributeValues"] == {":v0": {"S": "Product"}}


def test_expired_items_are_left_out() -> None:
    now = int(E.now().timestamp())
    items: list[tuple[Item, float]] = [
        (
            {
                "PK": {"S": str(ends)},
                "offer_id": {"S": str(ends)},
                "v": {"L": [{"N": "1"}]},
                "ends": {"N": str(ends)},
                "_type": {"S": "Offer"},
            },
            0.0,
        )
        for ends in (now - 1, now + 60)
    ]
    results = play(search(Offer.v.near([1]), E), found(*items), E).result
    assert [one.item.offer_id for one in results] == [str(now + 60)]


T = Product.tenant == "t"
untyped: Any = Product
NEAR = Product.embedding.near([1, 2, 3])

REFUSED: dict[str, tuple[Callable[[], Near[Any, Any]], Condition[Any] | None, int, str]] = {
    "no partition": (lambda: NEAR, None, 10, "is partitioned by 'tenant', which a search must give"),
    "another operator": (lambda: NEAR, T & (Product.year > 2020), 10, "where= compares year in another way"),
    "an alternative": (lambda: NEAR, T | (Product.kind == "a"), 10, "where= compares tenant, kind in"),
    "another attribute": (
        lambda: NEAR,
        T & (Product.name == "x"),
        10,
        "where= names name, and index 'by_embedding' is narrowed by tenant, kind, year only",
    ),
    "two values": (lambda: NEAR, T & (Product.tenant == "u"), 10, "where= gives tenant two values"),
    "none": (lambda: NEAR, T, 0, "got top=0; a search gives 1 to 100 items"),
    "too many": (lambda: NEAR, T, 101, "got top=101"),
    "no vector": (lambda: untyped.plain.near([1.0]), None, 1, "plain is no vector of the item itself"),
    "an unknown index": (
        lambda: Product.embedding.near([1, 2, 3], index="x"),
        T,
        1,
        "has no vector index 'x' of 'embedding'; it has 'by_embedding'",
    ),
    "one of two indexes": (
        lambda: Product.look.near([1, 2]),
        None,
        1,
        "several vector indexes hold it ('by_look_keys', 'by_look'); expected the name of one",
    ),
    "whole items of an index that does not hold them": (
        lambda: Product.taste.near([1, 2]),
        None,
        1,
        "vector index 'by_taste' does not hold product_id, tenant, kind, year, embedding, look, plain",
    ),
    "a projection of what the index does not hold": (
        lambda: Product.taste.near([1, 2]).project(Product.name, Product.year),
        None,
        1,
        "vector index 'by_taste' does not hold year",
    ),
}


@pytest.mark.parametrize(("near", "where", "top", "message"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_search_is_refused(
    near: Callable[[], Near[Any, Any]], where: Condition[Any] | None, top: int, message: str
) -> None:
    with pytest.raises(StatementError) as caught:
        next(search(near(), E, top=top, where=where))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("vector", "message"),
    [
        ([1.0], "embedding: expected 3 numbers, got 1"),
        ([1.0, math.nan, 2.0], "embedding[1]: is not a finite number"),
        ([1.0, math.inf, 2.0], "embedding[1]: is not a finite number"),
        ([1.0, 2.0, 1e39], "embedding[2]: is out of range"),
    ],
)
def test_a_wrong_vector_is_refused_without_showing_it(vector: list[float], message: str) -> None:
    with pytest.raises(EncodeError) as caught:
        next(search(Product.embedding.near(vector), E, where=T))
    assert message in str(caught.value)


def test_an_attribute_under_the_name_of_a_vector_index_must_be_such_a_vector() -> None:
    table = Table("t", vector_indexes=[VectorIndex("near", "v", 3)])
    with pytest.raises(
        DefinitionError, match=r"v: it is stored as a vector of 2 numbers, but vector index 'near'"
    ):

        class Short(Entity, table=table):  # pyright: ignore[reportUnusedClass]
            primary = Key("{a}")
            a: Attr[str]
            v: Attr[Vector[Literal[2]]]

    with pytest.raises(DefinitionError, match=r"Declare Attr\[Vector\[Literal\[3\]\]\]"):

        class Loose(Entity, table=table):  # pyright: ignore[reportUnusedClass]
            primary = Key("{a}")
            a: Attr[str]
            v: Attr[list[float]]


def test_the_embedded_store_keeps_vectors_and_says_that_it_cannot_search_them() -> None:
    with connect("memory://") as db:
        db.tables.create(shop)
        with pytest.raises(RequestError, match="the embedded store has no SearchVectors"):
            db.search(NEAR, where=T)
