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
        # One that the system refused to make has nothing to close.
        if self.fileno() >= 0:
            self.close()
