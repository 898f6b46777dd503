"""Writes that read first are explained as both; statements that send nothing, or are unknown, say so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from dynakit import (
    KEYS_ONLY,
    Attr,
    Delete,
    Entity,
    Index,
    Key,
    Move,
    Partiql,
    Replace,
    Restore,
    SaveChanges,
    StatementError,
    Table,
    TransactWrite,
    Update,
    attr,
    deleted,
    explain,
    unique,
)
from dynakit.operations.sequence import Taken
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item, encode_item

bank = Table("bank", pk="PK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK", projection=KEYS_ONLY)])


class Account(Entity, table=bank):
    primary = Key("ACCOUNT#{id}")
    by_city = Key("CITY#{city}", "{city}#{name}", index="GSI1")
    email_once = unique("email")

    id: Attr[str]
    email: Attr[str]
    city: Attr[str] = attr(default="Rome")
    name: Attr[str] = attr(default="Ann")


class Note(Entity, table=bank):
    primary = Key("NOTE#{id}")
    slug_once = unique("slug", kept_when_deleted=False)

    id: Attr[str]
    slug: Attr[str]
    gone: Attr[datetime | None] = deleted()


KEY = Account.primary(id="1")
ACCOUNT = Account(id="1", email="a@example.com")
NOTE = Note.primary(id="1")


def loaded() -> Account:
    definition = definition_of(Account)
    return decode_item(definition, encode_item(definition, ACCOUNT))


FETCHING: list[tuple[Any, str, float]] = [
    (Update(KEY, Account.city.set("Bari"), fetch_missing=True), "UpdateItem", 3),
    (Update(KEY, Account.email.set("b@example.com")), "TransactWriteItems", 6),
    (Delete(KEY), "TransactWriteItems", 6),
    (Delete(NOTE), "TransactWriteItems", 4),
    (Delete(NOTE, permanently=True), "TransactWriteItems", 4),
    (Restore(NOTE), "TransactWriteItems", 4),
    (Replace(ACCOUNT), "TransactWriteItems", 8),
    (Move(KEY, Account.id.set("2")), "TransactWriteItems", 10),
]


@pytest.mark.parametrize(("statement", "action", "units"), FETCHING, ids=lambda one: str(one)[:40])
def test_a_write_that_reads_first_costs_both(statement: Any, action: str, units: float) -> None:
    told = explain(statement)
    assert (told.action, told.read_units, told.write_units) == (f"GetItem, then {action}", 1.0, units)
    assert [part.action for part in told.parts] == ["GetItem", action]
    assert (told.requests, told.table, told.warnings) == (2, "bank", ())


def test_what_is_loaded_is_not_read_again() -> None:
    assert explain(Delete(loaded())).action == "TransactWriteItems"
    assert explain(Update(KEY, Account.city.set("Bari"), current=loaded())).read_units == 0


def test_a_member_of_a_transaction_cannot_read_first() -> None:
    assert explain(TransactWrite((Delete(loaded()),))).action == "TransactWriteItems"
    assert [one.code for one in explain(TransactWrite((Delete(KEY),))).warnings] == ["refused"]


def test_nothing_is_sent_where_nothing_changed() -> None:
    told = explain(SaveChanges(loaded()))
    assert (told.access, told.requests, told.write_units, told.warnings) == ("nothing", 0, 0.0, ())
    assert str(told).splitlines()[1] == "  nothing is sent to table bank"


def test_a_refused_statement_names_no_table() -> None:
    told = explain(Update(KEY, Account.city.set("Bari")))
    assert [one.code for one in told.warnings] == ["refused"]
    assert str(told).splitlines()[1] == "  nothing is sent"


@pytest.mark.parametrize("statement", [Partiql("SELECT * FROM {bank}", table=bank), Taken, 5, "text"])
def test_what_explain_does_not_know_is_said(statement: Any) -> None:
    with pytest.raises(StatementError, match="explain knows no statement of this kind"):
        explain(statement)


def test_an_entry_of_keys_alone_is_taken_for_small() -> None:
    rows = Account.by_city(city="Rome").project(Account.name)
    assert explain(rows, items=100).read_units == 2.0
    assert explain(rows, items=100, entry_size=1024).read_units == 12.5
