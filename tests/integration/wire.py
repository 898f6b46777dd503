"""A transport between a client and its backend that records each call, and can spoil it.

A test gives a :class:`Wire` what to do before a call is sent and after its reply came: see what is sent,
let another writer in, lose the reply, answer something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from dynakit.operations.reply import Failure, NotSent, ReplyLost, ServiceError
from dynakit.transport.base import AsyncTransport, Transport
from dynakit.wire import Call, Payload

Before: TypeAlias = Callable[[Call], None]
"""Runs before a call is sent; what it raises is raised instead of sending."""

After: TypeAlias = Callable[[Call, Payload], Payload]
"""Runs on the reply to a call and gives the one to take; what it raises is raised after it was applied."""

TABLE_ACTIONS = frozenset({"CreateTable", "DescribeTable", "DeleteTable"})


@dataclass
class Wire:
    """What went over it, and what to do to each call to come; calls about tables are let through."""

    calls: list[Call] = field(default_factory=list[Call])
    replies: list[Payload] = field(default_factory=list[Payload])
    before: Before | None = None
    after: After | None = None

    @property
    def actions(self) -> list[str]:
        """The actions that were sent, in order."""
        return [call.action for call in self.calls]

    def going(self, call: Call) -> None:
        """Note a call that is about to be sent."""
        if call.action in TABLE_ACTIONS:
            return
        self.calls.append(call)
        if self.before is not None:
            self.before(call)

    def came(self, call: Call, reply: Payload) -> Payload:
        """Note a reply, and give the one to take instead."""
        if call.action in TABLE_ACTIONS:
            return reply
        reply = reply if self.after is None else self.after(call, reply)
        self.replies.append(reply)
        return reply

    def clear(self) -> None:
        """Forget what went over it."""
        self.calls.clear()
        self.replies.clear()


class WiredTransport:
    """A transport whose calls go over a wire."""

    def __init__(self, inner: Transport, wire: Wire) -> None:
        self._inner = inner
        self._wire = wire

    def send(self, call: Call) -> Payload:
        self._wire.going(call)
        return self._wire.came(call, self._inner.send(call))

    def close(self) -> None:
        self._inner.close()


class AsyncWiredTransport:
    """The asynchronous twin."""

    def __init__(self, inner: AsyncTransport, wire: Wire) -> None:
        self._inner = inner
        self._wire = wire

    async def send(self, call: Call) -> Payload:
        self._wire.going(call)
        return self._wire.came(call, await self._inner.send(call))

    async def close(self) -> None:
        await self._inner.close()


def reply_lost() -> Failure:
    """The connection broke after the request was sent."""
    return ReplyLost("the connection was reset")


def server_fault() -> Failure:
    """The service answered 500, which it does after applying a write, too."""
    return ServiceError(500, "InternalServerError", "internal error")


def not_sent() -> Failure:
    """The connection was refused."""
    return NotSent("the endpoint was not reached")


def throttled() -> Failure:
    """The service asked to slow down."""
    return ServiceError(400, "ProvisionedThroughputExceededException", "slow down")


@dataclass
class Lose:
    """Lose the reply to the first ``times`` calls, applied or not, with what ``failure`` makes.

    ``meanwhile`` runs once, after the first of them: another writer between an attempt and the next.
    """

    wire: Wire
    applied: bool
    failure: Callable[[], Failure] = reply_lost
    times: int = 1
    meanwhile: Callable[[], None] | None = None
    lost: int = 0

    def __post_init__(self) -> None:
        self.wire.before, self.wire.after = self._before, self._after

    def _before(self, call: Call) -> None:
        if not self.applied:
            self._spoil()

    def _after(self, call: Call, reply: Payload) -> Payload:
        if self.applied:
            self._spoil()
        return reply

    def _spoil(self) -> None:
        if self.lost >= self.times:
            return
        self.lost += 1
        if self.meanwhile is not None and self.lost == 1:
            self.meanwhile()
        raise self.failure()
