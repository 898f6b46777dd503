"""Collections: one partition, several entities in the order of the sort key, pages, foreign items."""

from __future__ import annotations

from typing import Any

import pytest

from dynakit import (
    Attr,
    CursorError,
    Entity,
    Item,
    Key,
    StatementError,
    Table,
    UnknownEntity,
    attr,
)
from tests.integration.backends import Database, Opener
from tests.integration.shop import Customer, Invoice, Order, Parcel, Status, day, order, shop

lonely = Table("lonely", pk="PK", sk="SK")


class Lonely(Entity, table=lonely):
    primary = Key("CUSTOMER#{customer_id}", "{number:04d}")
    customer_id: Attr[str]
    number: Attr[int]
    text: Attr[str] = attr(default="")


ADA = Customer(customer_id="c1", name="Ada")
PARCELS = [Parcel(customer_id="c1", placed_at=day(2), order_id="o2", number=number) for number in (1, 2)]
INVOICES = [Invoice(customer_id="c1", number=number) for number in (1, 2, 3)]
IN_ORDER: list[Entity] = [*INVOICES, order(1), order(2), *PARCELS, order(3), ADA]
ALL: list[type[Entity]] = [Customer, Order, Parcel, Invoice]


@pytest.fixture
def db(open_db: Opener) -> Database:
    db = open_db(shop)
    given: list[Entity] = [*IN_ORDER, Customer(customer_id="c2", name="Bea"), order(9, "c2")]
    db.repository(Entity).put_many(given)
    db.wire.clear()
    return db


def test_one_call_gives_all_entities_in_order_and_by_class(db: Database) -> None:
    collected = db.client.collect(ALL, customer_id="c1")
    assert (collected.items, collected.foreign, collected.cursor) == (IN_ORDER, 0, None)
    assert (collected[Customer], collected[Parcel], collected[Invoice]) == ([ADA], PARCELS, INVOICES)
    assert collected[Order] == [order(1), order(2), order(3)]
    assert len(db.wire.calls) == 1
    assert db.client.collect(ALL, customer_id="c1", newest_first=True).items == IN_ORDER[::-1]
    assert db.client.collect(ALL, customer_id="nobody").items == []


def test_what_was_not_asked_for_is_foreign_counted_or_refused(db: Database) -> None:
    collected = db.client.collect([Customer, Order], customer_id="c1")
    assert (len(collected.items), collected.foreign) == (4, 5)
    assert collected[Parcel] == []
    with pytest.raises(UnknownEntity) as raised:
        db.client.collect([Customer, Order], customer_id="c1", foreign="refuse")
    assert (raised.value.type_name, raised.value.key) == (
        "Invoice",
        {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000001"}},
    )


def test_items_of_nobody_and_of_no_type_are_foreign(db: Database) -> None:
    alien: Item = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "ALIEN"}, "_type": {"S": "Alien"}}
    bare: Item = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "BARE"}}
    db.put_raw(shop, alien, bare)
    assert db.client.collect(ALL, customer_id="c1").foreign == 2
    assert db.client.collect(ALL, customer_id="c1").items == IN_ORDER
    with pytest.raises(UnknownEntity):
        db.client.collect(ALL, customer_id="c1", foreign="refuse")


@pytest.mark.parametrize("limit", [1, 2, 5, 9, 10])
@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_give_each_entity_once(db: Database, limit: int, newest_first: bool) -> None:
    found: list[Entity] = []
    cursor: str | None = None
    for _ in range(len(IN_ORDER) + 1):
        page = db.client.collect(ALL, customer_id="c1", limit=limit, newest_first=newest_first, cursor=cursor)
        assert len(page.items) <= limit
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert cursor is None
    assert found == (IN_ORDER[::-1] if newest_first else IN_ORDER)


def test_a_limit_counts_entities_and_not_foreign_items(db: Database) -> None:
    page = db.client.collect([Customer], customer_id="c1", limit=1)
    assert (page.items, page.foreign) == ([ADA], 8)
    page = db.client.collect([Parcel], customer_id="c1", limit=1)
    assert page.items == PARCELS[:1]
    rest = db.client.collect([Parcel], customer_id="c1", limit=5, cursor=page.cursor)
    assert (page.foreign + rest.foreign, rest.items, rest.cursor) == (7, PARCELS[1:], None)


def test_a_cursor_is_bound_to_its_collection(db: Database) -> None:
    cursor = db.client.collect(ALL, customer_id="c1", limit=2).cursor
    db.wire.clear()
    for again in (
        lambda: db.client.collect(ALL, customer_id="c2", cursor=cursor),
        lambda: db.client.collect(ALL[:2], customer_id="c1", cursor=cursor),
        lambda: db.client.collect(ALL, customer_id="c1", newest_first=True, cursor=cursor),
        lambda: db.repository(Order).page(Order.primary(customer_id="c1"), cursor=cursor),
        lambda: db.client.collect(ALL, customer_id="c1", cursor="x"),
    ):
        with pytest.raises(CursorError):
            again()
    assert db.wire.calls == []
    reordered = db.client.collect(ALL[::-1], customer_id="c1", cursor=cursor)
    assert reordered.items == IN_ORDER[2:]


WRONG: dict[str, dict[str, Any]] = {
    "no attribute": {},
    "an unknown attribute": {"customer": "c1"},
    "an attribute of the sort key": {"customer_id": "c1", "order_id": "o1"},
    "no entity": {"entities": [], "customer_id": "c1"},
    "a limit of nothing": {"customer_id": "c1", "limit": 0},
    "entities of two tables": {"entities": [Customer, Lonely], "customer_id": "c1"},
    "the attribute of another key": {"entities": [Customer], "index": "GSI1", "customer_id": "c1"},
    "an unknown index": {"entities": [Customer], "index": "nowhere", "customer_id": "c1"},
    "consistent on a global index": {
        "entities": [Order],
        "index": "GSI1",
        "status": Status.open,
        "consistent": True,
    },
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_partition_is_refused_and_nothing_is_sent(db: Database, what: str) -> None:
    given: dict[str, Any] = {"entities": ALL, **WRONG[what]}
    with pytest.raises(StatementError):
        db.client.collect(**given)
    assert db.wire.calls == []


def test_a_partition_of_an_index_is_collected_too(db: Database) -> None:
    collected = db.client.collect([Order], index="GSI1", status=Status.open)
    assert collected[Order] == [order(1), order(2), order(3), order(9, "c2")]


def test_a_collection_of_more_than_a_megabyte_is_read_whole(open_db: Opener) -> None:
    db = open_db(lonely)
    given: list[Entity] = [Lonely(customer_id="c", number=number, text="x" * 300_000) for number in range(6)]
    db.repository(Entity).put_many(given)
    assert db.client.collect([Lonely], customer_id="c").items == given
    assert len(db.wire.calls) > 2
