"""Where a table has no type attribute, an item is an entity's by its key alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from dynakit import Attr, Entity, Item, Key, Table, UnknownEntity, attr, iso_milliseconds
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item, is_of


def foreign_table() -> Table:
    return Table("shop", pk="PK", sk="SK", type_attribute=None, token_attribute=None)


class Product(Entity, table=foreign_table()):
    primary = Key("p#{product_id:raw}", "p#{product_id:raw}")
    product_id: Attr[str] = attr(key_only=True)


class User(Entity, table=foreign_table()):
    primary = Key("u#{email:lower}", "{email}")
    email: Attr[str] = attr(key_only=True)


class Comment(Entity, table=foreign_table()):
    primary = Key("u#{user_id:raw}", "{posted_at}")
    user_id: Attr[str] = attr(key_only=True)
    posted_at: Attr[datetime] = attr(name="SK", stored_as=iso_milliseconds)


def item(pk: str, sk: str) -> Item:
    return {"PK": {"S": pk}, "SK": {"S": sk}}


@pytest.mark.parametrize(
    ("entity", "stored", "own"),
    [
        (Product, item("p#1", "p#1"), True),
        (Product, item("p#1", "p#2"), False),
        (Product, item("p#1", "w#1"), False),
        (User, item("u#ada", "Ada"), True),
        (Comment, item("u#1", "2023-04-01T12:00:00.001Z"), True),
        (Comment, item("u#1", "Join:Music"), False),
        (Comment, item("u#1", "2023-04-01"), False),
        (Comment, {"PK": {"S": "u#1"}, "SK": {"N": "1"}}, False),
        (Comment, {"PK": {"S": "u#1"}}, False),
    ],
)
def test_an_item_is_an_entity_of_which_both_key_attributes_tell_the_same(
    entity: type[Entity], stored: Item, own: bool
) -> None:
    definition: Any = definition_of(entity)
    assert is_of(definition, stored) is own
    if not own:
        with pytest.raises(UnknownEntity, match=f"{entity.__name__}: the item's key"):
            decode_item(definition, stored)


def test_a_key_attribute_that_folds_a_value_leaves_it_to_the_other_one() -> None:
    assert decode_item(definition_of(User), item("u#ada", "Ada")) == User(email="Ada")
