"""The case ``client``: what each client costs for a call to a server that answers from memory.

Every client works in a process of its own. A round measures each of them once, one after the other, so that
whatever else the machine does meets all of them; what counts is the least of all rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.calls import NUMBER, customer_of
from benchmarks.machine import told
from benchmarks.peer import Listed
from benchmarks.plain import expected, wrong_writes
from benchmarks.processes import Stub, WorkerProcess

Cell = dict[str, Any]
"""What one client costs in one case; or ``{"missing": why}``."""

Written = Callable[[str, int, str], list[dict[str, Any]]]
"""The items that the server was given to write, by verb and size, for a customer."""

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


def measure(listed: Sequence[Listed], *, rounds: int, seconds: float) -> dict[str, Any]:
    """``cases``: the cells of all clients, by case and client; ``returns``: what their reads give."""
    with ExitStack() as stack:
        stub = stack.enter_context(Stub())
        able = [one for one in listed if one.missing() is None]
        workers = [stack.enter_context(WorkerProcess(one, stub.endpoint)) for one in able]
        returns = {worker.listed.name: worker.order("returns") for worker in workers}
        cells: dict[str, dict[str, Cell]] = {}
        for case in CASES:
            told(f"client: {case.name}")
            cells[case.name] = {one.name: {"missing": one.missing()} for one in listed}
            checked = {worker: check(case, worker, stub.written) for worker in workers}
            cells[case.name].update(in_rounds(case, checked, rounds, seconds))
        for worker in workers:
            add_memory(cells, worker)
    return {"cases": cells, "returns": returns}


def add_memory(cells: dict[str, dict[str, Cell]], worker: WorkerProcess) -> None:
    """Write the most memory that a client's process has had into each of its cells."""
    peak = round(worker.order("memory").get("peak_mb", 0.0), 1)
    for of_case in cells.values():
        if "cpu_us" in of_case[worker.listed.name]:
            of_case[worker.listed.name]["peak_mb"] = peak


def in_rounds(
    case: Case,
    checked: dict[WorkerProcess, str | None],
    rounds: int,
    seconds: float,
    customers: Mapping[WorkerProcess, str | None] | None = None,
) -> dict[str, Cell]:
    """Measure those clients of whom nothing is wrong, each once a round."""
    cells: dict[str, Cell] = {one.listed.name: {"missing": why} for one, why in checked.items() if why}
    able = [worker for worker, why in checked.items() if why is None]
    measured: dict[str, list[Cell]] = {worker.listed.name: [] for worker in able}
    for _ in range(rounds):
        for worker in able:
            customer = (customers or {}).get(worker)
            answer = worker.order(
                "measure", verb=case.verb, size=case.size, seconds=seconds, customer=customer
            )
            measured[worker.listed.name].append(answer)
    return cells | {name: summary(rounds_of) for name, rounds_of in measured.items()}


def check(case: Case, worker: WorkerProcess, written: Written, customer: str | None = None) -> str | None:
    """Why a client cannot do a case; ``None`` if it can, and did it right.

    Raises ``WrongData`` where dynakit itself is wrong: then nothing is worth measuring.
    """
    answer = worker.order("check", verb=case.verb, size=case.size, customer=customer)
    if "unsupported" in answer:
        return str(answer["unsupported"])
    wrong = wrongs(case, answer, written, customer or customer_of(case.verb, case.size))
    return None if wrong is None else refused(worker.listed, case.name, wrong)


def refused(listed: Listed, case: str, wrong: str) -> str:
    """What stands in the cell of a client that did something wrong. Raises ``WrongData`` for dynakit."""
    if listed.name.startswith("dynakit"):
        raise WrongData(f"{listed.name}, {case}: {wrong}")
    told(f"benchmark: {listed.name}, {case}: {wrong}")
    return f"wrong: {wrong}"


def wrongs(case: Case, answer: Cell, written: Written | None, customer: str) -> str | None:
    """What is wrong with what a client gave and wrote; ``None`` if nothing is."""
    if "failed" in answer:
        return str(answer["failed"])
    if answer["found"] is not None and answer["found"] != expected(case.verb, case.size, customer, NUMBER):
        return "it returned other data than the workload's"
    if case.verb not in WRITES or written is None:
        return None
    return wrong_writes(case.verb, case.size, written(case.verb, case.size, customer), customer, NUMBER)


def summary(rounds: Sequence[Cell]) -> Cell:
    """Minimum and median over rounds; a client that failed in one has no figures."""
    failed = next((one["failed"] for one in rounds if "failed" in one), None)
    if failed is not None:
        return {"missing": f"failed: {failed}"}
    names = ("cpu_us", "wall_us")
    least = {name: round(min(one[name] for one in rounds), 2) for name in names}
    return least | {f"{name}_median": round(median(one[name] for one in rounds), 2) for name in names}
