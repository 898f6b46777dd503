"""A run as plots: SVG files that are readable on a light and on a dark page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

Run = Mapping[str, Any]

INK = "#8a8f98"
"""For text and axes: in the middle between white and black."""
OWN, OTHERS = "#2f81f7", "#9aa4b2"
COLOURS = {
    "dynakit": OWN,
    "dynakit async": OWN,
    "boto3 client": "#e36209",
    "boto3 resource + pydantic": "#e36209",
    "aiobotocore": "#e36209",
    "pydynox": "#2da44e",
    "pydynox async": "#2da44e",
    "dynamoxy": "#8250df",
    "PynamoDB": "#bf3989",
    "aiodynamo": "#bf8700",
}
HEADLINE = ("get", "put", "query")


def draw(run: Run, folder: Path) -> list[Path]:
    """Draw what a run has into a folder; the files."""
    return [_saved(figure, folder / f"{name}.svg") for name, figure in _figures(run)]


def _figures(run: Run) -> Iterator[tuple[str, Any]]:
    cases = {name: run["cases"][name] for name in HEADLINE if name in run["cases"]}
    if cases:
        yield "calls", _bars(cases)
    if "growth" in run:
        yield "growth", _curves([curve for curve in run["growth"].values() if len(curve["costs"]) > 1])


def _bars(cases: Mapping[str, Mapping[str, Any]]) -> Any:
    """Client CPU of each case, the cheapest client on top."""
    figure, axes = _axes(len(cases), width=13, height=4.2)
    for axis, (name, cells) in zip(axes, cases.items(), strict=True):
        costs = {one: cell["cpu_us"] for one, cell in cells.items() if "cpu_us" in cell and one != "boto3"}
        ranked = sorted(costs.items(), key=lambda pair: -pair[1])
        colours = [OWN if one.startswith("dynakit") else OTHERS for one, _ in ranked]
        bars = axis.barh([one for one, _ in ranked], [cost for _, cost in ranked], color=colours, height=0.7)
        axis.bar_label(bars, fmt="{:,.0f}", padding=3, color=INK, fontsize=8)
        axis.set_title(f"{name}, µs of client CPU" + (" (100 items)" if name == "query" else ""))
        axis.set_xlim(0, max(costs.values()) * 1.18)
        axis.get_xaxis().set_visible(False)
        axis.spines["bottom"].set_visible(False)
    return figure


def _curves(curves: Sequence[Mapping[str, Any]]) -> Any:
    """How costs grow; both axes logarithmic."""
    figure, axes = _axes(len(curves), width=13, height=3.6)
    for axis, curve in zip(axes, curves, strict=True):
        for client, costs in curve["costs"].items():
            sizes = [int(size) for size in costs]
            colour = COLOURS.get(client, OTHERS)
            axis.plot(sizes, list(costs.values()), marker="o", markersize=3, color=colour, label=client)
        axis.set_xscale("log")
        axis.set_yscale("log")
        # Room above for the legend.
        figures = [cost for costs in curve["costs"].values() for cost in costs.values()]
        axis.set_ylim(min(figures) / 1.4, max(figures) * 3)
        axis.set_xticks(curve["sizes"], [f"{size:,}" for size in curve["sizes"]])
        axis.minorticks_off()
        for side in (axis.xaxis, axis.yaxis):
            side.set_major_formatter("{x:,.0f}")
            side.set_minor_formatter("")
        axis.set_title(curve["title"])
        axis.set_xlabel(curve["of"])
        axis.set_ylabel(curve["unit"])
        axis.legend(frameon=False, fontsize=7, labelcolor=INK)
    return figure


def _axes(count: int, *, width: float, height: float) -> tuple[Any, list[Any]]:
    # Of the benchmark's own environment; the type checkers run in another.
    options: Any = import_module("matplotlib").rcParams
    options.update({"svg.fonttype": "none", "svg.hashsalt": "dynakit", "font.size": 9})
    make: Any = import_module("matplotlib.figure").Figure
    figure = make(figsize=(width, height), layout="constrained")
    axes: list[Any] = list(figure.subplots(1, count, squeeze=False)[0])
    for axis in axes:
        axis.set_facecolor("none")
        axis.tick_params(which="both", colors=INK, labelsize=8)
        for part in (axis.xaxis.label, axis.yaxis.label, axis.title):
            part.set_color(INK)
        for side, spine in axis.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(INK)
    return figure, axes


def _saved(figure: Any, file: Path) -> Path:
    figure.savefig(file, transparent=True, metadata={"Date": None})
    return file
