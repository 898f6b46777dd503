"""A flow: the pure generator that carries a statement out.

A flow yields steps and is sent the answer to each: the reply to a :class:`Call`, an empty payload after
a :class:`Sleep` or a :class:`Together`. What goes wrong with a call is raised into it
(:mod:`dynakit.operations.reply`). It reads no clock and does no I/O; a driver does
(:mod:`dynakit.client.driver`). A driver that is given up closes the flow, so a flow must not yield while
it is being closed.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TypeAlias, TypeVar

from dynakit.values import dataclass
from dynakit.wire import Call, Payload

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sleep:
    """Ask the driver to wait this many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Together:
    """Ask the driver to carry out these flows, at most ``most`` at a time; see :func:`together`."""

    flows: tuple[Flow[None], ...]
    most: int


Step: TypeAlias = Call | Sleep | Together
"""What a flow may ask of its driver."""

Flow: TypeAlias = Generator[Step, Payload, T]
"""A generator of steps that returns a ``T``."""


def together(flows: Iterable[Flow[T]], *, most: int = 4) -> Flow[list[T]]:
    """Carry out several flows, at most ``most`` at a time; give their results in their order.

    The synchronous driver runs them in threads, the asynchronous one in tasks; nothing of them is left
    when this returns or raises. The first error ends all: flows that wait are not begun, those under way
    are closed when their call in flight has its reply, and then the error is raised here. So a flow whose
    outcome must not be lost keeps its own errors and returns them. An interrupt, or cancelling the task,
    ends them likewise.
    """
    results: dict[int, T] = {}

    def kept(position: int, flow: Flow[T]) -> Flow[None]:
        results[position] = yield from flow

    yield Together(tuple(kept(position, flow) for position, flow in enumerate(flows)), most)
    return [results[position] for position in sorted(results)]
