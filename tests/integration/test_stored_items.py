"""Items that others wrote, or an older version: what is read from them, and what is kept of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dynakit import (
    Attr,
    AttributeValue,
    DecodeError,
    Entity,
    Item,
    Key,
    Query,
    Repository,
    Table,
    UnknownEntity,
    attr,
    number_text,
)
from tests.integration.backends import Database, Opener, each_store
from tests.integration.shop import Order, day, order, shop

FIRST: Query[Order] = Order.primary(customer_id="c1", placed_at=day(1), order_id="o1")
WHOLE = Order.primary(customer_id="c1")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(shop)


@pytest.fixture
def orders(db: Database) -> Repository[Order]:
    return db.repository(Order)


def change(db: Database, **attributes: AttributeValue | None) -> None:
    """Store the first order with other attributes than it writes itself."""
    db.repository(Order).put(order(1))
    item = {**(db.stored(FIRST) or {}), **attributes}
    db.put_raw(shop, {name: value for name, value in item.items() if value is not None})


def test_attributes_that_the_entity_does_not_know_are_kept(db: Database, orders: Repository[Order]) -> None:
    change(db, colour={"S": "red"}, score={"N": "1"})
    read = orders.require(FIRST)
    read.note = "n"
    orders.put(read)
    first = db.stored(FIRST) or {}
    assert (first["colour"], first["score"], first["State#Date"]) == ({"S": "red"}, {"N": "1"}, {"S": "n"})
    orders.replace(orders.all(WHOLE)[0])
    assert (db.stored(FIRST) or {})["colour"] == {"S": "red"}
    orders.update(FIRST, Order.note.set("m"))
    assert (db.stored(FIRST) or {})["colour"] == {"S": "red"}


def test_what_is_kept_belongs_to_that_item_alone(db: Database, orders: Repository[Order]) -> None:
    change(db, colour={"S": "red"})
    read = orders.require(FIRST)
    orders.put(read.model_copy(update={"order_id": "o2"}))
    orders.put(order(3))
    assert [("colour" in item) for item in db.everything(shop)].count(True) == 1


def test_the_token_of_an_earlier_write_is_no_attribute_to_keep(
    db: Database, orders: Repository[Order]
) -> None:
    orders.create(order(1))
    assert "_w" in (db.stored(FIRST) or {})
    orders.put(orders.require(FIRST))
    assert "_w" not in (db.stored(FIRST) or {})


def test_missing_attributes_read_as_their_defaults(db: Database, orders: Repository[Order]) -> None:
    change(db, total=None, status=None, lines=None, prices=None, labels=None, _type=None)
    assert orders.require(FIRST) == order(1)


WRONG: dict[str, tuple[str, AttributeValue]] = {
    "a text for a number": ("total", {"S": "12"}),
    "a number for a text": ("State#Date", {"N": "12"}),
    "a list for a set": ("tags", {"L": [{"S": "a"}]}),
    "null for a number": ("total", {"NULL": True}),
    "null for a list": ("prices", {"NULL": True}),
    "no member of an enum": ("status", {"S": "lost"}),
    "a fraction for an integer": ("count", {"N": "1.5"}),
    "a text in a list of numbers": ("prices", {"L": [{"N": "1"}, {"S": "2"}]}),
    "a missing member of a model": ("lines", {"L": [{"M": {"count": {"N": "1"}}}]}),
    "a wrong member of a model": ("ship_to", {"M": {"city": {"N": "1"}}}),
    "a naive time": ("placed_at", {"S": "2026-01-01T00:00:00"}),
    "a boolean for a number": ("count", {"BOOL": True}),
    "binary for a text": ("courier", {"B": "AAAA"}),
}


@each_store()
@pytest.mark.parametrize("what", WRONG)
def test_a_stored_value_of_the_wrong_type_is_an_error_that_names_it(
    db: Database, orders: Repository[Order], what: str
) -> None:
    attribute, value = WRONG[what]
    change(db, **{attribute: value})
    name = "note" if attribute == "State#Date" else attribute
    for read in (lambda: orders.require(FIRST), lambda: orders.all(WHOLE), lambda: orders.get_many([FIRST])):
        with pytest.raises(DecodeError, match=rf"^Order\.{name}") as raised:
            read()
        assert raised.value.key == {"PK": {"S": "CUSTOMER#c1"}, "SK": (db.stored(FIRST) or {})["SK"]}
        assert raised.value.entity == "Order"


def test_an_item_of_another_type_under_the_key_is_no_order(db: Database, orders: Repository[Order]) -> None:
    change(db, _type={"S": "Parcel"})
    with pytest.raises(UnknownEntity) as raised:
        orders.get(FIRST)
    assert raised.value.type_name == "Parcel"
    with pytest.raises(UnknownEntity):
        orders.get_many([FIRST])


things = Table("things", pk="id", sk=None, type_attribute=None, token_attribute=None)


class Thing(Entity, table=things):
    """A table of others: names that Python cannot spell, other stored forms, no attribute of dynakit's."""

    primary = Key("{id}")
    id: Attr[str]
    dotted: Attr[str] = attr(default="", name="a.b")
    dashed: Attr[str] = attr(default="", name="a-b")
    face: Attr[str] = attr(default="", name="😀")
    reserved: Attr[str] = attr(default="", name="size")
    quoted: Attr[str] = attr(default="", name="\"'\\ #:")
    amount: Attr[Decimal] = attr(default=Decimal(0), stored_as=number_text, name="Amount")
    seconds: Attr[int] = attr(default=0, stored_as=number_text, name="values")


def test_any_attribute_name_can_be_written_read_filtered_and_changed(open_db: Opener) -> None:
    db = open_db(things)
    repository = db.repository(Thing)
    thing = Thing(
        id="1", dotted="d", dashed="h", face="f", reserved="r", quoted="q", amount=Decimal("1.50"), seconds=7
    )
    repository.create(thing)
    stored: Item = {
        "id": {"S": "1"},
        "a.b": {"S": "d"},
        "a-b": {"S": "h"},
        "😀": {"S": "f"},
        "size": {"S": "r"},
        "\"'\\ #:": {"S": "q"},
        "Amount": {"S": "1.50"},
        "values": {"S": "7"},
    }
    assert db.stored(thing) == stored
    assert repository.get(thing) == thing
    names = [Thing.dotted, Thing.dashed, Thing.face, Thing.reserved, Thing.quoted]
    query = Thing.primary(id="1").filter(*(name.exists() & (name.size() == 1) for name in names))
    assert repository.all(query) == [thing]
    changed = repository.update(thing, *(name.set("x") for name in names), where=Thing.dotted == "d")
    assert {changed.dotted, changed.dashed, changed.face, changed.reserved, changed.quoted} == {"x"}
    row = repository.one(Thing.primary(id="1").project(Thing.dotted, Thing.amount, Thing.face))
    assert (row[Thing.dotted], row[Thing.amount], row[Thing.face]) == ("x", Decimal("1.50"), "x")
