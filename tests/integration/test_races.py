"""Writes that race, on DynamoDB Local: the embedded backend makes its calls one at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from dynakit import Attr, ConditionFailed, Entity, ItemAlreadyExists, Key, Table, attr
from tests.integration.backends import Opener, only

counters = Table("counters")
RACERS = 20


class Counter(Entity, table=counters):
    primary = Key("COUNTER#{name}")

    name: Attr[str]
    owner: Attr[int] = attr(default=-1)
    value: Attr[int] = attr(default=0)


KEY = Counter.primary(name="c")


def race(run: Callable[[int], bool]) -> int:
    """Let all racers start at once; how many of them won."""
    start = Barrier(RACERS)

    def racer(number: int) -> bool:
        start.wait()
        return run(number)

    with ThreadPoolExecutor(RACERS) as pool:
        return sum(pool.map(racer, range(RACERS)))


@only("local", "local-boto3")
def test_one_of_many_creates_the_item(open_db: Opener) -> None:
    repository = open_db(counters).repository(Counter)

    def create(number: int) -> bool:
        try:
            repository.create(Counter(name="c", owner=number))
        except ItemAlreadyExists as found:
            return found.item is None
        return True

    assert race(create) == 1


@only("local", "local-boto3")
def test_no_increment_is_lost(open_db: Opener) -> None:
    repository = open_db(counters).repository(Counter)
    repository.create(Counter(name="c"))
    race(lambda _: repository.update(KEY, Counter.value.add(1)).value > 0)
    assert repository.require(KEY, consistent=True).value == RACERS


@only("local", "local-boto3")
def test_one_of_many_takes_what_is_free(open_db: Opener) -> None:
    repository = open_db(counters).repository(Counter)
    repository.create(Counter(name="c"))

    def take(number: int) -> bool:
        try:
            repository.update(KEY, Counter.owner.set(number), where=Counter.owner == -1)
        except ConditionFailed:
            return False
        return True

    assert race(take) == 1
    assert repository.require(KEY, consistent=True).owner in range(RACERS)
