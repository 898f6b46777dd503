"""The case ``start``: fresh processes, that import a client, declare the model, and get one item."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.installed import sizes
from benchmarks.machine import told
from benchmarks.peer import Listed
from benchmarks.processes import ROOT, Stub, environment

Cell = dict[str, Any]

VARIANTS = {"dynakit trusted", "dynakit dicts", "bare socket"}
"""Other ways to ask the same client, which is no other start; and what is no client."""


def measure(listed: Sequence[Listed], *, starts: int) -> dict[str, Cell]:
    """The least CPU and wall time of many starts, in ms, peak memory and size installed, by client."""
    listed = [one for one in listed if one.name not in VARIANTS]
    cells: dict[str, Cell] = {one.name: {"missing": one.missing()} for one in listed}
    able = [one for one in listed if one.missing() is None]
    with Stub() as stub:
        measured: dict[str, list[Cell]] = {one.name: [] for one in able}
        for number in range(starts):
            told(f"start: {number + 1} of {starts}")
            for one in able:
                measured[one.name].append(_first_get(one, stub.endpoint))
    for name, starts_of in measured.items():
        failed = next((one for one in starts_of if "missing" in one), None)
        cells[name] = failed or {key: min(one[key] for one in starts_of) for key in starts_of[0]}
    for name, size in sizes({one.name: one.packages for one in able}).items():
        cells[name]["installed_mb"] = size
    return cells


def _first_get(listed: Listed, endpoint: str) -> Cell:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.first", listed.name, endpoint],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2][:200]
        return {"missing": f"failed: {reason or f'its process ended with {done.returncode}'}"}
    cell: Cell = json.loads(done.stdout)
    return cell
