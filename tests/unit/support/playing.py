"""Flows, driven by canned replies and virtual time: the whole stand-in that a pure core needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from dynakit import Environment
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.reply import Failure
from dynakit.wire import Call, Payload
from tests.unit.support.checked import checked

T = TypeVar("T")

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
            step = next(flow)
            while True:
                if isinstance(step, Sleep):
                    environment.sleep(step.seconds)
                    played.slept.append(step.seconds)
                    step = flow.send({})
                    continue
                played.calls.append(checked(step))
                assert queue, f"no answer left for {step.action}"
                answer = queue.pop(0)
                step = flow.throw(answer) if isinstance(answer, Failure) else flow.send(answer)
        except StopIteration as stop:
            played.returned.append(stop.value)
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            played.raised = error
    assert not (queue and all_used), f"{len(queue)} answers were not asked for"
    return played
