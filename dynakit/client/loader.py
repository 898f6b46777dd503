"""Loaders: gets that are asked for one by one, at about the same time, go out in batches."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Hashable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dynakit.operations.batch import get_many
from dynakit.operations.target import target_of
from dynakit.schema.query import Query

if TYPE_CHECKING:
    from dynakit.client.running import Awaits, Executes
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
F = TypeVar("F")


class _Waiting(Generic[F]):
    """Who waits for which item; with a cache also what has come."""

    def __init__(self, cache: bool) -> None:
        self._cache = cache
        self._known: dict[Hashable, F] = {}
        self._next: dict[Hashable, tuple[Any, F]] = {}

    def find(self, identity: Hashable) -> F | None:
        """The future of an item that is asked for, or known, already."""
        return self._known.get(identity)

    def add(self, identity: Hashable, key: object, future: F) -> bool:
        """Put an item into the next batch; whether it is the first one there."""
        self._known[identity] = future
        self._next[identity] = (key, future)
        return len(self._next) == 1

    def take(self) -> tuple[list[Any], list[F]]:
        """The next batch: its keys and their futures."""
        taken, self._next = self._next, {}
        if not self._cache:
            self._forget(taken)
        return [key for key, _ in taken.values()], [future for _, future in taken.values()]

    @property
    def asked(self) -> int:
        """How many items are in the next batch."""
        return len(self._next)

    def failed(self, futures: list[F]) -> None:
        """Forget what did not come, so that it is asked for again."""
        self._known = {name: one for name, one in self._known.items() if one not in futures}

    def clear(self, identity: Hashable | None) -> None:
        """Forget one item, or all, but for those that are asked for."""
        names = list(self._known) if identity is None else [identity]
        self._forget({name: None for name in names if name not in self._next})

    def _forget(self, names: Any) -> None:
        for name in names:
            self._known.pop(name, None)


def _identity(key: Any) -> Hashable:
    """The item of a key, and the entity it is read as."""
    target = target_of(key)
    return (target.definition.entity, *sorted((name, *value.items()) for name, value in target.key.items()))


class AsyncLoader:
    """Joins gets of one turn of the event loop into batches of 100.

    Those who ask for the same item get the same object. With ``cache=True`` an item that has come, or that is
    missing, is not read again until :meth:`clear`: make such a loader for one request, not for a process.
    """

    def __init__(self, client: Awaits, *, consistent: bool = False, cache: bool = False) -> None:
        self._client = client
        self._consistent = consistent
        self._waiting = _Waiting[asyncio.Future[Any]](cache)
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(self, key: E | Query[E]) -> E | None:
        """The item, or ``None`` when there is none.

        Raises :class:`StatementError` for a key that names no single item. What goes wrong with the batch is
        raised to all who wait for it.
        """
        identity = _identity(key)
        future = self._waiting.find(identity)
        if future is None:
            loop = asyncio.get_running_loop()
            future = loop.create_future()
            if self._waiting.add(identity, key, future):
                loop.call_soon(self._start)
        # A task that is cancelled must not take the others' item away.
        found: E | None = await asyncio.shield(future)
        return found

    def clear(self, key: E | Query[E] | None = None) -> None:
        """Forget one item, or all."""
        self._waiting.clear(None if key is None else _identity(key))

    def _start(self) -> None:
        task = asyncio.get_running_loop().create_task(self._load())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _load(self) -> None:
        keys, futures = self._waiting.take()
        try:
            flow = get_many(keys, self._client.environment, consistent=self._consistent)
            found = await self._client.run(flow)
        except BaseException as error:
            self._waiting.failed(futures)
            for future in futures:
                future.set_exception(error)
                # That nobody waits any more is no reason to be told of it.
                future.exception()
            if not isinstance(error, Exception):
                raise
            return
        for future, one in zip(futures, found, strict=True):
            future.set_result(one)


class Loader:
    """Joins gets of several threads into batches of 100.

    The first who asks waits ``window`` seconds for others, then reads for all of them. One thread alone gains
    nothing by it: use ``get_many``. Else as :class:`AsyncLoader`.
    """

    def __init__(
        self, client: Executes, *, consistent: bool = False, cache: bool = False, window: float = 0.002
    ) -> None:
        self._client = client
        self._consistent = consistent
        self._window = window
        self._lock = threading.Lock()
        self._waiting = _Waiting[Future[Any]](cache)

    def get(self, key: E | Query[E]) -> E | None:
        """The item, or ``None`` when there is none; see :meth:`AsyncLoader.get`."""
        identity, leads = _identity(key), False
        with self._lock:
            future = self._waiting.find(identity)
            if future is None:
                future = Future[Any]()
                leads = self._waiting.add(identity, key, future)
        if leads:
            self._load()
        found: E | None = future.result()
        return found

    @property
    def asked(self) -> int:
        """How many items are in the next batch."""
        return self._waiting.asked

    def clear(self, key: E | Query[E] | None = None) -> None:
        """Forget one item, or all."""
        with self._lock:
            self._waiting.clear(None if key is None else _identity(key))

    def _load(self) -> None:
        try:
            self._client.environment.sleep(self._window)
        finally:
            with self._lock:
                keys, futures = self._waiting.take()
        try:
            flow = get_many(keys, self._client.environment, consistent=self._consistent)
            found = self._client.run(flow)
        except BaseException as error:
            with self._lock:
                self._waiting.failed(futures)
            for future in futures:
                future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for future, one in zip(futures, found, strict=True):
            future.set_result(one)
