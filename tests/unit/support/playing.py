"""Flows, driven by canned replies and virtual time: the whole stand-in that a pure core needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from dynakit import Environment
from dynakit.operations.flow import Flow, Sleep, Together
from dynakit.operations.reply import Failure
from dynakit.wire import Call, Payload
from tests.unit.support.checked import checked

T = TypeVar("T")
S = TypeVar("S")

Answer: TypeAlias = Payload | Failure


@dataclass
class Played(Generic[T]):
    """What a flow asked for, and what it gave or raised."""

    calls: list[Call] = field(default_factory=list[Call])
    slept: list[float] = field(default_factory=list[float])
    returned: list[T] = field(default_factory=list[T])
    raised: Exception | None = None

    @property
    def result(self) -> T:
        """What the flow returned; raises what it raised."""
        if self.raised is not None:
            raise self.raised
        return self.returned[0]

    @property
    def payloads(self) -> list[Payload]:
        return [call.payload for call in self.calls]


def play(
    flow: Flow[T], answers: Iterable[Answer], environment: Environment, *, all_used: bool = True
) -> Played[T]:
    """Drive a flow: each call gets the next answer, each sleep moves the clock."""
    played, queue = Played[T](), list(answers)
    with environment.use():
        try:
            played.returned.append(_drive(flow, played, queue, environment))
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            played.raised = error
    assert not (queue and all_used), f"{len(queue)} answers were not asked for"
    return played


def _drive(flow: Flow[S], played: Played[T], queue: list[Answer], environment: Environment) -> S:
    """Carry out a flow; those to be carried out together one after the other, in their order."""
    try:
        step = next(flow)
        while True:
            if isinstance(step, Call):
                played.calls.append(checked(step))
                assert queue, f"no answer left for {step.action}"
                answer: Answer | Exception = queue.pop(0)
            else:
                answer = _other(step, played, queue, environment)
            step = flow.throw(answer) if isinstance(answer, Exception) else flow.send(answer)
    except StopIteration as stop:
        result: S = stop.value
        return result
    finally:
        flow.close()


def _other(
    step: Sleep | Together, played: Played[T], queue: list[Answer], environment: Environment
) -> Payload | Exception:
    if isinstance(step, Sleep):
        environment.sleep(step.seconds)
        played.slept.append(step.seconds)
        return {}
    for flow in step.flows:
        try:
            _drive(flow, played, queue, environment)
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001 - it is raised in the flow that asked
            return error
    return {}
