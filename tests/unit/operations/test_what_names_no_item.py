"""What is given in place of an entity, a query or a collection is told, and what to do."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any, cast

import pytest

from dynakit import (
    Attr,
    Delete,
    Entity,
    Key,
    NotFound,
    Query,
    Replace,
    Repository,
    StatementError,
    Table,
    UnknownAttribute,
    Update,
    attr,
    connect,
)

notes_table = Table("notes", pk="PK")


class Note(Entity, table=notes_table):
    primary = Key("NOTE#{note_id}")

    note_id: Attr[str]
    text: Attr[str] = attr(default="")


db = connect("memory://")
db.tables.create(notes_table)
notes = Repository(db, Note)
uncalled = cast("Query[Note]", Note.primary)


@pytest.mark.parametrize(
    ("attempt", "told"),
    [
        (lambda: notes.get(cast("Note", "n1")), "str: it is no entity"),
        (
            lambda: notes.get(uncalled),
            "Pattern: it is no entity; expected one, or its primary pattern called",
        ),
        (lambda: notes.put(cast("Note", None)), "NoneType: it is no entity"),
        (lambda: notes.all(uncalled), "A pattern is called to make a query: Note.primary(…)"),
        (lambda: list(notes.iterate(uncalled)), "A pattern is called to make a query"),
        (lambda: uncalled.filter(Note.text == "x"), "Note.primary: it has no attribute 'filter'"),
        (lambda: db.collect([], note_id="n1"), "collect: got no entity"),
        (lambda: db.collect([Note], note_id="n1", limit=0), "limit: got 0; expected 1 or more"),
    ],
)
def test_what_is_no_entity_or_query_is_told(attempt: Callable[[], object], told: str) -> None:
    with pytest.raises(StatementError, match=re.escape(told)):
        attempt()


def test_a_pattern_can_be_copied() -> None:
    assert copy.deepcopy(Note.primary) == copy.copy(Note.primary) == Note.primary


@pytest.mark.parametrize(
    ("statement", "advice"),
    [
        (Delete(Note(note_id="n1")), "Pass missing_ok=True"),
        (Replace(Note(note_id="n1")), "Use put, or create it first."),
        (Update(Note(note_id="n1"), Note.text.set("x")), "Use upsert, or create it first."),
    ],
    ids=str,
)
def test_a_missing_item_is_told_with_what_fits_the_verb(
    statement: Delete[Note] | Replace[Note] | Update[Note], advice: str
) -> None:
    execute: Callable[[Any], object] = db.execute
    with pytest.raises(NotFound, match=re.escape(advice)):
        execute(statement)


def test_a_question_ends_with_its_question_mark() -> None:
    with pytest.raises(UnknownAttribute, match=r"did you mean 'text'\?$"):
        getattr(Note, "txt")  # noqa: B009 - a type checker sees Note.txt
    with pytest.raises(UnknownAttribute, match=r"it has no attribute 'other'\.$"):
        getattr(Note, "other")  # noqa: B009 - the same


def test_a_key_that_was_used_is_none_any_more_once_it_is_filtered() -> None:
    key = Note.primary(note_id="n1")
    assert notes.get(key) is None
    with pytest.raises(StatementError, match="it does not name one item"):
        notes.get(key.filter(Note.text == "x"))
