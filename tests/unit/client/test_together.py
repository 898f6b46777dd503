"""Flows carried out together, by both drivers: bounded, ended together, nothing left behind."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from dynakit import Environment
from dynakit.client.driver import run, run_async
from dynakit.environment import current
from dynakit.operations.flow import Flow, Sleep, together
from dynakit.wire import Call, Payload
from tests.unit.support.playing import play

Driver: TypeAlias = Callable[[Flow[object], Callable[[Call], Payload]], object]


def call(number: int) -> Call:
    return Call("GetItem", {"TableName": "shop", "Key": {"PK": {"N": str(number)}}})


def number_of(sent: Call) -> int:
    return int(sent.payload["Key"]["PK"]["N"])


def _run(flow: Flow[object], send: Callable[[Call], Payload]) -> object:
    return run(flow, send, time.sleep)


def _run_async(flow: Flow[object], send: Callable[[Call], Payload]) -> object:
    async def awaited(sent: Call) -> Payload:
        return await asyncio.to_thread(send, sent)

    return asyncio.run(run_async(flow, awaited, asyncio.sleep))


both = pytest.mark.parametrize("drive", [_run, _run_async], ids=["sync", "async"])


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()] == []


def ask(number: int) -> Flow[int]:
    reply = yield call(number)
    return int(reply["n"])


def gathered(*flows: Flow[int], most: int = 4) -> Flow[object]:
    return (yield from together(flows, most=most))


@both
@pytest.mark.parametrize(("count", "most"), [(0, 4), (1, 4), (3, 1), (5, 2), (4, 9), (2, 0)])
def test_results_come_in_the_order_of_the_flows_and_no_more_than_most_run_at_once(
    drive: Driver, count: int, most: int
) -> None:
    lock, running, seen = threading.Lock(), [0], [0]

    def send(sent: Call) -> Payload:
        with lock:
            running[0] += 1
            seen[0] = max(seen[0], running[0])
        time.sleep(0.002 * (count - number_of(sent)))
        with lock:
            running[0] -= 1
        return {"n": number_of(sent) * 10}

    result = drive(gathered(*map(ask, range(count)), most=most), send)
    assert result == [number * 10 for number in range(count)]
    assert seen[0] <= max(most, 1)


@both
def test_several_calls_are_under_way_at_once(drive: Driver) -> None:
    """Each call waits until all three are there."""
    barrier = threading.Barrier(3)

    def send(sent: Call) -> Payload:
        barrier.wait(timeout=10)
        return {"n": number_of(sent)}

    assert drive(gathered(*map(ask, range(3)), most=3), send) == [0, 1, 2]


@both
def test_the_first_error_ends_the_others_at_their_next_step_and_comes_out(drive: Driver) -> None:
    begun: list[int] = []
    closed: list[int] = []
    failing, two_begun = threading.Event(), threading.Barrier(2)

    def worker(number: int) -> Flow[int]:
        begun.append(number)
        try:
            yield call(number)
            yield call(number)
        finally:
            closed.append(number)
        return number

    def send(sent: Call) -> Payload:
        two_begun.wait(timeout=10)
        if number_of(sent) == 0:
            failing.set()
            raise LookupError("no such thing")
        failing.wait(timeout=10)
        time.sleep(0.05)
        return {}

    with pytest.raises(LookupError, match="no such thing"):
        drive(gathered(*map(worker, range(5)), most=2), send)
    assert sorted(begun) == [0, 1]
    assert sorted(closed) == [0, 1]


@both
def test_the_flow_that_asked_may_go_on_after_an_error(drive: Driver) -> None:
    def flow() -> Flow[object]:
        try:
            yield from together([ask(1), ask(2)], most=1)
        except LookupError:
            return (yield from together([ask(3), ask(4)]))
        return "no error"

    def send(sent: Call) -> Payload:
        if number_of(sent) < 3:
            raise LookupError
        return {"n": number_of(sent)}

    assert drive(flow(), send) == [3, 4]


@both
def test_together_within_together_is_ended_with_it(drive: Driver) -> None:
    inside = {7: threading.Event(), 8: threading.Event()}
    closed: list[str] = []

    def endless(name: str, number: int) -> Flow[int]:
        try:
            while True:
                yield call(number)
                yield Sleep(0.001)
        finally:
            closed.append(name)

    def nest() -> Flow[int]:
        try:
            yield from together([endless("a", 7), endless("b", 8)])
        finally:
            closed.append("nest")
        return 0

    def send(sent: Call) -> Payload:
        if number_of(sent) in inside:
            inside[number_of(sent)].set()
            return {}
        for event in inside.values():
            event.wait(timeout=10)
        raise LookupError

    with pytest.raises(LookupError):
        drive(gathered(nest(), ask(1)), send)
    assert sorted(closed) == ["a", "b", "nest"]


@both
def test_flows_see_the_environment_of_who_asked(drive: Driver) -> None:
    environment = Environment.simulated()

    def flow(number: int) -> Flow[int]:
        yield call(number)
        return int(current() is environment)

    with environment.use():
        assert drive(gathered(*map(flow, range(3))), lambda _: {}) == [1, 1, 1]


def test_an_interrupt_ends_the_threads_when_their_calls_have_replies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The interrupt reaches the main thread while it waits for the others."""
    closed: list[int] = []
    joined: list[threading.Thread] = []
    join = threading.Thread.join

    def interrupted(thread: threading.Thread, timeout: float | None = None) -> None:
        joined.append(thread)
        if len(joined) == 1:
            raise KeyboardInterrupt
        join(thread, timeout)

    def endless(number: int) -> Flow[int]:
        try:
            while True:
                yield call(number)
        finally:
            closed.append(number)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(gathered(endless(0), endless(1)), lambda _: {}, time.sleep)
    assert sorted(closed) == [0, 1]


def test_cancelling_the_task_ends_the_tasks_below_it() -> None:
    closed: list[int] = []

    def flow(number: int) -> Flow[int]:
        try:
            yield call(number)
        finally:
            closed.append(number)
        return number

    async def send(_: Call) -> Payload:
        await asyncio.sleep(3600)
        return {}

    async def main() -> None:
        task = asyncio.create_task(run_async(gathered(flow(0), flow(1)), send, asyncio.sleep))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    assert sorted(closed) == [0, 1]


def test_played_flows_run_one_after_the_other() -> None:
    played = play(gathered(ask(1), ask(2)), [{"n": 5}, {"n": 6}], Environment.simulated())
    assert played.result == [5, 6]
    assert [number_of(sent) for sent in played.calls] == [1, 2]
