"""Checkpoints: as text, in a file, in a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynakit import (
    Checkpoint,
    Environment,
    FileCheckpoint,
    KeyAttribute,
    StatementError,
    Table,
    TableCheckpoint,
    connect,
)
from tests.unit.support.feed import feed

HERE = Checkpoint("arn:stream", {"shardId-1": "SHARD_END", "shardId-2": "117"})
FARTHER = Checkpoint("arn:stream", {"shardId-2": "118"})


def test_a_checkpoint_is_text_and_back() -> None:
    text = '{"shards":{"shardId-1":"SHARD_END","shardId-2":"117"},"stream":"arn:stream","version":1}'
    assert HERE.to_json() == text
    assert Checkpoint.from_json(text) == HERE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"version":2,"stream":"a","shards":{}}',
        '{"version":1,"stream":1,"shards":{}}',
        '{"version":1,"stream":"a","shards":[]}',
        '{"version":1,"stream":"a","shards":{"x":7}}',
        "[" * 100_000,
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(
        StatementError, match=r"^checkpoint: \d+ characters were read that are none of version 1"
    ):
        Checkpoint.from_json(text)


def test_a_file_keeps_the_last_checkpoint_and_nothing_beside(tmp_path: Path) -> None:
    store = FileCheckpoint(tmp_path / "orders.json")
    assert store.load() is None
    for checkpoint in (HERE, FARTHER):
        store.save(checkpoint)
        assert FileCheckpoint(str(tmp_path / "orders.json")).load() == checkpoint
    assert [path.name for path in tmp_path.iterdir()] == ["orders.json"]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\xfe")
    with pytest.raises(StatementError):
        FileCheckpoint(tmp_path / "a").load()


@pytest.mark.parametrize("table", [feed, Table("alone", pk="PK")])
def test_a_table_keeps_the_last_checkpoint_of_each_name(table: Table) -> None:
    with connect("memory://", environment=Environment.simulated()) as db:
        db.tables.create(table)
        store, other = TableCheckpoint(db, table, "a"), TableCheckpoint(db, table, "b")
        assert (store.load(), other.load()) == (None, None)
        store.save(HERE)
        store.save(FARTHER)
        other.save(HERE)
        assert (store.load(), other.load()) == (FARTHER, HERE)


def test_a_table_with_keys_that_are_no_text_keeps_no_checkpoint() -> None:
    with (
        connect("memory://") as db,
        pytest.raises(StatementError, match="kept under a key of text"),
    ):
        TableCheckpoint(db, Table("numbers", pk=KeyAttribute("n", "N")), "a")
