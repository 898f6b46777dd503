"""Guards that are missing, orphaned, doubled or misdated are found, and mended while others write."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from dynakit import Entity, Item, Key, Repository, StatementError, Table, UniqueViolation, Update
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from tests.integration.backends import Database, Opener, each_store, only
from tests.integration.test_unique import Invitation, Page, User, guards, people


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(people)


def store(db: Database, *entities: Entity) -> None:
    """Store items past everything, as before the constraint was declared."""
    db.put_raw(people, *(encode_item(definition_of(type(one)), one) for one in entities))


def guard(value: str, owner: Item, **more: Mapping[str, str]) -> Item:
    key: Item = {"PK": {"S": f"$UNIQUE#{value}"}, "SK": {"S": "$UNIQUE"}}
    return {**key, "_owner": {"M": owner}, "_type": {"S": "$UNIQUE"}, **more}  # type: ignore[dict-item]


def owner(user_id: str) -> Item:
    return {"PK": {"S": f"USER#{user_id}"}, "SK": {"S": "USER"}}


def test_what_is_in_order_is_left_alone(db: Database) -> None:
    users = db.repository(User)
    for number in range(5):
        users.create(User(user_id=str(number), email=f"{number}@x.org", handle="h" if number == 1 else None))
    before = db.everything(people)
    report = db.client.repair_unique(User)
    assert report.is_clean
    assert str(report) == "User: 5 items, 6 guards: all in order"
    assert sorted(map(str, db.everything(people))) == sorted(map(str, before))


@each_store()
def test_old_data_gets_its_guards(db: Database) -> None:
    store(db, *(User(user_id=str(number), email=f"{number}@x.org") for number in range(30)))
    report = db.client.check_unique(User, listed=7)
    assert (report.counts, report.repaired, len(report.findings)) == ({"missing": 30}, 0, 7)
    assert guards(db) == {}
    report = db.client.repair_unique(User)
    assert (report.counts, report.repaired, report.is_clean) == ({"missing": 30}, 30, True)
    assert guards(db) == {f"User#email_once#{number}@x.org": f"USER#{number}" for number in range(30)}
    assert db.client.check_unique(User).counts == {}
    with pytest.raises(UniqueViolation):
        db.repository(User).create(User(user_id="99", email="7@X.ORG"))


@each_store()
def test_orphaned_guards_are_deleted_and_taken_over(db: Database) -> None:
    store(db, User(user_id="1", email="new@x.org"), User(user_id="2", email="old@x.org"))
    db.put_raw(
        people,
        guard("User#email_once#old@x.org", owner("1")),
        guard("User#email_once#gone@x.org", owner("3")),
        guard("User#handle_once#t1#h", owner("1")),
    )
    report = db.client.repair_unique(User)
    assert report.is_clean
    assert report.counts["missing"] == 2
    assert guards(db) == {"User#email_once#new@x.org": "USER#1", "User#email_once#old@x.org": "USER#2"}
    assert db.client.check_unique(User).counts == {}


@each_store()
def test_a_value_of_two_items_is_told_and_left_to_people(db: Database) -> None:
    store(db, User(user_id="1", email="a@x.org"), User(user_id="2", email="A@x.org"))
    report = db.client.repair_unique(User)
    assert (report.counts, report.repaired, report.is_clean) == ({"missing": 1, "duplicate": 1}, 1, False)
    [double] = [one for one in report.findings if one.kind == "duplicate"]
    assert (double.constraint, len(double.keys)) == ("email_once", 2)
    assert "x.org" not in f"{report!r}{report}"
    assert len(guards(db)) == 1


@each_store()
def test_expiry_and_soft_deletion_count(db: Database) -> None:
    invitations, pages = db.repository(Invitation), db.repository(Page)
    invitations.create(Invitation(number=1, code="abc"))
    pages.delete(pages.create(Page(page_id="1", slug="s", title="t")))
    assert db.client.check_unique(Invitation).counts == {}
    assert db.client.check_unique(Page).counts == {}
    db.put_raw(
        people,
        guard("Invitation#code_once#abc", {"PK": {"S": "INVITATION#00001"}, "SK": {"S": "INVITATION"}}),
        guard("Page#slug_once#s", {"PK": {"S": "PAGE#1"}, "SK": {"S": "PAGE"}}),
    )
    assert db.client.repair_unique(Invitation).counts == {"misdated": 1}
    assert db.client.repair_unique(Page).counts == {"orphaned": 1}
    assert db.client.check_unique(Invitation).counts == {}
    assert guards(db) == {"Invitation#code_once#abc": "INVITATION#00001", "Page#title_once#t": "PAGE#1"}


def test_a_writer_between_look_and_repair_wins(db: Database) -> None:
    store(db, User(user_id="1", email="a@x.org"))
    others = iter(["b@x.org"])

    def another_writer(_: object) -> None:
        if db.wire.actions[-1] == "TransactWriteItems" and (email := next(others, None)):
            db.raw.execute(Update(User.primary(user_id="1"), User.email.set(email)))

    db.wire.before = another_writer
    db.client.repair_unique(User)
    assert guards(db) == {"User#email_once#b@x.org": "USER#1"}


@only("local")
def test_repairs_and_writers_at_once_leave_all_in_order(db: Database) -> None:
    """On DynamoDB Local: moto's calls are made one at a time."""
    users: Repository[User] = db.repository(User)
    store(db, *(User(user_id=str(number), email=f"{number}@x.org") for number in range(40)))

    def write(number: int) -> None:
        key = User.primary(user_id=str(number))
        if number % 3 == 0:
            users.delete(key)
        else:
            users.update(key, User.email.set(f"new{number}@x.org"))

    with ThreadPoolExecutor(6) as threads:
        repairs = [threads.submit(db.client.repair_unique, User) for _ in range(2)]
        list(threads.map(write, range(40)))
        for repair in repairs:
            repair.result()
    db.client.repair_unique(User)
    assert db.client.check_unique(User).counts == {}
    assert set(guards(db).values()) == {f"USER#{number}" for number in range(40) if number % 3}


plain = Table("plain-people", pk="PK")


class Person(Entity, table=plain):
    """Without unique constraints."""

    primary = Key("PERSON#{name}")
    name: str


def test_an_entity_without_constraints_is_refused(open_db: Opener) -> None:
    with pytest.raises(StatementError, match="has no unique constraints"):
        open_db(plain).client.check_unique(Person)
