"""Replies that are lost after a write was sent: own success is no failure, nothing is applied twice.

The backend is real and time is virtual; the wire between loses the reply, before or after the backend has
applied the write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from uuid import uuid4

import pytest

from dynakit import (
    Attr,
    Check,
    ConditionFailed,
    Create,
    Delete,
    Entity,
    Environment,
    ItemAlreadyExists,
    Key,
    NotFound,
    OutcomeUnknown,
    Put,
    Query,
    Replace,
    Table,
    TransactionCancelled,
    TransactWrite,
    Update,
    Upsert,
    attr,
)
from dynakit.client.sync import Statement
from dynakit.operations.flow import Flow
from dynakit.operations.point import get
from dynakit.operations.reply import Failure
from tests.integration.backends import Database, Opener, each_store, everywhere
from tests.integration.wire import Lose, not_sent, reply_lost, server_fault, throttled

ledger = Table("ledger", pk="PK", sk=None)
tokenless = Table("tokenless", pk="PK", sk=None, token_attribute=None)


class Account(Entity, table=ledger):
    primary = Key("ACCOUNT#{owner}")
    owner: Attr[str]
    balance: Attr[int] = attr(default=0)
    backup: Attr[int] = attr(default=0)
    status: Attr[str] = attr(default="open")
    log: Attr[list[str]] = attr(default_factory=list)
    tags: Attr[set[str]] = attr(default_factory=set)


class Guest(Entity, table=tokenless):
    """The same on a table of others, where a write cannot carry a token."""

    primary = Key("ACCOUNT#{owner}")
    owner: Attr[str]
    balance: Attr[int] = attr(default=0)
    backup: Attr[int] = attr(default=0)
    status: Attr[str] = attr(default="open")
    log: Attr[list[str]] = attr(default_factory=list)
    tags: Attr[set[str]] = attr(default_factory=set)


ADA: Query[Account] = Account.primary(owner="ada")
THERE = Account(owner="ada", balance=1, backup=7)
GUEST: Query[Guest] = Guest.primary(owner="ada")
GUEST_THERE = Guest(owner="ada", balance=1, backup=7)
OPEN = Account.status == "open"
GUEST_OPEN = Guest.status == "open"

SUCCESS, UNKNOWN = "success", "unknown"


@dataclass(frozen=True)
class Case:
    """A write, what is there before, what is there after it was applied once, and what is said of a loss.

    ``applied`` is the outcome when the reply was lost after the write was applied, ``lost`` when it was not.
    """

    write: Statement[object]
    before: Entity | None
    after: Entity | None
    applied: str = SUCCESS
    lost: str = SUCCESS


def account(**changes: object) -> Account:
    return Account.model_validate({**THERE.model_dump(), **changes})


def guest(**changes: object) -> Guest:
    return Guest.model_validate({**GUEST_THERE.model_dump(), **changes})


CASES: dict[str, Case] = {
    "create": Case(Create(THERE), None, THERE),
    "put": Case(Put(account(balance=5)), THERE, account(balance=5)),
    "put of none": Case(Put(THERE), None, THERE),
    "put not to be resent": Case(Put(THERE, resend=False), None, THERE, UNKNOWN, UNKNOWN),
    "put where": Case(Put(account(status="paid"), OPEN), THERE, account(status="paid")),
    "replace": Case(Replace(account(balance=5)), THERE, account(balance=5)),
    "replace where": Case(Replace(account(status="paid"), OPEN), THERE, account(status="paid")),
    "set": Case(Update(ADA, Account.status.set("paid")), THERE, account(status="paid")),
    "set where": Case(Update(ADA, Account.status.set("paid"), where=OPEN), THERE, account(status="paid")),
    "add to set": Case(Update(ADA, Account.tags.add_to_set("a")), THERE, account(tags={"a"})),
    "swap": Case(
        Update(ADA, Account.balance.set(Account.backup), Account.backup.set(Account.balance)),
        THERE,
        account(balance=7, backup=1),
        UNKNOWN,
        UNKNOWN,
    ),
    "copy": Case(Update(ADA, Account.balance.set(Account.backup)), THERE, account(balance=7)),
    "add": Case(Update(ADA, Account.balance.add(1)), THERE, account(balance=2), UNKNOWN, UNKNOWN),
    "add where": Case(
        Update(ADA, Account.balance.add(1), where=OPEN), THERE, account(balance=2), UNKNOWN, UNKNOWN
    ),
    "set and add": Case(
        Update(ADA, Account.status.set("x"), Account.balance.subtract(1)),
        THERE,
        account(status="x", balance=0),
        UNKNOWN,
        UNKNOWN,
    ),
    "append": Case(Update(ADA, Account.log.append("a")), THERE, account(log=["a"]), UNKNOWN, UNKNOWN),
    "set behind the end": Case(
        Update(ADA, Account.log[3].set("a")), THERE, account(log=["a"]), UNKNOWN, UNKNOWN
    ),
    "upsert": Case(Upsert(ADA, Account.status.set("paid")), THERE, account(status="paid")),
    "upsert of none": Case(Upsert(ADA, Account.balance.set(1), Account.backup.set(7)), None, THERE),
    "upsert add": Case(Upsert(ADA, Account.balance.add(1)), THERE, account(balance=2), UNKNOWN, UNKNOWN),
    "upsert swap": Case(
        Upsert(ADA, Account.balance.set(Account.backup), Account.backup.set(Account.balance)),
        THERE,
        account(balance=7, backup=1),
        UNKNOWN,
        UNKNOWN,
    ),
    "upsert where": Case(Upsert(ADA, Account.status.set("paid"), where=OPEN), THERE, account(status="paid")),
    "delete": Case(Delete(ADA), THERE, None, UNKNOWN),
    "delete missing_ok": Case(Delete(ADA, missing_ok=True), THERE, None),
    "delete where": Case(Delete(ADA, OPEN), THERE, None, UNKNOWN),
    "delete where missing_ok": Case(Delete(ADA, OPEN, missing_ok=True), THERE, None),
}
TOKENLESS: dict[str, Case] = {
    "create": Case(Create(GUEST_THERE), None, GUEST_THERE, UNKNOWN),
    "put": Case(Put(guest(balance=5)), GUEST_THERE, guest(balance=5)),
    "put where": Case(Put(guest(status="paid"), GUEST_OPEN), GUEST_THERE, guest(status="paid"), UNKNOWN),
    "put where still": Case(Put(guest(balance=5), GUEST_OPEN), GUEST_THERE, guest(balance=5)),
    "replace": Case(Replace(guest(balance=5)), GUEST_THERE, guest(balance=5)),
    "set": Case(Update(GUEST, Guest.status.set("paid")), GUEST_THERE, guest(status="paid")),
    "set where": Case(
        Update(GUEST, Guest.status.set("paid"), where=GUEST_OPEN), GUEST_THERE, guest(status="paid"), UNKNOWN
    ),
    "add": Case(Update(GUEST, Guest.balance.add(1)), GUEST_THERE, guest(balance=2), UNKNOWN, UNKNOWN),
    "swap": Case(
        Update(GUEST, Guest.balance.set(Guest.backup), Guest.backup.set(Guest.balance)),
        GUEST_THERE,
        guest(balance=7, backup=1),
        UNKNOWN,
        UNKNOWN,
    ),
    "upsert": Case(Upsert(GUEST, Guest.status.set("paid")), GUEST_THERE, guest(status="paid")),
    "delete": Case(Delete(GUEST), GUEST_THERE, None, UNKNOWN),
    "delete missing_ok": Case(Delete(GUEST, missing_ok=True), GUEST_THERE, None),
}


@pytest.fixture
def db(open_db: Opener) -> Database:
    """Time is virtual; tokens are new in each test, because DynamoDB Local remembers them for all tables."""
    return open_db(ledger, tokenless, environment=Environment.simulated(uuid4().int))


def found(db: Database, case: Case) -> Entity | None:
    """What is there now, read past the wire that loses replies."""
    return read(db, ADA if isinstance(case.before or case.after, Account) else GUEST)


def read(db: Database, key: Query[Account] | Query[Guest] = ADA) -> Entity | None:
    flow: Flow[Entity | None] = get(cast("Query[Entity]", key), db.raw.environment)
    return db.raw.run(flow)


def carry_out(db: Database, case: Case) -> str:
    """Carry the write out and tell the outcome; other errors come out."""
    try:
        db.client.execute(case.write)
    except OutcomeUnknown:
        return UNKNOWN
    return SUCCESS


ALL = CASES | {f"{name}, no token": case for name, case in TOKENLESS.items()}


def begin(db: Database, case: Case) -> None:
    """Leave nothing in the tables but what is there before the write."""
    db.raw.execute(Delete(ADA, missing_ok=True))
    db.raw.execute(Delete(GUEST, missing_ok=True))
    if case.before is not None:
        db.raw.execute(Put(case.before))


@each_store()
@pytest.mark.parametrize("name", ALL)
def test_a_write_whose_reply_was_lost_after_it_was_applied(db: Database, name: str) -> None:
    """Whatever carries the calls: what is decided here, flows decide, which are the same for all."""
    case = ALL[name]
    for failure in (reply_lost, server_fault):
        for times in (1, 3):
            begin(db, case)
            Lose(db.wire, applied=True, failure=failure, times=times)
            assert (carry_out(db, case), found(db, case)) == (case.applied, case.after)
    begin(db, case)
    Lose(db.wire, applied=True, times=1000)
    assert (carry_out(db, case), found(db, case)) == (UNKNOWN, case.after)


@each_store()
@pytest.mark.parametrize("name", ALL)
def test_a_write_that_was_lost_before_it_was_applied(db: Database, name: str) -> None:
    case = ALL[name]
    for failure in (reply_lost, server_fault):
        begin(db, case)
        Lose(db.wire, applied=False, failure=failure, times=2)
        left = case.after if case.lost == SUCCESS else case.before
        assert (carry_out(db, case), found(db, case)) == (case.lost, left)
    for failure in (not_sent, throttled):
        begin(db, case)
        Lose(db.wire, applied=False, failure=failure, times=3)
        assert (carry_out(db, case), found(db, case)) == (SUCCESS, case.after)
    begin(db, case)
    Lose(db.wire, applied=False, times=1000)
    assert (carry_out(db, case), found(db, case)) == (UNKNOWN, case.before)


WHERE_FALSE: dict[str, tuple[Statement[object], type[Exception]]] = {
    "create": (Create(account(balance=9)), ItemAlreadyExists),
    "put": (Put(account(balance=9), Account.status == "paid"), ConditionFailed),
    "replace": (Replace(account(balance=9), Account.status == "paid"), ConditionFailed),
    "update": (Update(ADA, Account.balance.add(1), where=Account.status == "paid"), ConditionFailed),
    "delete": (Delete(ADA, Account.status == "paid", missing_ok=True), ConditionFailed),
}


@pytest.mark.parametrize("name", WHERE_FALSE)
def test_a_condition_that_is_false_at_once_is_told_as_such_after_harmless_failures(
    db: Database, name: str
) -> None:
    write, error = WHERE_FALSE[name]
    db.raw.execute(Put(THERE))
    Lose(db.wire, applied=False, failure=throttled, times=2)
    with pytest.raises(error):
        db.client.execute(write)
    assert read(db) == THERE


def test_what_others_wrote_in_between_makes_the_outcome_unknown_never_a_failure(db: Database) -> None:
    """Another writer deletes or overwrites what was applied, or gets in first."""
    other = Account(owner="ada", balance=100)
    cases: list[tuple[Statement[object], bool, Callable[[], object], Entity | None]] = [
        (
            Create(THERE),
            True,
            lambda: db.raw.execute(Update(ADA, Account.balance.add(1))),
            account(balance=2),
        ),
        (Create(THERE), False, lambda: db.raw.execute(Create(other)), other),
        (Replace(THERE), True, lambda: db.raw.execute(Delete(ADA)), None),
        (Update(ADA, Account.status.set("x")), True, lambda: db.raw.execute(Delete(ADA)), None),
        (Update(ADA, Account.balance.add(1)), True, lambda: db.raw.execute(Delete(ADA)), None),
        (
            Update(ADA, Account.status.set("x"), where=OPEN),
            True,
            lambda: db.raw.execute(Update(ADA, Account.status.set("y"))),
            account(status="y"),
        ),
    ]
    for write, applied, meanwhile, left in cases:
        begin(db, Case(write, None if str(write).startswith("create") else THERE, left))
        Lose(db.wire, applied=applied, meanwhile=meanwhile)
        with pytest.raises(OutcomeUnknown):
            db.client.execute(write)
        assert read(db) == left


def test_own_success_is_recognised_though_others_changed_what_is_no_token(db: Database) -> None:
    """A blind upsert of another writer leaves the token."""
    db.raw.execute(Put(THERE))
    Lose(
        db.wire,
        applied=True,
        meanwhile=lambda: db.raw.execute(Upsert(ADA, Account.balance.set(50))),
    )
    updated = db.client.execute(Update(ADA, Account.status.set("x"), where=OPEN))
    assert updated == account(status="x", balance=50) == read(db)


def test_an_update_of_what_another_deleted_meanwhile_is_not_found_when_it_was_never_sent(
    db: Database,
) -> None:
    db.raw.execute(Put(THERE))
    Lose(db.wire, applied=False, failure=not_sent, meanwhile=lambda: db.raw.execute(Delete(ADA)))
    with pytest.raises(NotFound):
        db.client.execute(Update(ADA, Account.balance.add(1)))


TRANSACTION = TransactWrite(
    (
        Create(Account(owner="bea", balance=1)),
        Update(ADA, Account.balance.add(1), where=OPEN),
        Check(Account.primary(owner="eve"), Account.status == "open"),
        Delete(Account.primary(owner="dan")),
        Upsert(Account.primary(owner="fay"), Account.balance.add(1)),
    )
)


def transaction(db: Database) -> None:
    for owner in ("ada", "eve", "dan"):
        db.raw.execute(Put(Account(owner=owner, balance=1)))


def balances(db: Database) -> dict[str, str]:
    return {item["owner"].get("S", ""): item["balance"].get("N", "") for item in db.everything(ledger)}


ONCE = {"ada": "2", "bea": "1", "eve": "1", "fay": "1"}


@everywhere(embedded="moto knows no idempotency token and applies a transaction twice")
@pytest.mark.parametrize("failure", [reply_lost, server_fault], ids=["reply lost", "server fault"])
def test_a_transaction_whose_reply_was_lost_is_applied_once(
    db: Database, failure: Callable[[], Failure]
) -> None:
    transaction(db)
    Lose(db.wire, applied=True, failure=failure, times=2)
    db.client.execute(TRANSACTION)
    assert balances(db) == ONCE


def test_a_transaction_that_was_not_applied_is_sent_again(db: Database) -> None:
    for failure in (reply_lost, server_fault, not_sent, throttled):
        for item in db.everything(ledger):
            db.send_raw("DeleteItem", {"TableName": db.name(ledger), "Key": {"PK": item["PK"]}})
        transaction(db)
        Lose(db.wire, applied=False, failure=failure, times=2)
        db.client.execute(TRANSACTION)
        assert balances(db) == ONCE


def test_a_transaction_lost_for_ever_has_an_unknown_outcome(db: Database) -> None:
    transaction(db)
    Lose(db.wire, applied=False, times=1000)
    with pytest.raises(OutcomeUnknown):
        db.client.execute(TRANSACTION)
    assert balances(db) == {"ada": "1", "dan": "1", "eve": "1"}


def test_a_transaction_that_others_made_impossible_is_cancelled(db: Database) -> None:
    transaction(db)
    Lose(
        db.wire,
        applied=False,
        meanwhile=lambda: db.raw.execute(Update(ADA, Account.status.set("shut"))),
    )
    with pytest.raises(TransactionCancelled) as raised:
        db.client.execute(TRANSACTION)
    assert [reason.code for reason in raised.value.reasons] == [
        "None",
        "ConditionalCheckFailed",
        *["None"] * 3,
    ]
