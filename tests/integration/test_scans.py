"""Scans, counts of scans, and deleting all a query gives, on every store."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from dynakit import (
    Attr,
    Collection,
    Entity,
    Index,
    Key,
    Scan,
    ScanProgress,
    Table,
    attr,
    deleted,
    expires,
    now,
    unique,
)
from dynakit.operations.limits import units_used
from tests.integration.backends import Opener, each_store, everywhere

SHOP = Table("scans", pk="PK", sk="SK", time_to_live="ttl", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")])


class Order(Entity, table=SHOP):
    primary = Key("CUSTOMER#{customer}", "ORDER#{number:06d}")
    by_state = Key("STATE#{state}", "{number:06d}", index="GSI1")
    customer: Attr[str]
    number: Attr[int]
    state: Attr[str | None] = attr(default=None)


class Session(Entity, table=SHOP):
    primary = Key("CUSTOMER#{customer}", "SESSION#{name}")
    customer: Attr[str]
    name: Attr[str]
    ends: Attr[datetime | None] = expires()


class Note(Entity, table=SHOP):
    primary = Key("CUSTOMER#{customer}", "NOTE#{name}")
    customer: Attr[str]
    name: Attr[str]
    gone: Attr[datetime | None] = deleted()


class Member(Entity, table=SHOP):
    primary = Key("CUSTOMER#{customer}", "MEMBER")
    once = unique("email")
    customer: Attr[str]
    email: Attr[str]


def orders_of(count: int, customers: int = 7) -> list[Order]:
    return [
        Order(customer=f"c{number % customers}", number=number, state="open" if number % 3 == 0 else None)
        for number in range(count)
    ]


@everywhere()
def test_parallel_segments_give_every_item_once_and_leave_the_others_out(open_db: Opener) -> None:
    db = open_db(SHOP)
    orders = db.repository(Order)
    orders.put_many(orders_of(60))
    db.repository(Member).create(Member(customer="c1", email="m@example.com"))
    db.put_raw(SHOP, {"PK": {"S": "x"}, "SK": {"S": "y"}})
    told: list[ScanProgress] = []
    scan = Scan(Order).segments(4, at_once=3).items_per_request(9)
    found = list(orders.scan(scan, on_progress=told.append))
    assert sorted(order.number for order in found) == list(range(60))
    assert told[-1].done
    # The member, the guard of its e-mail and a foreign item are read, too.
    assert (told[-1].given, told[-1].read) == (60, 63)
    assert told[-1].capacity > 0
    assert orders.count_scan(scan) == 60


@everywhere()
def test_a_scan_that_is_left_at_any_page_is_resumed_without_missing_or_repeating(open_db: Opener) -> None:
    db = open_db(SHOP)
    orders = db.repository(Order)
    orders.put_many(orders_of(40))
    scan = Scan(Order).segments(3).items_per_request(4)
    seen: Counter[int] = Counter()
    stored: str | None = None
    for taken in range(1, 60):
        pages = orders.scan_pages(scan, checkpoint=stored)
        for _, page in zip(range(taken % 3 + 1), pages, strict=False):
            seen.update(order.number for order in page.items)
            stored, done = page.checkpoint, page.progress.done
            if done:
                break
        else:
            continue
        break
    assert seen == dict.fromkeys(range(40), 1)
    assert list(orders.scan_pages(scan, checkpoint=stored)) == []


@each_store()
def test_entities_filters_and_an_index(open_db: Opener) -> None:
    db = open_db(SHOP)
    orders = db.repository(Order)
    orders.put_many(orders_of(12))
    notes = [Note(customer="c1", name=name) for name in "ab"]
    for note in notes:
        db.repository(Note).create(note)
    both = db.client.scan(Scan(Order, Note).filter(Order.number < 3))
    assert Counter(type(one).__name__ for one in both) == {"Order": 3, "Note": 2}
    indexed = Scan(Order, index="GSI1")
    assert sorted(order.number for order in orders.scan(indexed)) == [0, 3, 6, 9]
    assert orders.count_scan(Scan(Order).filter(Order.number >= 10).consistent()) == 2


@each_store()
def test_expired_and_deleted_items_are_hidden_from_scans_unless_asked_for(open_db: Opener) -> None:
    db = open_db(SHOP)
    sessions, notes = db.repository(Session), db.repository(Note)
    for hours in (-1, 1):
        sessions.put(Session(customer="c", name=str(hours), ends=now() + timedelta(hours=hours)))
    sessions.put(Session(customer="c", name="endless"))
    for name in "ab":
        notes.create(Note(customer="c", name=name))
    notes.delete(Note.primary(customer="c", name="a"))

    def names(scan: Scan[Session | Note]) -> list[str]:
        return sorted(one.name for one in db.client.scan(scan))

    scan = Scan(Session, Note)
    assert names(scan) == ["1", "b", "endless"]
    assert names(scan.including_expired()) == ["-1", "1", "b", "endless"]
    assert names(scan.including_deleted()) == ["1", "a", "b", "endless"]
    assert db.client.count_scan(scan) == 3
    assert db.client.count_scan(scan.including_deleted().including_expired()) == 5


@everywhere()
def test_a_partition_is_deleted_whole_and_nothing_else(open_db: Opener) -> None:
    db = open_db(SHOP)
    orders = db.repository(Order)
    orders.put_many(orders_of(120, customers=2))
    told: list[int] = []
    query = Order.primary(customer="c1")
    assert orders.delete_all(query.evaluate_at_most(40), on_deleted=told.append) == 40
    assert orders.delete_all(query, write_units_per_second=10_000) == 20
    assert told[-1] == 40
    assert {order.customer for order in orders.scan(Scan(Order))} == {"c0"}
    assert orders.count_scan(Scan(Order)) == 60


@each_store()
def test_deleting_all_keeps_what_a_filter_leaves_and_guards_and_soft_deletion(open_db: Opener) -> None:
    db = open_db(SHOP)
    orders, notes, members = db.repository(Order), db.repository(Note), db.repository(Member)
    orders.put_many([Order(customer="c", number=number) for number in range(10)])
    notes.create(Note(customer="c", name="a"))
    members.create(Member(customer="c", email="m@example.com"))
    assert orders.delete_all(Order.primary(customer="c").filter(Order.number != 4)) == 9
    everything = Collection((Order, Note, Member), customer="c")
    assert db.client.delete_all(everything) == 3
    assert [item["SK"] for item in db.everything(SHOP)] == [{"S": "NOTE#a"}]
    assert notes.restore(Note.primary(customer="c", name="a")).name == "a"
    members.create(Member(customer="d", email="m@example.com"))
    assert notes.delete_all(Note.primary(customer="c"), permanently=True) == 1
    assert db.stored(Note.primary(customer="c", name="a")) is None


@each_store()
def test_a_limited_batch_asks_for_the_capacity_it_uses_and_gets_it(open_db: Opener) -> None:
    db = open_db(SHOP)
    db.repository(Order).put_many(orders_of(30), write_units_per_second=10_000)
    assert [call.payload["ReturnConsumedCapacity"] for call in db.wire.calls] == ["TOTAL"] * 2
    assert all(units_used(reply, -1) > 0 for reply in db.wire.replies)


class Parcel(Entity, table=SHOP):
    primary = Key("PARCELS", "{number:06d}")
    number: Attr[int]
    note: Attr[str]
    labels: Attr[list[dict[str, str]]]


@everywhere()
def test_large_pages_are_given_whole_whatever_stands_in_the_items(open_db: Opener) -> None:
    """Pages of more than 64 KB, whose items are parsed one by one; some end where an item might."""
    parcels = open_db(SHOP).repository(Parcel)
    notes = ('}},{"', '"],"', "é☃𝄞\\", "x" * 500)
    made = [
        Parcel(number=number, note=notes[number % 4], labels=[{"to": '"}}', "by": notes[number % 3]}] * 9)
        for number in range(250)
    ]
    parcels.put_many(made)
    query = Parcel.primary()
    assert list(parcels.iterate(query)) == parcels.all(query) == made
    assert [parcel.number for parcel in parcels.iterate(query.newest_first().limit(120))] == [
        parcel.number for parcel in reversed(made[-120:])
    ]
    assert sorted(parcels.scan(Scan(Parcel)), key=lambda parcel: parcel.number) == made
