"""``dynakit import workbench`` and ``dynakit export workbench``."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest

from dynakit import connect
from dynakit.workbench.document import read_model
from dynakit.workbench.schema import schema_file
from dynakit.workbench.stored import table_of
from tests.unit.cli.commands import dynakit
from tests.unit.workbench.workbench_models import model_of, row

MODEL = model_of(
    row("USER#alice", "PROFILE", username="alice"),
    row("USER#bob", "PROFILE", username="bob"),
    row("USER#bob", "ORDER#1"),
)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.json"
    path.write_text(MODEL)
    return path


def test_a_model_becomes_a_file_that_other_commands_take(model: Path, tmp_path: Path) -> None:
    written = tmp_path / f"schema_{uuid4().hex}.py"
    left = dynakit("import", "workbench", str(model), "--out", str(written))
    assert (left.code, left.out) == (0, "")
    assert written.read_text() == schema_file(read_model(MODEL))
    shown = dynakit("schema", "show", str(written))
    assert "USER#{username:raw}" in shown.out
    again = dynakit("export", "workbench", str(written), "--name", "Users")
    assert again.data["ModelName"] == "Users"
    assert len(again.data["DataModel"][0]["TableFacets"]) == 2


def test_without_a_file_the_schema_is_the_output(model: Path) -> None:
    assert dynakit("import", "workbench", str(model)).out == schema_file(read_model(MODEL))


def test_a_file_that_is_there_is_not_overwritten_unasked(model: Path, tmp_path: Path) -> None:
    there = tmp_path / "schema.py"
    there.write_text("mine")
    assert dynakit("import", "workbench", str(model), "--out", str(there)).code == 2
    assert there.read_text() == "mine"
    assert dynakit("import", "workbench", str(model), "--out", str(there), "--yes").code == 0
    assert there.read_text() != "mine"


def test_sample_rows_go_into_the_table_and_come_out_of_it(model: Path, tmp_path: Path) -> None:
    endpoint, written = f"memory://{uuid4().hex}", tmp_path / f"schema_{uuid4().hex}.py"
    options = ("--out", str(written), "--rows", "--endpoint", endpoint)
    missing = dynakit("import", "workbench", str(model), *options)
    assert "dynakit: table shop: 3 of 3 rows were not put. Run the same command again." in missing.err
    assert (missing.code, "no such table" in missing.err) == (1, True)
    (table,) = read_model(MODEL).tables
    with connect(endpoint) as db:
        db.tables.create(table_of(table))
    assert "3 rows put" in dynakit("import", "workbench", str(model), *options, "--yes").err
    taken = dynakit("export", "workbench", str(written), "--rows", "10", "--endpoint", endpoint)
    (again,) = read_model(taken.out).tables
    assert sorted(map(repr, again.sample_rows)) == sorted(map(repr, table.sample_rows))
    one = dynakit("export", "workbench", str(written), "--rows", "1", "--endpoint", endpoint)
    assert len(read_model(one.out).tables[0].sample_rows) == 1


def test_what_is_wrong_is_one_line(model: Path, tmp_path: Path) -> None:
    malformed = json.loads(MODEL)
    malformed["DataModel"][0]["TableData"][1]["x"] = {"M": {"y": 5}}
    model.write_text(json.dumps(malformed))
    left = dynakit("import", "workbench", str(model))
    assert (left.code, left.err.count("\n")) == (1, 1)
    assert "table 'shop', row 2, attribute 'x.y'" in left.err
    assert dynakit("import", "workbench", str(tmp_path / "none.json")).code == 2
    assert dynakit("export", "workbench", "schemas.backend", "--endpoint", "memory://").code == 2


def test_rows_are_not_put_into_tables_of_aws_unasked(model: Path) -> None:
    left = dynakit("import", "workbench", str(model), "--rows")
    assert (left.code, left.out) == (2, "")
    assert "put the sample rows into shop of AWS: it asks first" in left.err
