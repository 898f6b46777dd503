"""Opening a connection of the synchronous transport: the name, the socket, the proxy's tunnel, TLS."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from dynakit.environment import current
from dynakit.transport.connection import ByteStream, Connection
from dynakit.transport.http_head import LARGEST_HEAD, BadReply, parse_head
from dynakit.transport.quiet_socket import QuietSocket
from dynakit.transport.tls import tls_context

if TYPE_CHECKING:
    from typing import Any

    from dynakit.transport.aio_tls import TlsLayer
    from dynakit.transport.destination import Destination
    from dynakit.transport.proxies import Proxy
    from dynakit.transport.settings import HttpSettings

_RECEIVED = 2**16


def open_connection(destination: Destination, settings: HttpSettings) -> Connection:
    """Open a connection to where a URL leads, through the proxy of the environment if it has one.

    Raises ``OSError`` (``ssl.SSLError`` is one) or ``BadReply``, and ``ConnectionFailed`` for a proxy or a
    CA bundle that cannot be used. The time to connect is for all of it but the look-up of the name, which
    the system limits.
    """
    proxy = settings.proxies(destination.url)
    first = proxy or destination
    clock = _Clock(settings.timeouts.connect)
    stream: ByteStream = _connected(first.host, first.port, clock)
    try:
        if proxy is not None:
            if proxy.scheme == "https":
                stream = _secured(stream, proxy.host, settings.verify, clock)
            if destination.tls:
                _tunnel(stream, destination, proxy, clock)
                proxy = None
        if destination.tls:
            stream = _secured(stream, destination.host, settings.verify, clock)
        stream.settimeout(settings.timeouts.read)
    except BaseException:
        stream.close()
        raise
    return Connection(stream, proxy)


class _Clock:
    """How much of the time to connect is left."""

    def __init__(self, seconds: float) -> None:
        self._end = current().monotonic() + seconds

    def left(self) -> float:
        """Seconds; raises ``TimeoutError`` for none."""
        left = self._end - current().monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _connected(host: str, port: int, clock: _Clock) -> QuietSocket:
    """A socket to the first address of a name that can be reached.

    Each address but the last has half of the time that is left, so that one which does not answer, as those
    of IPv6 do not everywhere, leaves the next a chance.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, address in addresses[:-1]:
        try:
            return _connected_to(family, kind, protocol, address, clock.left() / 2)
        except OSError:
            continue
    family, kind, protocol, _, address = addresses[-1]
    return _connected_to(family, kind, protocol, address, clock.left())


def _connected_to(family: int, kind: int, protocol: int, address: Any, seconds: float) -> QuietSocket:
    made = QuietSocket(family, kind, protocol)
    try:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.settimeout(seconds)
        made.connect(address)
    except BaseException:
        made.close()
        raise
    return made


def _secured(stream: ByteStream, host: str, verify: str | bool, clock: _Clock) -> ByteStream:
    """Agree on TLS with ``host``, over the layer there may be."""
    stream.settimeout(clock.left())
    context = tls_context(verify)
    if isinstance(stream, QuietSocket):
        return context.wrap_socket(stream, server_hostname=host)
    from dynakit.transport.aio_tls import TlsLayer

    return _Layered(stream, TlsLayer(context, host))


class _Layered:
    """TLS inside the TLS of a proxy."""

    def __init__(self, stream: ByteStream, layer: TlsLayer) -> None:
        self._stream = stream
        self._layer = layer
        self.settimeout, self.fileno, self.close = stream.settimeout, stream.fileno, stream.close
        data, agreed = layer.handshake(b"")
        while True:
            if data:
                stream.sendall(data)
            if agreed:
                return
            data, agreed = layer.handshake(_received(stream))

    def sendall(self, data: bytes, /) -> None:
        self._stream.sendall(self._layer.encrypt(data))

    def recv(self, size: int, /) -> bytes:
        data = b""
        while not data and not self._layer.ended:
            came = self._stream.recv(size)
            if not came:
                return b""
            data = self._layer.decrypt(came)
        return data


def _received(stream: ByteStream) -> bytes:
    data = stream.recv(_RECEIVED)
    if not data:
        raise ConnectionResetError("the connection was closed")
    return data


def _tunnel(stream: ByteStream, destination: Destination, proxy: Proxy, clock: _Clock) -> None:
    """Let a proxy connect this connection to another host.

    https://www.rfc-editor.org/rfc/rfc9110#name-connect
    """
    stream.settimeout(clock.left())
    stream.sendall(tunnel_request(destination, proxy))
    data = b""
    while not tunnel_is_open(data):
        stream.settimeout(clock.left())
        data += _received(stream)


def tunnel_request(destination: Destination, proxy: Proxy) -> bytes:
    """What asks a proxy to connect a connection to another host."""
    to = destination.host_and_port
    own = f"Proxy-Authorization: {proxy.authorization}\r\n" if proxy.authorization else ""
    return f"CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{own}\r\n".encode()


def tunnel_is_open(data: bytes) -> bool:
    """Whether the proxy's reply is whole and grants it. Raises ``BadReply`` for a refusal."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        if len(data) > LARGEST_HEAD:
            raise BadReply("the proxy's reply has no end")
        return False
    status = parse_head(data[:end]).status
    if not 200 <= status < 300:
        raise BadReply(f"the proxy opened no tunnel (status {status})")
    if len(data) > end + 4:
        raise BadReply("the proxy sent more than its reply")
    return True
