"""KSUIDs and UUIDs of version 7: their forms, and the order of all identifiers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynakit import EncodeError, Environment, ksuid, ulid, uuid7

MAKERS: dict[str, Callable[[], str]] = {"ulid": ulid, "ksuid": ksuid, "uuid7": lambda: str(uuid7())}
LENGTHS = {"ulid": 26, "ksuid": 27, "uuid7": 36}
RESOLUTIONS = {"ulid": 0.001, "ksuid": 1.0, "uuid7": 0.001}
START = datetime(2026, 1, 1, tzinfo=UTC)

each_kind = pytest.mark.parametrize("kind", MAKERS)


def drawing(entropy: bytes, now: datetime) -> Environment:
    """An environment whose clock stands and whose randomness is these bytes, as many as are asked for."""

    def draw(length: int) -> bytes:
        return entropy[:length]

    return replace(Environment.simulated(now=now), entropy=draw)


@pytest.mark.parametrize(
    ("moment", "entropy", "expected"),
    [
        # Segment's own example: time 107608047, payload B5A1CD34B5F99D1154FB6853345C9735.
        (
            datetime(2017, 10, 10, 4, 0, 47, tzinfo=UTC),
            bytes.fromhex("B5A1CD34B5F99D1154FB6853345C9735"),
            "0ujtsYcgvSTl8PAuAdqWYSMnLOv",
        ),
        (datetime(2014, 5, 13, 16, 53, 20, tzinfo=UTC), bytes(16), "0" * 27),
        (
            datetime(2150, 6, 19, 23, 21, 35, tzinfo=UTC),
            b"\xff" * 16,
            "aWgEPTl1tmebfsQzFP4bxwgy80V",
        ),
    ],
)
def test_a_ksuid_is_written_as_segment_writes_it(moment: datetime, entropy: bytes, expected: str) -> None:
    with drawing(entropy, moment).use():
        assert ksuid() == expected


def test_a_uuid7_is_the_example_of_the_rfc() -> None:
    """RFC 9562, appendix A.6: rand_a is CC3, rand_b 18C4DC0C0C07398F."""
    random = (0xCC3 << 62 | 0x18C4DC0C0C07398F).to_bytes(10)
    with drawing(random, datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)).use():
        made = uuid7()
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
    assert (made.version, made.variant) == (7, RFC_4122)


def test_a_uuid7_counts_on_without_touching_version_and_variant() -> None:
    with drawing(b"\xff" * 10, START).use():
        first, second = uuid7(), uuid7()
    assert (second.version, second.variant) == (7, RFC_4122)
    assert second.int >> 80 == (first.int >> 80) + 1


@each_kind
@settings(max_examples=60, deadline=None)
@given(jumps=st.lists(st.floats(-10, 10), min_size=1, max_size=20), seed=st.integers(0, 1000))
def test_each_is_greater_than_the_last_whatever_the_clock_does(
    kind: str, jumps: list[float], seed: int
) -> None:
    clock = [START]
    environment = replace(Environment.simulated(seed), now=lambda: clock[0])
    made: list[str] = []
    with environment.use():
        for jump in jumps:
            clock[0] += timedelta(seconds=jump)
            made += [MAKERS[kind](), MAKERS[kind]()]
    assert made == sorted(set(made))
    assert {len(one) for one in made} == {LENGTHS[kind]}


@each_kind
@given(first=st.integers(0, 10**9), second=st.integers(0, 10**9), seed=st.integers(0, 1000))
def test_those_of_two_processes_sort_by_their_times(kind: str, first: int, second: int, seed: int) -> None:
    made: list[str] = []
    for place, units in enumerate((first, second)):
        moment = START + timedelta(seconds=units * RESOLUTIONS[kind])
        with Environment.simulated(seed + place, now=moment).use():
            made.append(MAKERS[kind]())
    if first != second:
        assert (made[0] < made[1]) is (first < second)


@each_kind
def test_random_bits_at_their_greatest_count_on_and_stay_in_order(kind: str) -> None:
    """Also for the third, which is made while the clock is behind the last one's time."""
    with drawing(b"\xff" * 16, START).use():
        made = [MAKERS[kind]() for _ in range(3)]
    assert made == sorted(set(made))


@each_kind
def test_threads_never_make_the_same_identifier(kind: str) -> None:
    environment = Environment.simulated(1)

    def make(_: int) -> list[str]:
        with environment.use():
            return [MAKERS[kind]() for _ in range(200)]

    with ThreadPoolExecutor(8) as pool:
        made = [one for batch in pool.map(make, range(8)) for one in batch]
    assert len(set(made)) == 1600


@pytest.mark.parametrize(
    ("kind", "moment"),
    [
        ("ulid", datetime(1969, 12, 31, tzinfo=UTC)),
        ("uuid7", datetime(1969, 12, 31, tzinfo=UTC)),
        ("ksuid", datetime(2014, 5, 13, tzinfo=UTC)),
        ("ksuid", datetime(2150, 6, 20, tzinfo=UTC)),
    ],
)
def test_a_clock_outside_its_times_is_refused_by_name(kind: str, moment: datetime) -> None:
    with Environment.simulated(now=moment).use(), pytest.raises(EncodeError, match=f"^{kind}: the clock"):
        MAKERS[kind]()


@each_kind
def test_one_kind_does_not_count_on_from_another(kind: str) -> None:
    with Environment.simulated(1).use():
        for make in MAKERS.values():
            make()
        alone = Environment.simulated(1)
    with alone.use():
        assert MAKERS[kind]() < MAKERS[kind]()
