"""One connection of the synchronous transport: a request at a time, in the thread of its caller."""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from dynakit.transport.http_reply import HttpReply, ReplyReader

if TYPE_CHECKING:
    from dynakit.transport.proxies import Proxy
    from dynakit.transport.request import HttpRequest

_PIECE = 2**16
"""Bytes given to a socket, and taken from it, at once."""


class ByteStream(Protocol):
    """A socket, or a layer of TLS over one; each call ends within the time-out of the socket."""

    def sendall(self, data: bytes, /) -> None: ...

    def recv(self, size: int, /) -> bytes: ...

    def settimeout(self, seconds: float | None, /) -> None: ...

    def fileno(self) -> int: ...

    def close(self) -> None: ...


class Connection:
    """An open connection that belongs to one thread at a time; one that is forgotten closes itself.

    ``proxy`` is one that is to send each request on. ``idle_since`` is when it was used last, in seconds.
    """

    __slots__ = ("_has_come", "_proxy", "_stream", "idle_since")

    def __init__(self, stream: ByteStream, proxy: Proxy | None) -> None:
        self._stream = stream
        self._proxy = proxy
        self._has_come = look_out(stream.fileno())
        self.idle_since = 0.0

    def exchange(self, request: HttpRequest) -> HttpReply:
        """Send a request and wait for the reply. Raises ``OSError`` or ``BadReply``.

        After an error the connection must be closed, as must one whose reply is not reusable.
        """
        stream, proxy = self._stream, self._proxy
        head = request.head if proxy is None else request.head_for_proxy(proxy.authorization)
        body = request.body
        stream.sendall(head + body[:_PIECE])
        # The time-out is for each piece.
        for start in range(_PIECE, len(body), _PIECE):
            stream.sendall(body[start : start + _PIECE])
        reader = ReplyReader()
        while True:
            data = stream.recv(_PIECE)
            reply = reader.feed(data) if data else reader.end()
            if reply is not None:
                return reply

    def is_silent(self) -> bool:
        """Whether nothing came while it was idle: neither its end nor what nobody asked for."""
        return not self._has_come()

    def close(self) -> None:
        """Close the socket; in a forked process that leaves the parent's open."""
        self._stream.close()

    def __del__(self) -> None:
        self._stream.close()


def look_out(descriptor: int) -> Callable[[], object]:
    """What says whether something has come to a socket; about a microsecond a time."""
    if not hasattr(select, "poll"):
        return lambda: select.select([descriptor], [], [], 0)[0]
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return lambda: poll.poll(0)
