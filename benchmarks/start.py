"""The case ``start``: fresh processes. Importing, declaring, the first get; and the memory of a long scan."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.peer import Listed
from benchmarks.processes import ROOT, Stub, WorkerProcess, environment

Cell = dict[str, Any]

FEW, MANY, SEGMENTS = 1_000, 100_000, 4


def measure(listed: Sequence[Listed], *, starts: int) -> dict[str, Cell]:
    """The least CPU and wall time of many starts, in ms, and the peak of memory, by client."""
    cells: dict[str, Cell] = {one.name: {"missing": one.missing()} for one in listed}
    able = [one for one in listed if one.missing() is None]
    with Stub() as stub:
        told: dict[str, list[Cell]] = {one.name: [] for one in able}
        for _ in range(starts):
            for one in able:
                told[one.name].append(_first_get(one, stub.endpoint))
    for name, starts_of in told.items():
        failed = next((one for one in starts_of if "missing" in one), None)
        cells[name] = failed or {key: min(one[key] for one in starts_of) for key in starts_of[0]}
    return cells


def memory_of_scans(listed: Listed) -> Cell:
    """The peak of memory in MB after a scan of few items, and of many, each in a process of its own."""
    found: Cell = {}
    for items in (FEW, MANY):
        with Stub(items) as stub, WorkerProcess(listed, stub.endpoint) as worker:
            told = worker.order("once", verb="scan", size=SEGMENTS)
            found[f"peak_mb_{items}"] = round(told["peak_mb"], 1)
            found[f"cpu_s_{items}"] = round(told["cpu_s"], 3)
    return found


def _first_get(listed: Listed, endpoint: str) -> Cell:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.first", listed.name, endpoint],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return {"missing": f"failed: its process ended with {done.returncode}"}
    cell: Cell = json.loads(done.stdout)
    return cell
