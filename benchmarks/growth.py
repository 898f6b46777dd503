"""The case ``growth``: what a call costs as something grows, against the stub server.

Items of a query, attributes of an entity, entities of a table; threads, and tasks of asyncio, at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from benchmarks.client import Case, refused, wrongs
from benchmarks.machine import told
from benchmarks.peer import Listed, peers
from benchmarks.processes import Stub, WorkerProcess

MODELS = ("dynakit", "boto3 resource + pydantic", "pydynox", "dynamoxy")


@dataclass(frozen=True)
class Curve:
    """What is measured over some sizes, of some clients; each figure is of one ``unit``."""

    name: str
    title: str
    unit: str
    of: str
    sizes: tuple[int, ...]
    clients: tuple[str, ...]
    verb: str
    grows: str = "size"
    """Whether the sizes are those of the verb, or of how many threads or tasks there are at once."""
    per: int | None = 1
    """By what the cost of a call is divided; ``None`` is the size itself."""


CURVES = (
    Curve("items", "Items of a query", "client CPU, µs an item", "items of a query",
          (1, 10, 100, 1_000, 10_000), MODELS, "query", per=None),
    Curve("attributes", "Attributes of an entity", "client CPU, µs an item (query of 100)",
          "attributes of an entity", (1, 2, 5, 10, 20, 50, 100, 200), MODELS, "wide", per=100),
    Curve("entities", "Entities of a table: a query", "client CPU, µs an item (query of 100)",
          "entities of a table", (1, 2, 5, 10, 20, 50, 100, 200), ("dynakit",), "crowded query", per=100),
    Curve("entities get", "Entities of a table: a get", "client CPU, µs a get",
          "entities of a table", (1, 2, 5, 10, 20, 50, 100, 200), ("dynakit",), "crowded get"),
    Curve("declaring", "Declaring entities", "CPU, µs an entity",
          "entities of a table", (1, 2, 5, 10, 20, 50, 100, 200), ("dynakit",), "declaring"),
    Curve("threads", "Threads", "client CPU, µs a get", "threads", (1, 2, 4, 8, 16),
          ("dynakit", "boto3 client", "PynamoDB", "pydynox"), "get", "at_once"),
    Curve("tasks", "Tasks of asyncio", "client CPU, µs a get", "tasks", (1, 10, 100, 1_000),
          ("dynakit async", "aiobotocore", "aiodynamo", "pydynox async", "dynamoxy"), "get", "at_once"),
)  # fmt: skip


def measure(listed: Sequence[Listed], *, rounds: int, seconds: float, most: int) -> dict[str, dict[str, Any]]:
    """The costs of each curve by client and size; sizes over ``most`` are left out."""
    names = {one.name for one in listed if one.missing() is None}
    wanted = {name for curve in CURVES for name in curve.clients} & names
    with ExitStack() as stack:
        stub = stack.enter_context(Stub())
        workers = {
            one.name: stack.enter_context(WorkerProcess(one, stub.endpoint)) for one in peers(sorted(wanted))
        } if wanted else {}  # fmt: skip
        return {curve.name: _curve(curve, workers, rounds, seconds, most) for curve in CURVES}


def _curve(
    curve: Curve, workers: dict[str, WorkerProcess], rounds: int, seconds: float, most: int
) -> dict[str, Any]:
    told(f"growth: {curve.title.lower()}")
    sizes = [size for size in curve.sizes if size <= most]
    able = {name: workers[name] for name in curve.clients if name in workers}
    found: dict[str, dict[str, dict[str, float]]] = {
        figure: {name: {} for name in able} for figure in ("costs", "wall")
    }
    for size in sizes:
        right = {name: worker for name, worker in able.items() if _is_right(curve, worker, size)}
        answers = [
            (name, _measured(curve, worker, size, seconds)) for _, name, worker in _rounds(rounds, right)
        ]
        for name in right:
            of_client = [answer for answered, answer in answers if answered == name]
            for figure, key in (("costs", "cpu_us"), ("wall", "wall_us")):
                if all(key in answer for answer in of_client):
                    least = min(answer[key] for answer in of_client) / (curve.per or size)
                    found[figure][name][str(size)] = round(least, 3)
    return {"title": curve.title, "unit": curve.unit, "of": curve.of, "sizes": sizes, **found}


def _rounds(rounds: int, able: dict[str, WorkerProcess]) -> Iterator[tuple[int, str, WorkerProcess]]:
    """Each client once a round."""
    return ((number, name, worker) for number in range(rounds) for name, worker in able.items())


def _measured(curve: Curve, worker: WorkerProcess, size: int, seconds: float) -> dict[str, Any]:
    if curve.verb == "declaring":
        return worker.order("declaring", size=size)
    sizes = {"size": size} if curve.grows == "size" else {"size": 1, "at_once": size}
    return worker.order("measure", verb=curve.verb, seconds=seconds, **sizes)


def _is_right(curve: Curve, worker: WorkerProcess, size: int) -> bool:
    """Whether a client gives right data. Raises ``WrongData`` for dynakit."""
    if curve.grows != "size" or curve.verb == "declaring":
        return True
    answer = worker.order("check", verb=curve.verb, size=size)
    wrong = wrongs(Case(curve.name, curve.verb, size), answer, None, f"n{size}")
    if wrong is not None:
        refused(worker.listed, f"{curve.title.lower()}, {size}", wrong)
    return wrong is None
