"""The promises of speed: what clients cost in one run, set against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Run = Mapping[str, Any]

DYNAMOXY = ("dynamoxy", "dynamoxy + pydantic")
PYDYNOX = ("pydynox", "pydynox + pydantic", "pydynox async")
RUST = (*PYDYNOX, *DYNAMOXY)
"""Every way to get models from the clients with a core in Rust: a promise is against the fastest of them."""
BOTO3_MODELS = ("boto3 client + pydantic", "boto3 resource + pydantic")


@dataclass(frozen=True)
class Bar:
    """At most so many times what the cheapest of some clients costs."""

    text: str
    most: float
    path: tuple[str, ...]
    """Where in a run the clients' cells are."""
    figure: str
    dynakit: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class MemoryBar:
    """At most so many MB more for a scan of many items than for one of few."""

    text: str
    most: float
    segments: str


@dataclass(frozen=True)
class Held:
    """What a run says of a promise; ``value`` is ``None`` where it does not say."""

    text: str
    most: float
    value: float | None
    against: str | None = None

    @property
    def kept(self) -> bool | None:
        """Whether it was kept; ``None`` where it was not measured."""
        return None if self.value is None else self.value <= self.most


def _cpu(text: str, most: float, case: str, others: Sequence[str], dynakit: str = "dynakit") -> Bar:
    return Bar(text, most, ("cases", case), "cpu_us", dynakit, tuple(others))


BARS: tuple[Bar | MemoryBar, ...] = (
    _cpu("get ≤ 0.10 × boto3 client", 0.10, "get", ["boto3 client"]),
    _cpu("get ≤ 0.45 × the fastest of pydynox and dynamoxy", 0.45, "get", RUST),
    _cpu("query 100 ≤ 0.11 × boto3 resource + pydantic", 0.11, "query", ["boto3 resource + pydantic"]),
    _cpu("query 100 ≤ 0.60 × dynamoxy models", 0.60, "query", DYNAMOXY),
    _cpu("query 100 ≤ 0.40 × pydynox models", 0.40, "query", PYDYNOX),
    _cpu("put ≤ 0.45 × the fastest of pydynox and dynamoxy", 0.45, "put", RUST),
    _cpu("async get ≤ 0.6 × aiodynamo", 0.60, "get", ["aiodynamo"], "dynakit async"),
    Bar("import + first get ≤ 0.6 × boto3 + pydantic", 0.60,
        ("start",), "first_get_cpu_ms", "dynakit", BOTO3_MODELS),
    MemoryBar("scan of 100,000 items ≤ 20 MB more than of 1,000, one segment", 20, "1"),
    MemoryBar("the same, 4 segments", 20, "4"),
)  # fmt: skip


def held(run: Run, bars: Sequence[Bar | MemoryBar] = BARS) -> list[Held]:
    """The promises about what was run."""
    return [
        _held(bar, cells) if isinstance(bar, Bar) else _memory_held(bar, cells)
        for bar in bars
        if (cells := cells_of(run, bar)) is not None
    ]


def cells_of(run: Run, bar: Bar | MemoryBar) -> Any:
    """The cells a promise is about; ``None`` if this part was not run."""
    found: Any = run
    for name in bar.path if isinstance(bar, Bar) else ("memory",):
        found = found.get(name, {})
    return found or None


def _held(bar: Bar, cells: Mapping[str, Mapping[str, Any]]) -> Held:
    own = cells.get(bar.dynakit, {}).get(bar.figure)
    costs = {name: cells[name][bar.figure] for name in bar.others if bar.figure in cells.get(name, {})}
    if own is None or not costs:
        return Held(bar.text, bar.most, None)
    cheapest = min(costs, key=lambda name: costs[name])
    return Held(bar.text, bar.most, round(own / costs[cheapest], 3), cheapest)


def _memory_held(bar: MemoryBar, memory: Mapping[str, Any]) -> Held:
    peaks: Mapping[str, float] = memory.get("dynakit", {}).get(bar.segments, {})
    if not peaks:
        return Held(bar.text, bar.most, None)
    few, many = sorted(peaks, key=int)
    return Held(bar.text, bar.most, round(peaks[many] - peaks[few], 1))


def as_json(run: Run) -> list[dict[str, Any]]:
    """The promises of a run, as its JSON has them."""
    return [
        {"bar": one.text, "most": one.most, "value": one.value, "against": one.against, "kept": one.kept}
        for one in held(run)
    ]
