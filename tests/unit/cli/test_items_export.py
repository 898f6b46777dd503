"""``dynakit items export`` into a file, on the embedded backend: what it asks, refuses and leaves."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from dynakit import Client, connect
from dynakit.cli.items_commands import FileFormat
from dynakit.transfer.formats import Format
from tests.unit.cli.commands import Left, dynakit
from tests.unit.transfer.stored_items import BOX

TARGET = "tests.unit.transfer.stored_items:BOX"


@pytest.fixture
def endpoint() -> str:
    """A store of the test's own in this process."""
    return f"memory://{uuid4().hex}"


@pytest.fixture
def db(endpoint: str) -> Iterator[Client]:
    with connect(endpoint) as client:
        client.tables.create(BOX)
        for number in range(3):
            item = {"PK": {"S": "p"}, "number": {"N": str(number)}, "a": {"S": "x"}}
            client.call("PutItem", {"TableName": BOX.name, "Item": item})
        yield client


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "box.jsonl"


@pytest.fixture
def unfinished(db: Client, endpoint: str, path: Path) -> Path:
    """An export that was cut off by a table that was not there for a while."""
    db.tables.delete(BOX)
    assert export(endpoint, path).code == 1
    db.tables.create(BOX)
    return path


def export(endpoint: str, path: Path, *arguments: str) -> Left:
    return dynakit("items", "export", TARGET, "--to", str(path), "--endpoint", endpoint, *arguments)


def test_the_formats_of_the_command_are_those_there_are() -> None:
    assert [str(one) for one in FileFormat] == [str(one) for one in Format]


@pytest.mark.usefixtures("db")
def test_a_file_that_is_there_is_asked_about(endpoint: str, path: Path) -> None:
    path.write_text("mine")
    left = export(endpoint, path)
    assert (left.code, path.read_text()) == (2, "mine")
    assert left.err.startswith(f"dynakit: overwrite {path}: it asks first")
    assert export(endpoint, path, "--yes").code == 0
    assert path.read_text().count("\n") == 3


def test_what_was_cut_off_goes_on_without_asking(endpoint: str, unfinished: Path) -> None:
    left = export(endpoint, unfinished)
    assert left.err == f"going on behind 0 items\nexported 0 items to {unfinished}\n"
    assert not unfinished.with_name("box.jsonl.checkpoint").exists()


@pytest.mark.parametrize("arguments", [["--region", "eu-west-1"], ["--format", "csv"]])
def test_it_goes_on_with_the_options_it_was_begun_with(
    endpoint: str, unfinished: Path, arguments: list[str]
) -> None:
    left = export(endpoint, unfinished, *arguments)
    assert left.code == 1
    assert "box.jsonl.checkpoint: it is the checkpoint of another run. Give the options" in left.err


def test_the_number_of_segments_stays(endpoint: str, unfinished: Path) -> None:
    left = export(endpoint, unfinished, "--segments", "2")
    assert left.code == 1
    assert "scan of all items of table 'box': the checkpoint does not fit" in left.err


def test_a_file_shorter_than_its_checkpoint_is_refused(endpoint: str, unfinished: Path) -> None:
    checkpoint = unfinished.with_name("box.jsonl.checkpoint")
    checkpoint.write_text(checkpoint.read_text().replace('"bytes": 0', '"bytes": 9'))
    left = export(endpoint, unfinished)
    assert (left.code, left.err.splitlines()[-1]) == (
        1,
        f"dynakit: {unfinished}: it is shorter than its checkpoint says. Remove {checkpoint} to begin anew.",
    )


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("columns", "head"), [([], "PK,number,GSI1PK,_type,_w,*"), (["--columns", "a, b"], "PK,number,a,b,*")]
)
def test_the_name_of_a_file_tells_csv(endpoint: str, tmp_path: Path, columns: list[str], head: str) -> None:
    path = tmp_path / "box.CSV"
    assert export(endpoint, path, *columns).code == 0
    assert path.read_text().splitlines()[0] == head


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["schemas.backend:User"], "target 'schemas.backend:User': it is one entity; a table was expected"),
        (["schemas.backend"], "target 'schemas.backend': it holds 2 tables"),
        ([TARGET, "--columns", "a"], "--columns: jsonl has no columns; expected with --format csv"),
        ([TARGET, "--format", "xml"], "Invalid value for '--format'"),
    ],
)
def test_wrong_usage_leaves_with_2(endpoint: str, arguments: list[str], told: str) -> None:
    left = dynakit("items", "export", *arguments, "--endpoint", endpoint)
    assert left.code == 2
    assert told in left.err


@pytest.mark.usefixtures("db")
def test_a_folder_that_is_not_there_is_one_line(endpoint: str, tmp_path: Path) -> None:
    left = export(endpoint, tmp_path / "no" / "box.jsonl")
    assert left.code == 1
    assert left.err.endswith(
        "No such file or directory; the checkpoint is kept there. Allow it, or use a pipe.\n"
    )


@pytest.mark.usefixtures("db")
def test_a_device_is_no_file_to_go_on_with(endpoint: str) -> None:
    left = export(endpoint, Path(os.devnull))
    assert left.code == 2
    assert left.err.startswith(f"dynakit: {os.devnull}: it is no file that can be cut.")


@pytest.mark.skipif(sys.platform == "win32", reason="files are locked on POSIX only")
def test_a_file_that_another_export_writes_is_left_alone(endpoint: str, unfinished: Path) -> None:
    import fcntl

    with unfinished.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        left = export(endpoint, unfinished)
    assert left.code == 1
    assert left.err.endswith(f"{unfinished}: another export is writing it. Wait for it, or end it.\n")
    assert export(endpoint, unfinished).code == 0


@pytest.mark.usefixtures("db")
def test_rates_and_consistency_are_taken(endpoint: str, path: Path) -> None:
    assert export(endpoint, path, "--rate", "1000", "--consistent", "--at-once", "2").code == 0
    assert export(endpoint, path, "--rate", "0", "--yes").code == 1
