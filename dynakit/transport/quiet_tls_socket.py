"""The same as :mod:`dynakit.transport.quiet_socket` for TLS, whose import takes 5 ms."""

from __future__ import annotations

from socket import socket
from ssl import SSLSocket


class QuietTlsSocket(SSLSocket):
    """A socket of TLS that closes itself, without a word to the other side: that may be a parent's."""

    def __del__(self) -> None:
        super(socket, self).close()
