"""``one_of``: one range read for some entities, whose union the results are of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from dynakit import Attr, Entity, Environment, Index, Item, Key, StatementError, Table, attr, deleted, one_of
from dynakit.operations import read
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from tests.unit.support.checked import compiled
from tests.unit.support.playing import play

zoo = Table("zoo", pk="PK", indexes=[Index("by_house", pk="GSI1PK", sk="GSI1SK")])


class Animal(Entity, table=zoo, abstract=True):
    primary = Key("ANIMAL#{id}")
    by_house = Key("HOUSE#{house}", "{id}", index="by_house")
    id: Attr[str]
    house: Attr[str]


class Cat(Animal):
    lives: Attr[int] = attr(default=9)


class Dog(Animal):
    tricks: Attr[int] = attr(default=0)


class Fish(Animal):
    pass


class Keeper(Entity, table=zoo):
    primary = Key("KEEPER#{id}")
    by_house = Key("HOUSE#{house}", "{id}", index="by_house")
    id: Attr[str]
    house: Attr[str]
    pay: Attr[int] = attr(default=0)


class Visitor(Entity, table=zoo):
    primary = Key("VISITOR#{id}")
    by_house = Key("VISITED#{house}", "{id}", index="by_house")
    id: Attr[str]
    house: Attr[str]


class Ghost(Animal, table=Table("attic", pk="PK", indexes=zoo.indexes)):
    gone: Attr[datetime | None] = deleted()


IN_HOUSE = Animal.by_house(house="north")
NOW = Environment.simulated()


def item_of(entity: Entity) -> Item:
    return encode_item(definition_of(type(entity)), entity)


def types_asked(query: Any) -> list[str]:
    values = [one["S"] for one in compiled(query)["ExpressionAttributeValues"].values()]
    return [value for value in values if "#" not in value]


@pytest.mark.parametrize(
    ("query", "types"),
    [
        (one_of(IN_HOUSE, Cat), ["Cat"]),
        (one_of(IN_HOUSE, Cat, Dog), ["Cat", "Dog"]),
        (one_of(IN_HOUSE, Cat, Keeper), ["Cat", "Keeper"]),
        (one_of(Keeper.by_house(house="north"), Keeper, Animal), []),
        (one_of(IN_HOUSE, Animal), ["Cat", "Dog", "Fish"]),
    ],
)
def test_only_these_entities_are_asked_for(query: Any, types: list[str]) -> None:
    assert types_asked(query) == types


def test_each_row_is_the_entity_it_is() -> None:
    given = [Cat(id="1", house="north"), Keeper(id="2", house="north", pay=3)]
    query = one_of(IN_HOUSE, Cat, Keeper)
    rows = {"Items": [item_of(one) for one in given], "Count": 2}
    assert play(read.read_all(query, NOW), [rows], NOW).result == given


@pytest.mark.parametrize(
    ("entities", "message"),
    [
        ((), "one_of got no entity"),
        ((Cat, Visitor), "the items of Visitor are not in this range"),
        ((Ghost,), "Ghost has other attributes that hide items"),
    ],
)
def test_what_is_not_in_the_range_is_refused(entities: tuple[type[Entity], ...], message: str) -> None:
    build: Any = one_of
    with pytest.raises(StatementError, match=message):
        build(IN_HOUSE, *entities)


def test_a_filter_is_on_what_all_of_them_have() -> None:
    with pytest.raises(StatementError, match="Cat does not store pay as Keeper does"):
        compiled(one_of(Keeper.by_house(house="north").filter(Keeper.pay > 2), Keeper, Cat))


def test_a_cursor_of_other_entities_is_another_statements() -> None:
    assert one_of(IN_HOUSE, Cat).bound != one_of(IN_HOUSE, Cat, Dog).bound
    assert str(one_of(IN_HOUSE, Cat, Dog)).endswith(", one of Cat, Dog")
