"""The asynchronous transport: the same signed HTTP over aiohttp."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

from dynakit.errors import DynakitError
from dynakit.operations.reply import Failure
from dynakit.transport.failures import failure_by_progress
from dynakit.transport.request import prepare, read_answer, read_reply
from dynakit.transport.settings import IDLE_SECONDS, HttpSettings
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from ssl import SSLContext

    from aiohttp import ClientSession
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.credentials import ReadOnlyCredentials

_LARGE = 2**20
"""Bytes from which on aiohttp wants to read a body piece by piece, so as not to hold up the loop."""


class AsyncHttpTransport:
    """Sends calls over the pooled connections of one aiohttp session for each event loop it is used in.

    At most ``connections`` are open at once; a call waits for one within the connect time-out. A loop that
    ends before :meth:`close` leaves its idle connections to the garbage collector.
    Raises ``DynakitError`` if aiohttp is not installed.
    """

    def __init__(self, settings: HttpSettings, *, connections: int = 100) -> None:
        if find_spec("aiohttp") is None:
            raise DynakitError(
                "the asynchronous client: aiohttp is not installed; it was expected. "
                "Install it with: pip install 'dynakit[aio]'"
            )
        self._settings = settings
        self._connections = connections
        self._proxy: str | None = None
        self._sessions: dict[asyncio.AbstractEventLoop, ClientSession] = {}

    @property
    def url(self) -> str:
        """Where calls to DynamoDB go, for those who look on."""
        return self._settings.endpoint.url

    async def send(self, call: Call) -> Payload:
        """Send one call once; see :class:`~dynakit.transport.base.AsyncTransport`."""
        try:
            request = prepare(call, self._settings.endpoint, await self._frozen())
            response = self._settings.interception.response(call, request)
            if response is not None:
                return read_answer(response.status_code, response.headers, response.content)
            return await self._exchange(request)
        except Failure as failure:
            failure.endpoint = str(self._settings.endpoint)
            raise

    async def close(self) -> None:
        """Close all connections; a later call opens new ones."""
        while self._sessions:
            _, session = self._sessions.popitem()
            await session.close()

    async def _frozen(self) -> ReadOnlyCredentials:
        credentials = self._settings.credentials
        if credentials.ready():
            return credentials.frozen()
        return await asyncio.to_thread(credentials.frozen)

    async def _exchange(self, request: AWSPreparedRequest) -> Payload:
        import aiohttp

        assert isinstance(request.body, bytes)
        headers = {name: _text(value) for name, value in request.headers.items()}
        body = BytesIO(request.body) if len(request.body) >= _LARGE else request.body
        session = await self._session()
        try:
            async with session.post(
                request.url, data=body, headers=headers, proxy=self._proxy, allow_redirects=False
            ) as response:
                return read_reply(response.status, response.headers, await response.read())
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise failure_by_progress(error, started=not _is_before_sending(error)) from error

    async def _session(self) -> ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is not None:
            # A connection that the other side closed while the loop stood still is still in the pool: let
            # the loop look at its sockets (the first turn) and act on what it saw (the second).
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return session
        for stopped in [other for other in self._sessions if other.is_closed()]:
            await self._sessions.pop(stopped).close()
        if loop not in self._sessions:
            self._sessions[loop] = self._new_session()
        return self._sessions[loop]

    def _new_session(self) -> ClientSession:
        import aiohttp

        settings = self._settings
        self._proxy = _proxy(settings.endpoint.url)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=IDLE_SECONDS, ssl=_tls(settings)
            ),
            timeout=aiohttp.ClientTimeout(
                total=None, connect=settings.timeouts.connect, sock_read=settings.timeouts.read
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )


def _tls(settings: HttpSettings) -> bool | SSLContext:
    """How aiohttp should check certificates. A context is made only for https, as that takes 20 ms."""
    verify = settings.verify
    if not settings.endpoint.url.startswith("https:") or verify is False:
        return verify is not False
    import ssl

    from botocore.httpsession import where

    return ssl.create_default_context(cafile=where() if verify is True else verify)


def _proxy(url: str) -> str | None:
    """The proxy of the environment for a URL, its user and password included."""
    from botocore.httpsession import ProxyConfiguration
    from botocore.utils import get_environ_proxies

    return ProxyConfiguration(get_environ_proxies(url)).proxy_url_for(url)


def _is_before_sending(error: BaseException) -> bool:
    import aiohttp

    return isinstance(
        error,
        aiohttp.ClientConnectorError
        | aiohttp.ConnectionTimeoutError
        | aiohttp.ClientHttpProxyError
        | aiohttp.InvalidURL,
    )


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
