"""Transports that answer from a list, and clients on them with whoever looks on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from dynakit import AsyncClient, CallEnd, CallStart, Client, Environment, Observer
from dynakit.client.sender import AsyncMiddleware, AsyncSender, Middleware, Sender
from dynakit.telemetry.watch import Watch
from dynakit.wire import Call, Payload
from tests.unit.support.playing import Answer


@dataclass
class Scripted:
    """Takes 10 ms of virtual time for each call; the last answer is given again and again."""

    answers: list[Answer]
    environment: Environment
    calls: list[Call] = field(default_factory=list[Call])
    closed: int = 0

    def send(self, call: Call) -> Payload:
        self.calls.append(call)
        self.environment.sleep(0.01)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed += 1


@dataclass
class AsyncScripted:
    """The same, awaited."""

    inner: Scripted

    async def send(self, call: Call) -> Payload:
        return self.inner.send(call)

    async def close(self) -> None:
        self.inner.close()


@dataclass
class Seen:
    """An observer that remembers what it was told."""

    started: list[CallStart] = field(default_factory=list[CallStart])
    ended: list[CallEnd] = field(default_factory=list[CallEnd])

    def before(self, call: CallStart) -> None:
        self.started.append(call)

    def after(self, call: CallEnd) -> None:
        self.ended.append(call)


def scripted(
    answers: Sequence[Answer],
    *,
    observers: Iterable[Observer] = (),
    capacity: bool | None = None,
    middleware: Iterable[Middleware] = (),
    environment: Environment | None = None,
) -> tuple[Client, Scripted]:
    """A client on canned replies, under virtual time without jitter."""
    chosen = replace(environment or Environment.simulated(), uniform=lambda: 0.5)
    transport = Scripted(list(answers), chosen)
    watch = Watch(observers, capacity=capacity, address="http://localhost:8000")
    return Client(transport, chosen, sender=Sender(transport, watch, middleware)), transport


def scripted_async(
    answers: Sequence[Answer],
    *,
    observers: Iterable[Observer] = (),
    capacity: bool | None = None,
    middleware: Iterable[AsyncMiddleware] = (),
) -> tuple[AsyncClient, Scripted]:
    """The same for asyncio."""
    environment = replace(Environment.simulated(), uniform=lambda: 0.5)
    inner = Scripted(list(answers), environment)
    transport = AsyncScripted(inner)
    watch = Watch(observers, capacity=capacity, address="http://localhost:8000")
    return AsyncClient(transport, environment, sender=AsyncSender(transport, watch, middleware)), inner
