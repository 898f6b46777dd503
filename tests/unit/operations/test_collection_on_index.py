"""A collection reads one partition of the table, or of an index, and is checked before it is sent."""

from __future__ import annotations

from typing import Any

import pytest

from dynakit import (
    Attr,
    Collection,
    CursorError,
    Entity,
    Environment,
    Index,
    Key,
    StatementError,
    Table,
    attr,
    connect,
)
from dynakit.operations.collection import collection_of
from dynakit.wire import Payload

places = Table(
    "places",
    pk="PK",
    sk="SK",
    indexes=[
        Index("by_office", pk="GSI1PK", sk="GSI1SK"),
        Index("by_team", pk=["office_id", "team"], sk="name"),
    ],
)


class Office(Entity, table=places):
    primary = Key("OFFICE#{office_id}", "OFFICE")
    with_people = Key("OFFICE#{office_id}", "OFFICE", index="by_office")

    office_id: Attr[str]


class Person(Entity, table=places):
    primary = Key("PERSON#{name}", "PERSON")
    by_office = Key("OFFICE#{office_id}", "PERSON#{name}", index="by_office")
    by_team = Key(["office_id", "team"], "{name}", index="by_team")

    name: Attr[str]
    office_id: Attr[str]
    team: Attr[str] = attr(default="ops")


class Visit(Entity, table=places):
    primary = Key("VISIT#{visit_id}", "VISIT")
    by_office = Key("GUESTS#{office_id}", "VISIT#{visit_id}", index="by_office")

    visit_id: Attr[str]
    office_id: Attr[str]


def compiled(collection: Collection[Any]) -> Payload:
    return collection.compile(Environment.simulated()).payload


def test_a_collection_on_an_index_is_a_query_of_the_index_partition() -> None:
    assert compiled(collection_of((Office, Person), index="by_office", office_id="o1")) == {
        "TableName": "places",
        "IndexName": "by_office",
        "KeyConditionExpression": "#n0 = :v0",
        "ExpressionAttributeNames": {"#n0": "GSI1PK"},
        "ExpressionAttributeValues": {":v0": {"S": "OFFICE#o1"}},
    }


def test_native_index_keys_are_all_given() -> None:
    assert compiled(collection_of((Person,), index="by_team", office_id="o1", team="ops")) == {
        "TableName": "places",
        "IndexName": "by_team",
        "KeyConditionExpression": "#n0 = :v0 AND #n1 = :v1",
        "ExpressionAttributeNames": {"#n0": "office_id", "#n1": "team"},
        "ExpressionAttributeValues": {":v0": {"S": "o1"}, ":v1": {"S": "ops"}},
    }


@pytest.mark.parametrize(
    ("collection", "problem"),
    [
        (
            collection_of((Office,), index="by_team", office_id="o1"),
            "Office has no pattern on index 'by_team'",
        ),
        (
            collection_of((Office, Visit), index="by_office", office_id="o1"),
            "Visit does not share a partition with Office",
        ),
        (
            collection_of((Person,), index="by_team", office_id="o1"),
            "cannot tell the partition: it needs team",
        ),
        (collection_of((Person,), office_id="o1"), "office_id is no part of this key"),
    ],
)
def test_a_wrong_collection_is_told_before_it_is_sent(collection: Collection[Any], problem: str) -> None:
    with pytest.raises(StatementError, match=problem):
        compiled(collection)


def test_a_global_index_has_no_consistent_reads() -> None:
    with pytest.raises(StatementError, match="has no consistent reads"):
        collection_of((Office,), index="by_office", consistent=True, office_id="o1")


def test_it_gives_each_entity_in_the_order_of_the_index_and_pages_by_cursor() -> None:
    db = connect("memory://")
    db.tables.create(Table("places", pk="PK", sk="SK", indexes=[places.index("by_office")]))
    items: list[Any] = [Person(name=name, office_id="o1") for name in ("cleo", "abe", "bo")]
    with db.transaction() as transaction:
        for item in (*items, Office(office_id="o1"), Person(name="dee", office_id="o2")):
            transaction.create(item)
    first = db.collect([Office, Person], index="by_office", office_id="o1", limit=2)
    rest = db.collect([Office, Person], index="by_office", office_id="o1", cursor=first.cursor)
    assert first[Office] == [Office(office_id="o1")]
    assert [person.name for person in (*first[Person], *rest[Person])] == ["abe", "bo", "cleo"]
    assert (rest.cursor, rest.foreign) == (None, 0)
    with pytest.raises(CursorError):
        db.collect([Office], office_id="o1", cursor=first.cursor)
