"""The case ``client``: what each client costs for a call to a server that answers from memory.

Every client works in a process of its own. A round measures each of them once, one after the other, so that
whatever else the machine does meets all of them; what counts is the least of all rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.peer import Listed
from benchmarks.plain import expected, wrong_writes
from benchmarks.processes import Stub, WorkerProcess
from benchmarks.worker import CUSTOMER, NUMBER

Cell = dict[str, Any]
"""What one client costs in one case; or ``{"missing": why}``."""

WRITES = {"put", "update", "batch write", "transact write"}


@dataclass(frozen=True)
class Case:
    """A verb, and of how many items; ``name`` is what the report calls it."""

    name: str
    verb: str
    size: int


CASES = (
    Case("get", "get", 1),
    Case("put", "put", 1),
    Case("update", "update", 1),
    Case("query", "query", 100),
    Case("batch get", "batch get", 100),
    Case("batch write", "batch write", 25),
    Case("transact write", "transact write", 10),
)


class WrongData(Exception):
    """A client returned or wrote something else than the workload; its figures would mean nothing."""


def measure(listed: Sequence[Listed], *, rounds: int, seconds: float) -> dict[str, dict[str, Cell]]:
    """The cells of all clients, by case and client. Raises ``WrongData``."""
    cells: dict[str, dict[str, Cell]] = {}
    with ExitStack() as stack:
        stub = stack.enter_context(Stub())
        able = [one for one in listed if one.missing() is None]
        workers = [stack.enter_context(WorkerProcess(one, stub.endpoint)) for one in able]
        for case in CASES:
            cells[case.name] = {one.name: {"missing": one.missing()} for one in listed}
            cells[case.name].update(_case(case, workers, stub, rounds, seconds))
        for worker in workers:
            peak = worker.order("memory")["peak_mb"]
            for of_case in cells.values():
                of_case[worker.listed.name].setdefault("peak_mb", peak)
    return cells


def _case(
    case: Case, workers: Sequence[WorkerProcess], stub: Stub, rounds: int, seconds: float
) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    able: list[WorkerProcess] = []
    for worker in workers:
        lacking = check(case, worker, stub)
        if lacking is None:
            able.append(worker)
        else:
            cells[worker.listed.name] = {"missing": lacking}
    measured: dict[str, list[Cell]] = {worker.listed.name: [] for worker in able}
    for _ in range(rounds):
        for worker in able:
            told = worker.order("measure", verb=case.verb, size=case.size, seconds=seconds)
            measured[worker.listed.name].append(told)
    return cells | {name: summary(rounds_of) for name, rounds_of in measured.items()}


def check(case: Case, worker: WorkerProcess, stub: Stub) -> str | None:
    """Why a client cannot do a case; ``None`` if it can, and did it right. Raises ``WrongData``."""
    told = worker.order("check", verb=case.verb, size=case.size)
    if "unsupported" in told:
        return str(told["unsupported"])
    where = f"{worker.listed.name}, {case.name}"
    if "failed" in told:
        raise WrongData(f"{where}: {told['failed']}")
    if told["found"] is not None and told["found"] != expected(case.verb, case.size, CUSTOMER, NUMBER):
        raise WrongData(f"{where}: it returned other data than the workload's")
    if case.verb in WRITES:
        wrong = wrong_writes(case.verb, case.size, stub.asked("items"), CUSTOMER, NUMBER)
        if wrong is not None:
            raise WrongData(f"{where}: {wrong}")
    return None


def summary(rounds: Sequence[Cell]) -> Cell:
    """Minimum and median over rounds; a client that failed in one has no figures."""
    failed = next((told["failed"] for told in rounds if "failed" in told), None)
    if failed is not None:
        return {"missing": f"failed: {failed}"}
    least = {name: round(min(told[name] for told in rounds), 2) for name in ("cpu_us", "wall_us")}
    middle = {
        f"{name}_median": round(median(told[name] for told in rounds), 2) for name in ("cpu_us", "wall_us")
    }
    return least | middle
