"""The synchronous transport: signed HTTP over sockets of its own."""

from __future__ import annotations

from dynakit.operations.reply import Failure
from dynakit.transport.pool import Pool
from dynakit.transport.request import prepare, read_answer
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call, Payload


class HttpTransport:
    """Sends calls over pooled connections; safe to share by threads, and to use after a fork.

    At most ``connections`` stay open when idle. A connection the other side closed is not reused.
    """

    def __init__(self, settings: HttpSettings, *, connections: int = 50) -> None:
        self._settings = settings
        self._pool = Pool(settings, connections)

    @property
    def url(self) -> str:
        """Where calls to DynamoDB go, for those who look on."""
        return self._settings.endpoint.url

    def send(self, call: Call) -> Payload:
        """Send one call once; see :class:`~dynakit.transport.base.Transport`."""
        settings = self._settings
        try:
            keys = settings.credentials.keys()
            # After the keys, which may have been waited for.
            moment = settings.skew.moment()
            request = prepare(call, settings.endpoint, keys, moment, settings.agent)
            response = settings.interception.response(call, request)
            if response is not None:
                return read_answer(response.status_code, response.headers, response.content)
            reply = self._pool.exchange(request)
            return settings.read(reply, moment, item_by_item=call.item_by_item)
        except Failure as failure:
            failure.endpoint = str(settings.endpoint)
            raise

    def close(self) -> None:
        """Close the idle connections; a later call opens new ones."""
        self._pool.close()
