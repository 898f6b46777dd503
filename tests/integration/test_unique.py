"""Unique constraints: one item a value, whoever races; guards follow every write and are never seen."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dynakit import (
    Attr,
    Entity,
    Environment,
    Item,
    ItemAlreadyExists,
    Key,
    NotFound,
    Repository,
    StatementError,
    Table,
    TransactionCancelled,
    UniqueViolation,
    Update,
    VersionConflict,
    attr,
    deleted,
    expires,
    unique,
)
from tests.integration.backends import Database, Opener, each_store, only

START = datetime(2026, 1, 1, tzinfo=UTC)
people = Table("people", pk="PK", sk="SK", time_to_live="ttl")


class User(Entity, table=people):
    """Once by e-mail, however it is spelled; once by handle in each tenant."""

    primary = Key("USER#{user_id}", "USER")
    email_once = unique("email:lower")
    handle_once = unique("handle", scope="tenant")

    user_id: Attr[str]
    tenant: Attr[str] = attr(default="t1")
    email: Attr[str | None] = attr(default=None)
    handle: Attr[str | None] = attr(default=None)
    name: Attr[str] = attr(default="")


class Invitation(Entity, table=people):
    """Expires, and gives its code free with that."""

    primary = Key("INVITATION#{number:05d}", "INVITATION")
    code_once = unique("code")

    number: Attr[int]
    code: Attr[str]
    until: Attr[datetime] = expires(after=timedelta(hours=1))


class Page(Entity, table=people):
    """Gives one value free when it is deleted softly, and keeps the other."""

    primary = Key("PAGE#{page_id}", "PAGE")
    slug_once = unique("slug", kept_when_deleted=False)
    title_once = unique("title")

    page_id: Attr[str]
    slug: Attr[str]
    title: Attr[str]
    deleted_at: Attr[datetime | None] = deleted()


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(people, environment=replace(Environment.simulated(now=START), entropy=os.urandom))


@pytest.fixture
def users(db: Database) -> Repository[User]:
    return db.repository(User)


def ann() -> User:
    return User(user_id="1", email="Ann@x.org", handle="ann")


def bob() -> User:
    return User(user_id="2", email="bob@x.org", handle="bob")


def key_of(user_id: str) -> Item:
    return {"PK": {"S": f"USER#{user_id}"}, "SK": {"S": "USER"}}


def guards(db: Database) -> dict[str, str]:
    """What the guards hold, and the owner of each."""
    found: dict[str, str] = {}
    for item in db.everything(people):
        owner = item.get("_owner", {}).get("M")
        if owner is not None:
            found[item["PK"].get("S", "").removeprefix("$UNIQUE#")] = owner["PK"].get("S", "")
    return found


ANN = {"User#email_once#ann@x.org": "USER#1", "User#handle_once#t1#ann": "USER#1"}
BOB = {"User#email_once#bob@x.org": "USER#2", "User#handle_once#t1#bob": "USER#2"}


def test_a_value_is_taken_once_however_it_is_spelled(db: Database, users: Repository[User]) -> None:
    users.create(ann())
    before = db.everything(people)
    for other, constraint in (
        (User(user_id="2", email="ANN@X.ORG"), "email_once"),
        (User(user_id="2", handle="ann"), "handle_once"),
    ):
        with pytest.raises(UniqueViolation, match=f"User.{constraint} is violated") as caught:
            users.create(other)
        assert caught.value.constraint == constraint
        assert db.everything(people) == before
    users.create(User(user_id="2", tenant="t2", handle="ann"))
    users.create(User(user_id="3"))
    users.create(User(user_id="4"))
    assert guards(db) == {**ANN, "User#handle_once#t2#ann": "USER#2"}


def test_a_taken_key_is_told_apart_from_a_taken_value(users: Repository[User]) -> None:
    users.create(ann())
    with pytest.raises(ItemAlreadyExists):
        users.create(ann())


Act = Callable[[Repository[User], User], object]

CHANGES: dict[str, tuple[Act, dict[str, str]]] = {
    "update by key": (
        lambda users, _: users.update(User.primary(user_id="1"), User.email.set("new@x.org")),
        {"User#email_once#new@x.org": "USER#1", "User#handle_once#t1#ann": "USER#1"},
    ),
    "update of the loaded one": (
        lambda users, user: users.update(user, User.email.set("new@x.org")),
        {"User#email_once#new@x.org": "USER#1", "User#handle_once#t1#ann": "USER#1"},
    ),
    "another spelling": (lambda users, user: users.update(user, User.email.set("ANN@x.org")), ANN),
    "removed": (
        lambda users, user: users.update(user, User.email.remove()),
        {"User#handle_once#t1#ann": "USER#1"},
    ),
    "of the scope": (
        lambda users, user: users.update(user, User.tenant.set("t2")),
        {"User#email_once#ann@x.org": "USER#1", "User#handle_once#t2#ann": "USER#1"},
    ),
    "of something else": (lambda users, user: users.update(user, User.name.set("Ann")), ANN),
    "replaced": (
        lambda users, user: users.replace(user.model_copy(update={"handle": "a"})),
        {"User#email_once#ann@x.org": "USER#1", "User#handle_once#t1#a": "USER#1"},
    ),
    "replaced by one made by hand": (
        lambda users, _: users.replace(User(user_id="1", handle="a")),
        {"User#handle_once#t1#a": "USER#1"},
    ),
    "saved": (
        lambda users, user: users.save_changes(user.model_copy(update={"handle": "a"})),
        {"User#email_once#ann@x.org": "USER#1", "User#handle_once#t1#a": "USER#1"},
    ),
    "moved": (
        lambda users, user: users.move(user, User.user_id.set("9"), User.handle.set("a")),
        {"User#email_once#ann@x.org": "USER#9", "User#handle_once#t1#a": "USER#9"},
    ),
    "deleted": (lambda users, user: users.delete(user), {}),
    "deleted by key": (lambda users, _: users.delete(User.primary(user_id="1")), {}),
}


@each_store()
@pytest.mark.parametrize("name", CHANGES)
def test_guards_follow_a_change(db: Database, users: Repository[User], name: str) -> None:
    user = users.create(ann())
    users.create(bob())
    act, wanted = CHANGES[name]
    act(users, user)
    assert guards(db) == {**wanted, **BOB}


TAKING: dict[str, Act] = {
    "update": lambda users, user: users.update(user, User.email.set("bob@x.org")),
    "update by key": lambda users, _: users.update(User.primary(user_id="1"), User.email.set("BOB@x.org")),
    "replace": lambda users, user: users.replace(user.model_copy(update={"handle": "bob"})),
    "save_changes": lambda users, user: users.save_changes(user.model_copy(update={"handle": "bob"})),
    "move": lambda users, user: users.move(user, User.user_id.set("9"), User.handle.set("bob")),
}


@each_store()
@pytest.mark.parametrize("name", TAKING)
def test_no_write_takes_what_another_has(db: Database, users: Repository[User], name: str) -> None:
    user = users.create(ann())
    users.create(bob())
    before = db.everything(people)
    with pytest.raises(UniqueViolation):
        TAKING[name](users, user)
    assert db.everything(people) == before


@each_store()
def test_a_loaded_entity_whose_values_changed_in_between_is_a_conflict(
    db: Database, users: Repository[User]
) -> None:
    """Else the write would put a value back whose guard somebody else has meanwhile."""
    stale = users.create(ann())
    users.update(User.primary(user_id="1"), User.email.set("new@x.org"))
    users.create(User(user_id="2", email="ann@x.org"))
    before = db.everything(people)
    for act in (
        lambda: users.replace(stale),
        lambda: users.update(stale, User.email.set("x@x.org")),
        lambda: users.delete(stale),
    ):
        with pytest.raises(VersionConflict):
            act()
    assert db.everything(people) == before


@each_store()
def test_what_changes_while_it_is_fetched_is_fetched_again(db: Database, users: Repository[User]) -> None:
    users.create(ann())
    others = iter(["b@x.org", "c@x.org"])

    def another_writer(_: object) -> None:
        if db.wire.actions[-1] == "TransactWriteItems" and (email := next(others, None)):
            db.raw.execute(Update(User.primary(user_id="1"), User.email.set(email)))

    db.wire.before = another_writer
    users.update(User.primary(user_id="1"), User.email.set("d@x.org"))
    assert guards(db) == {"User#email_once#d@x.org": "USER#1", "User#handle_once#t1#ann": "USER#1"}


def test_what_does_not_know_the_old_values_is_refused(db: Database, users: Repository[User]) -> None:
    for act in (
        lambda: users.put(ann()),
        lambda: users.upsert(ann(), User.name.set("x")),
        lambda: users.put_many([ann()]),
        lambda: users.delete_many([ann()]),
        lambda: users.update(ann(), User.email.set("x"), User.handle.set(User.email)),
    ):
        with pytest.raises(StatementError, match="unique"):
            act()
    assert db.wire.calls == []


def test_missing_items_are_told(db: Database, users: Repository[User]) -> None:
    with pytest.raises(NotFound):
        users.update(User.primary(user_id="1"), User.email.set("x"))
    with pytest.raises(NotFound):
        users.delete(User.primary(user_id="1"))
    users.delete(User.primary(user_id="1"), missing_ok=True)
    assert db.everything(people) == []


def test_a_transaction_may_hand_a_value_over(db: Database, users: Repository[User]) -> None:
    user = users.create(ann())
    with db.client.transaction() as tx:
        tx.delete(user)
        tx.create(User(user_id="2", email="ann@x.org", handle="ann"))
    assert guards(db) == dict.fromkeys(ANN, "USER#2")


def test_a_transaction_names_the_constraint(db: Database, users: Repository[User]) -> None:
    users.create(ann())
    tx = db.client.transaction()
    tx.create(bob())
    tx.create(User(user_id="3", email="ann@x.org"))
    with pytest.raises(TransactionCancelled, match="email_once") as caught:
        db.client.execute(tx.statement)
    assert [reason.constraint for reason in caught.value.reasons] == [None, "email_once"]
    assert guards(db) == ANN
    tx = db.client.transaction()
    tx.create(bob())
    tx.create(User(user_id="3", email="bob@x.org"))
    with pytest.raises(StatementError, match="one per item"):
        db.client.execute(tx.statement)
    tx = db.client.transaction()
    tx.delete(User.primary(user_id="1"))
    with pytest.raises(StatementError, match="Pass the loaded entity"):
        db.client.execute(tx.statement)


def test_an_expired_item_gives_its_value_free(db: Database) -> None:
    invitations = db.repository(Invitation)
    with db.environment.use():
        first, second = (Invitation(number=number, code="abc") for number in (1, 2))
    invitations.create(first)
    with pytest.raises(UniqueViolation):
        invitations.create(second)
    db.environment.sleep(1800)
    first = invitations.update(first, Invitation.until.set(START + timedelta(hours=2)))
    db.environment.sleep(3600)
    with pytest.raises(UniqueViolation):
        invitations.create(second)
    db.environment.sleep(1800)
    with db.environment.use():
        second = Invitation(number=2, code="abc")
    invitations.create(second)
    assert guards(db) == {"Invitation#code_once#abc": "INVITATION#00002"}
    invitations.delete(first, missing_ok=True)
    assert guards(db) == {"Invitation#code_once#abc": "INVITATION#00002"}, "it was taken over"


def test_soft_deletion_gives_free_what_it_is_declared_to(db: Database) -> None:
    pages = db.repository(Page)
    page = pages.create(Page(page_id="1", slug="s", title="t"))
    pages.delete(page)
    assert guards(db) == {"Page#title_once#t": "PAGE#1"}
    pages.create(Page(page_id="2", slug="s", title="u"))
    with pytest.raises(UniqueViolation, match="slug_once"):
        pages.restore(Page.primary(page_id="1"))
    pages.delete(Page.primary(page_id="2"), permanently=True)
    pages.restore(Page.primary(page_id="1"))
    assert guards(db) == {"Page#title_once#t": "PAGE#1", "Page#slug_once#s": "PAGE#1"}


@only("local", "local-boto3")
def test_of_twenty_who_create_the_same_value_one_wins(open_db: Opener) -> None:
    """On DynamoDB Local: moto's calls are made one at a time."""
    db = open_db(people)
    users = db.repository(User)

    def attempt(number: int) -> str:
        try:
            users.create(User(user_id=str(number), email="same@x.org", handle=f"h{number}"))
        except UniqueViolation as violation:
            return violation.constraint
        return f"USER#{number}"

    with ThreadPoolExecutor(20) as threads:
        outcomes = list(threads.map(attempt, range(20)))
    [winner] = [one for one in outcomes if one != "email_once"]
    assert outcomes.count("email_once") == 19
    assert guards(db) == {
        "User#email_once#same@x.org": winner,
        f"User#handle_once#t1#h{winner.removeprefix('USER#')}": winner,
    }
    assert len(db.everything(people)) == 3
