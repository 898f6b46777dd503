"""Opening a connection: the name, the socket, the proxy's tunnel, TLS."""

from __future__ import annotations

import asyncio
import socket
from asyncio import AbstractEventLoop
from typing import TYPE_CHECKING, Any

from dynakit.transport.aio_tls import TlsLayer
from dynakit.transport.dial import tunnel_is_open, tunnel_request
from dynakit.transport.quiet_socket import QuietSocket
from dynakit.transport.tls import tls_context
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.transport.destination import Destination
    from dynakit.transport.proxies import Proxy
    from dynakit.transport.settings import HttpSettings

_RECEIVED = 2**16


@dataclass(slots=True)
class Link:
    """An open socket; ``tls`` is the layer over it, ``proxy`` one that is to send each request on."""

    loop: AbstractEventLoop
    socket: QuietSocket
    tls: TlsLayer | None = None
    proxy: Proxy | None = None

    async def send(self, data: bytes) -> None:
        await self.loop.sock_sendall(self.socket, self.tls.encrypt(data) if self.tls else data)

    async def receive(self) -> bytes:
        """The next bytes; ``ConnectionResetError`` if there are no more."""
        data = b""
        while not data:
            data = await self._received()
            if self.tls:
                data = self.tls.decrypt(data)
        return data

    async def secure(self, host: str, verify: str | bool) -> None:
        """Agree on TLS with ``host``, over the layer there may be."""
        layer = TlsLayer(tls_context(verify), host, self.tls)
        data, agreed = layer.handshake(b"")
        while True:
            if data:
                await self.loop.sock_sendall(self.socket, data)
            if agreed:
                break
            data, agreed = layer.handshake(await self._received())
        self.tls = layer

    async def _received(self) -> bytes:
        data = await self.loop.sock_recv(self.socket, _RECEIVED)
        if not data:
            raise ConnectionResetError("the connection was closed")
        return data


async def open_link(loop: AbstractEventLoop, destination: Destination, settings: HttpSettings) -> Link:
    """Open a connection to where a URL leads, through the proxy of the environment if it has one.

    Raises ``OSError`` (``ssl.SSLError`` is one) or ``BadReply``, and ``ConnectionFailed`` for a proxy or a
    CA bundle that cannot be used. Limits no time but that of each address but the last.
    """
    proxy = settings.proxies(destination.url)
    first = proxy or destination
    link = Link(loop, await _connected(loop, first.host, first.port, settings.timeouts.connect))
    try:
        if proxy is not None:
            if proxy.scheme == "https":
                await link.secure(proxy.host, settings.verify)
            if destination.tls:
                await _tunnel(link, destination, proxy)
            else:
                link.proxy = proxy
        if destination.tls:
            await link.secure(destination.host, settings.verify)
    except BaseException:
        link.socket.close()
        raise
    return link


async def _connected(loop: AbstractEventLoop, host: str, port: int, seconds: float) -> QuietSocket:
    """A socket to the first address of a name that can be reached.

    Each address but the last has half of the time that is left, so that one which does not answer, as those
    of IPv6 do not everywhere, leaves the next a chance.
    """
    end = loop.time() + seconds
    addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, address in addresses[:-1]:
        try:
            async with asyncio.timeout((end - loop.time()) / 2):
                return await _connected_to(loop, family, kind, protocol, address)
        except OSError:
            continue
    family, kind, protocol, _, address = addresses[-1]
    return await _connected_to(loop, family, kind, protocol, address)


async def _connected_to(
    loop: AbstractEventLoop, family: int, kind: int, protocol: int, address: Any
) -> QuietSocket:
    made = QuietSocket(family, kind, protocol)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await loop.sock_connect(made, address)
    except BaseException:
        made.close()
        raise
    return made


async def _tunnel(link: Link, destination: Destination, proxy: Proxy) -> None:
    await link.send(tunnel_request(destination, proxy))
    data = b""
    while not tunnel_is_open(data):
        data += await link.receive()
