"""Encrypted and offloaded values in streams: opened by a client, refused without; private items unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pytest

from dynakit import (
    Attr,
    Change,
    DecodeError,
    Encrypted,
    Entity,
    Inserted,
    Item,
    Key,
    Lease,
    MemoryObjects,
    Modified,
    Offloading,
    Removed,
    Sequence,
    StreamReader,
    Table,
    attr,
    unique,
)
from tests.integration.backends import Database, Opener, each_store
from tests.integration.sealed_models import an_environment

vault = Table("vault", pk="PK", sk="SK", stream="NEW_AND_OLD_IMAGES")
ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/vault/stream/2026-05-01T00:00:00.000"


class Paper(Entity, table=vault):
    """With a value of each kind, and a unique one."""

    primary = Key("PAPER#{number:03d}", "PAPER")
    code_once = unique("code")

    number: Attr[int]
    code: Attr[str]
    secret: Attr[Encrypted[str]]
    body: Attr[Annotated[str, Offloading(above=50)]] = attr(default="")


PAPERS = StreamReader(Paper, foreign="refuse")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(vault, environment=an_environment(MemoryObjects()))


def paper(**values: object) -> Paper:
    return Paper.model_validate({"number": 1, "code": "c", "secret": "s1", "body": "b" * 100, **values})


def event_of(item: Item) -> Mapping[str, Any]:
    """The event that Lambda gets of an item that was made."""
    keys = {name: item[name] for name in ("PK", "SK")}
    told = {
        "ApproximateCreationDateTime": 1777636800,
        "Keys": keys,
        "NewImage": item,
        "SequenceNumber": "100000000000000000001",
        "SizeBytes": 1,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    record = {
        "eventID": "1",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": told,
        "eventSourceARN": ARN,
    }
    return {"Records": [record]}


@each_store()
def test_a_stream_opens_images_and_gives_none_of_dynakits_own_items(db: Database) -> None:
    papers = db.repository(Paper)
    made = papers.create(paper())
    db.client.execute(Sequence(vault, "numbers").next())
    with db.client.lease(Lease(vault, "lock"), heartbeat=False):
        papers.replace(made.model_copy(update={"secret": "s2", "body": "c" * 100}))
    papers.delete(Paper.primary(number=1))
    changes: list[Change[Paper]] = list(db.client.stream(PAPERS, until_idle=0, pause=0.01))
    assert [type(change) for change in changes] == [Inserted, Modified, Removed]
    first, second, third = changes
    assert isinstance(first, Inserted)
    assert isinstance(second, Modified)
    assert isinstance(third, Removed)
    assert (first.new, sorted(first.gone)) == (None, ["new"]), "its object was deleted with the overwrite"
    assert (second.old, sorted(second.gone)) == (None, ["new", "old"]), "and this one with the deletion"
    assert third.old is None
    assert [change.key for change in changes] == [Paper.primary(Paper.number == 1)] * 3


@each_store()
def test_a_stream_opens_what_is_still_there(db: Database) -> None:
    papers = db.repository(Paper)
    papers.create(paper())
    papers.update(Paper.primary(number=1), Paper.secret.set("s2"))
    first, second = db.client.stream(PAPERS, until_idle=0, pause=0.01)
    assert first.item == paper()
    assert isinstance(second, Modified)
    assert (second.old, second.new) == (paper(), paper(secret="s2"))
    assert sorted(second.changed or ()) == ["secret"]


@each_store()
def test_an_event_is_opened_by_a_client_and_refused_without_one(db: Database) -> None:
    db.repository(Paper).create(paper())
    stored = db.stored(Paper.primary(number=1))
    assert stored is not None
    event = event_of(stored)
    [change] = db.client.changes(PAPERS, event)
    assert change.item == paper()
    with pytest.raises(DecodeError, match=r"db\.changes"):
        PAPERS.changes(event)
    altered: Item = {**stored, "secret": {"B": "AAAA" + stored["secret"].get("B", "")[4:]}}
    with pytest.raises(DecodeError) as caught:
        db.client.changes(PAPERS, event_of(altered))
    assert "s1" not in str(caught.value)


def test_a_record_that_cannot_be_opened_is_the_one_that_failed(open_db: Opener) -> None:
    db = open_db(vault, environment=an_environment(MemoryObjects()))
    db.repository(Paper).create(paper())
    stored = db.stored(Paper.primary(number=1))
    assert stored is not None
    if "async" in db.backend:
        return
    seen: list[Paper] = []

    def handler(change: Change[Paper]) -> None:
        seen.append(change.item)

    assert db.client.handle(PAPERS, event_of(stored), handler) == {"batchItemFailures": []}
    assert seen == [paper()]
    moved: Item = {**stored, "PK": {"S": "PAPER#002"}, "number": {"N": "2"}}
    failed = db.client.handle(PAPERS, event_of(moved), handler)
    assert failed == {"batchItemFailures": [{"itemIdentifier": "100000000000000000001"}]}
