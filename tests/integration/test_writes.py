"""Writes of one item: what is stored afterwards, and what each refusal says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dynakit import (
    ConditionFailed,
    Delete,
    Item,
    ItemAlreadyExists,
    NotFound,
    Put,
    Query,
    Repository,
    Upsert,
)
from tests.integration.backends import Database, Opener, each_store
from tests.integration.shop import Address, Customer, Line, Order, Status, day, order, shop

PLACED = "2026-01-01T00:00:00.000000Z"
KEY: Item = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": f"ORDER#{PLACED}#o1"}}
INDEXED: Item = {
    "GSI1PK": {"S": "STATUS#open"},
    "GSI1SK": {"S": PLACED},
    "LSI1SK": {"S": "TOTAL#o"},
}
PLAIN: Item = {
    **KEY,
    **INDEXED,
    "_type": {"S": "Order"},
    "customer_id": {"S": "c1"},
    "order_id": {"S": "o1"},
    "placed_at": {"S": PLACED},
    "status": {"S": "open"},
    "total": {"N": "0"},
    "lines": {"L": []},
    "prices": {"L": []},
    "labels": {"M": {}},
}
FIRST: Query[Order] = Order.primary(customer_id="c1", placed_at=day(1), order_id="o1")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(shop)


@pytest.fixture
def orders(db: Database) -> Repository[Order]:
    return db.repository(Order)


def without_token(item: Item | None) -> Item:
    assert item is not None
    return {name: value for name, value in item.items() if name != "_w"}


def test_put_stores_attributes_rendered_keys_and_type_and_nothing_for_none(
    db: Database, orders: Repository[Order]
) -> None:
    assert orders.put(order(1)) == order(1)
    assert db.stored(FIRST) == PLAIN
    assert orders.get(FIRST) == order(1)


def test_every_attribute_comes_back_as_it_was_put(db: Database, orders: Repository[Order]) -> None:
    full = order(
        1,
        status=Status.paid,
        courier="dove",
        city="Köln",
        total=Decimal("12.50"),
        note="",
        tags={"a", "b"},
        lines=[Line(sku="x"), Line(sku="y", count=3)],
        prices=[3, -1],
        labels={"a.b": "1", "😀": "2"},
        ship_to=Address(city="Köln", zip_code="50667"),
        count=7,
    )
    orders.put(full)
    assert orders.get(full) == full
    stored = without_token(db.stored(FIRST))
    assert stored["total"] == {"N": "12.5"}
    assert stored["State#Date"] == {"S": ""}
    assert stored["ship_to"] == {"M": {"city": {"S": "Köln"}, "zip-code": {"S": "50667"}}}
    assert stored["GSI2PK"] == {"S": "COURIER#dove"}
    assert stored["GSI2SK"] == {"S": f"paid#{PLACED}"}
    assert stored["GSI3PK"] == {"S": "CITY#Köln"}
    assert stored["LSI1SK"] == {"S": "TOTAL#p502_125"}


def test_create_stores_once_and_gives_the_item_found_the_second_time(
    db: Database, orders: Repository[Order]
) -> None:
    orders.create(order(1))
    assert without_token(db.stored(FIRST)) == PLAIN
    with pytest.raises(ItemAlreadyExists) as raised:
        orders.create(order(1, total=5))
    assert without_token(raised.value.item) == PLAIN
    assert without_token(db.stored(FIRST)) == PLAIN


def test_put_overwrites_all_of_the_item_and_its_index_keys(db: Database, orders: Repository[Order]) -> None:
    orders.put(order(1, courier="dove", total=3, tags={"a"}, note="n"))
    orders.put(order(1))
    assert db.stored(FIRST) == PLAIN


def test_put_under_a_condition_is_refused_with_the_item_found(
    db: Database, orders: Repository[Order]
) -> None:
    orders.put(order(1, total=3))
    orders.put(order(1, total=4), where=Order.total == Decimal(3))
    with pytest.raises(ConditionFailed) as raised:
        orders.put(order(1, total=5), where=Order.total == Decimal(3))
    assert raised.value.item is not None
    assert raised.value.item["total"] == {"N": "4"}
    with pytest.raises(ConditionFailed) as raised:
        orders.put(order(2), where=Order.total == Decimal(3))
    assert raised.value.item is None
    assert len(db.everything(shop)) == 1


def test_replace_demands_an_item(db: Database, orders: Repository[Order]) -> None:
    with pytest.raises(NotFound):
        orders.replace(order(1))
    assert db.everything(shop) == []
    orders.put(order(1, total=3, note="n"))
    orders.replace(order(1))
    assert without_token(db.stored(FIRST)) == PLAIN
    with pytest.raises(ConditionFailed) as raised:
        orders.replace(order(1, total=1), where=Order.total > Decimal(3))
    assert without_token(raised.value.item) == PLAIN
    with pytest.raises(NotFound):
        orders.replace(order(2), where=Order.total > Decimal(3))


def test_delete_demands_an_item_unless_it_may_be_missing(db: Database, orders: Repository[Order]) -> None:
    with pytest.raises(NotFound):
        orders.delete(FIRST)
    orders.delete(FIRST, missing_ok=True)
    orders.put(order(1))
    orders.delete(order(1))
    assert db.everything(shop) == []


def test_delete_under_a_condition(db: Database, orders: Repository[Order]) -> None:
    orders.put(order(1, total=3))
    for missing_ok in (True, False):
        with pytest.raises(ConditionFailed) as raised:
            orders.delete(FIRST, where=Order.total == Decimal(4), missing_ok=missing_ok)
        assert raised.value.item is not None
        assert raised.value.item["total"] == {"N": "3"}
    with pytest.raises(NotFound):
        orders.delete(order(2), where=Order.total == Decimal(3))
    orders.delete(order(2), where=Order.total == Decimal(3), missing_ok=True)
    orders.delete(FIRST, where=Order.total == Decimal(3), missing_ok=True)
    assert db.everything(shop) == []


def test_update_demands_an_item_and_makes_none(db: Database, orders: Repository[Order]) -> None:
    with pytest.raises(NotFound):
        orders.update(FIRST, Order.note.set("n"))
    with pytest.raises(NotFound):
        orders.update(FIRST, Order.note.set("n"), where=Order.note.not_exists())
    assert db.everything(shop) == []


def test_update_gives_the_item_as_it_is_afterwards(db: Database, orders: Repository[Order]) -> None:
    orders.put(order(1, count=1))
    updated = orders.update(FIRST, Order.note.set("n"), Order.count.add(2), where=Order.count == 1)
    assert updated == order(1, count=3, note="n") == orders.get(FIRST)
    with pytest.raises(ConditionFailed) as raised:
        orders.update(FIRST, Order.count.add(2), where=Order.count == 1)
    assert raised.value.item == db.stored(FIRST)


def test_upsert_makes_a_whole_item_with_keys_type_and_defaults(
    db: Database, orders: Repository[Order]
) -> None:
    made = orders.upsert(
        FIRST,
        Order.status.set(Status.open),
        Order.courier.set(None),
        Order.city.set(None),
        Order.total.set(Decimal(0)),
    )
    assert made == order(1)
    assert without_token(db.stored(FIRST)) == PLAIN


def test_upsert_of_an_item_keeps_what_it_does_not_name(db: Database) -> None:
    customers = db.repository(Customer)
    key = Customer.primary(customer_id="c1")
    customers.upsert(key, Customer.name.set("Ada"), Customer.visits.add(1))
    customers.update(key, Customer.visits.set(41))
    assert customers.upsert(key, Customer.name.set("Ada L"), Customer.visits.add(1)).visits == 42
    assert without_token(db.stored(key)) == {
        "PK": {"S": "CUSTOMER#c1"},
        "SK": {"S": "PROFILE"},
        "GSI1PK": {"S": "NAME"},
        "GSI1SK": {"S": "Ada$PL"},
        "_type": {"S": "Customer"},
        "customer_id": {"S": "c1"},
        "name": {"S": "Ada L"},
        "visits": {"N": "42"},
    }


def test_statements_do_what_the_verbs_do(db: Database) -> None:
    customer = Customer(customer_id="c1", name="Ada")
    assert db.client.execute(Put(customer)) is customer
    key = Customer.primary(Customer.customer_id == "c1")
    assert db.client.execute(Upsert(key, Customer.name.set("Bea"))).name == "Bea"
    db.client.execute(Delete(key))
    assert db.stored(key) is None


Change = Callable[[Repository[Order]], Order]
CHANGES: dict[str, tuple[Change, Order]] = {
    "set": (lambda orders: orders.update(FIRST, Order.note.set("x")), order(1, note="x")),
    "set None": (lambda orders: orders.update(FIRST, Order.count.set(None)), order(1)),
    "set empty set": (lambda orders: orders.update(FIRST, Order.tags.set(set())), order(1)),
    "set to another attribute": (
        lambda orders: orders.update(FIRST, Order.note.set(Order.courier)),
        order(1, note="dove"),
    ),
    "set nested": (
        lambda orders: orders.update(FIRST, (Order.ship_to / Address.zip_code).set("1")),
        order(1, ship_to={"city": "Bonn", "zip_code": "1"}),
    ),
    "set whole nested": (
        lambda orders: orders.update(FIRST, Order.ship_to.set(Address(city="Ulm"))),
        order(1, ship_to={"city": "Ulm"}),
    ),
    "set in map": (
        lambda orders: orders.update(FIRST, Order.labels["a.b"].set("x")),
        order(1, labels={"a.b": "x"}),
    ),
    "set new in map": (
        lambda orders: orders.update(FIRST, Order.labels["😀"].set("x")),
        order(1, labels={"a.b": "1", "😀": "x"}),
    ),
    "remove in map": (lambda orders: orders.update(FIRST, Order.labels["a.b"].remove()), order(1, labels={})),
    "set in list": (lambda orders: orders.update(FIRST, Order.prices[1].set(9)), order(1, prices=[1, 9, 3])),
    "remove in list": (
        lambda orders: orders.update(FIRST, Order.prices[0].remove()),
        order(1, prices=[2, 3]),
    ),
    "remove two in list": (
        lambda orders: orders.update(FIRST, Order.prices[0].remove(), Order.prices[2].remove()),
        order(1, prices=[2]),
    ),
    "add in list": (lambda orders: orders.update(FIRST, Order.prices[2].add(4)), order(1, prices=[1, 2, 7])),
    "set in model in list": (
        lambda orders: orders.update(FIRST, Order.lines[0].at("count", int).add(4)),
        order(1, lines=[Line(sku="x", count=5)]),
    ),
    "append": (
        lambda orders: orders.update(FIRST, Order.prices.append(4, 5)),
        order(1, prices=[1, 2, 3, 4, 5]),
    ),
    "prepend": (
        lambda orders: orders.update(FIRST, Order.prices.prepend(4, 5)),
        order(1, prices=[4, 5, 1, 2, 3]),
    ),
    "append models": (
        lambda orders: orders.update(FIRST, Order.lines.append(Line(sku="y"))),
        order(1, lines=[Line(sku="x"), Line(sku="y")]),
    ),
    "add": (lambda orders: orders.update(FIRST, Order.count.add(5)), order(1, count=6)),
    "subtract": (lambda orders: orders.update(FIRST, Order.count.subtract(5)), order(1, count=-4)),
    "set if absent, present": (
        lambda orders: orders.update(FIRST, Order.count.set_if_absent(5)),
        order(1, count=1),
    ),
    "set if absent": (lambda orders: orders.update(FIRST, Order.note.set_if_absent("x")), order(1, note="x")),
    "add to set": (
        lambda orders: orders.update(FIRST, Order.tags.add_to_set("b", "c")),
        order(1, tags={"a", "b", "c"}),
    ),
    "delete from set": (
        lambda orders: orders.update(FIRST, Order.tags.delete_from_set("b", "z")),
        order(1, tags={"a"}),
    ),
    "empty a set": (
        lambda orders: orders.update(FIRST, Order.tags.delete_from_set("a", "b")),
        order(1, tags=set[str]()),
    ),
    "remove": (lambda orders: orders.update(FIRST, Order.count.remove(), Order.ship_to.remove()), order(1)),
    "many": (
        lambda orders: orders.update(
            FIRST,
            Order.count.subtract(1),
            Order.note.set("x"),
            Order.tags.add_to_set("c"),
            Order.labels.remove(),
        ),
        order(1, count=0, note="x", tags={"a", "b", "c"}, labels={}),
    ),
}
BEGIN: dict[str, Any] = {
    "count": 1,
    "courier": "dove",
    "tags": {"a", "b"},
    "prices": [1, 2, 3],
    "lines": [Line(sku="x")],
    "labels": {"a.b": "1"},
    "ship_to": {"city": "Bonn"},
}
TOUCHED = {
    "set None": {"count"},
    "remove": {"count", "ship_to"},
}


@each_store()
@pytest.mark.parametrize("name", CHANGES)
def test_an_update_changes_what_it_names_and_nothing_else(orders: Repository[Order], name: str) -> None:
    change, wanted = CHANGES[name]
    orders.put(order(1, **BEGIN))
    changed = wanted.model_fields_set - {"customer_id", "order_id", "placed_at"} | TOUCHED.get(name, set())
    changed |= {"tags"} if name == "set empty set" else set()
    expected = order(1, **BEGIN).model_copy(update={one: getattr(wanted, one) for one in changed})
    assert change(orders) == expected
    assert orders.get(FIRST) == expected


ABSENT: dict[str, tuple[Change, Order]] = {
    "add": (lambda orders: orders.update(FIRST, Order.count.add(5)), order(1, count=5)),
    "subtract": (lambda orders: orders.update(FIRST, Order.count.subtract(5)), order(1, count=-5)),
    "add to set": (lambda orders: orders.update(FIRST, Order.tags.add_to_set("b")), order(1, tags={"b"})),
    "delete from set": (lambda orders: orders.update(FIRST, Order.tags.delete_from_set("b")), order(1)),
    "append": (lambda orders: orders.update(FIRST, Order.prices.append(4)), order(1, prices=[4])),
    "remove": (lambda orders: orders.update(FIRST, Order.count.remove()), order(1)),
}


@each_store()
@pytest.mark.parametrize("name", ABSENT)
def test_an_absent_attribute_counts_as_zero_or_empty(
    db: Database, orders: Repository[Order], name: str
) -> None:
    db.put_raw(shop, {name: value for name, value in PLAIN.items() if name != "prices"})
    change, expected = ABSENT[name]
    assert change(orders) == expected
