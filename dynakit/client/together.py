"""Workers: the threads or tasks that carry out the flows of one :class:`Together` step."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from dynakit.operations.flow import Flow, Together

Drive: TypeAlias = Callable[[Flow[None]], None]
AsyncDrive: TypeAlias = Callable[[Flow[None]], Awaitable[None]]


class GivenUp(BaseException):
    """Ends a flow that is under way beside one that failed. No flow and no caller sees it."""


class Workers:
    """At most ``step.most`` workers, each taking the next flow that waits; ``among`` others around them.

    Nothing runs any more when :meth:`run` or :meth:`run_async` has returned or raised.
    """

    def __init__(self, step: Together, among: Workers | None) -> None:
        self._waiting = deque(step.flows)
        self._count = min(max(step.most, 1), len(step.flows))
        self._among = among
        self._errors: list[BaseException] = []
        self._over = False

    @property
    def ended(self) -> bool:
        """Whether flows under way have to be closed: one failed, or those around them are ended."""
        return self._over or (self._among is not None and self._among.ended)

    def run(self, drive: Drive) -> None:
        """Carry all flows out, in threads where several may be under way. Raises the first error."""
        if self._count > 1:
            self._run_threads(drive)
        else:
            self._work(drive)
        self._finish()

    async def run_async(self, drive: AsyncDrive) -> None:
        """Carry all flows out, in tasks. Raises the first error."""
        from asyncio import TaskGroup

        async with TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._work_async(drive))
        self._finish()

    def _run_threads(self, drive: Drive) -> None:
        from contextvars import copy_context
        from threading import Thread

        # A context can be entered by one thread at a time, so that each has its copy.
        threads = [
            Thread(target=copy_context().run, args=(self._work, drive), name=f"dynakit-{number}")
            for number in range(self._count)
        ]
        started: list[Thread] = []
        try:
            for thread in threads:
                thread.start()
                started.append(thread)
            for thread in threads:
                thread.join()
        finally:
            self._over = True
            for thread in started:
                thread.join()

    def _work(self, drive: Drive) -> None:
        while (flow := self._next()) is not None:
            try:
                drive(flow)
            except GivenUp:
                return
            except BaseException as error:  # noqa: BLE001 - raised by _finish, in the flow that asked
                self._fail(error)

    async def _work_async(self, drive: AsyncDrive) -> None:
        while (flow := self._next()) is not None:
            try:
                await drive(flow)
            except GivenUp:
                return
            except Exception as error:  # noqa: BLE001 - raised by _finish, in the flow that asked
                self._fail(error)
            except BaseException as error:
                self._fail(error)
                raise

    def _next(self) -> Flow[None] | None:
        if self.ended:
            return None
        try:
            return self._waiting.popleft()
        except IndexError:
            return None

    def _fail(self, error: BaseException) -> None:
        self._over = True
        self._errors.append(error)

    def _finish(self) -> None:
        if self._errors:
            raise self._errors[0]
        check_not_given_up(self._among)


def check_not_given_up(among: Workers | None) -> None:
    """Raise :class:`GivenUp` where the workers that a flow is among are ended."""
    if among is not None and among.ended:
        raise GivenUp
