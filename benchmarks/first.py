"""A process that imports a client, declares the model and gets one item: ``-m benchmarks.first NAME URL``.

It prints milliseconds of CPU and of wall time. What this module itself needs is loaded before, not counted.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from benchmarks.calls import CUSTOMER, NUMBER
from benchmarks.machine import peak_memory
from benchmarks.peer import Listed, peers
from benchmarks.workload import order


def first_get(listed: Listed, endpoint: str, order_id: str) -> dict[str, float]:
    """CPU until imported, and CPU and wall time until the first get is done, in ms; peak memory in MB."""
    cpu, wall = time.process_time(), time.perf_counter()
    peer = listed.make(endpoint)
    imported = time.process_time() - cpu
    if peer.asynchronous:
        asyncio.run(_awaited(peer, order_id))
    else:
        peer.open()
        assert peer.get(CUSTOMER, order_id) is not None
    took = time.process_time() - cpu, time.perf_counter() - wall
    return {
        "import_cpu_ms": round(imported * 1e3, 1),
        "first_get_cpu_ms": round(took[0] * 1e3, 1),
        "first_get_wall_ms": round(took[1] * 1e3, 1),
        "peak_mb": round(peak_memory(), 1),
    }


async def _awaited(peer: Any, order_id: str) -> None:
    await peer.open()
    assert await peer.get(CUSTOMER, order_id) is not None
    await peer.close()


if __name__ == "__main__":
    print(json.dumps(first_get(peers([sys.argv[1]])[0], sys.argv[2], order(CUSTOMER, NUMBER)["order_id"])))
