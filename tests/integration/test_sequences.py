"""Sequences on every backend: each number once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dynakit import Sequence
from tests.integration.backends import Database, Opener, only
from tests.integration.shop import shop
from tests.integration.wire import Lose

INVOICES = Sequence(shop, "invoice", start=100)


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(shop)


def test_numbers_follow_each_other_from_the_start(db: Database) -> None:
    taken = [db.client.execute(INVOICES.next()) for _ in range(3)]
    assert taken == [100, 101, 102]
    assert db.client.execute(INVOICES.reserve(10)) == range(103, 113)
    assert db.client.execute(INVOICES.next()) == 113
    assert db.client.execute(Sequence(shop, "order").next()) == 1


def test_a_lost_reply_leaves_numbers_out_and_gives_none_twice(db: Database) -> None:
    first = db.client.execute(INVOICES.next())
    Lose(db.wire, applied=True)
    assert db.client.execute(INVOICES.next()) == first + 2


@only("local")
def test_twenty_threads_never_get_the_same_number(open_db: Opener) -> None:
    """On DynamoDB Local: the embedded store makes its calls one at a time."""
    db = open_db(shop)

    def take(number: int) -> list[int]:
        if number % 4 == 0:
            return list(db.client.execute(INVOICES.reserve(5)))
        return [db.client.execute(INVOICES.next()) for _ in range(5)]

    with ThreadPoolExecutor(20) as pool:
        taken = [number for numbers in pool.map(take, range(20)) for number in numbers]
    assert sorted(taken) == list(range(100, 200))
