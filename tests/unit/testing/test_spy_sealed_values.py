"""A spy's answers may be entities with encrypted, compressed and offloaded values."""

from __future__ import annotations

import pytest

from dynakit import (
    Attr,
    Compressed,
    Encrypted,
    Entity,
    Key,
    Offloaded,
    Repository,
    S3Objects,
    Spy,
    Table,
    attr,
)
from dynakit.environment import Environment

drawer = Table("drawer", pk="PK")
LONG = "long " * 20_000


class Letter(Entity, table=drawer):
    primary = Key("LETTER#{number}")
    number: Attr[str]
    hint: Attr[Encrypted[str]]
    notes: Attr[Compressed[str]] = attr(default="")
    body: Attr[Offloaded[str]] = attr(default="")


LETTER = Letter(number="1", hint="secret", notes="n" * 100, body=LONG)


def test_sealed_values_are_answered_as_a_store_would_give_them() -> None:
    with Spy([LETTER, [LETTER], LETTER, None]) as spy:
        letters = Repository(spy.client, Letter)
        assert letters.require(Letter.primary(number="1")) == LETTER
        assert letters.all(Letter.primary(number="1")) == [LETTER]
        assert letters.update(Letter.primary(number="1"), Letter.hint.set("other")).body == LONG
        letters.put(LETTER)
    assert "secret" not in str([call.payload for call in spy.calls])


def test_an_object_store_that_is_elsewhere_is_refused() -> None:
    keys = Spy().environment.keys
    spy = Spy([LETTER], environment=Environment(keys=keys, objects=S3Objects("bucket")))
    with pytest.raises(AssertionError, match="give it LocalKeys and MemoryObjects"):
        Repository(spy.client, Letter).require(Letter.primary(number="1"))
