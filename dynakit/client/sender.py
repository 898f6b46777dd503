"""What stands between a client and its transport: middleware outside, observers next to the transport."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

from dynakit.operations.reply import Failure
from dynakit.telemetry import log
from dynakit.telemetry.watch import Watch
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from dynakit.transport.base import AsyncTransport, Transport

Send: TypeAlias = Callable[[Call], Payload]
"""Sends a call and gives its reply; raises a :class:`~dynakit.operations.reply.Failure` otherwise."""

AsyncSend: TypeAlias = Callable[[Call], Awaitable[Payload]]
"""The same, to be awaited."""


class Middleware(Protocol):
    """Stands around each call: sends it by ``send(call)``, as it is or changed, or answers itself.

    It gives the reply, or raises a :class:`~dynakit.operations.reply.Failure`, which the retry layer treats
    like one of the service. A changed call is made by ``dataclasses.replace(call, payload=…)``, so that it
    keeps the statement it belongs to; payloads are never changed in place.
    """

    def __call__(self, call: Call, send: Send, /) -> Payload: ...


class AsyncMiddleware(Protocol):
    """The same for asyncio: ``await send(call)``."""

    async def __call__(self, call: Call, send: AsyncSend, /) -> Payload: ...


class Sender:
    """Sends the calls of one client, and of those that share its connections.

    The first middleware is the outermost. Observers see what is really sent: a reply that a middleware gives
    by itself is no call, a call that it sends twice is two.
    """

    def __init__(
        self, transport: Transport, watch: Watch | None = None, middleware: Iterable[Middleware] = ()
    ) -> None:
        self.transport = transport
        self.watch = watch or Watch()
        self.send: Send = self._send
        for one in reversed(tuple(middleware)):
            self.send = partial(_through, one, self.send)

    def _send(self, call: Call) -> Payload:
        if not self.watch.looks:
            try:
                return self.transport.send(call)
            except Failure as failure:
                log.warn(call, failure)
                raise
        watched = self.watch.begin(call)
        try:
            reply = self.transport.send(watched.call)
        except BaseException as error:
            watched.failed(error)
            raise
        watched.succeeded(reply)
        return reply


class AsyncSender:
    """The same for asyncio."""

    def __init__(
        self,
        transport: AsyncTransport,
        watch: Watch | None = None,
        middleware: Iterable[AsyncMiddleware] = (),
    ) -> None:
        self.transport = transport
        self.watch = watch or Watch()
        self.send: AsyncSend = self._send
        for one in reversed(tuple(middleware)):
            self.send = partial(_through_async, one, self.send)

    async def _send(self, call: Call) -> Payload:
        if not self.watch.looks:
            try:
                return await self.transport.send(call)
            except Failure as failure:
                log.warn(call, failure)
                raise
        watched = self.watch.begin(call)
        try:
            reply = await self.transport.send(watched.call)
        except BaseException as error:
            watched.failed(error)
            raise
        watched.succeeded(reply)
        return reply


def _through(middleware: Middleware, send: Send, call: Call) -> Payload:
    return middleware(_with_whole_reply(call), send)


async def _through_async(middleware: AsyncMiddleware, send: AsyncSend, call: Call) -> Payload:
    return await middleware(_with_whole_reply(call), send)


def _with_whole_reply(call: Call) -> Call:
    """A middleware may do with a reply whatever it likes."""
    return replace(call, item_by_item=False) if call.item_by_item else call
