"""Writes, read back from the table's stream as typed changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynakit import (
    AsyncTableCheckpoint,
    Attr,
    Change,
    Entity,
    FileCheckpoint,
    Inserted,
    Key,
    Modified,
    Removed,
    StatementError,
    StreamReader,
    Table,
    TableCheckpoint,
    attr,
)
from dynakit.streams.checkpoint import CheckpointStore
from dynakit.table import StreamView
from tests.integration.backends import Database, Opener, each_store
from tests.unit.support.feed import Customer, Order, feed

ORDERS = StreamReader(Order)
BOTH = StreamReader(Order, Customer)


def order(number: int = 1, **values: Any) -> Order:
    return Order.model_validate({"customer_id": "c1", "order_id": f"o{number}", **values})


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(feed)


def read(db: Database, reader: StreamReader[Any] = BOTH, **options: Any) -> Iterator[Change[Any]]:
    """The changes there are."""
    given: dict[str, Any] = {"until_idle": 0, "pause": 0.01, **options}
    return db.client.stream(reader, **given)


def told(changes: Iterator[Change[Any]]) -> list[tuple[Any, ...]]:
    return [
        ("+", change.new)
        if isinstance(change, Inserted)
        else ("~", change.old, change.new, change.changed)
        if isinstance(change, Modified)
        else ("-", change.old)
        for change in changes
    ]


def test_each_write_is_a_change_with_its_images(db: Database) -> None:
    orders, customers = db.repository(Order), db.repository(Customer)
    first = order(tags={"a", "b"}, seal=b"\x00\xff")
    orders.create(first)
    customers.put(Customer(customer_id="c1", name="Ada"))
    paid = orders.update(first, Order.status.set("paid"), Order.tags.add_to_set("c"))
    orders.update(paid, Order.status.set("paid"))
    orders.delete(paid)
    assert told(read(db)) == [
        ("+", first),
        ("+", Customer(customer_id="c1", name="Ada")),
        ("~", first, paid, frozenset({"status", "tags"})),
        ("-", paid),
    ]


@each_store()
@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("KEYS_ONLY", [(None, None), (None, None), (None, None)]),
        ("NEW_IMAGE", [(None, "a"), (None, "b"), (None, None)]),
        ("OLD_IMAGE", [(None, None), ("a", None), ("b", None)]),
        ("NEW_AND_OLD_IMAGES", [(None, "a"), ("a", "b"), ("b", None)]),
    ],
)
def test_each_view(open_db: Opener, view: StreamView, expected: list[tuple[str | None, str | None]]) -> None:
    viewed = Table("viewed", pk="PK", stream=view)

    class Note(Entity, table=viewed):
        primary = Key("NOTE#{number:03d}")
        number: Attr[int]
        text: Attr[str] = attr(default="")

    db = open_db(viewed)
    notes = db.repository(Note)
    notes.create(Note(number=7, text="a"))
    notes.update(Note.primary(number=7), Note.text.set("b"))
    notes.delete(Note.primary(number=7))
    changes = list(read(db, StreamReader(Note)))
    found = [(getattr(change, "old", None), getattr(change, "new", None)) for change in changes]
    assert [(old and old.text, new and new.text) for old, new in found] == expected
    assert [type(change) for change in changes] == [Inserted, Modified, Removed]
    assert {change.view for change in changes} == {view}
    assert {str(change.key) for change in changes} == {str(Note.primary(number=7))}
    assert {change.table for change in changes} == {db.name(viewed)}


def test_the_key_of_a_change_gets_its_item(db: Database) -> None:
    db.repository(Order).create(order())
    [change] = read(db, ORDERS)
    assert db.repository(Order).get(change.key) == order()


values = st.fixed_dictionaries(
    {},
    optional={
        "status": st.text(max_size=5),
        "total": st.decimals(-999, 999, places=2),
        "tags": st.sets(st.text(min_size=1, max_size=3), max_size=3),
        "seal": st.none() | st.binary(max_size=5),
    },
)
writes = st.lists(st.tuples(st.sampled_from([1, 2]), st.none() | values), min_size=1, max_size=6)


@each_store()
def test_the_changes_are_the_writes(open_db: Opener) -> None:
    """Puts and deletes of two items, each in order; a write that changes nothing is no change."""
    db = open_db(feed)
    orders, changes = db.repository(Order), db.client.stream(ORDERS, until_idle=None, pause=0.001)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(writes)
    def follows(written: list[tuple[int, dict[str, Any] | None]]) -> None:
        there: dict[int, Order] = {}
        expected: list[tuple[Any, ...]] = []
        for number, given_values in [*written, (1, None), (2, None)]:
            old = there.pop(number, None)
            if given_values is None:
                orders.delete(order(number), missing_ok=True)
                expected += [] if old is None else [("-", old)]
                continue
            there[number] = new = order(number, **given_values)
            orders.put(new)
            if old is None:
                expected.append(("+", new))
            elif old != new:
                differing = {name for name in Order.model_fields if getattr(old, name) != getattr(new, name)}
                expected.append(("~", old, new, frozenset(differing)))
        found = told(next(changes) for _ in expected)
        assert [group(found, number) for number in (1, 2)] == [group(expected, number) for number in (1, 2)]

    follows()


def group(changes: list[tuple[Any, ...]], number: int) -> list[tuple[Any, ...]]:
    return [change for change in changes if change[1].order_id == f"o{number}"]


def table_checkpoint(db: Database) -> CheckpointStore:
    if db.backend.endswith("async"):
        inner: Any = vars(db.client)["_inner"]
        store: CheckpointStore = cast("Any", AsyncTableCheckpoint(inner, feed, "reader"))
        return store
    return TableCheckpoint(db.client, feed, "reader")


@pytest.mark.parametrize("kept", ["file", "table"])
def test_reading_goes_on_where_it_was_left(db: Database, kept: str, tmp_path: Path) -> None:
    store = FileCheckpoint(tmp_path / "here.json") if kept == "file" else table_checkpoint(db)
    orders = db.repository(Order)
    orders.put_many(order(number) for number in range(5))

    def numbers(count: int = 99, **options: Any) -> list[str]:
        changes = read(db, ORDERS, checkpoint=store, **options)
        return [change.item.order_id for change, _ in zip(changes, range(count), strict=False)]

    first = numbers(3, batch=2)
    rest = numbers()
    assert sorted({*first, *rest}) == [f"o{number}" for number in range(5)]
    assert numbers() == []
    orders.create(order(7))
    assert numbers() == ["o7"]


def test_latest_gives_what_is_written_from_now_on(db: Database) -> None:
    db.repository(Order).create(order(1))
    assert list(read(db, start="LATEST")) == []


def test_records_of_others_are_left_out_or_refused(db: Database) -> None:
    db.repository(Order).create(order())
    db.repository(Customer).put(Customer(customer_id="c1"))
    assert [change.entity for change in read(db, StreamReader(Customer))] == [Customer]
    with pytest.raises(Exception, match="its item is of type 'Order'"):
        list(read(db, StreamReader(Customer, foreign="refuse")))


def test_a_table_without_a_stream_is_told(open_db: Opener) -> None:
    silent = Table("silent", pk="PK")

    class Mute(Entity, table=silent):
        primary = Key("{x}")
        x: Attr[str]

    with pytest.raises(StatementError, match="^table 'silent': it has no stream"):
        list(read(open_db(silent), StreamReader(Mute)))
