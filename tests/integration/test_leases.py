"""Leases on every backend; races of threads on DynamoDB Local."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock
from time import monotonic

import pytest

from dynakit import DynakitError, Lease, LeaseLost, LeaseTaken, connect, connect_async
from tests.integration.backends import Database, Opener, only
from tests.integration.shop import shop
from tests.integration.wire import Lose

LONG = Lease(shop, "nightly", timedelta(seconds=60))
SHORT = Lease(shop, "short", timedelta(seconds=0.4))


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(shop)


def test_it_is_held_in_the_block_and_free_behind_it(db: Database) -> None:
    for fence in (1, 2):
        with db.client.lease(LONG, heartbeat=False) as held:
            assert (held.fence, held.still_held) == (fence, True)
            with pytest.raises(LeaseTaken), db.client.lease(LONG, wait=0, heartbeat=False):
                pass
        assert not held.still_held
    (item,) = db.everything(shop)
    assert item == {"PK": {"S": "$lease#nightly"}, "SK": {"S": "$lease"}, "fence": {"N": "2"}}


def test_a_lost_reply_to_taking_renewing_and_releasing_changes_nothing(db: Database) -> None:
    lease = db.client.lease(LONG, heartbeat=False)
    for verb in (lease.acquire, lease.renew, lease.release):
        Lose(db.wire, applied=True)
        verb()
    assert db.client.lease(LONG, heartbeat=False).try_acquire()


def test_a_lease_that_another_took_is_lost_at_the_end_of_the_block(db: Database) -> None:
    def block() -> None:
        with db.client.lease(LONG, heartbeat=False) as held:
            db.put_raw(shop, {**LONG.key, "holder": {"S": "other"}, "fence": {"N": "9"}})
            assert held.still_held

    with pytest.raises(LeaseLost):
        block()
    (item,) = db.everything(shop)
    assert item["holder"] == {"S": "other"}


def test_the_error_of_a_block_comes_out_of_it(db: Database) -> None:
    def block() -> None:
        with db.client.lease(LONG, heartbeat=False):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        block()
    assert db.client.lease(LONG, wait=0, heartbeat=False).try_acquire()


def test_what_is_not_taken_has_no_number_and_what_is_taken_is_not_taken_again(db: Database) -> None:
    lease = db.client.lease(LONG, heartbeat=False)
    with pytest.raises(DynakitError, match="it is not taken"):
        assert lease.fence
    lease.acquire()
    with pytest.raises(DynakitError, match="has taken it already"):
        lease.acquire()


@only("local")
def test_eight_threads_are_never_in_the_block_together(open_db: Opener) -> None:
    """On DynamoDB Local: the embedded store makes its calls one at a time."""
    db = open_db(shop)
    inside, fences = Lock(), list[int]()

    def work(_: int) -> None:
        with db.client.lease(SHORT) as held:
            assert inside.acquire(blocking=False)
            fences.append(held.fence)
            inside.release()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(16)))
    assert fences == list(range(1, 17))


def test_the_heartbeat_outlasts_the_duration_and_ends_with_the_block() -> None:
    """In real time, so once only."""
    db = connect("memory://")
    db.tables.create(shop)
    with db.lease(SHORT) as held:
        until = monotonic() + 1.0
        while monotonic() < until:
            held.check()
    with db.lease(SHORT, wait=0) as again:
        assert again.fence == 2


def test_the_heartbeat_of_a_task_does_too() -> None:
    async def work() -> int:
        async with connect_async("memory://") as db:
            await db.tables.create(shop)
            async with db.lease(SHORT) as held:
                await asyncio.sleep(1.0)
                held.check()
            async with db.lease(SHORT, wait=0) as again:
                return again.fence

    assert asyncio.run(work()) == 2
