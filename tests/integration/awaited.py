"""The asynchronous client and repository behind the verbs of the synchronous ones.

So that one test body holds for both: each coroutine is run to its end on a loop of its own, an
asynchronous iterator is stepped item by item, an ``async with`` block is a ``with`` block.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any


class Awaited:
    """Stands before an asynchronous object and awaits what its methods give."""

    def __init__(self, inner: object, loop: asyncio.Runner) -> None:
        self._inner = inner
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        found: Any = getattr(self._inner, name)
        if inspect.ismethod(found):
            return self._calling(found)
        return Awaited(found, self._loop) if _is_asynchronous(found) else found

    def __enter__(self) -> Any:
        inner: Any = self._inner
        return self._loop.run(inner.__aenter__())

    def __exit__(self, *error: object) -> None:
        inner: Any = self._inner
        self._loop.run(inner.__aexit__(*error))

    def _calling(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            result: Any = method(*args, **kwargs)
            if inspect.iscoroutine(result):
                return self._loop.run(result)
            if inspect.isasyncgen(result):
                return self._stepped(result)
            return Awaited(result, self._loop) if _is_asynchronous(result) else result

        return called

    def _stepped(self, results: AsyncIterator[Any]) -> Iterator[Any]:
        while True:
            try:
                yield self._loop.run(_next(results))
            except StopAsyncIteration:
                return


def _is_asynchronous(value: object) -> bool:
    return type(value).__name__.startswith("Async")


async def _next(results: AsyncIterator[Any]) -> Any:
    return await anext(results)
