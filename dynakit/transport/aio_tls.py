"""TLS from bytes to bytes, for a socket that is read and written without waiting."""

from __future__ import annotations

from ssl import MemoryBIO, SSLContext, SSLWantReadError

_RECORD = 2**14
"""Bytes a record of TLS holds at most."""


class TlsLayer:
    """The client's side of one TLS connection; ``below`` is the layer of a proxy that is spoken to over TLS.

    ``host`` is what the certificate is checked for. All methods raise ``ssl.SSLError``, after which the
    layer is of no use.
    """

    __slots__ = ("_below", "_incoming", "_outgoing", "_tls", "ended")

    def __init__(self, context: SSLContext, host: str, below: TlsLayer | None = None) -> None:
        self._incoming, self._outgoing = MemoryBIO(), MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._below = below
        self.ended = False
        """Whether the other side said that nothing more will come."""

    def handshake(self, data: bytes) -> tuple[bytes, bool]:
        """Take what came, at first nothing: what is to be sent, and whether both sides have agreed."""
        if data:
            self._incoming.write(self._below.decrypt(data) if self._below else data)
        agreed = True
        try:
            self._tls.do_handshake()
        except SSLWantReadError:
            agreed = False
        return self._sendable(), agreed

    def encrypt(self, data: bytes | memoryview) -> bytes:
        """What to send for ``data``, which may not be empty."""
        self._tls.write(data)
        return self._sendable()

    def decrypt(self, data: bytes) -> bytes:
        """The text of all records that are whole with ``data``; empty while none is."""
        incoming, tls = self._incoming, self._tls
        if self._below:
            data = self._below.decrypt(data)
            self.ended = self._below.ended
        incoming.write(data)
        pieces: list[bytes] = []
        try:
            while incoming.pending or tls.pending():
                piece = tls.read(_RECORD)
                if not piece:
                    self.ended = True
                    break
                pieces.append(piece)
        except SSLWantReadError:
            pass
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _sendable(self) -> bytes:
        data = self._outgoing.read()
        return self._below.encrypt(data) if self._below and data else data
