"""Attributes that stand only inside keys: of the table, or of an index every item is in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from dynakit import (
    Attr,
    DecodeError,
    DefinitionError,
    Entity,
    Environment,
    Index,
    Item,
    Key,
    Put,
    StatementError,
    Table,
    Update,
    attr,
    naive_iso,
)
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item

ENVIRONMENT = Environment.simulated(1)


def foreign_table() -> Table:
    return Table(
        "shop",
        pk="PK",
        sk="SK",
        indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK"), Index("GSI2", pk="GSI2PK", sk="GSI2SK")],
        type_attribute=None,
        token_attribute=None,
    )


class OrderLine(Entity, table=foreign_table()):
    primary = Key("o#{order_id:raw}", "p#{product_id:raw}")
    by_product = Key("p#{product_id:raw}", "{ordered_at:raw}", index="GSI1")
    by_customer = Key("c#{customer_id:raw}", "p#{ordered_at:raw}", index="GSI2")

    order_id: Attr[str] = attr(key_only=True)
    product_id: Attr[str] = attr(key_only=True)
    customer_id: Attr[str] = attr(key_only=True)
    ordered_at: Attr[datetime] = attr(key_only=True, stored_as=naive_iso)


LINE = OrderLine(order_id="1", product_id="2", customer_id="3", ordered_at=datetime(2020, 6, 21, 19, 18))
STORED: Item = {
    "PK": {"S": "o#1"},
    "SK": {"S": "p#2"},
    "GSI1PK": {"S": "p#2"},
    "GSI1SK": {"S": "2020-06-21T19:18:00"},
    "GSI2PK": {"S": "c#3"},
    "GSI2SK": {"S": "p#2020-06-21T19:18:00"},
}


def test_an_item_may_consist_of_keys_alone_and_is_read_back_from_them() -> None:
    assert Put(LINE).compile(ENVIRONMENT).payload["Item"] == STORED
    assert decode_item(definition_of(OrderLine), STORED) == LINE


@pytest.mark.parametrize("missing", ["GSI2PK", "GSI2SK"])
def test_an_item_without_the_index_key_that_tells_a_required_attribute_is_refused(missing: str) -> None:
    item: Item = {name: value for name, value in STORED.items() if name != missing}
    with pytest.raises(DecodeError, match="OrderLine.customer_id"):
        decode_item(definition_of(OrderLine), item)


def test_a_projection_reads_the_index_keys_that_tell_what_it_asks_for() -> None:
    query = OrderLine.primary(order_id="1").project(OrderLine.customer_id)
    names = query.compile(ENVIRONMENT).payload["ExpressionAttributeNames"]
    assert sorted(names.values()) == ["GSI2PK", "GSI2SK", "PK", "SK"]
    assert query.decode(STORED)[OrderLine.customer_id] == "3"


def test_a_projection_of_the_primary_key_reads_no_index_key() -> None:
    query = OrderLine.primary(order_id="1").project(OrderLine.product_id)
    names = query.compile(ENVIRONMENT).payload["ExpressionAttributeNames"]
    assert sorted(names.values()) == ["PK", "SK"]
    assert query.decode(STORED)[OrderLine.product_id] == "2"


def test_a_condition_on_an_attribute_that_stands_only_in_keys_is_refused() -> None:
    query = OrderLine.primary(order_id="1").filter(OrderLine.customer_id == "4")
    with pytest.raises(StatementError, match="stands only inside"):
        query.compile(ENVIRONMENT)


def test_an_update_of_an_attribute_that_stands_only_in_keys_renders_them() -> None:
    update = Update(LINE, OrderLine.customer_id.set("4"), OrderLine.ordered_at.set(LINE.ordered_at))
    values = update.compile(ENVIRONMENT).payload["ExpressionAttributeValues"].values()
    assert {"S": "c#4"} in values


def in_no_key() -> type[Entity]:
    class Stray(Entity, table=foreign_table()):
        primary = Key("o#{order_id}", "x")
        order_id: Attr[str]
        name: Attr[str] = attr(key_only=True)

    return Stray


def in_a_sparse_key() -> type[Entity]:
    """Without ``shipped`` the index key is not written, and the customer would be lost."""

    class Sparse(Entity, table=foreign_table()):
        primary = Key("o#{order_id}", "x")
        by_customer = Key("c#{customer_id}", "{shipped}", index="GSI1")
        order_id: Attr[str]
        customer_id: Attr[str] = attr(key_only=True)
        shipped: Attr[str | None] = attr(default=None)

    return Sparse


def in_a_folding_key() -> type[Entity]:
    class Folded(Entity, table=foreign_table()):
        primary = Key("u#{email:lower}", "x")
        email: Attr[str] = attr(key_only=True)

    return Folded


@pytest.mark.parametrize(
    ("declare", "where"),
    [(in_no_key, "Stray.name"), (in_a_sparse_key, "Sparse.customer_id"), (in_a_folding_key, "Folded.email")],
)
def test_an_attribute_is_refused_that_no_key_gives_back(
    declare: Callable[[], type[Entity]], where: str
) -> None:
    with pytest.raises(DefinitionError, match=f"{where}: key_only=True, but no key that each item has"):
        declare()


def test_an_attribute_that_one_key_folds_is_read_from_the_other() -> None:
    class User(Entity, table=foreign_table()):
        primary = Key("u#{email:lower}", "x")
        by_email = Key("e#{email}", "x", index="GSI1")
        email: Attr[str] = attr(key_only=True)

    user = User(email="Ada@Example.org")
    item = Put(user).compile(ENVIRONMENT).payload["Item"]
    assert item["PK"] == {"S": "u#ada@example.org"}
    assert decode_item(definition_of(User), item) == user
