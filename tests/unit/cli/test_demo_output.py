"""``dynakit demo``: what it prints, on a terminal and into a file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from dynakit.cli.demo_schema import sample, tour, wiring
from dynakit.client.open import connect

ROOT = Path(__file__).parents[3]


def demo(**environment: str) -> str:
    """The output of the command, run in a process of its own and piped."""
    command = [sys.executable, "-c", "from dynakit.cli.main import main; main()", "demo"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def piped() -> str:
    return demo()


def words(text: str) -> str:
    """The text without line ends and repeated blanks: wrapped lines are joined again."""
    return " ".join(text.split())


def patterns() -> list[str]:
    shop = wiring.Shop(connect("memory://"))
    return [pattern.name for pattern in tour.access_patterns(shop, sample.make_sample())]


def test_each_access_pattern_is_named_with_what_it_found_and_costs(piped: str) -> None:
    for name in patterns():
        found = re.search(rf"^ {re.escape(name)} +(\d+) +(\d+\.\d)", piped, re.MULTILINE)
        assert found, name
        assert int(found[1]) > 0
        assert float(found[2]) >= 0.5


@pytest.mark.parametrize(
    "told",
    [
        "20 Customer, 21 Product, 4 Warehouse,",
        "PK = 'CUSTOMER#C003' AND SK = 'CUSTOMER'",
        "GSI2: GSI2PK = 'EMAIL#clara.3@example.com' AND GSI2SK = 'CUSTOMER'",
        "filter: total > 100 AND ship_to.city = 'Berlin'",
        "only: PK, SK, _type, title, quantity, warehouse_id",
        "estimated by dynakit",
        "TransactWriteItems (1 ConditionCheck, 2 Update, 4 Put)",
        "refused: out of stock: rocking-chair",
    ],
)
def test_key_conditions_filters_and_use_cases_are_told_whole(told: str, piped: str) -> None:
    assert told in words(piped)


def test_the_items_are_counted(piped: str) -> None:
    assert f"filled with {len(sample.make_sample().entities)} items: " in words(piped)


def test_into_a_file_there_are_no_colours_and_nothing_is_cut_off(piped: str) -> None:
    assert "\x1b" not in piped
    assert "…" not in piped
    assert max(map(len, piped.splitlines())) <= 80


@pytest.mark.parametrize("width", [60, 120])
def test_other_widths_cut_nothing_off_either(width: int) -> None:
    wide = demo(COLUMNS=str(width))
    assert max(map(len, wide.splitlines())) <= width
    for condition in ("PK = 'PRODUCT#kitchen-chair' AND begins_with(SK, 'STOCK#')", "GSI2PK = 'UNPAID'"):
        assert condition in words(wide)
    assert "…" not in wide


def test_it_prints_the_same_each_time_and_ends_with_the_time_it_took(piped: str) -> None:
    *first, end = piped.splitlines()
    *second, _ = demo().splitlines()
    assert first == second
    assert re.fullmatch(r"Done in \d+\.\d s, in memory; nothing is left behind\.", end)


def test_a_terminal_without_the_characters_is_no_reason_to_fail() -> None:
    assert "? to pay" in demo(PYTHONIOENCODING="ascii")
