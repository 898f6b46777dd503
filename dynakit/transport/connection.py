"""One connection of the synchronous transport: a request at a time, in the thread of its caller."""

from __future__ import annotations

import select
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from dynakit.transport.failures import is_of_socket
from dynakit.transport.http_head import BadReply
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
    """An open connection that belongs to one thread at a time; one that is forgotten is closed by its socket.

    ``has_come`` says whether anything came while it was idle: its end, or what nobody asked for. ``proxy`` is
    one that is to send each request on. ``idle_since`` is when it was used last, in seconds. ``sent`` says
    that the system took the last request to its end.
    """

    __slots__ = ("_proxy", "_stream", "has_come", "idle_since", "sent")

    def __init__(self, stream: ByteStream, proxy: Proxy | None) -> None:
        self._stream = stream
        self._proxy = proxy
        self.has_come = look_out(stream.fileno())
        self.idle_since = 0.0
        self.sent = False

    def exchange(self, request: HttpRequest) -> HttpReply:
        """Send a request and wait for the reply. Raises ``OSError`` or ``BadReply``.

        After an error the connection must be closed, as must one whose reply is not reusable.
        """
        proxy = self._proxy
        head = request.head if proxy is None else request.head_for_proxy(proxy.authorization)
        self.sent = False
        try:
            self._send(head, request.body)
        except OSError as error:
            reply = self._early_reply()
            if reply is None:
                self.sent = not is_of_socket(error)
                raise
            return reply
        self.sent = True
        return self._reply()

    def _send(self, head: bytes, body: bytes) -> None:
        """The time-out is for each piece."""
        send = self._stream.sendall
        send(head + body[:_PIECE])
        for start in range(_PIECE, len(body), _PIECE):
            send(body[start : start + _PIECE])

    def _reply(self) -> HttpReply:
        receive, reader = self._stream.recv, ReplyReader()
        while True:
            data = receive(_PIECE)
            reply = reader.feed(data) if data else reader.end()
            if reply is not None:
                return reply

    def _early_reply(self) -> HttpReply | None:
        """What a server that wants no more of a request had answered before; ``None`` if that is no reply."""
        try:
            self._stream.settimeout(0)
            return self._reply()._replace(reusable=False)
        except (OSError, BadReply):
            return None

    def close(self) -> None:
        """Close the socket; in a forked process that leaves the parent's open."""
        self._stream.close()


def look_out(descriptor: int) -> Callable[[], object]:
    """What says whether something has come to a socket; about a microsecond a time."""
    if not hasattr(select, "poll"):
        return lambda: select.select([descriptor], [], [], 0)[0]
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return partial(poll.poll, 0)
