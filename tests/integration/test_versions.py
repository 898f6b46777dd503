"""Versions and timestamps: nobody's change is lost, and the entity knows what is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from dynakit import (
    NotFound,
    Repository,
    StatementError,
    VersionConflict,
)
from tests.integration.backends import Database, Opener, each_store
from tests.integration.lifecycle_models import START, Document, kept, virtual_time

ONE = Document.primary(document_id="1")
IN_INDEX = (Document.status.set("x"), Document.owner.set("o"), Document.priority.set(2))


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(kept, environment=virtual_time())


@pytest.fixture
def documents(db: Database) -> Repository[Document]:
    return db.repository(Document)


def later(db: Database) -> None:
    db.environment.sleep(60)


def test_a_created_entity_has_version_1_and_the_time(db: Database, documents: Repository[Document]) -> None:
    document = Document(document_id="1")
    assert document.version == 0
    later(db)
    assert documents.create(document) is document
    assert (document.version, document.created_at, document.updated_at) == (
        1,
        START + timedelta(seconds=60),
        START + timedelta(seconds=60),
    )
    assert documents.get(ONE) == document


def test_each_write_counts_up_and_keeps_the_time_of_creation(
    db: Database, documents: Repository[Document]
) -> None:
    document = documents.create(Document(document_id="1"))
    later(db)
    document.text = "a"
    documents.replace(document)
    later(db)
    document.text = "b"
    documents.put(document)
    later(db)
    found = documents.update(document, Document.text.set("c"))
    later(db)
    found = documents.upsert(ONE, Document.text.set("d"), *IN_INDEX)
    assert (document.version, found.version, found.text) == (3, 5, "d")
    assert (found.created_at, found.updated_at) == (START, START + timedelta(seconds=240))


Act = Callable[[Repository[Document], Document], object]

WRITES: dict[str, Act] = {
    "put": lambda documents, stale: documents.put(stale),
    "replace": lambda documents, stale: documents.replace(stale),
    "update": lambda documents, stale: documents.update(stale, Document.text.set("x")),
    "delete": lambda documents, stale: documents.delete(stale),
    "save_changes": lambda documents, stale: documents.save_changes(stale),
    "put once": lambda documents, stale: documents.put(stale, once=True),
    "replace once": lambda documents, stale: documents.replace(stale, once=True),
    "update once": lambda documents, stale: documents.update(stale, Document.text.set("x"), once=True),
    "delete once": lambda documents, stale: documents.delete(stale, once=True),
}


@each_store()
@pytest.mark.parametrize("name", WRITES)
def test_a_write_of_a_stale_entity_is_a_conflict_and_changes_nothing(
    db: Database, documents: Repository[Document], name: str
) -> None:
    documents.create(Document(document_id="1"))
    stale = documents.require(ONE)
    documents.update(ONE, Document.text.set("theirs"))
    stale.text = "mine"
    before = db.stored(ONE)
    with pytest.raises(VersionConflict) as caught:
        WRITES[name](documents, stale)
    assert caught.value.item == before
    assert db.stored(ONE) == before
    assert (stale.version, stale.text) == (1, "mine"), "the entity changes only after proven success"


@each_store()
@pytest.mark.parametrize("name", WRITES)
def test_an_item_deleted_and_made_anew_is_another(documents: Repository[Document], name: str) -> None:
    """The version alone is the same: the write token tells."""
    stale = documents.create(Document(document_id="1"))
    documents.delete(ONE)
    documents.create(Document(document_id="1", text="new"))
    stale.text = "mine"
    with pytest.raises(VersionConflict):
        WRITES[name](documents, stale)
    assert documents.require(ONE).text == "new"


@each_store()
@pytest.mark.parametrize("name", WRITES)
def test_a_write_of_a_fresh_entity_is_done(documents: Repository[Document], name: str) -> None:
    fresh = documents.create(Document(document_id="1"))
    fresh.text = "mine"
    WRITES[name](documents, fresh)
    found = documents.get(ONE)
    if "delete" in name:
        assert found is None
    else:
        assert found is not None
        assert found.version == 2


def test_a_replace_of_a_missing_item_is_not_found(documents: Repository[Document]) -> None:
    document = documents.create(Document(document_id="1"))
    documents.delete(ONE)
    with pytest.raises(NotFound):
        documents.replace(document)


def test_what_dynakit_keeps_cannot_be_set(documents: Repository[Document]) -> None:
    for action in (Document.version.set(7), Document.version.add(1), Document.updated_at.set(START)):
        with pytest.raises(StatementError, match="dynakit keeps it itself"):
            documents.update(ONE, action)


def test_save_changes_sends_what_differs_and_nothing_where_nothing_does(
    db: Database, documents: Repository[Document]
) -> None:
    documents.create(Document(document_id="1", text="a", owner="o"))
    document = documents.require(ONE)
    db.wire.clear()
    assert documents.save_changes(document) is document
    assert db.wire.calls == []
    document.text = "b"
    document.owner = None
    documents.save_changes(document)
    [call] = db.wire.calls
    assert set(call.payload["ExpressionAttributeNames"].values()) == {
        "PK", "text", "owner", "version", "updated_at", "_w", "GSI1PK", "GSI1SK", "GSI2SK", "status",
        "priority",
    } - {"status", "priority"}  # fmt: skip
    assert document.version == 2
    assert documents.require(ONE) == document
    documents.save_changes(document)
    document.text = "c"
    documents.save_changes(document)
    assert documents.require(ONE).version == 3


def test_save_changes_needs_a_loaded_entity_and_its_key(documents: Repository[Document]) -> None:
    with pytest.raises(StatementError, match="was not loaded whole"):
        documents.save_changes(Document(document_id="1"))
    document = documents.create(Document(document_id="1"))
    document.document_id = "2"
    with pytest.raises(StatementError, match="Use move"):
        documents.save_changes(document)


def test_a_transaction_settles_what_it_wrote(db: Database, documents: Repository[Document]) -> None:
    one, two = documents.create(Document(document_id="1")), Document(document_id="2")
    one.text = "a"
    with db.client.transaction() as tx:
        tx.save_changes(one)
        tx.create(two)
    assert (one.version, two.version) == (2, 1)
    one.text, two.text = "b", "b"
    documents.save_changes(one)
    documents.replace(two)
    assert [documents.require(key).version for key in (one, two)] == [3, 2]


def test_a_failed_transaction_leaves_entities_as_they_are(
    db: Database, documents: Repository[Document]
) -> None:
    documents.create(Document(document_id="1"))
    two = Document(document_id="2")
    tx = db.client.transaction()
    tx.create(two)
    tx.create(Document(document_id="1"))
    with pytest.raises(Exception, match="nothing was written"):
        db.client.execute(tx.statement)
    assert two == Document(document_id="2", created_at=two.created_at, updated_at=two.updated_at)
    assert two.version == 0
