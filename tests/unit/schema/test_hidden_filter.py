"""The filter that leaves expired and softly deleted items out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dynakit import Attr, Entity, Key, Table, deleted, expires
from dynakit.expressions.compile import Placeholders
from dynakit.schema.definition import definition_of
from dynakit.schema.hidden import hidden_filter, hiding
from dynakit.wire import Payload

SHOP = Table("hidden-shop", pk="PK", time_to_live="ttl")
NOW = datetime(2026, 1, 1, microsecond=900_000, tzinfo=UTC)


class Plain(Entity, table=SHOP):
    primary = Key("PLAIN#{name}")
    name: Attr[str]


class Session(Entity, table=SHOP):
    primary = Key("SESSION#{name}")
    name: Attr[str]
    ends: Attr[datetime | None] = expires()


class Note(Entity, table=SHOP):
    primary = Key("NOTE#{name}")
    name: Attr[str]
    ends: Attr[datetime | None] = expires()
    gone: Attr[datetime | None] = deleted(name="deletedAt")


@pytest.mark.parametrize(
    ("entity", "asked", "expected"),
    [
        (Plain, {}, None),
        (Session, {}, "NOT #n0 <= :v0"),
        (Session, {"deleted": True}, "NOT #n0 <= :v0"),
        (Session, {"expired": True}, None),
        (Note, {}, "NOT #n0 <= :v0 AND attribute_not_exists(#n1)"),
        (Note, {"expired": True}, "attribute_not_exists(#n0)"),
        (Note, {"deleted": True}, "NOT #n0 <= :v0"),
        (Note, {"expired": True, "deleted": True}, None),
    ],
)
def test_what_hides_is_filtered_unless_asked_for(
    entity: type[Entity], asked: dict[str, bool], expected: str | None
) -> None:
    assert hidden_filter(definition_of(entity), Placeholders(), NOW, **asked) == expected
    hidden_by = hiding(definition_of(entity), **asked)
    assert len(hidden_by) == (expected or "").count("#")


def test_the_moment_is_in_whole_seconds_since_1970_as_the_items_are() -> None:
    placeholders = Placeholders()
    payload: Payload = {}
    hidden_filter(definition_of(Note), placeholders, NOW)
    placeholders.add_to(payload)
    assert payload == {
        "ExpressionAttributeNames": {"#n0": "ttl", "#n1": "deletedAt"},
        "ExpressionAttributeValues": {":v0": {"N": "1767225600"}},
    }
