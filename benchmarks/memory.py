"""The case ``memory``: the most memory a scan takes, of few items and of many, each in a fresh process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.machine import told
from benchmarks.peer import Listed
from benchmarks.processes import Stub, WorkerProcess

FEW, MANY = 1_000, 100_000
SEGMENTS = (1, 4)


def measure(listed: Sequence[Listed]) -> dict[str, dict[str, dict[str, float]]]:
    """Peak memory in MB, by client, number of segments, number of items."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for items in (FEW, MANY):
        with Stub(items) as stub:
            for one in listed:
                for segments in SEGMENTS:
                    told(f"memory: {one.name}, {items:,} items, segments: {segments}")
                    peaks = found.setdefault(one.name, {}).setdefault(str(segments), {})
                    peaks[str(items)] = _peak(one, stub, segments)
    return found


def _peak(listed: Listed, stub: Stub, segments: int) -> float:
    with WorkerProcess(listed, stub.endpoint) as worker:
        answer: dict[str, Any] = worker.order("once", verb="scan", size=segments)
    if "failed" in answer:
        raise RuntimeError(f"benchmark: the scan of {listed.name} failed: {answer['failed']}")
    return round(float(answer["peak_mb"]), 1)
