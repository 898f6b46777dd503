"""What a run found, as tables of text: the same for the terminal, Markdown and the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.bars import held
from benchmarks.peer import PEERS

Run = Mapping[str, Any]
Cells = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Table:
    """Rows of text under titles; ``notes`` stand below."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


COMPARED = {one.name: one.compared_with for one in PEERS}


def tables(run: Run) -> Iterator[Table]:
    """All that a run has."""
    if run.get("cases"):
        yield client_table(run["cases"])
    if "local" in run:
        yield from local_tables(run["local"])
    if "start" in run:
        yield start_table(run["start"])
    if "memory" in run:
        yield memory_table(run["memory"])
    if "growth" in run:
        yield from growth_tables(run["growth"])
    if run.get("returns"):
        yield returns_table(run["returns"])
    if bars := held(run):
        words = {True: "kept", False: "**not kept**", None: "not measured"}
        rows = ((one.text, shown(one.value, 3), one.against or "", words[one.kept]) for one in bars)
        yield Table("bars", "Promises", ("promise", "this run", "against", ""), tuple(rows))


def client_table(cases: Mapping[str, Cells]) -> Table:
    """Client CPU in µs a call against the stub, and the peak of memory."""
    columns = ("client CPU, µs a call", *(titled(name) for name in cases), "peak memory, MB")
    peak = {name: peak_of(name, cases.values()) for name in names_of(cases.values())}
    rows = tuple(
        (name, *(compared(cells, name, "cpu_us") for cells in cases.values()), shown(peak[name], 0))
        for name in peak
    )
    return Table("client", "Against a stub server", columns, rows, reasons(cases))


HEADLINE = (
    "dynakit", "boto3 client", "boto3 resource + pydantic", "PynamoDB", "pydynox", "pydynox + pydantic",
    "dynakit async", "aiobotocore", "aiodynamo", "dynamoxy", "dynamoxy + pydantic",
)  # fmt: skip


def headline_table(run: Run) -> Table:
    """The few figures that a first page has."""
    cases = {name: run["cases"][name] for name in ("get", "put", "query") if name in run["cases"]}
    columns = ("client CPU", *(f"{titled(name)}, µs" for name in cases))
    rows = [
        (name, *(compared(cells, name, "cpu_us") for cells in cases.values()))
        for name in names_of(cases.values())
        if name in HEADLINE
    ]
    if start := run.get("start"):
        columns += ("import and first get, ms",)
        rows = [(*row, compared(start, row[0], "first_get_cpu_ms")) for row in rows]
    note = "in brackets, how many times what dynakit's own client of the same kind costs"
    return Table("headline", "What a call costs", columns, tuple(rows), (note,))


def peak_of(name: str, cases: Iterable[Cells]) -> float | None:
    return next((cells[name]["peak_mb"] for cells in cases if "peak_mb" in cells.get(name, {})), None)


def local_tables(local: Run) -> Iterator[Table]:
    """DynamoDB Local: time from end to end; then the long cases, in seconds."""
    if "missing" in local:
        yield Table("local", "DynamoDB Local", ("DynamoDB Local",), ((f"not run: {local['missing']}",),))
        return
    cases, long = local["cases"], local["long"]
    columns = ("wall time, µs a call", *(titled(name) for name in cases))
    rows = ((name, *(compared(cells, name, "wall_us") for cells in cases.values()))
            for name in names_of(cases.values()))  # fmt: skip
    yield Table("local", "Against DynamoDB Local", columns, tuple(rows), reasons(cases))
    columns = ("client CPU, s (wall time, s; peak memory, MB)", *long)
    rows = ((name, *(long_cell(cells[name]) for cells in long.values())) for name in names_of(long.values()))
    yield Table("long", "DynamoDB Local, many items", columns, tuple(rows), reasons(long))


def long_cell(cell: Mapping[str, Any]) -> str:
    if "cpu_s" not in cell:
        return "—"
    return f"{cell['cpu_s']:.1f} ({cell['wall_s']:.1f}; {cell['peak_mb']:.0f})"


START = {
    "import_cpu_ms": "import, ms CPU",
    "first_get_cpu_ms": "import and first get, ms CPU",
    "first_get_wall_ms": "the same, ms wall time",
    "peak_mb": "peak memory, MB",
    "installed_mb": "installed, MB",
}


def start_table(cells: Cells) -> Table:
    """A fresh process, to the end of its first get."""
    rows = ((name, *(shown(cell.get(key), 0) for key in START)) for name, cell in cells.items())
    return Table("start", "Start", ("a fresh process", *START.values()), tuple(rows), reasons({"": cells}))


def memory_table(memory: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Table:
    """The peak of memory of scans."""
    first = next(iter(next(iter(memory.values())).values()))
    columns = ("peak memory of a scan, MB", "segments", *(f"{int(count):,} items" for count in first))
    rows = (
        (name, segments, *(shown(peak, 0) for peak in peaks.values()))
        for name, by_segments in memory.items()
        for segments, peaks in by_segments.items()
    )
    return Table("memory", "Memory of scans", columns, tuple(rows))


def growth_tables(growth: Mapping[str, Any]) -> Iterator[Table]:
    """What grows with the size of something: one table for each of these."""
    for name, one in growth.items():
        sizes = [str(size) for size in one["sizes"]]
        digits = 1 if "an item" in one["unit"] else 0
        rows = ((client, *(shown(costs.get(size), digits) for size in sizes))
                for client, costs in one["costs"].items())  # fmt: skip
        columns = (f"{one['unit']}, by {one['of']}", *(f"{int(size):,}" for size in sizes))
        yield Table(f"growth {name}", one["title"], columns, tuple(rows))


def returns_table(returns: Cells) -> Table:
    """Of which classes an order and its attributes are, as each client gives them."""
    names = ("order", "quantity", "total", "placed_at", "ship_to")
    columns = ("a read gives", *names, "38 digits stay exact")
    rows = (
        (client, *(f"`{told[name]}`" for name in names), "yes" if told["exact"] else "no")
        for client, told in returns.items()
        if "order" in told
    )
    return Table("returns", "What a read gives", columns, tuple(rows))


def names_of(cases: Iterable[Cells]) -> list[str]:
    """The clients of a run; ``boto3`` is another name of one of them."""
    return [name for name in next(iter(cases)) if name != "boto3"]


def titled(case: str) -> str:
    """The name of a case with its size."""
    sizes = {"query": 100, "batch get": 100, "batch write": 25, "transact write": 10}
    return f"{case} {sizes[case]}" if case in sizes else case


def compared(cells: Cells, name: str, figure: str) -> str:
    """A figure, and how many times that of dynakit's own client of the same kind it is."""
    cost = cells.get(name, {}).get(figure)
    own = cells.get(COMPARED[name], {}).get(figure)
    if cost is None or own is None or name.startswith("dynakit"):
        return shown(cost, 0)
    return f"{cost:,.0f} ({cost / own:.1f}×)"


def shown(value: float | None, digits: int) -> str:
    return "—" if value is None else f"{value:,.{digits}f}"


def reasons(cases: Mapping[str, Cells]) -> tuple[str, ...]:
    """Why cells are empty, each reason once."""
    found: dict[tuple[str, str], list[str]] = {}
    for case, cells in cases.items():
        for name, cell in cells.items():
            if cell.get("missing") and name != "boto3":
                found.setdefault((name, cell["missing"]), []).append(titled(case))
    total = len(cases)
    return tuple(f"{name}: {why}{_where(where, total)}" for (name, why), where in found.items())


def _where(cases: Sequence[str], total: int) -> str:
    return "" if len(cases) == total else f" ({', '.join(cases)})"
