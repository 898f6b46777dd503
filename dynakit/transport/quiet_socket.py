"""Sockets that may be forgotten: they close themselves without a warning.

As those are of an event loop that ended, of a process's parent, and of a client that nobody closed. The
socket does it itself, as the order in which a cycle is collected is not known.
"""

from __future__ import annotations

import socket


class QuietSocket(socket.socket):
    """A socket that closes itself."""

    __slots__ = ()

    def __del__(self) -> None:
        # At the bottom: an error or an interrupt may have come before Python's part of it was made.
        super(socket.socket, self).close()
