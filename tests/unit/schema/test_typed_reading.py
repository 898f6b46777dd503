"""Items read from JSON into types: which are, and that no others are read otherwise.

That they are read alike is a law of ``test_generated_code``.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.json import encode
from pydantic import BaseModel

from dynakit import Attr, Entity, Key, Table, attr
from dynakit.errors import DecodeError
from dynakit.schema import item as items
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_texts, encode_item
from dynakit.wire import Item
from tests.unit.support.models import NOON


class Tree(BaseModel):
    name: str
    below: list[Tree] = []


class Street(BaseModel):
    name: str
    number: int | None = None


class Thing(Entity, table=Table("things", pk="PK", sk="SK")):
    primary = Key("THING#{id}", "AT#{at}")

    id: Attr[str]
    at: Attr[datetime]
    price: Attr[Decimal]
    count: Attr[int] = attr(name="#")
    given: Attr[bool | None] = attr(default=None)
    note: Attr[str | None] = attr(default=None)
    street: Attr[Street | None] = attr(default=None)
    streets: Attr[list[Street]] = attr(default_factory=list)
    by_name: Attr[dict[str, Street]] = attr(default_factory=dict)
    tags: Attr[set[str]] = attr(default_factory=set)
    scores: Attr[frozenset[int]] = attr(default_factory=frozenset)
    tree: Attr[Tree | None] = attr(default=None)
    either: Attr[int | str] = attr(default=0)


FULL = Thing(
    id="t1",
    at=NOON,
    price=Decimal("1.50"),
    count=3,
    given=True,
    note="a",
    street=Street(name="Rue", number=1),
    streets=[Street(name="Via"), Street(name="Calle", number=2)],
    by_name={"home": Street(name="Gasse")},
    tags={"a", "b"},
    scores=frozenset({1, 2}),
    tree=Tree(name="root", below=[Tree(name="leaf")]),
    either="text",
)
SPARSE = Thing(id="t2", at=NOON, price=Decimal(0), count=0)
UNKNOWN: Item = {"unknown": {"L": [{"M": {}}]}}
NULLS: Item = {name: {"NULL": True} for name in ("given", "note", "street", "tree")}


def item_of(thing: Entity) -> Item:
    return encode_item(definition_of(type(thing)), thing)


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (item_of(FULL), FULL),
        (item_of(SPARSE), SPARSE),
        ({**item_of(SPARSE), **NULLS}, SPARSE),
        ({**item_of(FULL), **UNKNOWN}, FULL),
    ],
    ids=["full", "sparse", "nulls", "unknown attributes"],
)
def test_whatever_a_service_sends_is_read_at_the_first_go(
    item: Item, expected: Thing, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "decode_item", None)
    assert decode_texts(definition_of(Thing), [encode(item)], trusted=trusted) == [expected]


def test_an_error_names_its_place_as_ever() -> None:
    broken: Item = {**item_of(FULL), "street": {"M": {"name": {"N": "1"}}}}
    with pytest.raises(DecodeError, match=r"Thing\.street\.name"):
        decode_texts(definition_of(Thing), [encode(broken)])


@pytest.mark.parametrize("stored", ['say "x"', "back\\slash", "a\nb", "\x7f", "é☃", "class", " "])
def test_names_of_all_kinds_are_read(stored: str) -> None:
    class Odd(Entity, table=Table("odd", pk="PK")):
        primary = Key("ODD#{id}")
        id: Attr[str]
        x: Attr[str] = attr(name=stored)

    odd = Odd(id="o1", x="y")
    assert decode_texts(definition_of(Odd), [encode(item_of(odd))]) == [odd]


def test_a_subclass_that_was_declared_later_is_read_as_what_it_is() -> None:
    class Vehicle(Entity, table=Table("vehicles", pk="PK")):
        primary = Key("VEHICLE#{id}")
        id: Attr[str]

    bike = Vehicle(id="v1")
    assert decode_texts(definition_of(Vehicle), [encode(item_of(bike))]) == [bike]

    class Car(Vehicle):
        doors: Attr[int]

    found = decode_texts(
        definition_of(Vehicle), [encode(item_of(one)) for one in (bike, Car(id="v2", doors=5))]
    )
    assert found == [bike, Car(id="v2", doors=5)]
