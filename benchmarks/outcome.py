"""One run: what is measured with how much effort, what its JSON holds, where it is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks import bars
from benchmarks.markdown import machine_line, markdown
from benchmarks.peer import Listed
from benchmarks.tables import COMPARED, tables
from benchmarks.terminal import show

Run: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Effort:
    """How often and how long: seconds a round and case, rounds, fresh processes, items of the long cases."""

    rounds: int
    local_rounds: int
    seconds: float
    starts: int
    items: int


WHOLE = Effort(rounds=7, local_rounds=2, seconds=0.2, starts=10, items=100_000)
QUICK = Effort(rounds=2, local_rounds=1, seconds=0.02, starts=2, items=2_000)


def measure(group: str, run: Run, chosen: Sequence[Listed], effort: Effort) -> None:
    """Add the figures of one group to a run."""
    match group:
        case "client":
            from benchmarks import client

            run |= client.measure(chosen, rounds=effort.rounds, seconds=effort.seconds)
        case "local":
            from benchmarks import local

            run["local"] = local.measure(
                chosen, rounds=effort.local_rounds, seconds=effort.seconds, items=effort.items
            )
        case "growth":
            from benchmarks import growth

            run["growth"] = growth.measure(
                chosen, rounds=effort.local_rounds, seconds=effort.seconds, most=effort.items
            )
        case "start":
            from benchmarks import start

            run["start"] = start.measure(chosen, starts=effort.starts)
        case "memory":
            from benchmarks import memory

            scanning = [one for one in chosen if one.name in {"dynakit", "dynakit async"}]
            run["memory"] = memory.measure(scanning)
        case _:
            raise ValueError(f"benchmark: {group} is no group")


def finished(run: Run, machine: Mapping[str, Any]) -> Run:
    """A run with what follows from its figures: ratios, the promises, and what "boto3" means in a case."""
    for case, cells in run["cases"].items():
        with_ratios(cells)
        cells.update(named_boto3(case, cells))
    return {**run, "bars": bars.as_json(run), "machine": dict(machine)}


def with_ratios(cells: dict[str, dict[str, Any]]) -> None:
    """Write into each client's cell how much of its CPU dynakit takes for the same."""
    for name, cell in cells.items():
        own = cells.get(COMPARED.get(name, ""), {}).get("cpu_us")
        if own is not None and "cpu_us" in cell:
            cell["ratio"] = round(own / cell["cpu_us"], 3)


def named_boto3(case: str, cells: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The cell called ``boto3``: where models are made of many items, the resource with pydantic."""
    meant = "boto3 resource + pydantic" if case in {"query", "batch get"} else "boto3 client"
    return {"boto3": {**cells[meant], "is": meant}} if meant in cells else {}


def is_wrong(run: Run) -> bool:
    """Whether a client gave or wrote wrong data."""
    local = run.get("local", {})
    groups = [run["cases"], local.get("cases", {}), local.get("long", {})]
    cells = [cell for cases in groups for of_case in cases.values() for cell in of_case.values()]
    return any(str(cell.get("missing", "")).startswith("wrong:") for cell in cells)


def read(file: Path) -> Run:
    """A run that was written as JSON."""
    run: Run = json.loads(file.read_text(encoding="utf-8"))
    return run


def publish(run: Run, *, json_file: Path | None, markdown_file: Path | None, docs: bool) -> None:
    """Print a run, and write it where it is asked for."""
    found = list(tables(run))
    show(found, run["machine"])
    if json_file:
        json_file.write_text(json.dumps(run, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if markdown_file:
        pieces = [*(markdown(table, titled=True) for table in found), machine_line(run["machine"])]
        markdown_file.write_text("\n\n".join(pieces) + "\n", encoding="utf-8")
    if docs:
        from benchmarks.documents import write_docs

        write_docs(run)
