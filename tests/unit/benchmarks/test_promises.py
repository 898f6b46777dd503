"""Promises of speed are judged against the cheapest fair client, and say so where they cannot be judged."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.bars import BARS, PYDYNOX, Bar, MemoryBar, as_json, held
from benchmarks.outcome import finished, is_wrong, named_boto3
from benchmarks.peer import PEERS

GET = Bar("get", 0.5, ("cases", "get"), "cpu_us", "dynakit", PYDYNOX)
SCAN = MemoryBar("scan", 20, "4")


def run(**costs: float) -> dict[str, Any]:
    return {"cases": {"get": {name.replace("_", " + "): {"cpu_us": cost} for name, cost in costs.items()}}}


@pytest.mark.parametrize(
    ("found", "value", "against", "kept"),
    [
        (run(dynakit=50, pydynox=200), 0.25, "pydynox", True),
        (run(dynakit=50, pydynox=200, pydynox_pydantic=80), 0.625, "pydynox + pydantic", False),
        (run(dynakit=50, pydynox=100), 0.5, "pydynox", True),
        (run(dynakit=50), None, None, None),
        (run(pydynox=50), None, None, None),
    ],
)
def test_a_ratio_is_to_the_cheapest(
    found: dict[str, Any], value: float | None, against: str | None, kept: bool | None
) -> None:
    [one] = held(found, [GET])
    assert (one.value, one.against, one.kept) == (value, against, kept)


def test_a_client_without_figures_is_not_the_cheapest() -> None:
    found = run(dynakit=50, pydynox=200)
    found["cases"]["get"]["pydynox async"] = {"missing": "not installed"}
    assert held(found, [GET])[0].against == "pydynox"


def test_a_case_that_was_not_run_is_not_judged() -> None:
    assert held({"cases": {}}) == []


@pytest.mark.parametrize(("many", "kept"), [(60.0, True), (60.1, False)])
def test_memory_is_judged_by_the_difference(many: float, kept: bool) -> None:
    memory = {"dynakit": {"4": {"1000": 40.0, "100000": many}}}
    [one] = held({"memory": memory}, [SCAN])
    assert one.value == pytest.approx(many - 40)
    assert one.kept is kept


def test_clients_that_promises_name_are_listed() -> None:
    listed = {one.name for one in PEERS}
    named = {name for bar in BARS if isinstance(bar, Bar) for name in (bar.dynakit, *bar.others)}
    assert named <= listed


@pytest.mark.parametrize(
    ("case", "meant"),
    [("get", "boto3 client"), ("put", "boto3 client"), ("query", "boto3 resource + pydantic")],
)
def test_boto3_in_the_json_is_the_resource_where_models_are_queried(case: str, meant: str) -> None:
    cells = {"boto3 client": {"cpu_us": 1.0}, "boto3 resource + pydantic": {"cpu_us": 2.0}}
    assert named_boto3(case, cells) == {"boto3": {**cells[meant], "is": meant}}


def test_a_finished_run_has_ratios_and_its_promises() -> None:
    done = finished(run(dynakit=50, pydynox=200), {"cores": 2})
    assert done["cases"]["get"]["pydynox"]["ratio"] == 0.25
    assert done["machine"] == {"cores": 2}
    assert done["bars"] == as_json(done)
    assert {one["kept"] for one in done["bars"]} == {True, None}


@pytest.mark.parametrize(("why", "wrong"), [("wrong: it returned other data", True), ("no query", False)])
def test_wrong_data_is_told_from_what_a_client_cannot_do(why: str, wrong: bool) -> None:
    assert is_wrong({"cases": {"get": {"pydynox": {"missing": why}}}}) is wrong
