"""A compressed, encrypted or offloaded attribute is of the type inside."""

from __future__ import annotations

from typing import Annotated, assert_type

from pydantic import BaseModel

from dynakit import (
    Attr,
    Client,
    Compressed,
    Compression,
    Encrypted,
    Entity,
    Key,
    Offloaded,
    Path,
    Swept,
    Table,
    Update,
    attr,
)

people = Table("people")


class Card(BaseModel):
    number: str


class Person(Entity, table=people):
    primary = Key("PERSON#{name}")

    name: Attr[str]
    notes: Attr[Compressed[str]] = attr(default="")
    card: Attr[Encrypted[Card]]
    hint: Attr[Encrypted[str] | None] = attr(default=None)
    body: Attr[Offloaded[Encrypted[Compressed[str]]]] = attr(default="")
    small: Attr[Annotated[str, Compression(level=9)]] = attr(default="")


def types(person: Person, db: Client) -> None:
    assert_type(person.notes, str)
    assert_type(person.card, Card)
    assert_type(person.hint, str | None)
    assert_type(person.body, str)
    assert_type(person.small, str)
    assert_type(Person.card, Path[Person, Card])
    assert_type(db.sweep(people), Swept)
    Update(person, Person.card.set(Card(number="1")), Person.body.set("b"))


def wrong(person: Person) -> None:
    Person(name="n", card="1")  # E: text is no card
    Person.card.set("1")  # E: text is no card
    Person.notes.set(b"n")  # E: a text, however it is stored
    person.body = None  # E: it may not be absent
