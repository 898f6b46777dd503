"""Figures become tables, and tables become Markdown that finds its place in a page."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import command, parsed
from benchmarks.client import summary
from benchmarks.documents import pieces
from benchmarks.growth import CURVES
from benchmarks.installed import closure, installed_mb
from benchmarks.markdown import markdown, replaced, write_pieces
from benchmarks.peer import PEERS
from benchmarks.tables import Table, client_table, growth_tables, tables

MACHINE: dict[str, Any] = {
    "command": "python -m benchmarks client", "date": "2026-01-01", "python": "3.12.1", "cores": 2,
    "system": "Linux x86_64", "processor": "EPYC", "memory_gb": 4, "versions": {"dynakit": "0.1.0"},
}  # fmt: skip
CASES: dict[str, dict[str, dict[str, Any]]] = {
    "get": {
        "dynakit": {"cpu_us": 50.0, "peak_mb": 40.2},
        "boto3 client": {"cpu_us": 750.0, "peak_mb": 49.0},
        "dynakit async": {"cpu_us": 60.0, "peak_mb": 40.0},
        "dynamoxy": {"missing": "needs Python ≥ 3.12"},
        "aiodynamo": {"cpu_us": 240.0, "peak_mb": 39.0},
    }
}


def test_a_client_is_compared_with_the_dynakit_of_its_kind() -> None:
    table = client_table({**CASES, "query": CASES["get"]})
    assert table.columns == ("client CPU, µs a call", "get", "query 100", "peak memory, MB")
    assert [row[:2] for row in table.rows] == [
        ("dynakit", "50"),
        ("boto3 client", "750 (15.0×)"),
        ("dynakit async", "60"),
        ("dynamoxy", "—"),
        ("aiodynamo", "240 (4.0×)"),
    ]
    assert table.notes == ("dynamoxy: needs Python ≥ 3.12",)


def test_a_reason_that_holds_for_some_cases_names_them() -> None:
    query = {**CASES["get"], "aiodynamo": {"missing": "no query"}}
    assert client_table({**CASES, "query": query}).notes[1] == "aiodynamo: no query (query 100)"


def test_a_second_name_of_a_client_is_no_row() -> None:
    cells = {**CASES["get"], "boto3": {"cpu_us": 750.0, "is": "boto3 client"}}
    assert "boto3" not in [row[0] for row in client_table({"get": cells}).rows]


def test_rounds_are_summed_up_by_least_and_median() -> None:
    rounds = [{"cpu_us": cost, "wall_us": cost * 2} for cost in (3.0, 1.0, 2.0)]
    assert summary(rounds) == {"cpu_us": 1.0, "wall_us": 2.0, "cpu_us_median": 2.0, "wall_us_median": 4.0}
    assert summary([*rounds, {"failed": "Timeout: late"}]) == {"missing": "failed: Timeout: late"}


def test_a_curve_is_a_row_of_costs_by_size() -> None:
    curve: dict[str, Any] = {
        "title": "Threads",
        "unit": "µs a get",
        "of": "threads",
        "sizes": [1, 2],
        "wall": {},
    }
    [table] = growth_tables(
        {"threads": {**curve, "costs": {"dynakit": {"1": 70.4, "2": 90.0}, "boto3": {"1": 1.0}}}}
    )
    assert table.columns == ("µs a get, by threads", "1", "2")
    assert table.rows == (("dynakit", "70", "90"), ("boto3", "1", "—"))


def test_clients_of_curves_are_listed() -> None:
    assert {name for curve in CURVES for name in curve.clients} <= {one.name for one in PEERS}


def test_a_table_as_markdown() -> None:
    table = Table("t", "Title", ("a", "b"), (("1", "2"),), ("why",))
    assert markdown(table, titled=True) == "### Title\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n— why."


def test_a_piece_replaces_what_stands_between_its_markers(tmp_path: Path) -> None:
    begin, end = "<!-- benchmark: client -->", "<!-- end of benchmark -->"
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{begin}\nold\n{end}\n\nbelow\n", encoding="utf-8")
    for _ in range(2):
        write_pieces(page, {"client": "new", "of another page": "left out"})
        assert page.read_text(encoding="utf-8") == f"# Page\n\n{begin}\n\nnew\n\n{end}\n\nbelow\n"


def test_a_page_without_the_end_of_a_piece_is_refused() -> None:
    with pytest.raises(ValueError, match="the table would stand nowhere"):
        replaced("<!-- benchmark: client -->", "client", "new")


def test_every_piece_of_a_page_is_one_that_a_run_gives() -> None:
    found = pieces({"cases": CASES, "machine": MACHINE}, tables({"cases": CASES, "machine": MACHINE}))
    assert {"client", "headline", "machine", "bars"} == set(found)


def test_what_a_package_requires_is_counted_with_it() -> None:
    assert {"pydantic", "pydantic-core", "annotated-types", "typing-extensions"} <= set(closure(["pydantic"]))
    assert installed_mb(["pydantic"]) > installed_mb(["pydantic-core"]) > 1


def test_a_package_that_is_not_installed_has_no_size() -> None:
    with pytest.raises(PackageNotFoundError):
        installed_mb(["no-such-package-is-installed"])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("client --json figures.json --docs", "python -m benchmarks client"),
        ("all --quick --only dynakit", "python -m benchmarks all --quick --only dynakit"),
    ],
)
def test_the_command_that_is_published_measures_the_same_again(arguments: str, text: str) -> None:
    assert command(parsed(arguments.split())) == text


@pytest.mark.parametrize("arguments", ["all --quick --docs", "show", "client --only nobody"])
def test_commands_that_make_no_sense_are_refused(arguments: str) -> None:
    with pytest.raises(SystemExit):
        parsed(arguments.split())
