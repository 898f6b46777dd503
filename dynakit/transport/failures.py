"""What an error of the network means for the call: not sent, or its outcome unknown."""

from __future__ import annotations

import os
import socket
import sys
from io import BytesIO
from typing import TYPE_CHECKING

from dynakit.operations.reply import Failure, NotSent, ReplyLost
from dynakit.transport.http_head import BadReply

if TYPE_CHECKING:
    from collections.abc import Iterator


class WatchedBody(BytesIO):
    """A request body that knows whether any of it was taken to be sent.

    DynamoDB does nothing without a body, so as long as ``started`` is false nothing was applied: the name
    was not found, the connection refused or never made, TLS not agreed on, a proxy in the way.
    """

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.started = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.started = True
        return super().read(size)


def failure_by_progress(error: BaseException, *, started: bool) -> Failure:
    """The failure of a request whose body was or was not begun to be sent."""
    if started:
        return ReplyLost(f"no valid reply came ({describe(error)})")
    return NotSent(f"the endpoint was not reached ({describe(error)})")


def failure_of_exchange(error: BaseException, *, sent: bool) -> Failure:
    """The failure of a request that the system did or did not take to its end, on a connection that stood.

    Without its end it cannot be applied, by whatever server: the body is shorter than was announced, it does
    not have the hash that was signed, and no beginning of a JSON object is one. With TLS, the record that was
    not taken whole cannot be read. So an error while sending is safe to send again.
    """
    if sent:
        return ReplyLost(f"no valid reply came ({describe(error)})")
    return NotSent(f"the request could not be sent to its end ({describe(error)})")


_SENDERS = ("dynakit.transport.connection", "dynakit.transport.dial", "dynakit.transport.aio_tls", "ssl")
"""The modules in which an error of sending is raised."""


def is_of_socket(error: BaseException) -> bool:
    """Whether an error of sending was raised there, so that what was to be sent was not taken to its end.

    The handler of a signal may raise one, a ``TimeoutError`` for one, when all has been taken.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") in _SENDERS


def failure_by_type(error: BaseException) -> Failure | None:
    """The failure an error of botocore's HTTP stands for where no body was watched; else ``None``."""
    from botocore.exceptions import (
        ConnectionError,  # noqa: A004 - that is what botocore calls it
        ConnectTimeoutError,
        EndpointConnectionError,
        HTTPClientError,
        ProxyConnectionError,
    )

    if not isinstance(error, HTTPClientError | ConnectionError):
        return None
    before = isinstance(error, EndpointConnectionError | ConnectTimeoutError | ProxyConnectionError)
    return failure_by_progress(error, started=not before)


def describe(error: BaseException) -> str:
    """Name an error and the error of the operating system or of TLS at its root."""
    if isinstance(error, BadReply):
        return str(error)
    roots = [text for link in _chain(error) if (text := _said(link))]
    name = type(error).__name__
    return f"{name}: {roots[-1]}" if roots else name


def _said(error: BaseException) -> str | None:
    if not isinstance(error, OSError):
        # urllib3's for a certificate of another host; other errors may quote what was sent.
        return str(error) if type(error).__name__ == "CertificateError" else None
    # TLS and name resolution count their errors in ways of their own, and asyncio rewords the system's.
    if error.errno and not isinstance(error, socket.gaierror) and not _is_of_tls(error):
        return os.strerror(error.errno)
    return error.strerror


def _is_of_tls(error: OSError) -> bool:
    # Whoever spoke TLS has imported it, which takes 5 ms.
    ssl = sys.modules.get("ssl")
    return ssl is not None and isinstance(error, ssl.SSLError)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
