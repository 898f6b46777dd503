"""The benchmark's cases run; what they cost is no test's concern."""

from __future__ import annotations

import pytest

from benchmarks.own import cases

CASES = cases()


@pytest.mark.parametrize("name", CASES)
def test_a_case_runs(name: str) -> None:
    assert CASES[name]() is not None
