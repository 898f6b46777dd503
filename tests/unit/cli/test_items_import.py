"""``dynakit items import`` of a file, on the embedded backend: what it asks, refuses and leaves."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest

from dynakit import connect
from dynakit.cli.checkpoint_file import CheckpointFile
from tests.unit.cli.commands import Left, dynakit
from tests.unit.transfer.stored_items import BOX

TARGET = "tests.unit.transfer.stored_items:BOX"
LINES = [f'{{"PK": "p", "number": {number}}}\n' for number in range(120)]


@pytest.fixture
def endpoint() -> str:
    """A store of the test's own in this process, with the table."""
    made = f"memory://{uuid4().hex}"
    with connect(made) as client:
        client.tables.create(BOX)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "box.jsonl"
    made.write_text("".join(LINES))
    return made


@pytest.fixture
def unfinished(endpoint: str, path: Path) -> Path:
    """An import that was killed behind its first round, just before the checkpoint went away."""
    path.write_text("".join(LINES[:100]))
    with patch.object(CheckpointFile, "remove"):
        assert import_file(endpoint, path, "--yes").code == 0
    path.write_text("".join(LINES))
    return path


def import_file(endpoint: str, path: Path, *arguments: str) -> Left:
    return dynakit("items", "import", TARGET, "--from", str(path), "--endpoint", endpoint, *arguments)


def numbers(endpoint: str) -> list[int]:
    with connect(endpoint) as client:
        items = client.call("Scan", {"TableName": BOX.name})["Items"]
    return sorted(int(item["number"]["N"]) for item in items)


def test_it_asks_with_the_number_of_items_and_the_table(endpoint: str, path: Path) -> None:
    left = import_file(endpoint, path)
    assert left.code == 2
    assert left.err.startswith("dynakit: import 120 items into table box: it asks first, and there is no")
    assert numbers(endpoint) == []


def test_all_items_are_stored(endpoint: str, path: Path) -> None:
    left = import_file(endpoint, path, "--yes", "--rate", "100000")
    assert (left.code, left.out, left.err) == (0, "", "imported 120 items into table box\n")
    assert numbers(endpoint) == list(range(120))


def test_of_equal_keys_the_last_line_is_stored(endpoint: str, path: Path) -> None:
    """They may be in one request, in two of one round, or in two rounds."""
    texts = [f'{{"PK": "p", "number": {number % 7}, "line": {number}}}\n' for number in range(250)]
    path.write_text("".join(texts))
    assert import_file(endpoint, path, "--yes").code == 0
    with connect(endpoint) as client:
        items = client.call("Scan", {"TableName": BOX.name})["Items"]
    assert sorted(int(item["line"]["N"]) for item in items) == list(range(243, 250))


def test_it_goes_on_behind_what_is_imported(endpoint: str, unfinished: Path) -> None:
    left = import_file(endpoint, unfinished, "--yes")
    assert left.err == "going on behind 100 items\nimported 120 items into table box\n"
    assert numbers(endpoint) == list(range(120))


def test_lines_behind_the_checkpoint_may_be_mended(endpoint: str, unfinished: Path) -> None:
    unfinished.write_text("".join([*LINES[:100], '{"PK": "p"}\n']))
    assert import_file(endpoint, unfinished, "--yes").err.startswith(f"dynakit: {unfinished}:101: it has no")
    unfinished.write_text("".join([*LINES[:100], LINES[119]]))
    assert import_file(endpoint, unfinished, "--yes").code == 0
    assert numbers(endpoint) == [*range(100), 119]


@pytest.mark.parametrize("text", ["".join(LINES[1:]), "".join(LINES[:50])], ids=["other", "shorter"])
def test_lines_that_are_imported_may_not_change(endpoint: str, unfinished: Path, text: str) -> None:
    unfinished.write_text(text)
    left = import_file(endpoint, unfinished, "--yes")
    assert left.code == 1
    assert "box.jsonl: lines that are imported already were changed since. Remove" in left.err


def test_it_goes_on_with_the_options_it_was_begun_with(endpoint: str, unfinished: Path) -> None:
    left = import_file(endpoint, unfinished, "--yes", "--format", "dynamodb-json")
    assert left.code == 1
    assert "box.jsonl.import-checkpoint: it is the checkpoint of another run." in left.err


def test_a_file_whose_export_is_not_finished_is_refused(endpoint: str, path: Path) -> None:
    path.with_name("box.jsonl.checkpoint").touch()
    left = import_file(endpoint, path, "--yes")
    assert (left.code, left.err) == (
        1,
        f"dynakit: {path}: its export is not finished. Run that again, then import the whole file.\n",
    )


def test_a_damaged_checkpoint_is_refused(endpoint: str, path: Path) -> None:
    path.with_name("box.jsonl.import-checkpoint").write_text("{")
    assert "it is the checkpoint of another run." in import_file(endpoint, path, "--yes").err


def test_a_table_that_is_not_there_is_told_with_the_lines(path: Path) -> None:
    left = import_file(f"memory://{uuid4().hex}", path, "--yes")
    assert left.code == 1
    assert left.err.startswith(f"dynakit: {path}: not all of lines 1 to 25 were written. Run the same")
    assert left.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([TARGET, "--from", "no-such-file", "--yes"], "no-such-file: it cannot be read: No such file"),
        (["schemas.backend:User", "--yes"], "target 'schemas.backend:User': it is one entity; a table was"),
        ([TARGET, "--from", os.devnull], f"{os.devnull}: it is no file that can be read twice. Pipe it in"),
        ([TARGET], "import into table box: it asks first, and there is no terminal to ask at. Add --yes"),
        ([TARGET, "--at-once", "0"], "Invalid value for '--at-once'"),
    ],
)
def test_wrong_usage_leaves_with_2(endpoint: str, arguments: list[str], told: str) -> None:
    left = dynakit("items", "import", *arguments, "--endpoint", endpoint)
    assert left.code == 2
    assert told in left.err
