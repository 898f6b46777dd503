"""The two drivers of flows: the only code that waits.

Both close the flow whatever happens, so that a flow that is given up (an interrupt, a cancelled task)
does not stay open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

from dynakit.client.together import Workers, check_not_given_up
from dynakit.operations.flow import Flow, Sleep, Step
from dynakit.wire import Call, Payload

T = TypeVar("T")

Send: TypeAlias = Callable[[Call], Payload]
Pause: TypeAlias = Callable[[float], None]
AsyncSend: TypeAlias = Callable[[Call], Awaitable[Payload]]
AsyncPause: TypeAlias = Callable[[float], Awaitable[None]]


def run(flow: Flow[T], send: Send, sleep: Pause, among: Workers | None = None) -> T:
    """Carry a flow out. What ``send`` raises is raised into the flow; what the flow raises comes out.

    Raises :class:`~dynakit.client.together.GivenUp` when the workers it is ``among`` are ended.
    """
    try:
        step = next(flow)
        while True:
            try:
                if type(step) is Call and among is None:
                    reply = send(step)
                else:
                    reply = _answer(step, send, sleep, among)
            except Exception as error:  # noqa: BLE001 - the flow decides what to do with it
                step = flow.throw(error)
            else:
                step = flow.send(reply)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


def _answer(step: Step, send: Send, sleep: Pause, among: Workers | None) -> Payload:
    check_not_given_up(among)
    if isinstance(step, Call):
        return send(step)
    if isinstance(step, Sleep):
        sleep(step.seconds)
    else:
        workers = Workers(step, among)
        workers.run(lambda flow: run(flow, send, sleep, workers))
    return {}


async def run_async(flow: Flow[T], send: AsyncSend, sleep: AsyncPause, among: Workers | None = None) -> T:
    """The same as :func:`run`, awaiting. A cancelled task leaves the outcome of its call unknown."""
    try:
        step = next(flow)
        while True:
            try:
                if type(step) is Call and among is None:
                    reply = await send(step)
                else:
                    reply = await _answer_async(step, send, sleep, among)
            except Exception as error:  # noqa: BLE001 - the flow decides what to do with it
                step = flow.throw(error)
            else:
                step = flow.send(reply)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


async def _answer_async(step: Step, send: AsyncSend, sleep: AsyncPause, among: Workers | None) -> Payload:
    check_not_given_up(among)
    if isinstance(step, Call):
        return await send(step)
    if isinstance(step, Sleep):
        await sleep(step.seconds)
    else:
        workers = Workers(step, among)
        await workers.run_async(lambda flow: run_async(flow, send, sleep, workers))
    return {}
