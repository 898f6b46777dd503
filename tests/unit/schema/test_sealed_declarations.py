"""Compressed, encrypted and offloaded attributes: where they may stand, and what is said of them."""

# pyright: reportUnusedClass=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from dynakit import (
    Attr,
    Compressed,
    DefinitionError,
    Encrypted,
    Entity,
    Environment,
    Index,
    Key,
    KeyAttribute,
    Offloaded,
    StatementError,
    Table,
    Update,
    attr,
    unique,
)

notes = Table("sealed-notes")


class Note(Entity, table=notes):
    primary = Key("NOTE#{number:03d}")

    number: Attr[int]
    text: Attr[Compressed[str]] = attr(default="")
    tags: Attr[Compressed[list[str]]] = attr(default_factory=list)
    flag: Attr[Encrypted[bool]] = attr(default=False)
    card: Attr[Encrypted[str]] = attr(default="", max_length=20)
    other: Attr[Encrypted[str] | None] = attr(default=None)
    count: Attr[Encrypted[int]] = attr(default=0)
    body: Attr[Offloaded[str]] = attr(default="")


def test_what_is_encrypted_is_in_no_repr_and_no_statement() -> None:
    note = Note(number=1, card="the secret", other="the secret", text="shown")
    assert repr(note) == "Note(number=1, text='shown', tags=[], body='')"
    assert str(Update(note, Note.card.set("the secret"))) == "update Note: SET card = <secret>"


REFUSED: dict[str, Callable[[], object]] = {
    "==": lambda: Note.card == "x",
    "!=": lambda: Note.text != "x",
    "<": lambda: Note.body < "x",
    "between": lambda: Note.text.between("a", "b"),
    "in": lambda: Note.text.in_(["a"]),
    "begins_with": lambda: Note.text.begins_with("a"),
    "contains": lambda: Note.tags.contains("a"),
    "size": Note.body.size,
    "is_true": Note.flag.is_true,
    "append": lambda: Note.tags.append("a"),
    "add": lambda: Note.count.add(1),
    "another": lambda: Note.text == Note.card,
    "copied": lambda: Note.other.set(Note.other),
}


@pytest.mark.parametrize("build", REFUSED.values(), ids=REFUSED)
def test_what_dynamodb_would_have_to_look_into_is_refused_by_name(build: Callable[[], object]) -> None:
    with pytest.raises(StatementError, match=r"Note\.\w+: it is \w+, so DynamoDB cannot look into it"):
        build()


def test_whether_there_is_one_can_be_asked() -> None:
    update = Update(Note(number=1), Note.text.set("t"), where=Note.other.exists())
    assert "attribute_exists" in update.compile(Environment.simulated()).payload["ConditionExpression"]


def test_an_update_of_a_sealed_attribute_has_no_request_before_it_is_carried_out() -> None:
    with pytest.raises(StatementError, match=r"Note.card: it is Encrypted, and is sealed only as"):
        Update(Note(number=1), Note.card.set("x")).compile(Environment.simulated())


def test_no_key_index_or_unique_constraint_is_made_of_one() -> None:
    with pytest.raises(DefinitionError, match=r"InKey.name: it is Compressed, and stands in key primary"):

        class InKey(Entity, table=Table("in-key")):
            primary = Key("X#{name}")

            name: Attr[Compressed[str]]

    with pytest.raises(DefinitionError, match=r"InIndex.name: it is Encrypted, and stands in key name"):

        class InIndex(
            Entity, table=Table("in-index", indexes=[Index("by_name", pk=KeyAttribute("name", "B"))])
        ):
            primary = Key("X#{number:03d}")

            number: Attr[int]
            name: Attr[Encrypted[str]]

    with pytest.raises(DefinitionError, match=r"Once.name: it is Encrypted, and stands in key once"):

        class Once(Entity, table=Table("once")):
            primary = Key("X#{number:03d}")
            once = unique("name")

            number: Attr[int]
            name: Attr[Encrypted[str]]


def test_a_nested_attribute_cannot_be_sealed() -> None:
    class Inner(Entity):
        name: Attr[Encrypted[str]]

    with pytest.raises(DefinitionError, match=r"Outer.inner: .*stands inside another value"):

        class Outer(Entity, table=Table("outer")):
            primary = Key("X#{number:03d}")

            number: Attr[int]
            inner: Attr[Inner]
