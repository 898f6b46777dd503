"""The asynchronous transport: signed HTTP over connections of its own in each event loop."""

from __future__ import annotations

import asyncio
import os
from asyncio import AbstractEventLoop, Task

from dynakit.operations.reply import Failure
from dynakit.transport.aio_pool import Pool
from dynakit.transport.credentials import AccessKeys
from dynakit.transport.destination import Destination
from dynakit.transport.request import prepare, read_answer
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call, Payload


class AsyncHttpTransport:
    """Sends calls over pooled connections; may be shared by event loops of several threads.

    In each loop at most ``connections`` to one host are open at once; a call waits for one within the connect
    time-out, in the order of asking. A connection the other side closed is not reused. A loop that ends
    before :meth:`close`, and a forked child, leave what was open to the garbage collector.
    """

    def __init__(self, settings: HttpSettings, *, connections: int = 100) -> None:
        self._settings = settings
        self._connections = connections
        self._loops: dict[AbstractEventLoop, _OfLoop] = {}

    @property
    def url(self) -> str:
        """Where calls to DynamoDB go, for those who look on."""
        return self._settings.endpoint.url

    async def send(self, call: Call) -> Payload:
        """Send one call once; see :class:`~dynakit.transport.base.AsyncTransport`."""
        settings = self._settings
        try:
            keys = settings.credentials.at_hand() or await self._of_loop().keys()
            moment = settings.skew.moment()
            request = prepare(call, settings.endpoint, keys, moment, settings.agent)
            response = settings.interception.response(call, request)
            if response is not None:
                return read_answer(response.status_code, response.headers, response.content)
            reply = await self._of_loop().pool(request.destination).exchange(request)
            return settings.read(reply, moment, item_by_item=call.item_by_item)
        except Failure as failure:
            failure.endpoint = str(settings.endpoint)
            raise

    async def close(self) -> None:
        """Close the idle connections, and the others after their calls; a later call opens new ones."""
        running = asyncio.get_running_loop()
        while self._loops:
            loop, kept = self._loops.popitem()
            if loop is running:
                kept.close()
            elif kept.process == os.getpid() and not loop.is_closed():
                loop.call_soon_threadsafe(kept.close)

    def _of_loop(self) -> _OfLoop:
        loop = asyncio.get_running_loop()
        kept = self._loops.get(loop)
        if kept is not None and kept.process == os.getpid():
            return kept
        for ended in [other for other in list(self._loops) if other.is_closed()]:
            self._loops.pop(ended, None)
        kept = self._loops[loop] = _OfLoop(loop, self._settings, self._connections)
        return kept


class _OfLoop:
    """What belongs to one event loop of one process."""

    def __init__(self, loop: AbstractEventLoop, settings: HttpSettings, connections: int) -> None:
        self.process = os.getpid()
        self._loop = loop
        self._settings = settings
        self._connections = connections
        self._pools: dict[Destination, Pool] = {}
        self._loading: Task[AccessKeys] | None = None

    def pool(self, destination: Destination) -> Pool:
        """The connections to one host."""
        pool = self._pools.get(destination)
        if pool is None:
            pool = self._pools[destination] = Pool(self._loop, destination, self._settings, self._connections)
        return pool

    async def keys(self) -> AccessKeys:
        """The credentials, loaded by one thread; others wait where there are none to go on with."""
        loading = self._loading
        if loading is None or loading.done():
            loading = self._loading = self._loop.create_task(
                asyncio.to_thread(self._settings.credentials.keys)
            )
            loading.add_done_callback(_seen)
        elif (keys := self._settings.credentials.good()) is not None:
            return keys
        return await asyncio.shield(loading)

    def close(self) -> None:
        while self._pools:
            self._pools.popitem()[1].close()


def _seen(task: Task[AccessKeys]) -> None:
    """Whoever waited may have been cancelled; then nobody else looks at the error."""
    if not task.cancelled():
        task.exception()
