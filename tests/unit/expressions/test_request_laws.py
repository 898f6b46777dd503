"""What holds for every request: names behind placeholders, nothing unused, the same bytes each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynakit import Attr, Entity, Key, Put, Table, Update, attr
from tests.unit.support.checked import compiled
from tests.unit.support.corpus import written

ROOT = Path(__file__).parents[3]

# A few of DynamoDB's 573 reserved words, and names it refuses in expressions.
AWKWARD = ["name", "status", "VALUES", "Size", "and", "#n0", ":v0", "a.b", "a-b", "a[0]", "1", " ", "é", "🤑"]


def check_statements_with(name: str) -> None:
    class Named(Entity, table=Table("shop", pk="PK", type_attribute=None, token_attribute=None)):
        primary = Key("{id}")
        id: Attr[str] = attr(name="~id")
        it: Attr[str | None] = attr(default=None, name=name)
        again: Attr[dict[str, str]] = attr(default_factory=dict, name="~again")

    changes = Update(
        Named.primary(id="1"), Named.it.set("x"), Named.again[name].remove(), where=Named.it == "y"
    )
    assert name in compiled(changes)["ExpressionAttributeNames"].values()
    query = Named.primary(id="1").filter(Named.it.exists() | (Named.again[name] == "z"))
    assert name in compiled(query)["ExpressionAttributeNames"].values()
    assert name in compiled(query.project(Named.it, Named.again[name]))["ExpressionAttributeNames"].values()
    assert compiled(Put(Named(id="1", it="x")))["Item"][name] == {"S": "x"}


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_name_stands_behind_a_placeholder(name: str) -> None:
    check_statements_with(name)


@settings(max_examples=60)
@given(st.text(min_size=1).filter(lambda name: name not in {"PK", "~id", "~again"}))
def test_any_name_stands_behind_a_placeholder(name: str) -> None:
    """The grammar that every request is held to knows no other names than its own words."""
    check_statements_with(name)


def test_the_same_statement_gives_the_same_bytes() -> None:
    assert written() == written()


def test_the_bytes_do_not_depend_on_the_seed_of_hashes() -> None:
    program = "from tests.unit.support.corpus import written; print(written())"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == written()
