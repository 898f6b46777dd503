"""A transport between a client and its backend that records each call, and can spoil it.

A test gives a :class:`Wire` what to do before a call is sent and after its reply came: see what is sent,
let another writer in, lose the reply, answer something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dynakit.operations.reply import Failure, NotSent, ReplyLost, ServiceError
from dynakit.transport.base import AsyncTransport, Transport
from dynakit.wire import Call, Payload

Before: TypeAlias = Callable[[Call], "Call | Payload | None"]
"""Runs before a call is sent, and may give another one, or a reply, instead; or raise instead of sending."""

After: TypeAlias = Callable[[Call, Payload], Payload]
"""Runs on the reply to a call and gives the one to take; what it raises is raised after it was applied."""

Refused: TypeAlias = Callable[[Call], None]
"""Runs when the backend refused a call; what it raises is raised instead of the refusal."""

TABLE_ACTIONS = frozenset({"CreateTable", "DescribeTable", "DeleteTable"})


@dataclass
class Wire:
    """What went over it, and what to do to each call to come; calls about tables are let through."""

    calls: list[Call] = field(default_factory=list[Call])
    about_tables: list[Call] = field(default_factory=list[Call])
    replies: list[Payload] = field(default_factory=list[Payload])
    before: Before | None = None
    after: After | None = None
    refused: Refused | None = None

    @property
    def every_call(self) -> list[Call]:
        """All of them, those about tables behind the others."""
        return [*self.calls, *self.about_tables]

    @property
    def actions(self) -> list[str]:
        """The actions that were sent, in order."""
        return [call.action for call in self.calls]

    def going(self, call: Call) -> Call | Payload:
        """Note a call that is about to be sent; give what is sent, or the reply to take without sending."""
        if call.action in TABLE_ACTIONS:
            self.about_tables.append(call)
            return call
        self.calls.append(call)
        instead = None if self.before is None else self.before(call)
        return call if instead is None else instead

    def came(self, call: Call, reply: Payload) -> Payload:
        """Note a reply, and give the one to take instead."""
        if call.action in TABLE_ACTIONS:
            return reply
        reply = reply if self.after is None else self.after(call, reply)
        self.replies.append(reply)
        return reply

    def failed(self, call: Call) -> None:
        """Note that a call was refused, or failed."""
        if self.refused is not None and call.action not in TABLE_ACTIONS:
            self.refused(call)

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
        going = self._wire.going(call)
        try:
            reply = self._inner.send(going) if isinstance(going, Call) else going
        except Failure:
            self._wire.failed(call)
            raise
        return self._wire.came(call, reply)

    def close(self) -> None:
        self._inner.close()


class AsyncWiredTransport:
    """The asynchronous twin."""

    def __init__(self, inner: AsyncTransport, wire: Wire) -> None:
        self._inner = inner
        self._wire = wire

    async def send(self, call: Call) -> Payload:
        going = self._wire.going(call)
        try:
            reply = await self._inner.send(going) if isinstance(going, Call) else going
        except Failure:
            self._wire.failed(call)
            raise
        return self._wire.came(call, reply)

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
    meanwhile: Callable[[], object] | None = None
    lost: int = 0

    def __post_init__(self) -> None:
        self.wire.before, self.wire.after, self.wire.refused = self._before, self._after, self._refused

    def _before(self, call: Call) -> None:
        if not self.applied:
            self._spoil()

    def _after(self, call: Call, reply: Payload) -> Payload:
        if self.applied:
            self._spoil()
        return reply

    def _refused(self, call: Call) -> None:
        if self.applied:
            self._spoil()

    def _spoil(self) -> None:
        if self.lost >= self.times:
            return
        self.lost += 1
        if self.meanwhile is not None and self.lost == 1:
            self.meanwhile()
        raise self.failure()


@dataclass
class Leave:
    """Leave the first requests of each batch unprocessed: as many as ``keep`` says of a number of requests.

    They come back in other words, as a service may: sets in another order, numbers with a zero more.
    """

    wire: Wire
    keep: Callable[[int], int]
    _left: Payload = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        self.wire.before, self.wire.after = self._before, self._after

    def _before(self, call: Call) -> Call | Payload:
        self._left = {}
        sent: Payload = {}
        tables: dict[str, Any] = call.payload["RequestItems"]
        for table, given in tables.items():
            requests: list[Payload] = given["Keys"] if call.action == "BatchGetItem" else given
            kept = self.keep(len(requests))
            for into, part in ((self._left, in_other_words(requests[:kept])), (sent, requests[kept:])):
                if part:
                    into[table] = {**given, "Keys": part} if call.action == "BatchGetItem" else part
        return Call(call.action, {**call.payload, "RequestItems": sent}) if sent else {"Responses": {}}

    def _after(self, call: Call, reply: Payload) -> Payload:
        return {
            **reply,
            "UnprocessedItems" if call.action == "BatchWriteItem" else "UnprocessedKeys": self._left,
        }


def in_other_words(value: Any) -> Any:
    """Say the same in another way."""
    whole = value
    match value:
        case list():
            return [in_other_words(element) for element in whole]
        case {"SS": texts}:
            return {"SS": texts[::-1]}
        case {"NS": numbers}:
            return {"NS": numbers[::-1]}
        case {"N": str(number)}:
            return {"N": number + ("0" if "." in number else ".0")}
        case dict():
            return {name: in_other_words(member) for name, member in whole.items()}
        case _:
            return value
