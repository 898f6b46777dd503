"""Batches: chunks, order, leftovers; every object the caller gave comes back in exactly one list."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest

from dynakit import (
    Attr,
    DynakitError,
    EncodeError,
    Entity,
    Environment,
    Key,
    KeyAttribute,
    Query,
    Repository,
    StatementError,
    Table,
    Unprocessed,
    attr,
)
from dynakit.operations.read import read_all
from dynakit.operations.reply import Failure
from dynakit.wire import Payload
from tests.integration.backends import LOCAL, Database, Opener, only
from tests.integration.shop import Customer, Invoice, Order, order, shop
from tests.integration.wire import Leave, Lose, not_sent, reply_lost, server_fault, throttled

measures = Table("measures", pk=KeyAttribute("run", "N"), sk=KeyAttribute("at", "N"))


class Measure(Entity, table=measures):
    primary = Key("{run}", "{at}")
    run: Attr[int]
    at: Attr[Decimal]
    tags: Attr[set[str]] = attr(default_factory=set)
    weights: Attr[set[Decimal]] = attr(default_factory=set)


letters = Table("letters", pk="id", sk=None)


class Letter(Entity, table=letters):
    primary = Key("{id}")
    id: Attr[str]
    text: Attr[str]


@pytest.fixture
def db(open_db: Opener) -> Database:
    """Time is virtual, so that waiting takes none."""
    return open_db(shop, environment=Environment.simulated())


@pytest.fixture
def invoices(db: Database) -> Repository[Invoice]:
    return db.repository(Invoice)


def some(many: int, start: int = 0) -> list[Invoice]:
    return [Invoice(customer_id=f"c{number % 3}", number=number) for number in range(start, start + many)]


def sizes(db: Database) -> list[int]:
    """How many requests each batch of writes held."""
    batches = [call.payload for call in db.wire.calls if call.action == "BatchWriteItem"]
    return [sum(len(requests) for requests in batch["RequestItems"].values()) for batch in batches]


def test_250_puts_go_in_chunks_of_25(db: Database, invoices: Repository[Invoice]) -> None:
    invoices.put_many(some(250))
    assert sizes(db) == [25] * 10
    assert len(db.everything(shop)) == 250
    db.wire.clear()
    invoices.delete_many(some(130))
    assert sizes(db) == [25] * 5 + [5]
    assert len(db.everything(shop)) == 120


def test_gets_keep_the_order_asked_merge_equal_keys_and_tell_what_is_missing(
    db: Database, invoices: Repository[Invoice]
) -> None:
    there, missing = some(200), some(30, 500)
    invoices.put_many(there)
    db.wire.clear()
    asked: list[Invoice | Query[Invoice]] = [
        *reversed(there),
        *missing,
        *there[:20],
        Invoice.primary(customer_id="c0", number=0),
    ]
    found = invoices.get_many(asked)
    assert found == [*reversed(there), *([None] * 30), *there[:20], there[0]]
    requested = [
        len(keys["Keys"]) for call in db.wire.calls for keys in call.payload["RequestItems"].values()
    ]
    assert requested == [100, 100, 30]


def test_a_batch_of_nothing_sends_nothing(db: Database, invoices: Repository[Invoice]) -> None:
    invoices.put_many([])
    invoices.delete_many([])
    assert invoices.get_many([]) == []
    assert db.wire.calls == []


def test_entities_of_one_table_go_in_one_batch(db: Database) -> None:
    mixed: Repository[Entity] = db.repository(Entity)
    given: list[Entity] = [
        Customer(customer_id="c1", name="Ada"),
        order(1),
        Invoice(customer_id="c1", number=1),
    ]
    mixed.put_many(given)
    assert mixed.get_many(given[::-1]) == given[::-1]
    assert sizes(db)[:1] == [3]


def test_duplicate_keys_are_refused_and_nothing_is_sent(db: Database, invoices: Repository[Invoice]) -> None:
    twice = [*some(30), Invoice(customer_id="c0", number=0, paid=True)]
    with pytest.raises(StatementError, match="last_wins=True"):
        invoices.put_many(twice)
    with pytest.raises(StatementError, match="last_wins=True"):
        invoices.delete_many(twice)
    assert db.wire.calls == []
    invoices.put_many(twice, last_wins=True)
    assert invoices.require(Invoice.primary(customer_id="c0", number=0)).paid
    assert sizes(db)[:2] == [25, 5]
    invoices.delete_many(twice, last_wins=True)
    assert db.everything(shop) == []


def test_one_item_that_cannot_be_stored_lets_nothing_be_sent(db: Database) -> None:
    orders = db.repository(Order)
    for bad in (order(1, note="x" * 410_000), order(1, customer_id="c" * 2048), order(1, order_id="\ud800")):
        with pytest.raises(EncodeError):
            orders.put_many([order(number) for number in range(2, 31)] + [bad])
    assert db.wire.calls == []


LEAVING: dict[str, Callable[[int], int]] = {
    "the first of each chunk": lambda _: 1,
    "half": lambda size: size // 2,
    "all but one": lambda size: size - 1,
}


@pytest.mark.parametrize("what", LEAVING)
def test_what_is_left_is_sent_again_until_all_is_done(open_db: Opener, what: str) -> None:
    db = open_db(measures, environment=Environment.simulated())
    measured = db.repository(Measure)
    given = [
        Measure(run=1, at=Decimal(number) / 4, tags={"a", "b", "c"}, weights={Decimal(1), Decimal("2.5")})
        for number in range(40)
    ]
    Leave(db.wire, lambda size: LEAVING[what](size) if size > 1 else 0)
    measured.put_many(given)
    assert db.raw.run(read_all(Measure.primary(run=1), db.environment)) == given
    assert measured.get_many(given[::-1]) == given[::-1]
    measured.delete_many(given)
    assert db.everything(measures) == []


def verb(invoices: Repository[Invoice], kind: str) -> Callable[[list[Invoice]], object]:
    verbs: dict[str, Callable[[list[Invoice]], object]] = {
        "put": invoices.put_many,
        "delete": invoices.delete_many,
        "get": invoices.get_many,
    }
    return verbs[kind]


@pytest.mark.parametrize("kind", ["put", "delete", "get"])
def test_an_item_left_for_ever_comes_back_and_all_others_are_done(
    db: Database, invoices: Repository[Invoice], kind: str
) -> None:
    given = some(60)
    Leave(db.wire, lambda _: 1)
    with pytest.raises(Unprocessed) as raised:
        verb(invoices, kind)(given)
    told = raised.value
    assert (list(told.unprocessed), told.failed, told.unknown) == ([given[0]], (), ())
    assert told.unprocessed[0] is given[0]
    assert sorted(id(one) for one in (*told.done, *told.unprocessed)) == sorted(map(id, given))
    if kind == "put":
        assert len(db.everything(shop)) == 59


def test_the_deadline_counts_from_the_last_progress(db: Database, invoices: Repository[Invoice]) -> None:
    """A batch that takes long, a little at a time, is no failure."""
    calls = count()
    Leave(db.wire, lambda size: size - 1 if next(calls) % 2 else size)
    invoices.put_many(some(25))
    assert len(db.everything(shop)) == 25
    assert db.environment.monotonic() > 2 * db.environment.retry.deadline


ENDS = {
    "throttled": (throttled, "unprocessed"),
    "not sent": (not_sent, "unprocessed"),
    "reply lost": (reply_lost, "unknown"),
    "server fault": (server_fault, "unknown"),
}


@pytest.mark.parametrize("what", ENDS)
@pytest.mark.parametrize("kind", ["put", "delete"])
def test_a_batch_that_fails_in_the_middle_accounts_for_every_object(
    db: Database, invoices: Repository[Invoice], what: str, kind: str
) -> None:
    given = some(60)
    failure, where = ENDS[what]
    db.wire.after = lambda _, reply: from_now_on(db, failure, applied=where == "unknown", reply=reply)
    with pytest.raises(Unprocessed) as raised:
        verb(invoices, kind)(given)
    told = raised.value
    lists = {
        "done": told.done,
        "unprocessed": told.unprocessed,
        "failed": told.failed,
        "unknown": told.unknown,
    }
    assert told.done == tuple(given[:25])
    assert set(map(id, given[25:50])) <= set(map(id, lists[where]))
    assert sorted(id(one) for objects in lists.values() for one in objects) == sorted(map(id, given))


def from_now_on(db: Database, failure: Callable[[], Failure], *, applied: bool, reply: Payload) -> Payload:
    """Let this reply through, and lose all that follow."""
    Lose(db.wire, applied=applied, failure=failure, times=1000)
    return reply


def test_a_lost_reply_in_a_batch_is_mended_by_sending_again(
    db: Database, invoices: Repository[Invoice]
) -> None:
    for applied in (True, False):
        for failure in (reply_lost, server_fault, not_sent, throttled):
            given = some(30)
            lost = Lose(db.wire, applied=applied, failure=failure, times=2)
            invoices.put_many(given)
            assert (lost.lost, invoices.get_many(given)) == (2, given)
            lost = Lose(db.wire, applied=applied, failure=failure, times=2)
            invoices.delete_many(given)
            assert (lost.lost, db.everything(shop)) == (2, [])


@only(*LOCAL)
def test_a_batch_of_more_than_16_mb_is_read_whole(open_db: Opener) -> None:
    """The service leaves keys unprocessed; moto returns everything at once."""
    db = open_db(letters, environment=Environment.simulated())
    repository = db.repository(Letter)
    given = [Letter(id=f"{number}", text=chr(65 + number) * 380_000) for number in range(45)]
    for letter in given:
        repository.put(letter)
    db.wire.clear()
    assert repository.get_many(given) == given
    assert len(db.wire.calls) > 1


def test_a_refused_batch_names_what_was_refused(open_db: Opener) -> None:
    db = open_db(shop, create=False)
    given = some(30)
    with pytest.raises(Unprocessed, match="Create it") as raised:
        db.repository(Invoice).put_many(given)
    assert (len(raised.value.failed), len(raised.value.unprocessed)) == (25, 5)
    assert isinstance(raised.value.__cause__, DynakitError)
    with pytest.raises(DynakitError, match="Create it"):
        db.repository(Invoice).get_many(given)


def test_numeric_keys_of_any_size_are_found_again(open_db: Opener) -> None:
    db = open_db(measures)
    measured = db.repository(Measure)
    places = ["-1E+100", "-1", "-1E-130", "0", "-0", "1E-130", "0.10", "1", "1E+2", "9.9E+125", "1.50"]
    given = [Measure(run=1, at=Decimal(text)) for text in places if text != "-0"]
    measured.put_many(given)
    assert measured.get_many([Measure(run=1, at=Decimal(text)) for text in places]) == [
        Measure(run=1, at=Decimal(text)) for text in places
    ]
    with pytest.raises(StatementError):
        measured.put_many([Measure(run=1, at=Decimal("1.0")), Measure(run=1, at=Decimal(1))])
