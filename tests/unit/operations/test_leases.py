"""Leases under virtual time: one holder at most, greater and greater numbers, whatever happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynakit import Client, DynakitError, Environment, Lease, LeaseLost, LeaseTaken, StatementError
from dynakit.client.lease import LeaseHolder
from dynakit.operations.lease import Held, Seen, acquire, release, renew, try_acquire
from dynakit.operations.reply import ReplyLost, ServiceError
from dynakit.transport.memory import MemoryTransport
from dynakit.wire import Call, Payload
from tests.unit.support.models import shop
from tests.unit.support.playing import Answer, play

NIGHTLY = Lease(shop, "nightly", timedelta(seconds=10), timedelta(seconds=1))
OTHERS = {
    "PK": {"S": "$lease#nightly"},
    "SK": {"S": "$lease"},
    "holder": {"S": "other"},
    "version": {"S": "v1"},
    "seconds": {"N": "10"},
    "fence": {"N": "4"},
}
FREE = {name: OTHERS[name] for name in ("PK", "SK", "fence")}


def refused(item: Payload | None = None) -> ServiceError:
    body = {} if item is None else {"Item": item}
    return ServiceError(400, "ConditionalCheckFailedException", body=body)


def held(environment: Environment, fence: int = 1) -> Held:
    return Held(NIGHTLY, "me", fence, environment.monotonic() + 9)


def test_a_free_lease_is_taken_with_the_next_fencing_number() -> None:
    environment = Environment.simulated()
    played = play(try_acquire(NIGHTLY, environment), [{"Item": FREE}, {}], environment)
    found = played.result
    assert isinstance(found, Held)
    assert (found.fence, found.until) == (5, 9.0)
    assert played.payloads[1]["ConditionExpression"] == "attribute_not_exists(#holder) AND #fence = :last"


def test_a_lease_that_never_was_begins_at_one() -> None:
    environment = Environment.simulated()
    found = play(try_acquire(NIGHTLY, environment), [{}, {}], environment).result
    assert isinstance(found, Held)
    assert found.fence == 1


def test_a_holder_counts_as_gone_after_its_own_duration_by_the_observers_clock() -> None:
    environment = Environment.simulated()
    seen = play(try_acquire(NIGHTLY, environment), [{"Item": OTHERS}], environment).result
    assert isinstance(seen, Seen)
    assert seen == Seen("v1", 0.0, 10.0)
    environment.sleep(9.9)
    assert play(try_acquire(NIGHTLY, environment, seen), [{"Item": OTHERS}], environment).result == seen
    environment.sleep(0.2)
    played = play(try_acquire(NIGHTLY, environment, seen), [{"Item": OTHERS}, {}], environment)
    assert isinstance(played.result, Held)
    assert played.payloads[1]["ConditionExpression"] == "#version = :seen AND #fence = :last"


def test_a_renewal_that_is_seen_begins_the_observation_anew() -> None:
    environment = Environment.simulated()
    environment.sleep(20)
    renewed = {"Item": {**OTHERS, "version": {"S": "v2"}}}
    found = play(try_acquire(NIGHTLY, environment, Seen("v1", 0, 10)), [renewed], environment).result
    assert found == Seen("v2", 20.0, 10.0)


def test_a_renewal_at_the_last_moment_defeats_the_observer() -> None:
    environment = Environment.simulated()
    environment.sleep(20)
    answers: list[Answer] = [{"Item": OTHERS}, refused({**OTHERS, "version": {"S": "v2"}})]
    found = play(try_acquire(NIGHTLY, environment, Seen("v1", 0, 10)), answers, environment).result
    assert found == Seen("v2", 20.0, 10.0)


def test_a_lost_reply_to_the_taking_is_recognised_by_the_token() -> None:
    environment = Environment.simulated(3)
    token = Environment.simulated(3).write_token()
    mine = {**OTHERS, "holder": {"S": token}}
    answers: list[Answer] = [{"Item": FREE}, ReplyLost("reset"), refused(mine)]
    played = play(try_acquire(NIGHTLY, environment), answers, environment)
    found = played.result
    assert isinstance(found, Held)
    assert (found.holder, found.until) == (token, 9.0)


def test_one_who_was_slower_waits_on() -> None:
    environment = Environment.simulated()
    assert play(try_acquire(NIGHTLY, environment), [{}, refused(FREE)], environment).result is None


def test_waiting_ends_with_the_time_and_names_the_lease() -> None:
    environment = Environment.simulated()
    played = play(acquire(NIGHTLY, environment, 2.0), [{"Item": OTHERS}] * 9, environment, all_used=False)
    assert isinstance(played.raised, LeaseTaken)
    assert str(played.raised) == "lease 'nightly': somebody else holds it; waited 2 s. Try again later."
    assert environment.monotonic() == 2.0


def test_waiting_long_enough_gets_past_a_holder_that_is_gone() -> None:
    environment = Environment.simulated()
    played = play(acquire(NIGHTLY, environment), [{"Item": OTHERS}] * 40, environment, all_used=False)
    assert played.result.fence == 5
    assert 10 <= environment.monotonic() < 12


RENEWALS: dict[str, tuple[list[ServiceError], float, str]] = {
    "another has it": ([refused(OTHERS)], 0.0, "somebody else has it"),
    "too late": ([], 9.0, "its duration was over before it was renewed"),
}


@pytest.mark.parametrize(("answers", "late", "why"), RENEWALS.values(), ids=RENEWALS)
def test_a_lease_that_is_lost_is_not_renewed(answers: list[ServiceError], late: float, why: str) -> None:
    environment = Environment.simulated()
    mine = held(environment)
    environment.sleep(late)
    played = play(renew(mine, environment), answers, environment)
    assert isinstance(played.raised, LeaseLost)
    assert why in str(played.raised)
    assert played.raised.fence == 1


def test_a_renewal_counts_from_before_it_was_sent() -> None:
    environment = Environment.simulated()
    mine = held(environment)
    environment.sleep(3)
    answers: list[Answer] = [ReplyLost("reset"), {}]
    assert play(renew(mine, environment), answers, environment).result == replace(mine, until=12.0)
    assert environment.monotonic() > 3


def test_only_its_own_lease_is_released() -> None:
    environment = Environment.simulated()
    played = play(release(held(environment), environment), [refused(OTHERS)], environment)
    assert isinstance(played.raised, LeaseLost)
    assert played.payloads[0]["ConditionExpression"] == "#holder = :holder"


@pytest.mark.parametrize("found", [{**FREE, "fence": {"N": "1"}}, OTHERS])
def test_a_release_whose_reply_was_lost_is_recognised(found: Payload) -> None:
    environment = Environment.simulated()
    answers: list[Answer] = [ReplyLost("reset"), refused(found)]
    assert play(release(held(environment), environment), answers, environment).raised is None


@pytest.mark.parametrize(("duration", "margin"), [(0.0, None), (-1.0, None), (1.0, 1.0), (1.0, -0.1)])
def test_a_duration_without_end_or_margin_is_refused(duration: float, margin: float | None) -> None:
    chosen = None if margin is None else timedelta(seconds=margin)
    with pytest.raises(StatementError, match="lease 'x': got a duration of"):
        Lease(shop, "x", timedelta(seconds=duration), chosen)


@dataclass
class World:
    """Time as it passes, and a store that all share."""

    seconds: float = 0.0
    store: str = field(default_factory=lambda: f"leases-{uuid4().hex}")


@dataclass
class Slow:
    """A transport whose calls take time on the way there and back, and whose replies can be lost."""

    world: World
    inner: MemoryTransport
    there: float = 0.0
    back: float = 0.0
    lost: bool = False

    def send(self, call: Call) -> Payload:
        self.world.seconds += self.there
        try:
            return self.inner.send(call)
        finally:
            self.world.seconds += self.back
            if self.lost:
                self.lost = False
                raise ReplyLost("reset")

    def close(self) -> None:
        self.inner.close()


@dataclass
class Contender:
    """One process: a monotonic clock that began at any time, a wall clock that shows anything."""

    holder: LeaseHolder
    transport: Slow
    wall: list[datetime]


def contender(world: World, offset: float, seed: int) -> Contender:
    wall = [datetime(2026, 1, 1, tzinfo=UTC)]

    def sleep(seconds: float) -> None:
        world.seconds += seconds

    environment = replace(
        Environment.simulated(seed),
        now=lambda: wall[0],
        monotonic=lambda: world.seconds + offset,
        sleep=sleep,
    )
    transport = Slow(world, MemoryTransport(world.store))
    client = Client(transport, environment)
    return Contender(LeaseHolder(client, NIGHTLY, 0.0, False), transport, wall)


CALM = (0.0, 0.0, False)
"""How long a call is on its way there and back, and whether its reply is lost."""

STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["take"] * 6 + ["wait"] * 3 + ["renew", "release", "jump"]),
        st.sampled_from([CALM] * 6 + [(6.0, 0.0, False), (0.0, 6.0, False), (0.5, 0.5, True)]),
    ),
    min_size=15,
    max_size=25,
)


@settings(max_examples=80, deadline=None)
@given(steps=STEPS)
def test_never_two_holders_and_always_a_greater_fencing_number(
    steps: Iterable[tuple[int, str, tuple[float, float, bool]]],
) -> None:
    """Two contenders with slow calls, lost replies, and wall clocks that jump."""
    world = World()
    both = [contender(world, offset, seed) for seed, offset in enumerate((0.0, 5000.0))]
    Client(MemoryTransport(world.store), Environment.simulated()).tables.create(shop)
    fences = [0]
    for place, (who, verb, way) in enumerate(steps):
        one = both[who]
        one.transport.there, one.transport.back, one.transport.lost = way
        fence = _act(one, world, verb, 2.0 + place % 4)
        if fence is not None:
            assert fence > fences[-1]
            fences.append(fence)
        assert sum(each.holder.still_held for each in both) <= 1


def _act(one: Contender, world: World, verb: str, amount: float) -> int | None:
    """Do one thing; give the fencing number of a lease that was taken."""
    try:
        if verb == "take" and one.holder.try_acquire():
            return one.holder.fence
        if verb == "renew":
            one.holder.renew()
        if verb == "release":
            one.holder.release()
    except DynakitError:
        pass
    if verb == "jump":
        one.wall[0] += timedelta(days=400 * (amount - 3))
    if verb == "wait":
        world.seconds += amount
    return None
