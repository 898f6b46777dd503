"""An entity with values of every sealed form, and another of the same shape in the same table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel

from dynakit import (
    Attr,
    Compressed,
    DataKey,
    Encrypted,
    Entity,
    Environment,
    Key,
    KeyProvider,
    LocalKeys,
    MemoryObjects,
    Offloading,
    Table,
    attr,
)
from dynakit.operations.flow import Flow

letters = Table("letters", pk="PK", sk="SK")

SECRET = "the secret of the letter"
LONG = "long " * 100


class Card(BaseModel):
    number: str
    pin: int


class Letter(Entity, table=letters):
    primary = Key("BOX#{box}", "LETTER#{number:03d}")

    box: Attr[str]
    number: Attr[int]
    card: Attr[Encrypted[Card]]
    hint: Attr[Encrypted[str] | None] = attr(default=None)
    other_hint: Attr[Encrypted[str] | None] = attr(default=None)
    notes: Attr[Compressed[str]] = attr(default="")
    body: Attr[Annotated[str, Offloading(above=100)]] = attr(default="")
    parts: Attr[Annotated[dict[str, str], Offloading(above=100)]] = attr(default_factory=dict)
    sealed: Attr[Annotated[Encrypted[Compressed[str]], Offloading(above=200)]] = attr(default="")
    read: Attr[bool] = attr(default=False)


class Stamp(Entity, table=letters):
    primary = Key("BOX#{box}", "STAMP#{number:03d}")

    box: Attr[str]
    number: Attr[int]
    hint: Attr[str] = attr(default="in the clear")


KEYS = {"old": b"o" * 32, "new": b"n" * 32}


def a_letter(number: int = 1, **values: object) -> Letter:
    """A letter with a secret of every form."""
    given = {"card": Card(number=SECRET, pin=7), "hint": SECRET, "body": LONG, "sealed": SECRET, **values}
    return Letter.model_validate({"box": "b", "number": number, "notes": "n" * 500, **given})


class Ring:
    """A key provider of the user's own: the keys of another, which can be changed."""

    def __init__(self, keys: LocalKeys) -> None:
        self.keys = keys

    def data_key(self, context: Mapping[str, str], environment: Environment) -> Flow[DataKey]:
        return (yield from self.keys.data_key(context, environment))

    def secret(
        self, key_id: str, wrapped: bytes, context: Mapping[str, str], environment: Environment
    ) -> Flow[bytes]:
        return (yield from self.keys.secret(key_id, wrapped, context, environment))


class Clock:
    """The time of day, and some days more."""

    days = 0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.days)


def an_environment(
    objects: MemoryObjects, *, keys: KeyProvider | None = None, clock: Clock | None = None
) -> Environment:
    """An environment with keys and objects."""
    return Environment(keys=keys or LocalKeys(KEYS), objects=objects, now=clock or Clock())
