"""Cursors: each item once, and no use anywhere else."""

from __future__ import annotations

import base64
import hashlib
import json
import string
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeVar

import pytest

from dynakit import Attr, CursorError, Entity, Key, KeyAttribute, Partial, Query, Repository, Table, attr
from dynakit.operations.cursor import encode_cursor
from dynakit.operations.paging import identity
from dynakit.schema.query import Read
from tests.integration.backends import Database, Opener, each_store, only
from tests.integration.shop import Order, Parcel, Status, day, order, shop

R = TypeVar("R")

OF_C1 = Order.primary(customer_id="c1")
ALPHABET = set(string.ascii_letters + string.digits + "-_")
COUNT = 12


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(shop)


@pytest.fixture
def orders(db: Database) -> Repository[Order]:
    return db.repository(Order)


@pytest.fixture
def filled(orders: Repository[Order]) -> Repository[Order]:
    orders.put_many(
        Order(
            customer_id="c1",
            order_id=f"o{number:02}",
            placed_at=day(1 + number // 4),
            count=number,
            courier="dove",
            city="Bonn",
            total=Decimal(number % 3),
        )
        for number in range(COUNT)
    )
    return orders


def pages(orders: Repository[Order], query: Read[Order, R]) -> Iterator[list[R]]:
    cursor: str | None = None
    for _ in range(COUNT + 2):
        page = orders.page(query, cursor=cursor)
        yield page.items
        cursor = page.cursor
        if cursor is None:
            return
        assert set(cursor) <= ALPHABET
    pytest.fail("the pages do not end")


QUERIES: dict[str, Query[Order]] = {
    "table": OF_C1,
    "range": Order.primary(Order.customer_id == "c1", Order.placed_at < day(9)),
    "filter": OF_C1.filter(Order.status == Status.open),
    "index with equal sort keys": Order.by_status(status=Status.open),
    "local index with equal sort keys": Order.by_total(customer_id="c1"),
}


@each_store()
@pytest.mark.parametrize("size", [1, 5, 6, 12, 13])
@pytest.mark.parametrize("name", QUERIES)
def test_pages_give_each_item_once_in_both_directions(
    filled: Repository[Order], name: str, size: int
) -> None:
    for query in (QUERIES[name], QUERIES[name].newest_first()):
        whole = filled.all(query)
        assert {one.count for one in whole} == set(range(COUNT))
        paged = list(pages(filled, query.limit(size)))
        assert [one for page in paged for one in page] == whole
        assert [len(page) for page in paged][:-1] == [size] * (len(paged) - 1)


def test_pages_of_partial_rows_and_of_an_index_without_attributes(filled: Repository[Order]) -> None:
    rows = [
        row
        for page in pages(filled, Order.by_city(city="Bonn").project(Order.total).limit(4))
        for row in page
    ]
    assert [type(row) for row in rows] == [Partial] * COUNT


def test_a_page_size_may_change_from_page_to_page(filled: Repository[Order]) -> None:
    first = filled.page(OF_C1.limit(4))
    second = filled.page(OF_C1.evaluate_at_most(5), cursor=first.cursor)
    third = filled.page(OF_C1, cursor=second.cursor)
    assert [one.count for one in [*first.items, *second.items, *third.items]] == list(range(COUNT))
    assert third.cursor is None


def test_a_page_under_a_filter_ends_where_the_next_begins(filled: Repository[Order]) -> None:
    query = OF_C1.filter(Order.count.in_([0, 1, 2, 9, 10, 11])).limit(2)
    assert [[one.count for one in page] for page in pages(filled, query)][:3] == [[0, 1], [2, 9], [10, 11]]


def test_items_written_and_deleted_between_pages_disturb_nothing(filled: Repository[Order]) -> None:
    page = filled.page(OF_C1.limit(5))
    last = page.items[-1]
    filled.delete(last)
    filled.put(order(1, order_id="a"))
    assert [one.count for one in filled.page(OF_C1, cursor=page.cursor).items] == list(range(5, COUNT))


def test_neighbours_between_pages_are_no_items(db: Database, filled: Repository[Order]) -> None:
    db.repository(Parcel).put_many(
        Parcel(customer_id="c1", placed_at=day(1), order_id="o03", number=number) for number in range(40)
    )
    assert [one.count for page in pages(filled, OF_C1.limit(3)) for one in page] == list(range(COUNT))


OTHERS: dict[str, Query[Order]] = {
    "another partition": Order.primary(customer_id="c2"),
    "another range": Order.primary(Order.customer_id == "c1", Order.placed_at >= day(1)),
    "another filter": OF_C1.filter(Order.total > Decimal(1)),
    "the other direction": OF_C1.newest_first(),
    "another index": Order.by_total(customer_id="c1"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_cursor_of_another_statement_is_refused_and_nothing_is_sent(
    db: Database, filled: Repository[Order], name: str
) -> None:
    cursor = filled.page(OF_C1.limit(3)).cursor
    db.wire.clear()
    with pytest.raises(CursorError):
        filled.page(OTHERS[name], cursor=cursor)
    assert db.wire.calls == []


def test_a_filter_with_other_values_is_another_statement(filled: Repository[Order]) -> None:
    cursor = filled.page(OF_C1.filter(Order.total >= Decimal(0)).limit(3)).cursor
    with pytest.raises(CursorError):
        filled.page(OF_C1.filter(Order.total >= Decimal(1)), cursor=cursor)


def test_a_cursor_of_another_table_is_refused(open_db: Opener, filled: Repository[Order]) -> None:
    other = open_db(shop).repository(Order)
    with pytest.raises(CursorError):
        other.page(OF_C1, cursor=filled.page(OF_C1.limit(3)).cursor)


def test_an_altered_cursor_is_refused_whatever_is_altered(db: Database, filled: Repository[Order]) -> None:
    cursor = filled.page(OF_C1.limit(3)).cursor or ""
    db.wire.clear()
    altered = [
        cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))
    ]
    garbage = [
        "",
        " ",
        "A",
        "AQ",
        "é",
        "\ud800",
        "=" * 8,
        "a" * 100_000,
        cursor * 2,
        cursor + "A",
        cursor + "=",
        cursor + "\n",
    ]
    for one in [*altered, *(cursor[:length] for length in range(len(cursor))), *garbage, cursor.upper()]:
        with pytest.raises(CursorError) as raised:
            filled.page(OF_C1, cursor=one)
        assert (
            str(raised.value)
            == "cursor: it is not of this statement, or was altered. Start again without a cursor."
        )
    assert db.wire.calls == []


def forged(db: Database, query: Query[Order], key: object) -> str:
    """A cursor as somebody makes it who knows how: the fingerprint is no secret."""
    body = json.dumps(key).encode()
    fingerprint = hashlib.sha256(identity(query, db.environment).encode() + b"\0" + body).digest()[:12]
    return base64.urlsafe_b64encode(b"\1" + fingerprint + body).decode().rstrip("=")


PK, SK = {"S": "CUSTOMER#c1"}, {"S": "ORDER#2026-01-01T00:00:00.000000Z#o01"}
FORGED: dict[str, object] = {
    "another partition": {"PK": {"S": "CUSTOMER#c2"}, "SK": SK},
    "outside the range": {"PK": PK, "SK": {"S": "PROFILE"}},
    "before the range": {"PK": PK, "SK": {"S": "INVOICE#000001"}},
    "a number": {"PK": PK, "SK": {"N": "1"}},
    "no text": {"PK": PK, "SK": {"S": 1}},
    "null": {"PK": PK, "SK": {"S": None}},
    "two types": {"PK": PK, "SK": {**SK, "N": "1"}},
    "no type": {"PK": PK, "SK": {}},
    "no value": {"PK": PK, "SK": "ORDER#1"},
    "a list": {"PK": PK, "SK": [SK]},
    "no sort key": {"PK": PK},
    "no key": {},
    "a key too many": {"PK": PK, "SK": SK, "x": {"S": "1"}},
    "text": "PK",
    "a list for a key": [PK, SK],
    "nothing": None,
    "a surrogate": {"PK": PK, "SK": {"S": "ORDER#\ud800"}},
    "longer than a key": {"PK": PK, "SK": {"S": "ORDER#" + "x" * 3000}},
}


@only("embedded")
@pytest.mark.parametrize("what", FORGED)
def test_a_forged_cursor_moves_nowhere_but_in_its_own_range(
    db: Database, orders: Repository[Order], what: str
) -> None:
    with pytest.raises(CursorError):
        orders.page(OF_C1, cursor=forged(db, OF_C1, FORGED[what]))
    assert db.wire.calls == []


BY_STATUS = Order.by_status(Order.status == Status.open, Order.placed_at > day(1))
ENTRY = {"GSI1PK": {"S": "STATUS#open"}, "GSI1SK": {"S": "2026-01-02T00:00:00.000000Z"}, "PK": PK, "SK": SK}
FORGED_ON_INDEX: dict[str, dict[str, object]] = {
    "another partition": {"GSI1PK": {"S": "STATUS#paid"}},
    "outside the range": {"GSI1SK": {"S": "2026-01-01T00:00:00.000000Z"}},
    "a number in the primary key": {"PK": {"N": "1"}},
    "no text in the primary key": {"PK": {"S": 1}},
    "an empty primary key": {"SK": {"S": ""}},
    "no value in the primary key": {"SK": 5},
    "binary that is none": {"SK": {"B": "?"}},
}


@only("embedded")
@pytest.mark.parametrize("what", FORGED_ON_INDEX)
def test_a_forged_cursor_of_an_index_is_refused(db: Database, orders: Repository[Order], what: str) -> None:
    cursor = forged(db, BY_STATUS, {**ENTRY, **FORGED_ON_INDEX[what]})
    with pytest.raises(CursorError):
        orders.page(BY_STATUS, cursor=cursor)
    assert db.wire.calls == []


@only("embedded")
def test_a_cursor_nested_too_deep_to_read_is_refused(orders: Repository[Order], db: Database) -> None:
    deep: object = "x"
    for _ in range(900):
        deep = [deep]
    with pytest.raises(CursorError):
        orders.page(OF_C1, cursor=forged(db, OF_C1, {"PK": PK, "SK": deep}))


def test_the_longest_keys_have_cursors_too(db: Database, orders: Repository[Order]) -> None:
    """Every character of four bytes, which JSON could write as twelve."""
    customer, identifier = "😀" * 500, "😀" * 240
    orders.put_many(order(number, customer, order_id=f"{number}{identifier}") for number in (1, 2, 3))
    for query in (Order.primary(customer_id=customer), Order.by_status(status=Status.open)):
        assert [one.placed_at for page in pages(orders, query.limit(1)) for one in page] == [
            day(1),
            day(2),
            day(3),
        ]
    assert len(db.everything(shop)) == 3


numbers = Table("numbers", pk=KeyAttribute("run", "N"), sk=KeyAttribute("at", "N"))


class Reading(Entity, table=numbers):
    primary = Key("{run}", "{at}")
    run: Attr[int]
    at: Attr[Decimal]
    text: Attr[str] = attr(default="")


def test_pages_over_numeric_keys_hold_every_number(open_db: Opener) -> None:
    readings = open_db(numbers).repository(Reading)
    places = [
        Decimal(text) for text in ("-1E+100", "-1", "-1E-130", "0", "1E-130", "0.1", "1", "1E+2", "1E+125")
    ]
    readings.put_many(Reading(run=1, at=at) for at in places)
    found: list[Decimal] = []
    cursor: str | None = None
    while True:
        page = readings.page(Reading.primary(run=1).limit(1), cursor=cursor)
        found += [one.at for one in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == places


@only("embedded")
@pytest.mark.parametrize("text", ["NaN", "Infinity", "sNaN", "1e999999999", "x", "", "1_0", "١"])
def test_a_forged_number_is_refused(open_db: Opener, text: str) -> None:
    db = open_db(numbers)
    query = Reading.primary(Reading.run == 1, Reading.at > Decimal(0))
    cursor = encode_cursor(identity(query, db.environment), {"run": {"N": "1"}, "at": {"N": text}})
    with pytest.raises(CursorError):
        db.repository(Reading).page(query, cursor=cursor)
