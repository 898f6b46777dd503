"""Expired and softly deleted items: absent to writes, until somebody asks for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dynakit import (
    ItemAlreadyExists,
    NotFound,
    Repository,
    StatementError,
    TransactionCancelled,
    VersionConflict,
)
from tests.integration.backends import Database, Opener
from tests.integration.lifecycle_models import START, Document, Post, Session, kept, virtual_time

SESSION = Session.primary(user="u", session_id="s")
POST = Post.primary(blog="b", post_id="p")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(kept, environment=virtual_time())


@pytest.fixture
def sessions(db: Database) -> Repository[Session]:
    return db.repository(Session)


@pytest.fixture
def posts(db: Database) -> Repository[Post]:
    return db.repository(Post)


def session(db: Database) -> Session:
    with db.environment.use():
        return Session(user="u", session_id="s")


def test_the_moment_of_expiry_is_stored_as_whole_seconds_under_the_tables_attribute(
    db: Database, sessions: Repository[Session]
) -> None:
    sessions.create(session(db))
    stored = db.stored(SESSION)
    assert stored is not None
    assert stored["ttl"] == {"N": str(int(START.timestamp()) + 3600)}


def test_an_expired_item_is_absent_to_writes(db: Database, sessions: Repository[Session]) -> None:
    sessions.create(session(db))
    with pytest.raises(ItemAlreadyExists):
        sessions.create(session(db))
    sessions.update(SESSION, Session.seen.add(1))
    db.environment.sleep(3600)
    with pytest.raises(NotFound):
        sessions.update(SESSION, Session.seen.add(1))
    with pytest.raises(NotFound):
        sessions.replace(session(db))
    sessions.create(session(db))
    assert sessions.update(SESSION, Session.seen.add(1)).seen == 1


def test_a_moment_can_be_set(db: Database, sessions: Repository[Session]) -> None:
    sessions.create(session(db))
    db.environment.sleep(3599)
    sessions.update(SESSION, Session.until.set(START + timedelta(hours=2)))
    db.environment.sleep(3600)
    assert sessions.update(SESSION, Session.seen.add(1)).until == START + timedelta(hours=2)
    db.environment.sleep(1)
    with pytest.raises(NotFound):
        sessions.update(SESSION, Session.seen.add(1))


def test_a_deleted_item_stays_and_is_absent_to_writes(db: Database, posts: Repository[Post]) -> None:
    post = posts.create(Post(blog="b", post_id="p", title="one"))
    posts.delete(post)
    stored = db.stored(POST)
    assert stored is not None
    assert stored["deleted_at"] == {"S": "2026-01-01T00:00:00.000000Z"}
    assert stored["version"] == {"N": "2"}
    for write in (
        lambda: posts.update(POST, Post.title.set("x")),
        lambda: posts.delete(POST),
        lambda: posts.replace(Post(blog="b", post_id="p", version=2)),
    ):
        with pytest.raises(NotFound):
            write()
    posts.delete(POST, missing_ok=True)
    with pytest.raises(ItemAlreadyExists):
        posts.create(Post(blog="b", post_id="p"))


def test_a_deleted_item_is_restored_as_it_was(posts: Repository[Post]) -> None:
    posts.create(Post(blog="b", post_id="p", title="one"))
    with pytest.raises(NotFound):
        posts.restore(POST)
    posts.delete(POST)
    restored = posts.restore(POST)
    assert (restored.title, restored.deleted_at, restored.version) == ("one", None, 3)
    assert posts.update(POST, Post.title.set("two")).title == "two"


def test_what_was_deleted_as_an_entity_is_restored_as_that_entity(
    db: Database, posts: Repository[Post]
) -> None:
    post = posts.create(Post(blog="b", post_id="p", title="t"))
    posts.delete(post)
    assert (post.version, post.deleted_at) == (2, START)
    assert posts.restore(post).version == 3
    post = posts.require(POST)
    with db.client.transaction() as tx:
        tx.delete(post)
    assert posts.restore(post).version == 5


def test_what_stands_in_the_way_softly_deleted_is_told_so(posts: Repository[Post]) -> None:
    post = posts.create(Post(blog="b", post_id="p"))
    old = post.model_copy()
    posts.delete(post)
    with pytest.raises(ItemAlreadyExists, match="It is deleted softly: restore it, or delete it permanently"):
        posts.create(Post(blog="b", post_id="p"))
    with pytest.raises(VersionConflict, match="Read it again with deleted=True"):
        posts.restore(old)


def test_a_deletion_can_be_permanent(db: Database, posts: Repository[Post]) -> None:
    posts.create(Post(blog="b", post_id="p"))
    posts.delete(POST)
    posts.delete(POST, permanently=True)
    assert db.stored(POST) is None
    posts.create(Post(blog="b", post_id="p"))
    posts.delete(POST, permanently=True)
    assert db.stored(POST) is None


def test_deletion_and_restoration_go_in_transactions(db: Database, posts: Repository[Post]) -> None:
    posts.create(Post(blog="b", post_id="p"))
    with db.client.transaction() as tx:
        tx.delete(POST)
        tx.create(Post(blog="b", post_id="q"))
    with db.client.transaction() as tx:
        tx.restore(POST)
        tx.delete(Post.primary(blog="b", post_id="q"), permanently=True)
    tx = db.client.transaction()
    tx.restore(POST)
    with pytest.raises(TransactionCancelled) as caught:
        db.client.execute(tx.statement)
    assert [reason.code for reason in caught.value.reasons] == ["ConditionalCheckFailed"]
    assert [item["SK"].get("S") for item in db.everything(kept)] == ["POST#p"]


def test_only_what_is_declared_so_is_restored(db: Database) -> None:
    with pytest.raises(StatementError, match=r"no attribute declared as deleted\(\)"):
        db.repository(Document).restore(Document.primary(document_id="1"))
