"""What a run found: as tables for the terminal and Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.bars import held

Run = Mapping[str, Any]

FASTEST = "dynakit"


def tables(run: Run) -> Iterator[str]:
    """Markdown, piece by piece: the machine, one table for all cases, the start, the bars."""
    machine = run["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    yield (
        f"`{machine['command']}`, {machine['date']}: Python {machine['python']}, {machine['system']}, "
        f"{machine['processor']}, {machine['cores']} cores; {versions}."
    )
    cases = {name: cells for name, cells in run["cases"].items() if name != "start"}
    if cases:
        yield _table(cases)
    if "start" in run["cases"]:
        yield _start(run["cases"]["start"])
    if "memory" in run:
        memory = run["memory"]
        yield (
            f"Peak memory of a scan in 4 segments: {memory['peak_mb_1000']:.0f} MB for 1,000 items, "
            f"{memory['peak_mb_100000']:.0f} MB for 100,000."
        )
    yield _bars(run)


def _table(cases: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """Client CPU in µs a call, and how many times dynakit's that is."""
    names = list(next(iter(cases.values())))
    lines = [_row(["client CPU, µs a call", *cases]), _row(["---", *("---:" for _ in cases)])]
    lines += [_row([name, *(_cell(cells, name) for cells in cases.values())]) for name in names]
    reasons = {
        f"{name}: {cells[name]['missing']}"
        for cells in cases.values()
        for name in names
        if "missing" in cells[name]
    }
    return "\n".join([*lines, *(["", "— " + "; ".join(sorted(reasons)) + "."] if reasons else [])])


def _cell(cells: Mapping[str, Mapping[str, Any]], name: str) -> str:
    figure = cells[name].get("cpu_us")
    if figure is None:
        return "—"
    own = cells[FASTEST].get("cpu_us")
    return f"{figure:,.0f}" if own is None or name == FASTEST else f"{figure:,.0f} ({figure / own:.1f}×)"


def _start(cells: Mapping[str, Mapping[str, Any]]) -> str:
    columns = ("import_cpu_ms", "first_get_cpu_ms", "first_get_wall_ms", "peak_mb")
    titles = ("import, ms CPU", "import and first get, ms CPU", "the same, ms", "peak memory, MB")
    lines = [_row(["a fresh process", *titles]), _row(["---", *("---:" for _ in columns)])]
    for name, cell in cells.items():
        lines.append(_row([name, *(f"{cell[key]:,.0f}" if key in cell else "—" for key in columns)]))
    return "\n".join(lines)


def _bars(run: Run) -> str:
    lines = [_row(["promise", "this run", ""]), _row(["---", "---:", "---"])]
    words = {True: "kept", False: "not kept", None: "not measured"}
    for one in held(run["cases"]):
        ratio = "—" if one.ratio is None else f"{one.ratio:.3f}"
        lines.append(_row([one.bar.text, ratio, words[one.kept]]))
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
