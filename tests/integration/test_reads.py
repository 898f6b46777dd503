"""Reads: gets, queries, filters, projections, and the three knobs exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dynakit import (
    KEYS_ONLY,
    Attr,
    Condition,
    DecodeError,
    Entity,
    Environment,
    Index,
    Key,
    MoreThanOne,
    NotFound,
    Repository,
    StatementError,
    Table,
    attr,
)
from tests.integration.backends import Database, Opener, deviates, each_store
from tests.integration.shop import Address, Customer, Invoice, Line, Order, Parcel, Status, day, order, shop

OF_C1 = Order.primary(customer_id="c1")
MANY = 100


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(shop)


@pytest.fixture
def orders(db: Database) -> Repository[Order]:
    return db.repository(Order)


def ids(found: list[Order]) -> list[str]:
    return [one.order_id for one in found]


def test_get_require_and_exists(db: Database, orders: Repository[Order]) -> None:
    key = Order.primary(customer_id="c1", placed_at=day(1), order_id="o1")
    assert orders.get(key) is None
    assert not orders.exists(key)
    assert not orders.exists(OF_C1)
    with pytest.raises(NotFound):
        orders.require(key)
    orders.put(order(1))
    assert orders.get(key) == orders.get(order(1), consistent=True) == orders.require(key) == order(1)
    assert orders.exists(key)
    assert orders.exists(OF_C1)
    assert orders.exists(OF_C1.filter(Order.status == Status.open))
    assert not orders.exists(OF_C1.filter(Order.status == Status.paid))
    assert db.wire.actions.count("GetItem") == 7


def test_a_consistent_read_says_so(db: Database, orders: Repository[Order]) -> None:
    orders.get(order(1), consistent=True)
    orders.all(OF_C1.consistent())
    orders.all(OF_C1)
    orders.get_many([order(1)], consistent=True)
    sent = [call.payload.get("ConsistentRead") for call in db.wire.calls[:3]]
    assert sent == [True, True, None]
    assert [table["ConsistentRead"] for table in db.wire.calls[3].payload["RequestItems"].values()] == [True]
    with pytest.raises(StatementError, match="no consistent reads"):
        Order.by_status(status=Status.open).consistent()


def test_first_one_and_count(orders: Repository[Order]) -> None:
    assert orders.first(OF_C1) is None
    with pytest.raises(NotFound):
        orders.one(OF_C1)
    orders.put_many(order(number) for number in (1, 2, 3))
    assert orders.first(OF_C1) == order(1)
    assert orders.first(OF_C1.newest_first()) == order(3)
    assert orders.one(Order.primary(Order.customer_id == "c1", Order.placed_at > day(2))) == order(3)
    with pytest.raises(MoreThanOne):
        orders.one(OF_C1)
    assert (orders.count(OF_C1), orders.count(OF_C1.limit(2)), orders.count(OF_C1.evaluate_at_most(1))) == (
        3,
        2,
        1,
    )


def test_items_of_neighbours_in_the_range_are_left_out(db: Database, orders: Repository[Order]) -> None:
    orders.put_many(order(number) for number in (1, 2, 3))
    parcels = [
        Parcel(customer_id="c1", placed_at=day(2), order_id="o2", number=number) for number in range(50)
    ]
    db.repository(Parcel).put_many(parcels)
    db.repository(Customer).put(Customer(customer_id="c1", name="Ada"))
    db.repository(Invoice).put(Invoice(customer_id="c1", number=1))
    assert ids(orders.all(OF_C1)) == ["o1", "o2", "o3"]
    assert orders.count(OF_C1) == 3
    assert ids(orders.all(OF_C1.newest_first().limit(2))) == ["o3", "o2"]
    of_two = Parcel.primary(customer_id="c1", placed_at=day(2), order_id="o2")
    assert [one.number for one in db.repository(Parcel).all(of_two)] == list(range(50))


CONDITIONS: dict[str, tuple[Condition[Order], set[str]]] = {
    "=": (Order.total == Decimal(2), {"o2"}),
    "<>": (Order.total != Decimal(2), {"o1", "o3"}),
    "<": (Order.total < Decimal(2), {"o1"}),
    "<=": (Order.total <= Decimal(2), {"o1", "o2"}),
    ">": (Order.total > Decimal(2), {"o3"}),
    ">=": (Order.total >= Decimal(2), {"o2", "o3"}),
    "between": (Order.total.between(Decimal(2), Decimal(9)), {"o2", "o3"}),
    "in": (Order.status.in_([Status.paid, Status.sent]), {"o2", "o3"}),
    "exists": (Order.note.exists(), {"o2"}),
    "not exists": (Order.note.not_exists(), {"o1", "o3"}),
    "has type": (Order.note.has_type("S"), {"o2"}),
    "begins with": (Order.courier.begins_with("do"), {"o1"}),
    "contains in text": (Order.courier.contains("ov"), {"o1"}),
    "contains in set": (Order.tags.contains("b"), {"o2", "o3"}),
    "contains in list": (Order.prices.contains(3), {"o3"}),
    "size of text": (Order.order_id.size() == 2, {"o1", "o2", "o3"}),
    "size of list": (Order.prices.size() > 1, {"o3"}),
    "size of set": (Order.tags.size().between(2, 3), {"o3"}),
    "and": ((Order.total > Decimal(1)) & Order.note.exists(), {"o2"}),
    "or": ((Order.total > Decimal(2)) | Order.note.exists(), {"o2", "o3"}),
    "not": (~Order.note.exists(), {"o1", "o3"}),
    "not and or": (
        ~((Order.total == Decimal(1)) | (Order.note.exists() & (Order.total > Decimal(1)))),
        {"o3"},
    ),
    "or in and": ((Order.note.exists() | (Order.total == Decimal(1))) & (Order.total < Decimal(2)), {"o1"}),
    "another attribute": (Order.courier == Order.city, {"o3"}),
    "nested": (Order.ship_to / Address.city == "Bonn", {"o1"}),
    "nested with a name of its own": (Order.ship_to / Address.zip_code == "53", {"o1"}),
    "nested exists": ((Order.ship_to / Address.zip_code).not_exists(), {"o2", "o3"}),
    "in a list": (Order.prices[0] == 1, {"o2", "o3"}),
    "behind a list": (Order.prices[1].exists(), {"o3"}),
    "in a map": (Order.labels["a.b"] == "x", {"o2"}),
    "in a model in a list": (Order.lines[0].at("sku", str) == "s", {"o3"}),
    "whole nested": (Order.ship_to == Address(city="Ulm"), {"o2"}),
    "whole set": (Order.tags == {"b"}, {"o2"}),
    "whole list": (Order.prices == [1, 3], {"o3"}),
}


MOTO = {
    "size of set": "moto counts the members of the type, not of the set",
    "another attribute": "moto raises ValueError where it compares two absent attributes",
}


@each_store()
@pytest.mark.parametrize("name", CONDITIONS)
def test_a_filter_gives_the_items_of_which_it_is_true(
    orders: Repository[Order], name: str, backend: str, request: pytest.FixtureRequest
) -> None:
    deviates(request, backend, embedded=MOTO.get(name))
    condition, expected = CONDITIONS[name]
    orders.put_many(
        [
            order(1, total=1, courier="dove", ship_to={"city": "Bonn", "zip_code": "53"}),
            order(
                2,
                total=2,
                status="paid",
                note="",
                tags={"b"},
                prices=[1],
                labels={"a.b": "x"},
                ship_to={"city": "Ulm"},
            ),
            order(
                3,
                total=3,
                status="sent",
                courier="x",
                city="x",
                tags={"b", "c"},
                prices=[1, 3],
                lines=[Line(sku="s")],
            ),
        ]
    )
    assert set(ids(orders.all(OF_C1.filter(condition)))) == expected
    assert orders.count(OF_C1.filter(condition)) == len(expected)


def test_an_attribute_inside_a_key_can_be_filtered_by_too(orders: Repository[Order]) -> None:
    """What DynamoDB filters by is the attribute beside the key attribute, of the same value."""
    orders.put_many([order(1), order(2)])
    assert ids(orders.all(OF_C1.filter(Order.placed_at > day(1)))) == ["o2"]
    assert ids(orders.all(Order.by_status(status=Status.open).filter(Order.customer_id == "c1"))) == [
        "o1",
        "o2",
    ]


def test_the_limit_counts_results_after_filtering(db: Database, orders: Repository[Order]) -> None:
    fill(orders)
    third = OF_C1.filter(Order.count.in_([0, 3, 6, 9]))
    assert [one.count for one in orders.all(third.limit(3))] == [0, 3, 6]
    assert orders.count(third.limit(3)) == 3
    assert len(orders.all(OF_C1.limit(7))) == 7
    assert len(orders.all(OF_C1.newest_first().limit(70))) == 70
    db.wire.clear()
    invoices = db.repository(Invoice)
    invoices.put_many(Invoice(customer_id="c1", number=number) for number in range(1, 4))
    assert len(invoices.all(Invoice.primary(customer_id="c1").limit(2))) == 2
    assert db.wire.replies[-1]["ScannedCount"] == 2


def fill(orders: Repository[Order], count: int = MANY) -> None:
    """Orders o0… of one customer, in the order of their numbers."""
    orders.put_many(
        Order(customer_id="c1", order_id=f"o{number:03}", placed_at=day(1), count=number)
        for number in range(count)
    )


def scanned(db: Database) -> int:
    return sum(reply["ScannedCount"] for reply in db.wire.replies)


@each_store()
@pytest.mark.parametrize("most", [1, 31, 32, 33, 99, 100, 101])
def test_evaluate_at_most_counts_items_read_over_all_pages(
    db: Database, orders: Repository[Order], most: int
) -> None:
    fill(orders)
    db.wire.clear()
    even = OF_C1.filter(Order.count.in_(range(0, MANY, 2))).evaluate_at_most(most)
    read = min(most, MANY)
    assert [one.count for one in orders.all(even)] == list(range(0, read, 2))
    assert scanned(db) == read
    db.wire.clear()
    assert len(orders.all(even.limit(1000))) == (read + 1) // 2
    assert scanned(db) == read
    assert orders.count(even) == (read + 1) // 2


@pytest.mark.parametrize("most", [1, 2, 3])
def test_requests_at_most_counts_requests(db: Database, orders: Repository[Order], most: int) -> None:
    fill(orders)
    db.wire.clear()
    rare = OF_C1.filter(Order.count.in_([0, 40, 99])).limit(3).requests_at_most(most)
    page = orders.page(rare)
    assert len(db.wire.calls) == most
    assert [one.count for one in page.items] == [0, 40, 99][:most]
    assert len(orders.all(rare)) == most


def test_a_limit_with_a_rare_filter_reads_on_to_the_end(db: Database, orders: Repository[Order]) -> None:
    fill(orders)
    db.wire.clear()
    last = OF_C1.filter(Order.count == MANY - 1)
    assert [one.count for one in orders.all(last.limit(1))] == [MANY - 1]
    assert orders.first(last) == orders.one(last)
    assert orders.count(OF_C1.filter(Order.count == MANY).limit(1)) == 0
    per_query = [reply["ScannedCount"] for reply in db.wire.replies]
    assert len(per_query) == 12
    assert all(sum(per_query[start : start + 3]) == MANY for start in (0, 3, 6, 9))


bills = Table(
    "bills", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK", projection=KEYS_ONLY)]
)


class Bill(Entity, table=bills):
    primary = Key("RUN#{run}", "BILL#{number:04d}")
    by_payer = Key("PAYER#{payer}", "{day}", index="GSI1")
    run: Attr[str]
    number: Attr[int]
    text: Attr[str] = attr(default="")
    payer: Attr[str | None] = attr(default=None)
    day: Attr[str | None] = attr(default=None)


class Reminder(Entity, table=bills):
    """In the same partition of the index as the bills of its payer, which does not hold the type."""

    primary = Key("REMINDER#{id}", "REMINDER")
    by_payer = Key("PAYER#{payer}", "{day}#{id}", index="GSI1")
    id: Attr[str] = attr(key_only=True)
    payer: Attr[str]
    day: Attr[str]


def test_iterating_reads_a_page_when_it_is_asked_for(open_db: Opener) -> None:
    """Pages of a megabyte: three items of 390,000 bytes are more than one holds."""
    db = open_db(bills)
    repository = db.repository(Bill)
    repository.put_many(Bill(run="r", number=number, text="x" * 390_000) for number in range(6))
    db.wire.clear()
    results = repository.iterate(Bill.primary(run="r"))
    assert db.wire.calls == []
    assert next(results).number == 0
    assert len(db.wire.calls) == 1
    assert [one.number for one in results] == [1, 2, 3, 4, 5]
    assert len(db.wire.calls) in (2, 3)  # DynamoDB looks no further than its page, so a last one may be empty
    assert repository.count(Bill.primary(run="r")) == 6


def test_a_range_that_holds_nothing_is_empty_without_a_call(db: Database, orders: Repository[Order]) -> None:
    reversed_range = Order.primary(Order.customer_id == "c1", Order.placed_at.between(day(2), day(1)))
    assert orders.all(reversed_range) == []
    assert list(orders.iterate(reversed_range)) == []
    assert orders.count(reversed_range) == 0
    assert orders.first(reversed_range) is None
    assert orders.page(reversed_range).items == []
    assert orders.page(reversed_range).cursor is None
    assert not orders.exists(reversed_range)
    assert db.wire.calls == []
    with pytest.raises(StatementError, match="empty"):
        reversed_range.compile(Environment())


def test_a_projection_gives_typed_partial_rows(db: Database, orders: Repository[Order]) -> None:
    orders.put(order(1, total="12.50", ship_to={"city": "Bonn"}, labels={"a.b": "1"}, prices=[4, 5]))
    orders.put(order(2))
    query = OF_C1.project(
        Order.total,
        Order.ship_to / Address.city,
        Order.labels["a.b"],
        Order.prices,
        Order.note,
        Order.order_id,
    )
    first, second = orders.all(query)
    assert first[Order.total] == Decimal("12.50")
    assert (first[Order.ship_to / Address.city], first[Order.labels["a.b"]]) == ("Bonn", "1")
    assert (first[Order.prices], first[Order.note], first[Order.order_id]) == ([4, 5], None, "o1")
    assert second.as_dict() == {
        "total": 0,
        "ship_to.city": None,
        "labels.a.b": None,
        "prices": [],
        "note": None,
        "order_id": "o2",
    }
    with pytest.raises(StatementError, match="was not projected"):
        first[Order.status]
    sent = db.wire.calls[-1].payload
    names = {
        sent["ExpressionAttributeNames"][name]
        for name in sent["ProjectionExpression"].replace(".", ", ").split(", ")
    }
    assert names == {
        "PK",
        "SK",
        "_type",
        "total",
        "ship_to",
        "city",
        "labels",
        "a.b",
        "prices",
        "State#Date",
        "order_id",
    }


def test_a_projection_of_a_nested_path_and_its_whole_is_one(orders: Repository[Order]) -> None:
    orders.put(order(1, ship_to={"city": "Bonn", "zip_code": "1"}, total=3))
    row = orders.one(OF_C1.project(Order.total, Order.total, Order.ship_to))
    assert row[Order.ship_to] == Address(city="Bonn", zip_code="1")
    row = orders.one(OF_C1.project(Order.ship_to, Order.ship_to / Address.city))
    assert (row[Order.ship_to], row[Order.ship_to / Address.city]) == (
        Address(city="Bonn", zip_code="1"),
        "Bonn",
    )


def test_a_projection_pages_filters_and_counts_as_the_whole_does(orders: Repository[Order]) -> None:
    fill(orders)
    query = OF_C1.filter(Order.count.in_([1, 50, 99])).project(Order.count)
    assert [row[Order.count] for row in orders.all(query)] == [1, 50, 99]
    page = orders.page(query.limit(2))
    assert [row[Order.count] for row in page.items] == [1, 50]
    assert [row[Order.count] for row in orders.page(query.limit(2), cursor=page.cursor).items] == [99]
    first = orders.first(query)
    assert first is not None
    assert first[Order.count] == 1
    assert orders.count(query) == 3


def test_an_index_that_projects_some_attributes_gives_partial_rows(orders: Repository[Order]) -> None:
    orders.put(order(1, city="Bonn", courier="dove", total=3, note="n", ship_to={"city": "Bonn"}))
    by_city = Order.by_city(city="Bonn")
    row = orders.one(by_city.project(Order.total, Order.ship_to / Address.city))
    assert (row[Order.total], row[Order.ship_to / Address.city]) == (Decimal(3), "Bonn")
    assert orders.count(by_city) == 1
    assert orders.count(Order.by_courier(courier="dove")) == 1


def test_what_an_index_does_not_hold_is_never_read_as_a_default(orders: Repository[Order]) -> None:
    orders.put(order(1, city="Bonn", courier="dove", total=3, note="n", count=1))
    for query in (Order.by_city(city="Bonn"), Order.by_courier(courier="dove")):
        with pytest.raises((StatementError, DecodeError)):
            orders.all(query)
        with pytest.raises((StatementError, DecodeError)):
            orders.all(query.project(Order.note))
        with pytest.raises((StatementError, DecodeError)):
            orders.all(query.filter(Order.note.not_exists()).project(Order.total))


def test_rows_of_other_entities_in_an_index_without_the_type_are_told_from_their_keys(
    open_db: Opener,
) -> None:
    db = open_db(bills)
    bill, reminders = db.repository(Bill), db.repository(Reminder)
    bill.put_many(Bill(run="r", number=number, payer="p", day=f"d{number % 3}") for number in range(30))
    reminders.put_many(Reminder(id=f"r{number}", payer="p", day=f"d{number % 3}") for number in range(30))
    assert (bill.count(Bill.by_payer(payer="p")), reminders.count(Reminder.by_payer(payer="p"))) == (30, 30)
    query = Reminder.by_payer(Reminder.payer == "p", Reminder.day >= "d1").project(Reminder.id)
    assert {row[Reminder.id] for row in reminders.all(query)} == {
        f"r{number}" for number in range(30) if number % 3
    }
    assert reminders.count(query.limit(7)) == len(reminders.all(query.limit(7))) == 7
    assert len(list(reminders.iterate(query))) == 20
