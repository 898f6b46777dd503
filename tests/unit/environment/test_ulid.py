"""ULIDs: the form of the specification, and the order in which they were made."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dynakit.environment import Environment, IdentifierState
from dynakit.identifiers import ulid

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _drawing(entropy: bytes, now: datetime) -> Environment:
    def draw(length: int) -> bytes:
        assert length == len(entropy)
        return entropy

    return replace(Environment.simulated(now=now), entropy=draw)


def _is_forgotten(state: IdentifierState) -> bool:
    return state.last == {} and not state.lock.locked()


def _value(identifier: str) -> int:
    value = 0
    for character in identifier:
        value = value * 32 + _CROCKFORD.index(character)
    return value


@pytest.mark.parametrize(
    ("moment", "entropy", "expected"),
    [
        # The time of the example in the specification.
        (datetime(2016, 7, 30, 23, 54, 10, 259000, UTC), bytes(10), "01ARZ3NDEK0000000000000000"),
        (datetime(1970, 1, 1, tzinfo=UTC), bytes(10), "00000000000000000000000000"),
        (datetime(1970, 1, 1, tzinfo=UTC), b"\xff" * 10, "0000000000ZZZZZZZZZZZZZZZZ"),
        (
            datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
            b"\x00" * 9 + b"\x21",
            "76EZ91ZPZZ0000000000000011",
        ),
    ],
)
def test_time_and_randomness_are_written_as_the_specification_says(
    moment: datetime, entropy: bytes, expected: str
) -> None:
    with _drawing(entropy, moment).use():
        assert ulid() == expected


def test_within_one_millisecond_each_is_one_more_than_the_last() -> None:
    with Environment.simulated(3).use():
        values = [_value(ulid()) for _ in range(50)]
    assert values == list(range(values[0], values[0] + 50))


def test_in_another_millisecond_the_random_part_is_drawn_anew() -> None:
    environment = Environment.simulated(3)
    with environment.use():
        first = ulid()
        environment.sleep(0.001)
        second = ulid()
    assert first < second
    assert _value(second) >> 80 == (_value(first) >> 80) + 1
    assert _value(second) - _value(first) != 1 << 80


def test_the_greatest_random_part_counts_on_into_the_next_millisecond() -> None:
    with _drawing(b"\xff" * 10, datetime(2026, 1, 1, tzinfo=UTC)).use():
        first, second = ulid(), ulid()
    assert first < second
    assert second.endswith("0" * 16)


def test_equal_seeds_make_equal_identifiers() -> None:
    def made(seed: int) -> list[str]:
        with Environment.simulated(seed).use():
            return [ulid() for _ in range(3)]

    assert made(5) == made(5) != made(6)


def test_a_copy_of_an_environment_counts_on_from_it() -> None:
    environment = Environment.simulated(1)
    with environment.use():
        first = ulid()
    with replace(environment, tables={"shop": "real"}).use():
        assert _value(ulid()) == _value(first) + 1


def test_threads_never_make_the_same() -> None:
    environment = Environment.simulated(1)

    def make(_: int) -> list[str]:
        with environment.use():
            return [ulid() for _ in range(200)]

    with ThreadPoolExecutor(8) as pool:
        made = [identifier for batch in pool.map(make, range(8)) for identifier in batch]
    assert len(set(made)) == 1600


def test_identifiers_of_the_system_sort_by_time() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = [ulid() for _ in range(200)]
    assert made == sorted(made)
    assert _value(made[0]) >> 80 >= int(before.timestamp() * 1000)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_does_not_count_on_from_its_parent() -> None:
    state = Environment().identifiers
    state.last["ulid"] = 12345
    state.lock.acquire()  # as if another thread held it in the moment of the fork
    child = os.fork()
    if child == 0:
        os._exit(0 if _is_forgotten(state) else 1)
    state.lock.release()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert state.last["ulid"] == 12345
