"""The process that measures one client: ``python -m benchmarks.worker NAME ENDPOINT``.

It reads one JSON order a line and answers each with one JSON line. A process a client keeps its threads, its
memory and its garbage to itself, so ``time.process_time`` counts what the client costs: all of its threads,
those of a Rust core too, and no other's.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

from benchmarks import workload
from benchmarks.calls import CALLS, CUSTOMER, ORDER_ID, Asked, Call, customer_of
from benchmarks.machine import peak_memory
from benchmarks.peer import Listed, Peer, Unsupported, peers
from benchmarks.plain import classes, plain, plain_wide

MOST_CALLS = 20_000
SILENT = {"put", "batch write", "transact write"}
"""Verbs whose answer, if there is one, says nothing of what was written."""

Told = dict[str, Any]


class Worker:
    """One client, made and connected, and what the runner may order it to do."""

    def __init__(self, listed: Listed, endpoint: str) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self.peer: Peer = listed.make(endpoint)
        self._finished(self.peer.open())

    def order(self, do: str, **options: Any) -> Told:
        """Carry out one order, which is one of the methods below."""
        try:
            told: Told = getattr(self, do)(**options)
        except Unsupported as lacking:
            return {"unsupported": str(lacking)}
        except Exception as error:  # noqa: BLE001  whatever a client raises is told, and fails its cell
            return {"failed": f"{type(error).__name__}: {error}"[:300]}
        return told

    def check(self, verb: str, size: int, customer: str | None = None) -> Told:
        """Do it once, and say what came back in plain values; ``None`` if the client gives nothing back."""
        found = self._finished(self._call(verb, size, customer)())
        if found is None or verb in SILENT:
            return {"found": None}
        rows = several(found)
        if verb == "wide":
            return {"found": [plain_wide(row, size) for row in rows]}
        return {"found": sorted((plain(self.peer.row(row)) for row in rows), key=lambda row: row["order_id"])}

    def returns(self) -> Told:
        """Of which classes an order is that a read gives; whether a number of 38 digits stays what it is."""
        exact = self.peer.row(self._one(workload.EXACT))["total"]
        return {**classes(self._one(CUSTOMER)), "exact": str(exact) == str(workload.EXACT_TOTAL)}

    def _one(self, customer: str) -> Any:
        try:
            return self._finished(self.peer.get(customer, ORDER_ID))
        except Unsupported:
            return several(self._finished(self.peer.query(customer)))[0]

    def measure(
        self, verb: str, size: int, seconds: float, at_once: int = 1, customer: str | None = None
    ) -> Told:
        """CPU and wall time per call in µs, over as many calls as fit into about these seconds."""
        call = self._call(verb, size, customer)
        run = self._in_tasks if self.peer.asynchronous else self._in_threads
        warm, _ = timed(lambda: run(call, at_once, at_once))
        warm, _ = timed(lambda: run(call, at_once, at_once))
        calls = min(max(round(seconds / max(warm / at_once, 1e-6)), 3), MOST_CALLS)
        calls = max(calls // at_once, 1) * at_once
        gc.collect()
        wall, cpu = timed(lambda: run(call, calls, at_once))
        return {"cpu_us": cpu / calls * 1e6, "wall_us": wall / calls * 1e6, "calls": calls}

    def once(self, verb: str, size: int, customer: str | None = None) -> Told:
        """One call: its seconds of CPU and wall time, what it gave in sum, and the peak of memory."""
        call = self._call(verb, size, customer)
        gc.collect()
        given: list[Any] = []
        wall, cpu = timed(lambda: given.append(self._finished(call())))
        told = {"cpu_s": cpu, "wall_s": wall, **self.memory()}
        return told if verb in SILENT else told | {"gave": self._sum(given[0])}

    def _sum(self, found: Any) -> Any:
        """A sum as it is; of many orders how many they are, and each hundredth in plain values."""
        if isinstance(found, int):
            return found
        rows = several(found)
        return {"count": len(rows), "each hundredth": [plain(self.peer.row(row)) for row in rows[::100]]}

    def declaring(self, size: int) -> Told:
        """The CPU that declaring models takes, in µs for each."""
        return {"cpu_us": self.peer.crowded(size).declaring / size * 1e6}

    def memory(self) -> Told:
        return {"peak_mb": peak_memory()}

    def close(self) -> Told:
        self._finished(self.peer.close())
        return {}

    def _call(self, verb: str, size: int, customer: str | None) -> Call:
        return CALLS[verb](Asked(self.peer, size, customer or customer_of(verb, size), self._finished))

    def _finished(self, found: Any) -> Any:
        return self._loop.run_until_complete(found) if self.peer.asynchronous and found is not None else found

    def _in_threads(self, call: Call, calls: int, threads: int) -> None:
        if threads == 1:
            return repeat(call, calls)
        started = [threading.Thread(target=repeat, args=(call, calls // threads)) for _ in range(threads)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
        return None

    def _in_tasks(self, call: Callable[[], Awaitable[Any]], calls: int, tasks: int) -> None:
        if tasks == 1:
            self._loop.run_until_complete(repeat_async(call, calls))
        else:
            self._loop.run_until_complete(together(call, calls, tasks))


def several(found: Any) -> list[Any]:
    """What a verb gave, as a list also where it was one item."""
    return list(cast("list[Any]", found)) if isinstance(found, list | tuple) else [found]


def repeat(call: Call, calls: int) -> None:
    for _ in range(calls):
        call()


async def repeat_async(call: Callable[[], Awaitable[Any]], calls: int) -> None:
    for _ in range(calls):
        await call()


async def together(call: Callable[[], Awaitable[Any]], calls: int, tasks: int) -> None:
    await asyncio.gather(*(repeat_async(call, calls // tasks) for _ in range(tasks)))


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall time and of CPU time of all threads of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


def main(name: str, endpoint: str) -> None:
    """Answer orders until standard input ends; what a client prints goes to standard error."""
    answers, sys.stdout = sys.stdout, sys.stderr
    worker = Worker(peers([name])[0], endpoint)
    print(json.dumps({"ready": name}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(worker.order(**json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
