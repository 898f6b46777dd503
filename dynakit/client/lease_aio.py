"""``async with db.lease(…)``: the twin of :mod:`dynakit.client.lease` for asyncio."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dynakit.client.lease import LeaseState
from dynakit.errors import DynakitError, LeaseLost, RequestError
from dynakit.operations.lease import Lease, acquire, release, renew, try_acquire

if TYPE_CHECKING:
    from dynakit.client.running import Awaits


class AsyncLeaseHolder(LeaseState):
    """The twin of :class:`LeaseHolder` for asyncio: the heartbeat is a task."""

    def __init__(self, client: Awaits, lease: Lease, wait: float | None, heartbeat: bool) -> None:
        super().__init__(client.environment, lease)
        self._client = client
        self._wait = wait
        self._heartbeat = heartbeat
        self._task: asyncio.Task[None] | None = None

    async def acquire(self) -> None:
        """Take the lease, waiting as long as it was told to. Raises :class:`LeaseTaken`."""
        self._check_free()
        self._begin(await self._client.run(acquire(self.lease, self._environment, self._wait)))
        self._start()

    async def try_acquire(self) -> bool:
        """Take the lease if it is free, or if this object saw its holder silent for its whole duration."""
        self._check_free()
        taken = self._found(await self._client.run(try_acquire(self.lease, self._environment, self._seen)))
        if taken:
            self._start()
        return taken

    async def renew(self) -> None:
        """Begin the duration anew; the heartbeat does that. Raises :class:`LeaseLost`."""
        try:
            self._held = await self._client.run(renew(self._renewable(), self._environment))
        except LeaseLost as lost:
            self._lost = lost
            raise

    async def release(self) -> None:
        """Give the lease back. Raises :class:`LeaseLost` when it was not held to the end."""
        await self._end()
        held, held_to_the_end = self._taken(), self.still_held
        lost, self._held = self._lost, None
        try:
            await self._client.run(release(held, self._environment))
        except LeaseLost as error:
            raise lost or error from None
        if not held_to_the_end and lost is not None:
            raise lost

    async def __aenter__(self) -> Self:
        await self.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            await self.release()
            return
        with suppress(DynakitError):
            await self.release()

    def _start(self) -> None:
        if self._heartbeat:
            self._task = asyncio.create_task(self._beat(), name=str(self.lease))

    async def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _beat(self) -> None:
        while self.still_held:
            await asyncio.sleep(self._interval)
            try:
                await self.renew()
            except LeaseLost:
                return
            except RequestError:
                continue
