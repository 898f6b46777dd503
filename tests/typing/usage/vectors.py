"""A vector is a sequence of numbers; a search gives entities or rows, with scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, assert_type

from dynakit import (
    AsyncClient,
    Attr,
    Client,
    Entity,
    Key,
    Near,
    Partial,
    Scored,
    Table,
    Vector,
    VectorIndex,
    attr,
)
from tests.typing.usage.entities import Customer, Order

shop = Table("shop", vector_indexes=[VectorIndex("by_embedding", "embedding", 3, filters=["kind"])])


class Product(Entity, table=shop):
    primary = Key("{product_id}")

    product_id: Attr[str]
    kind: Attr[str]
    embedding: Attr[Vector[Literal[3]]]
    taste: Attr[Vector[Literal[2]] | None] = attr(default=None)


def search(db: Client, vector: list[float]) -> None:
    product = Product(product_id="p", kind="k", embedding=vector, taste=(1.0, 2.0))
    assert_type(product.embedding, Sequence[float])
    near = Product.embedding.near(vector)
    assert_type(near, Near[Product, Product])
    assert_type(Product.taste.near((1, 2), index="x"), Near[Product, Product])
    found = db.search(near, top=3, where=(Product.kind == "k") & (Product.product_id == "p"))
    assert_type(found, list[Scored[Product]])
    assert_type(found[0].item, Product)
    assert_type(found[0].score, float)
    assert_type(db.search(near.project(Product.kind)), list[Scored[Partial[Product]]])


async def search_async(db: AsyncClient) -> None:
    assert_type(await db.search(Product.embedding.near([1, 2, 3])), list[Scored[Product]])


def wrong(db: Client) -> None:
    Product(product_id="p", kind="k", embedding="abc")  # E: a text is no vector
    Product.kind.near([1, 2, 3])  # E: no vector
    Product.embedding.near("abc")  # E: a text is no vector
    Product.embedding.near([1, 2, 3]).project(Order.total)  # E: a path of another entity
    db.search(Product.embedding.near([1, 2, 3]), where=Customer.name == "x")  # E: of another entity
    db.search(Product.embedding)  # E: near what?
