"""``dynakit local``: DynamoDB Local is kept running between commands, and stopped by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynakit import Attr, Entity, Key, Repository, Table, connect
from dynakit.cli.local_keeper import ask_keeper, state_file
from dynakit.local.package import installed_folder
from tests.unit.cli.commands import dynakit

BOX = Table("box", pk="PK")


class Thing(Entity, table=BOX):
    primary = Key("THING#{name}")
    name: Attr[str]


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder of its own, in which DynamoDB Local is installed already."""
    installed = installed_folder()
    monkeypatch.setenv("DYNAKIT_CACHE", str(tmp_path))
    installed_folder().parent.mkdir(parents=True)
    if installed.exists():
        installed_folder().symlink_to(installed, target_is_directory=True)


@pytest.mark.usefixtures("dynamodb_local", "own_cache")
def test_it_is_started_found_and_stopped_by_commands_of_their_own() -> None:
    assert dynakit("local", "status").code == 1
    started = dynakit("local", "start", "--port", "0")
    try:
        endpoint = started.out.strip()
        assert (started.code, endpoint[:17]) == (0, "http://127.0.0.1:")
        assert dynakit("local", "status").out == started.out
        assert dynakit("local", "start", "--port", "0").out == started.out
        assert state_file().stat().st_mode & 0o077 == 0
        with connect(endpoint) as db:
            db.tables.create(BOX)
            assert Repository(db, Thing).create(Thing(name="a")).name == "a"
    finally:
        stopped = dynakit("local", "stop")
    assert (stopped.code, stopped.err.strip()) == (0, f"stopped {endpoint}")
    assert dynakit("local", "stop").err == "it is not running\n"


@pytest.mark.usefixtures("dynamodb_local", "own_cache")
def test_why_it_did_not_start_is_told_in_one_line(dynamodb_local: str) -> None:
    port = dynamodb_local.rpartition(":")[2]
    left = dynakit("local", "start", "--port", port)
    assert left.code == 1
    assert (
        left.err
        == f"dynakit: DynamoDB Local: port {port} is taken. Give another one, or 0 for any free one.\n"
    )


@pytest.mark.usefixtures("dynamodb_local", "own_cache")
@pytest.mark.parametrize("text", ["", "{}", '{"port": 1, "key": "k"}', "[1]"])
def test_what_an_earlier_keeper_left_is_no_running_server(text: str) -> None:
    state_file().parent.mkdir(parents=True, exist_ok=True)
    state_file().write_text(text)
    assert ask_keeper("status") is None
