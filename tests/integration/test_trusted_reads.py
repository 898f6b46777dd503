"""Reads that leave validation out, by every verb that gives entities, and reads of whole items as dicts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter

import pytest
from pydantic import field_validator

from dynakit import Attr, Collection, DecodeError, Entity, Index, Key, Scan, Table, attr
from tests.integration.backends import Opener, each_store

shop = Table("trusting", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")])


class Address(Entity):
    city: Attr[str] = attr(max_length=5)


class Line(Entity, table=shop, abstract=True):
    primary = Key("CUSTOMER#{customer}", "LINE#{number:03d}")
    customer: Attr[str]
    number: Attr[int]


class Order(Line, table=shop):
    by_state = Key("STATE#{state}", "{number:03d}", index="GSI1")
    state: Attr[str] = attr(default="open")
    total: Attr[Decimal] = attr(default=Decimal(0), ge=0)
    ship_to: Attr[Address | None] = attr(default=None)
    secret: Attr[str] = attr(default="s", hidden=True)

    @field_validator("state")
    @classmethod
    def known(cls, state: str) -> str:
        if state not in ("open", "paid"):
            raise ValueError(state)
        return state


GOOD = Order(customer="c1", number=1, total=Decimal("1.5"), ship_to=Address(city="Porto"))
WIDE = Address.model_construct(city="Saint-Tropez")
BAD = Order.model_construct(
    customer="c1", number=2, state="lost", total=Decimal(-1), ship_to=WIDE, secret="s"
)


@each_store()
def test_what_no_longer_satisfies_the_model_is_read_where_it_is_trusted(open_db: Opener) -> None:
    db = open_db(shop)
    orders = db.repository(Order)
    orders.put_many([GOOD, BAD])
    mine, bad = Order.primary(customer="c1"), Order.primary(customer="c1", number=2)
    with pytest.raises(DecodeError, match="pydantic refuses|refused by the model"):
        orders.all(mine)
    found: list[Sequence[Line | None]] = [
        orders.all(mine.trusted()),
        list(orders.iterate(mine.trusted())),
        [orders.require(GOOD, trusted=True), orders.get(bad, trusted=True)],
        [orders.require(GOOD), orders.get(bad.trusted())],
        orders.get_many([GOOD, bad], trusted=True),
        sorted(orders.scan(Scan(Order).trusted()), key=attrgetter("number")),
        db.repository(Line).all(Line.primary(customer="c1").trusted()),
        db.client.collect(Collection([Order], customer="c1").trusted()).items,
        [GOOD, *orders.all(Order.by_state(state="lost").trusted())],
        [GOOD, *orders.all(Order.by_state(state="lost").trusted().hydrate())],
    ]
    assert found == [[GOOD, BAD]] * len(found)
    assert {type(order) for orders in found for order in orders} == {Order}
    assert orders.update(orders.require(GOOD, trusted=True), Order.total.add(1)).total == Decimal("2.5")


@each_store()
def test_a_wrong_stored_type_is_an_error_all_the_same(open_db: Opener) -> None:
    db = open_db(shop)
    db.repository(Order).put(GOOD)
    key = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "LINE#001"}}
    change = {"UpdateExpression": "SET #t = :t", "ExpressionAttributeNames": {"#t": "total"}}
    table = db.client.environment.table_name(shop)
    payload = {"TableName": table, "Key": key, **change, "ExpressionAttributeValues": {":t": {"S": "much"}}}
    db.client.call("UpdateItem", payload)
    with pytest.raises(DecodeError, match="Order.total: expected a number, got the string type S"):
        db.repository(Order).get(GOOD, trusted=True)


@each_store()
def test_whole_items_as_dicts_have_every_attribute_that_is_not_hidden(open_db: Opener) -> None:
    db = open_db(shop)
    db.repository(Order).put_many([GOOD, BAD])
    plain = [
        {
            "customer": "c1",
            "number": number,
            "state": state,
            "total": total,
            "ship_to": {"city": city},
        }
        for number, state, total, city in (
            (1, "open", Decimal("1.5"), "Porto"),
            (2, "lost", Decimal(-1), "Saint-Tropez"),
        )
    ]
    assert db.repository(Order).all(Order.primary(customer="c1").as_dicts()) == plain
    assert sorted(db.client.scan(Scan(Order).as_dicts()), key=lambda order: str(order["number"])) == plain
