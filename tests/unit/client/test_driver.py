"""The two drivers carry out the same flows in the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

import pytest

from dynakit.client.driver import run, run_async
from dynakit.operations.flow import Flow, Sleep
from dynakit.wire import Call, Payload

CALL = Call("GetItem", {"TableName": "shop"})

Driver: TypeAlias = Callable[[Flow[str], Callable[[Call], Payload], Callable[[float], None]], str]


def _run_async(flow: Flow[str], send: Callable[[Call], Payload], sleep: Callable[[float], None]) -> str:
    async def awaited_send(call: Call) -> Payload:
        return send(call)

    async def awaited_sleep(seconds: float) -> None:
        sleep(seconds)

    return asyncio.run(run_async(flow, awaited_send, awaited_sleep))


def _unsent(call: Call) -> Payload:
    raise AssertionError(f"{call} should not be sent")


def _unslept(seconds: float) -> None:
    raise AssertionError(f"should not sleep {seconds}")


both = pytest.mark.parametrize("drive", [run, _run_async], ids=["sync", "async"])


@both
def test_replies_and_sleeps_reach_the_flow_in_order(drive: Driver) -> None:
    seen: list[object] = []

    def flow() -> Flow[str]:
        seen.append((yield CALL))
        seen.append((yield Sleep(1.5)))
        seen.append((yield CALL))
        return "result"

    replies = iter([{"n": 1}, {"n": 2}])

    def send(call: Call) -> Payload:
        seen.append(call)
        return next(replies)

    assert drive(flow(), send, seen.append) == "result"
    assert seen == [CALL, {"n": 1}, 1.5, {}, CALL, {"n": 2}]


@both
def test_a_flow_without_steps_just_returns(drive: Driver) -> None:
    def flow() -> Flow[str]:
        return "result"
        yield CALL

    assert drive(flow(), _unsent, _unslept) == "result"


@both
def test_what_sending_raises_is_raised_in_the_flow_which_may_go_on(drive: Driver) -> None:
    def flow() -> Flow[str]:
        try:
            yield CALL
        except LookupError as error:
            reply = yield CALL
            return f"{error.args[0]}, then {reply['n']}"
        return "not raised"

    attempts: list[Call] = []

    def send(call: Call) -> Payload:
        attempts.append(call)
        if len(attempts) == 1:
            raise LookupError("first")
        return {"n": 2}

    assert drive(flow(), send, _unslept) == "first, then 2"


@both
def test_what_the_flow_raises_comes_out(drive: Driver) -> None:
    def flow() -> Flow[str]:
        reply = yield CALL
        raise ValueError(reply["n"])

    with pytest.raises(ValueError, match="7"):
        drive(flow(), lambda _: {"n": 7}, _unslept)


@both
@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_closes_the_flow_and_is_not_seen_by_it_as_an_error(
    drive: Driver, interrupt: type[BaseException]
) -> None:
    seen: list[str] = []

    def flow() -> Flow[str]:
        try:
            yield CALL
        except ValueError:
            seen.append("error")
        finally:
            seen.append("closed")
        return "not interrupted"

    def send(_: Call) -> Payload:
        raise interrupt

    with pytest.raises(interrupt):
        drive(flow(), send, _unslept)
    assert seen == ["closed"]


def test_cancelling_a_task_closes_its_flow() -> None:
    seen: list[str] = []

    def flow() -> Flow[str]:
        try:
            yield CALL
        finally:
            seen.append("closed")
        return "not cancelled"

    async def send(_: Call) -> Payload:
        await asyncio.sleep(3600)
        return {}

    async def main() -> None:
        task = asyncio.create_task(run_async(flow(), send, asyncio.sleep))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert seen == ["closed"]
