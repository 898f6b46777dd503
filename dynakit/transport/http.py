"""The synchronous transport: signed HTTP over botocore's connections."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

from dynakit.environment import current
from dynakit.operations.reply import Failure
from dynakit.transport.failures import WatchedBody, failure_by_progress
from dynakit.transport.request import prepare, read_answer, read_reply
from dynakit.transport.settings import IDLE_SECONDS, HttpSettings
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.httpsession import URLLib3Session


class HttpTransport:
    """Sends calls over pooled connections; safe to share by threads, and to use after a fork.

    At most ``connections`` stay open when idle. A connection the other side closed is not reused.
    """

    def __init__(self, settings: HttpSettings, *, connections: int = 50) -> None:
        self._settings = settings
        self._connections = connections
        self._pool: URLLib3Session | None = None
        self._process = 0
        self._last_used = 0.0

    @property
    def url(self) -> str:
        """Where calls to DynamoDB go, for those who look on."""
        return self._settings.endpoint.url

    def send(self, call: Call) -> Payload:
        """Send one call once; see :class:`~dynakit.transport.base.Transport`."""
        try:
            request = prepare(call, self._settings.endpoint, self._settings.credentials.frozen())
            response = self._settings.interception.response(call, request)
            if response is not None:
                return read_answer(response.status_code, response.headers, response.content)
            response = self._exchange(request)
            return read_reply(response.status_code, response.headers, response.content)
        except Failure as failure:
            failure.endpoint = str(self._settings.endpoint)
            raise

    def close(self) -> None:
        """Close the idle connections; a later call opens new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _exchange(self, request: AWSPreparedRequest) -> AWSResponse:
        from botocore.exceptions import BotoCoreError

        assert isinstance(request.body, bytes)
        body = WatchedBody(request.body)
        request.body = body
        try:
            return self._open().send(request)
        except BotoCoreError as error:
            raise failure_by_progress(error, started=body.started) from error

    def _open(self) -> URLLib3Session:
        now = current().monotonic()
        idle, self._last_used = now - self._last_used, now
        # A forked child must leave the sockets of its parent alone, and so makes a pool of its own.
        pool = self._pool
        if pool is None or self._process != os.getpid():
            pool = self._pool = self._new_pool()
            self._process = os.getpid()
        elif idle > IDLE_SECONDS:
            pool.close()
        return pool

    def _new_pool(self) -> URLLib3Session:
        from botocore.httpsession import URLLib3Session
        from botocore.utils import get_environ_proxies

        settings = self._settings
        options: dict[str, Any] = {
            "verify": settings.verify,
            "proxies": get_environ_proxies(settings.endpoint.url),
            "timeout": (settings.timeouts.connect, settings.timeouts.read),
            "max_pool_connections": self._connections,
            "socket_options": [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        }
        return URLLib3Session(**options)
