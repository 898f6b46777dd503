"""The two drivers of flows: the only code that waits.

Both close the flow whatever happens, so that a flow that is given up (an interrupt, a cancelled task)
does not stay open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from dynakit.operations.flow import Flow, Sleep
from dynakit.wire import Call, Payload

T = TypeVar("T")


def run(flow: Flow[T], send: Callable[[Call], Payload], sleep: Callable[[float], None]) -> T:
    """Carry a flow out. What ``send`` raises is raised into the flow; what the flow raises comes out."""
    try:
        step = next(flow)
        while True:
            if isinstance(step, Sleep):
                sleep(step.seconds)
                step = flow.send({})
                continue
            try:
                reply = send(step)
            except Exception as error:  # noqa: BLE001 - the flow decides what to do with it
                step = flow.throw(error)
            else:
                step = flow.send(reply)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


async def run_async(
    flow: Flow[T], send: Callable[[Call], Awaitable[Payload]], sleep: Callable[[float], Awaitable[None]]
) -> T:
    """The same as :func:`run`, awaiting. A cancelled task leaves the outcome of its call unknown."""
    try:
        step = next(flow)
        while True:
            if isinstance(step, Sleep):
                await sleep(step.seconds)
                step = flow.send({})
                continue
            try:
                reply = await send(step)
            except Exception as error:  # noqa: BLE001 - the flow decides what to do with it
                step = flow.throw(error)
            else:
                step = flow.send(reply)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()
