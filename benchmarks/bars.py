"""The promises of speed: ratios of what clients cost in one run, and whether this run kept them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Cells = Mapping[str, Mapping[str, Mapping[str, Any]]]

RUST = ("pydynox", "pydynox + pydantic", "pydynox async", "dynamoxy", "dynamoxy + pydantic")


@dataclass(frozen=True)
class Bar:
    """At most so many times the cost of the fastest of some clients, in one case."""

    text: str
    case: str
    dynakit: str
    others: tuple[str, ...]
    most: float
    figure: str = "cpu_us"


@dataclass(frozen=True)
class Held:
    """What a run says of a bar; ``ratio`` is ``None`` where a client is missing."""

    bar: Bar
    ratio: float | None

    @property
    def kept(self) -> bool | None:
        """Whether it was kept."""
        return None if self.ratio is None else self.ratio <= self.bar.most


BARS = (
    Bar("get ≤ 0.10 × boto3", "get", "dynakit", ("boto3",), 0.10),
    Bar("get ≤ 0.45 × the faster of pydynox and dynamoxy", "get", "dynakit", RUST, 0.45),
    Bar("query 100 ≤ 0.11 × boto3 + pydantic", "query", "dynakit", ("boto3 + pydantic",), 0.11),
    Bar("query 100 ≤ 0.60 × dynamoxy models", "query", "dynakit", ("dynamoxy",), 0.60),
    Bar("query 100 ≤ 0.40 × pydynox models", "query", "dynakit", ("pydynox",), 0.40),
    Bar("put ≤ 0.45 × the faster of pydynox and dynamoxy", "put", "dynakit", RUST, 0.45),
    Bar("async get ≤ 0.6 × aiodynamo", "get", "dynakit async", ("aiodynamo",), 0.60),
    Bar(
        "import + first get ≤ 0.6 × boto3 + pydantic",
        "start", "dynakit", ("boto3 + pydantic",), 0.60, "first_get_cpu_ms",
    ),
)  # fmt: skip


def held(cells: Cells, bars: Sequence[Bar] = BARS) -> list[Held]:
    """The bars about cases that were run."""
    return [Held(bar, _ratio(cells[bar.case], bar)) for bar in bars if bar.case in cells]


def _ratio(cells: Mapping[str, Mapping[str, Any]], bar: Bar) -> float | None:
    own = cells.get(bar.dynakit, {}).get(bar.figure)
    others = [cells[name][bar.figure] for name in bar.others if bar.figure in cells.get(name, {})]
    return None if own is None or not others else own / min(others)
