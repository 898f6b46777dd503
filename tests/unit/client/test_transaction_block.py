"""What a ``with db.transaction()`` block sends, and when."""

from __future__ import annotations

import asyncio

import pytest

from dynakit import (
    Attr,
    Entity,
    Key,
    Repository,
    StatementError,
    Table,
    TransactWrite,
    connect,
    connect_async,
)

table = Table("notes")


class Note(Entity, table=table):
    primary = Key("NOTE#{number}")
    number: Attr[str]


def test_a_block_without_operations_sends_nothing() -> None:
    with connect("memory://") as db, db.transaction() as tx:
        assert len(tx.statement) == 0


def test_an_asynchronous_block_without_operations_sends_nothing() -> None:
    async def run() -> None:
        async with connect_async("memory://") as db, db.transaction() as tx:
            assert len(tx.statement) == 0

    asyncio.run(run())


def test_an_empty_transaction_as_a_statement_is_refused() -> None:
    with connect("memory://") as db, pytest.raises(StatementError, match="got 0 operations"):
        db.execute(TransactWrite(()))


def test_a_block_that_fails_sends_nothing() -> None:
    db = connect("memory://")
    db.tables.create(table)

    def fail_inside() -> None:
        with db.transaction() as tx:
            tx.create(Note(number="1"))
            raise LookupError

    with pytest.raises(LookupError):
        fail_inside()
    assert not Repository(db, Note).exists(Note.primary(number="1"))
