"""The case ``local``: the same calls against DynamoDB Local, from end to end; then many items at once.

Wall time counts the server's work too, which is the same for all. Each client writes orders of a customer of
its own, and what it wrote is read back, by another way than its own, before anything is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from benchmarks import workload
from benchmarks.calls import CUSTOMER, NUMBER, customer_of
from benchmarks.client import CASES, Case, Cell, check, in_rounds, refused
from benchmarks.machine import told
from benchmarks.peer import Listed
from benchmarks.plain import expected, wrong_writes
from benchmarks.processes import WorkerProcess
from benchmarks.storage import Storage
from dynakit.local import DynamoDBLocal, requirements_missing

SEGMENTS = 4
VARIANTS = {"boto3 client + pydantic", "pydynox async"}
"""Clients that another line of the list stands for."""
JAVA_OPTIONS = ("-Xms512m", "-Xmx2g", "-XX:+UseSerialGC")
WRITES = {"put", "update", "batch write", "transact write"}


def measure(listed: Sequence[Listed], *, rounds: int, seconds: float, items: int) -> dict[str, Any]:
    """``cases`` as against the stub, and ``long``: the cases of many items; ``missing`` says why not."""
    if (missing := requirements_missing()) is not None:
        return {"missing": missing}
    with ExitStack() as stack:
        server = stack.enter_context(DynamoDBLocal.start(java_options=JAVA_OPTIONS))
        storage = Storage(server.endpoint)
        stack.callback(storage.close)
        told(f"local: storing {items:,} items")
        storage.fill(items)
        able = [one for one in listed if one.missing() is None]
        absent = {one.name: {"missing": one.missing()} for one in listed if one.missing()}
        long = {
            f"{case.name} {shown:,}": {**absent, **_long(case, able, storage)}
            for case, shown in long_cases(items)
        }
        cases = {name: absent | cells for name, cells in _calls(able, storage, rounds, seconds).items()}
    return {"cases": _in_order(cases, listed), "long": _in_order(long, listed)}


def long_cases(items: int) -> list[tuple[Case, int]]:
    """What is done with many items, and with how many: the scan comes before anything else is stored."""
    return [
        (Case("parallel scan", "scan", SEGMENTS), items),
        (Case("paged query", "query", items // 2), items // 2),
        (Case("batch write", "batch write", items // 10), items // 10),
    ]


def _long(case: Case, able: Sequence[Listed], storage: Storage) -> dict[str, Cell]:
    """Each client once, in a fresh process, so that its peak of memory is of this case."""
    cells: dict[str, Cell] = {}
    for number, one in enumerate(able):
        if one.name in VARIANTS:
            cells[one.name] = {"missing": "not measured with many items"}
            continue
        told(f"local: {case.name}, {one.name}")
        customer = f"long{number}n{case.size}" if case.verb in WRITES else None
        with WorkerProcess(one, storage.endpoint) as worker:
            answer = worker.order("once", verb=case.verb, size=case.size, customer=customer)
        cells[one.name] = _long_cell(one, case, answer, storage, customer or f"n{case.size}")
    return cells


def _long_cell(one: Listed, case: Case, answer: Cell, storage: Storage, customer: str) -> Cell:
    if "unsupported" in answer:
        return {"missing": answer["unsupported"]}
    wrong = answer.get("failed") or _wrong(case, answer, storage, customer)
    if wrong:
        return {"missing": refused(one, case.name, wrong)}
    return {"cpu_s": round(answer["cpu_s"], 3), "wall_s": round(answer["wall_s"], 3)} | {
        "peak_mb": round(answer["peak_mb"], 1)
    }


def _wrong(case: Case, answer: Cell, storage: Storage, customer: str) -> str | None:
    """What is wrong with a long case; ``None`` if nothing is."""
    match case.verb:
        case "scan":
            return None if answer["gave"] == storage.quantity else "the sum of all quantities is another"
        case "query":
            orders = expected("query", case.size, customer, NUMBER)
            wanted = {"count": len(orders), "each hundredth": orders[::100]}
            return None if answer["gave"] == wanted else "it returned other data than the workload's"
        case _:
            written = storage.written(case.verb, case.size, customer)
            return wrong_writes(case.verb, case.size, written, customer, NUMBER)


def _calls(
    able: Sequence[Listed], storage: Storage, rounds: int, seconds: float
) -> dict[str, dict[str, Cell]]:
    cells: dict[str, dict[str, Cell]] = {}
    with ExitStack() as stack:
        workers = [stack.enter_context(WorkerProcess(one, storage.endpoint)) for one in able]
        for case in CASES:
            told(f"local: {case.name}")
            customers = {
                worker: f"call{number}{customer_of(case.verb, case.size)}" if case.verb in WRITES else None
                for number, worker in enumerate(workers)
            }
            if case.verb == "update":
                storage.store(workload.order(name or CUSTOMER, NUMBER) for name in customers.values())
            checked = {worker: check(case, worker, storage.written, customers[worker]) for worker in workers}
            cells[case.name] = in_rounds(case, checked, rounds, seconds, customers)
    return cells


def _in_order(cases: dict[str, dict[str, Cell]], listed: Sequence[Listed]) -> dict[str, dict[str, Cell]]:
    return {name: {one.name: cells[one.name] for one in listed} for name, cells in cases.items()}
