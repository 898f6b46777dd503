"""Replies that are lost to writes of what dynakit keeps: versions, guards, moves, soft deletion.

What is stored after a loss is held against what the same write stores when nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import pytest

from dynakit import (
    Attr,
    Create,
    Delete,
    Entity,
    Item,
    ItemAlreadyExists,
    Key,
    Move,
    NotFound,
    OutcomeUnknown,
    Put,
    Query,
    Replace,
    Restore,
    SaveChanges,
    Table,
    UniqueViolation,
    Update,
    Upsert,
    VersionConflict,
    attr,
    unique,
    version,
)
from dynakit.client.sync import Statement
from dynakit.operations.reply import Failure
from dynakit.operations.target import target_of
from tests.integration.backends import Database, Opener, deviates, each_store, only
from tests.integration.lifecycle_models import Document, Post, Session, Ticket, kept, virtual_time
from tests.integration.wire import Lose, not_sent, reply_lost, server_fault, throttled

members = Table("members", pk="PK", sk="SK")


class Member(Entity, table=members):
    """Once by e-mail."""

    primary = Key("MEMBER#{member_id}", "MEMBER")
    email_once = unique("email:lower")

    member_id: Attr[str]
    email: Attr[str | None] = attr(default=None)
    name: Attr[str] = attr(default="")
    version: Attr[int] = version()


E = TypeVar("E", bound=Entity)
SUCCESS, UNKNOWN = "success", "unknown"
NO_TOKEN = "moto knows no idempotency token and applies a transaction twice"
OF_THE_MOMENT = {"_w", "created_at", "updated_at", "deleted_at", "until", "ttl", "GSI2SK"}
DOCUMENT, SESSION = Document.primary(document_id="1"), Session.primary(user="u", session_id="1")
TICKET, POST = Ticket.primary(ticket_id="1"), Post.primary(blog="b", post_id="1")
MEMBER = Member.primary(member_id="1")


def document(db: Database) -> Document:
    """A document that is stored, changed since it was loaded, and not written."""
    stored = db.repository(Document).create(Document(document_id="1", text="a"))
    stored.text = "mine"
    return stored


def session(db: Database) -> Session:
    with db.environment.use():
        return db.repository(Session).create(Session(user="u", session_id="1", seen=1))


def ticket(db: Database) -> Ticket:
    return db.repository(Ticket).create(Ticket(ticket_id="1", owner="ann"))


def post(db: Database) -> Post:
    return db.repository(Post).create(Post(blog="b", post_id="1"))


def deleted_post(db: Database) -> Post:
    db.repository(Post).delete(post(db))
    return db.repository(Post).require(POST, deleted=True)


def member(db: Database) -> Member:
    stored = db.repository(Member).create(Member(member_id="1", email="a@x.org"))
    stored.email = "Mine@x.org"
    return stored


def at(key: Query[E], _there: E) -> Query[E]:
    """The key alone of what was stored there."""
    return key


Make = Callable[[Database], Statement[Any]]


@dataclass(frozen=True)
class Case:
    """Stores what is there before and makes the write; the outcomes when the reply is lost.

    ``applied`` is the outcome when the reply was lost after the write was applied, ``lost`` when it was not;
    ``by_token`` tells a success that only the server's idempotency token makes one.
    """

    make: Make
    applied: str = SUCCESS
    lost: str = SUCCESS
    by_token: bool = False


CASES: dict[str, Case] = {
    "create": Case(lambda _: Create(Document(document_id="1"))),
    "put": Case(lambda db: Put(document(db))),
    "replace": Case(lambda db: Replace(document(db))),
    "update": Case(lambda db: Update(document(db), Document.text.set("mine"))),
    "update by key": Case(lambda db: Update(at(DOCUMENT, document(db)), Document.text.set("mine"))),
    "upsert by key": Case(lambda db: Upsert(at(POST, post(db)), Post.title.set("mine"))),
    "delete": Case(lambda db: Delete(document(db)), applied=UNKNOWN),
    "delete missing_ok": Case(lambda db: Delete(document(db), missing_ok=True)),
    "save_changes": Case(lambda db: SaveChanges(document(db))),
    "move": Case(lambda db: Move(document(db), Document.document_id.set("2"))),
    "soft delete": Case(lambda db: Delete(post(db))),
    "soft delete by key": Case(lambda db: Delete(at(POST, post(db)))),
    "restore": Case(lambda db: Restore(deleted_post(db))),
    "restore by key": Case(lambda db: Restore(at(POST, deleted_post(db)))),
    "fetch_missing": Case(
        lambda db: Update(at(TICKET, ticket(db)), Ticket.status.set("shut"), fetch_missing=True)
    ),
    "add": Case(lambda db: Update(session(db), Session.seen.add(1)), UNKNOWN, UNKNOWN),
    "add once": Case(lambda db: Update(session(db), Session.seen.add(1), once=True), by_token=True),
    "create once": Case(lambda _: Create(Document(document_id="1"), once=True)),
    "replace once": Case(lambda db: Replace(document(db), once=True)),
    "delete once": Case(lambda db: Delete(document(db), once=True), by_token=True),
    "unique create": Case(lambda _: Create(Member(member_id="1", email="a@x.org"))),
    "unique replace": Case(lambda db: Replace(member(db))),
    "unique update": Case(lambda db: Update(member(db), Member.email.set("b@x.org"))),
    "unique update by key": Case(lambda db: Update(at(MEMBER, member(db)), Member.email.set("b@x.org"))),
    "unique save_changes": Case(lambda db: SaveChanges(member(db))),
    "unique move": Case(lambda db: Move(member(db), Member.member_id.set("2"))),
    "unique delete": Case(lambda db: Delete(member(db)), by_token=True),
    "unique delete by key": Case(lambda db: Delete(at(MEMBER, member(db))), by_token=True),
}


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(kept, members, environment=virtual_time())


def stored(db: Database) -> list[Item]:
    """Every item of both tables, guards too, without what differs from moment to moment."""
    items = [*db.everything(kept), *db.everything(members)]
    lasting = [{name: value for name, value in item.items() if name not in OF_THE_MOMENT} for item in items]
    return sorted(lasting, key=lambda item: (item["PK"].get("S", ""), item["SK"].get("S", "")))


def begin(db: Database, make: Make) -> Statement[Any]:
    """Leave nothing in the tables but what is there before the write, which it makes; nothing is lost."""
    db.wire.before = db.wire.after = db.wire.refused = None
    for table in (kept, members):
        for item in db.everything(table):
            key = {name: item[name] for name in ("PK", "SK")}
            db.send_raw("DeleteItem", {"TableName": db.name(table), "Key": key})
    return make(db)


def carry_out(db: Database, write: Statement[Any]) -> str:
    """Carry the write out and tell the outcome; other errors come out."""
    try:
        db.client.execute(write)
    except OutcomeUnknown:
        return UNKNOWN
    return SUCCESS


def writes_only(lose: Lose) -> Lose:
    """Let reads through: what is lost are the replies to writes."""
    wire, before, after, refused = lose.wire, lose.wire.before, lose.wire.after, lose.wire.refused
    assert before is not None
    assert after is not None
    assert refused is not None
    wire.before = lambda call: before(call) if is_write(call.action) else None
    wire.after = lambda call, reply: after(call, reply) if is_write(call.action) else reply
    wire.refused = lambda call: refused(call) if is_write(call.action) else None
    return lose


def is_write(action: str) -> bool:
    return action not in {"GetItem", "Query", "BatchGetItem", "TransactGetItems"}


def undisturbed(db: Database, case: Case) -> tuple[list[Item], list[Item]]:
    """What is stored before the write, and after it when nothing is lost."""
    write = begin(db, case.make)
    before = stored(db)
    assert carry_out(db, write) == SUCCESS
    after = stored(db)
    assert after != before
    return before, after


@each_store()
@pytest.mark.parametrize("name", CASES)
def test_a_write_whose_reply_was_lost_is_applied_once_and_is_no_conflict(
    db: Database, name: str, request: pytest.FixtureRequest, backend: str
) -> None:
    case = CASES[name]
    deviates(request, backend, embedded=NO_TOKEN if case.by_token else None)
    _, after = undisturbed(db, case)
    for failure, times in ((reply_lost, 1), (server_fault, 2)):
        write = begin(db, case.make)
        writes_only(Lose(db.wire, applied=True, failure=failure, times=times))
        assert (carry_out(db, write), stored(db)) == (case.applied, after)


@each_store()
@pytest.mark.parametrize("name", CASES)
def test_a_write_that_was_lost_on_its_way_is_applied_once(db: Database, name: str) -> None:
    case = CASES[name]
    before, after = undisturbed(db, case)
    for failure, outcome in ((reply_lost, case.lost), (throttled, SUCCESS)):
        write = begin(db, case.make)
        writes_only(Lose(db.wire, applied=False, failure=failure, times=2))
        left = after if outcome == SUCCESS else before
        assert (carry_out(db, write), stored(db)) == (outcome, left)


@dataclass(frozen=True)
class Between:
    """Another writer between the lost attempt and the next, and the error there has to be.

    ``applied`` says whether the lost attempt was applied.
    """

    make: Make
    applied: bool
    other: Statement[Any]
    error: type[Exception]
    failure: Callable[[], Failure] = reply_lost


THEIRS = Document.text.set("theirs")
TAKES = Create(Member(member_id="9", email="b@x.org"))
CHANGED = Update(MEMBER, Member.email.set("theirs@x.org"))
BETWEEN: dict[str, Between] = {
    "create, then changed": Between(CASES["create"].make, True, Update(DOCUMENT, THEIRS), OutcomeUnknown),
    "create, made by another before": Between(
        CASES["create"].make, False, Create(Document(document_id="1", text="theirs")), OutcomeUnknown
    ),
    "put, then changed": Between(CASES["put"].make, True, Update(DOCUMENT, THEIRS), OutcomeUnknown),
    "replace, then changed": Between(CASES["replace"].make, True, Update(DOCUMENT, THEIRS), OutcomeUnknown),
    "replace, then deleted": Between(CASES["replace"].make, True, Delete(DOCUMENT), OutcomeUnknown),
    "replace, changed before": Between(
        CASES["replace"].make, False, Update(DOCUMENT, THEIRS), OutcomeUnknown
    ),
    "replace never sent, changed": Between(
        CASES["replace"].make, False, Update(DOCUMENT, THEIRS), VersionConflict, not_sent
    ),
    "replace never sent, deleted": Between(
        CASES["replace"].make, False, Delete(DOCUMENT), NotFound, not_sent
    ),
    "save_changes, then changed": Between(
        CASES["save_changes"].make, True, Update(DOCUMENT, THEIRS), OutcomeUnknown
    ),
    "save_changes never sent, changed": Between(
        CASES["save_changes"].make, False, Update(DOCUMENT, THEIRS), VersionConflict, throttled
    ),
    "update, then changed": Between(CASES["update"].make, True, Update(DOCUMENT, THEIRS), OutcomeUnknown),
    "update, changed before": Between(CASES["update"].make, False, Update(DOCUMENT, THEIRS), OutcomeUnknown),
    "update never sent, changed": Between(
        CASES["update"].make, False, Update(DOCUMENT, THEIRS), VersionConflict, not_sent
    ),
    "delete, then made anew": Between(
        CASES["delete"].make, True, Create(Document(document_id="1", text="theirs")), OutcomeUnknown
    ),
    "delete, changed before": Between(CASES["delete"].make, False, Update(DOCUMENT, THEIRS), OutcomeUnknown),
    "soft delete, then restored": Between(CASES["soft delete"].make, True, Restore(POST), OutcomeUnknown),
    "soft delete never sent, changed": Between(
        CASES["soft delete"].make, False, Update(POST, Post.title.set("theirs")), VersionConflict, not_sent
    ),
    "restore, then deleted": Between(CASES["restore"].make, True, Delete(POST), OutcomeUnknown),
    "move, changed before": Between(CASES["move"].make, False, Update(DOCUMENT, THEIRS), VersionConflict),
    "move, deleted before": Between(CASES["move"].make, False, Delete(DOCUMENT), NotFound),
    "move, the place taken": Between(
        CASES["move"].make, False, Create(Document(document_id="2", text="theirs")), ItemAlreadyExists
    ),
    "unique create, the value taken": Between(
        CASES["unique create"].make,
        False,
        Create(Member(member_id="9", email="a@x.org")),
        UniqueViolation,
    ),
    "unique update, the value taken": Between(CASES["unique update"].make, False, TAKES, UniqueViolation),
    "unique update by key, the value taken": Between(
        CASES["unique update by key"].make, False, TAKES, UniqueViolation
    ),
    "unique update, changed before": Between(CASES["unique update"].make, False, CHANGED, VersionConflict),
    "unique delete, changed before": Between(CASES["unique delete"].make, False, CHANGED, VersionConflict),
    "unique delete, deleted before": Between(CASES["unique delete"].make, False, Delete(MEMBER), NotFound),
    "add once, deleted before": Between(CASES["add once"].make, False, Delete(SESSION), NotFound),
}


@each_store()
@pytest.mark.parametrize("name", BETWEEN)
def test_what_another_writer_did_in_between_is_told_and_left_as_it_is(db: Database, name: str) -> None:
    case = BETWEEN[name]
    theirs: list[list[Item]] = []

    def another_writer() -> None:
        db.raw.execute(case.other)
        theirs.append(stored(db))

    write = begin(db, case.make)
    writes_only(Lose(db.wire, applied=case.applied, failure=case.failure, meanwhile=another_writer))
    with pytest.raises((OutcomeUnknown, case.error)) as caught:
        db.client.execute(write)
    assert [type(caught.value), [stored(db)]] == [case.error, theirs]


@only("local", "local-async")
def test_what_another_writer_did_after_a_transaction_was_applied_makes_it_no_failure(db: Database) -> None:
    """On DynamoDB Local: moto knows no idempotency token. The server answers for the first attempt."""
    for name, other, after in (
        ("move", Update(Document.primary(document_id="2"), THEIRS), {"1": None, "2": ("theirs", 3)}),
        ("replace once", Update(DOCUMENT, THEIRS), {"1": ("theirs", 3), "2": None}),
        ("delete once", Create(Document(document_id="1", text="new")), {"1": ("new", 1), "2": None}),
    ):
        write = begin(db, CASES[name].make)
        writes_only(Lose(db.wire, applied=True, meanwhile=partial(db.raw.execute, other)))
        db.client.execute(write)
        assert {key: text_and_version(db, key) for key in after} == after


def text_and_version(db: Database, key: str) -> tuple[str, int] | None:
    found = db.repository(Document).get(Document.primary(document_id=key), consistent=True)
    return None if found is None else (found.text, found.version)


@only("local", "local-async")
def test_an_increment_of_another_between_two_attempts_of_one_that_is_done_once_is_kept(db: Database) -> None:
    """On DynamoDB Local: moto knows no idempotency token."""
    for applied in (True, False):
        write = begin(db, CASES["add once"].make)
        writes_only(Lose(db.wire, applied=applied, meanwhile=partial(add_ten, db)))
        db.client.execute(write)
        assert db.repository(Session).require(SESSION, consistent=True).seen == 12


def add_ten(db: Database) -> None:
    """Another writer, at whose time the session would be over, and so one without dynakit."""
    db.send_raw(
        "UpdateItem",
        {
            "TableName": db.name(kept),
            "Key": target_of(SESSION).key,
            "UpdateExpression": "ADD seen :ten",
            "ExpressionAttributeValues": {":ten": {"N": "10"}},
        },
    )
