"""``dynakit items import`` into a table on a server: the same items, also when it was killed half-way."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from dynakit.transfer.formats import Format, Writing
from tests.integration.backends import Opener, only
from tests.integration.item_commands import ROOT, in_order, many_items, open_box
from tests.unit.transfer.stored_items import BOX

pytestmark = only("local")

COLUMNS = ("PK", "number", "text", "exact", "*")


def fill(path: Path, count: int, format: Format = Format.JSONL) -> None:
    writing = Writing(BOX, format, COLUMNS)
    path.write_bytes(writing.head + writing.lines(many_items(count)))


@pytest.mark.parametrize("format", Format)
def test_a_file_of_every_format_gives_the_same_items(open_db: Opener, tmp_path: Path, format: Format) -> None:
    path, box = tmp_path / "items", open_box(open_db)
    fill(path, 130, format)
    done = box.run("import", "--from", str(path), "--format", format, "--yes")
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode() == f"imported 130 items into table {box.db.name(BOX)}\n"
    assert box.items() == many_items(130)
    assert [one.name for one in tmp_path.iterdir()] == ["items"]


@pytest.mark.parametrize("format", Format)
def test_an_export_piped_into_an_import_gives_the_same_items(open_db: Opener, format: Format) -> None:
    source, copy = open_box(open_db, many_items(130)), open_box(open_db)
    with subprocess.Popen(
        source.command("export", "--format", format),
        cwd=ROOT,
        env=source.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as exporting:
        done = subprocess.run(
            copy.command("import", "--format", format, "--yes"),
            cwd=ROOT,
            env=copy.environment,
            stdin=exporting.stdout,
            capture_output=True,
            check=False,
        )
    assert (done.returncode, exporting.returncode) == (0, 0), done.stderr
    assert copy.items() == source.items() == many_items(130)


def test_killed_half_way_and_run_again_all_items_are_there(open_db: Opener, tmp_path: Path) -> None:
    path, box = tmp_path / "items.csv", open_box(open_db)
    fill(path, 1500, Format.CSV)
    checkpoint = tmp_path / "items.csv.import-checkpoint"
    arguments = ("--from", str(path), "--yes", "--at-once", "1")
    for part in (300, 700):
        box.kill_when(
            lambda: checkpoint.exists() and json.loads(checkpoint.read_text())["items"] > part,  # noqa: B023
            "import",
            *arguments,
        )
    assert len(box.items()) < 1500
    done = box.run("import", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(b"going on behind ")
    assert done.stderr.endswith(f"imported 1,500 items into table {box.db.name(BOX)}\n".encode())
    assert box.items() == many_items(1500)
    assert not checkpoint.exists()


def test_items_that_the_service_refuses_are_told_by_their_lines(open_db: Opener, tmp_path: Path) -> None:
    path, box = tmp_path / "items.jsonl", open_box(open_db)
    fill(path, 30)
    good = path.read_bytes()
    path.write_bytes(good + b'{"PK": "p", "number": 31, "": "secret"}\n')
    left = box.run("import", "--from", str(path), "--yes", "--at-once", "1")
    assert left.returncode == 1
    assert left.stderr.startswith(f"dynakit: {path}: not all of lines 26 to 31 were written. Run".encode())
    assert b"secret" not in left.stderr
    path.write_bytes(good)
    assert box.run("import", "--from", str(path), "--yes").stderr.startswith(b"going on behind 25 items\n")
    assert box.items() == many_items(30)


def test_a_bad_line_stops_it_before_anything_is_written(open_db: Opener, tmp_path: Path) -> None:
    path, box = tmp_path / "items.jsonl", open_box(open_db)
    fill(path, 30)
    path.write_bytes(path.read_bytes() + b'{"PK": "secret"}\n')
    left = box.run("import", "--from", str(path), "--yes")
    assert (left.returncode, left.stdout) == (1, b"")
    assert left.stderr.decode() == (
        f"dynakit: {path}:31: it has no 'number'; expected the primary key of table 'box'.\n"
    )
    assert box.items() == []


def test_of_a_pipe_the_rounds_before_a_bad_line_are_written(open_db: Opener) -> None:
    box, items = open_box(open_db), many_items(30)
    given = Writing(BOX, Format.JSONL).lines(items) + b"{\n"
    left = box.run("import", "--yes", "--at-once", "1", given=given)
    assert left.returncode == 1
    assert left.stderr.decode().splitlines() == [
        f"imported 25 items into table {box.db.name(BOX)}",
        "dynakit: standard input:31: it is no JSON; expected one item a line.",
    ]
    assert box.items() == in_order(items[:25])
