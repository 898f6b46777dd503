"""Each verb runs under the policy of that verb alone, on DynamoDB Local, which knows each call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, LiteralString

import pytest

from dynakit import (
    KEYS_ONLY,
    Attr,
    Create,
    Entity,
    Index,
    Key,
    Lease,
    Partiql,
    Scan,
    Sequence,
    StreamReader,
    Table,
    TableCheckpoint,
    attr,
    deleted,
    unique,
)
from dynakit.export.access import VERBS, Access
from dynakit.export.table_access import TABLE_VERBS, TableAccess
from dynakit.streams.checkpoint import Checkpoint
from tests.integration.backends import Database, Opener, only
from tests.integration.permitted import check_exactly
from tests.unit.export.tables_of_every_kind import on_demand

hall = Table(
    "hall",
    sk="SK",
    indexes=[Index("guests", pk="GSI1PK", projection=KEYS_ONLY), Index("numbers", pk="GSI2PK")],
    stream="KEYS_ONLY",
    time_to_live="ttl",
)


class Seat(Entity, table=hall):
    primary = Key("ROOM#{room}", "SEAT#{number:03d}")
    by_guest = Key("GUEST#{guest}", index="guests")
    by_number = Key("NUMBER#{number:03d}", index="numbers")
    room: Attr[str] = attr(default="a")
    number: Attr[int] = attr(default=1)
    guest: Attr[str] = attr(default="g")


class Note(Entity, table=hall):
    primary = Key("NOTE#{note_id}", "NOTE")
    note_id: Attr[str] = attr(default="1")
    gone: Attr[datetime | None] = deleted()


class Member(Entity, table=hall):
    primary = Key("MEMBER#{member_id}", "MEMBER")
    email_once = unique("email:lower")
    member_id: Attr[str] = attr(default="1")
    email: Attr[str] = attr(default="a@b")


KEY = ["ROOM#a", "SEAT#001"]


def run_partiql(text: LiteralString, parameters: list[Any], **options: Any) -> Callable[[Database], object]:
    return lambda db: db.client.execute(Partiql(text, parameters, entity=Seat, **options))


def checked(db: Database) -> None:
    with db.client.transaction() as tx:
        tx.check(Seat(), Seat.guest == "g")
        tx.put(Seat(number=2))


def leased(db: Database) -> None:
    with db.client.lease(Lease(hall, "nightly", timedelta(seconds=60)), heartbeat=False) as held:
        assert held.fence == 1


def checkpointed(db: Database) -> None:
    store = TableCheckpoint(db.client, hall, "reader")
    store.save(Checkpoint("arn", {}))
    assert store.load() == Checkpoint("arn", {})


def created_again(db: Database) -> None:
    db.raw.tables.delete(hall)
    db.client.tables.ensure(hall)


def changed(db: Database) -> None:
    wanted = Table(hall.name, sk="SK", indexes=[Index("other", pk="a")], time_to_live="ttl")
    db.client.tables.apply(db.client.tables.diff(wanted))


SCENES: list[tuple[list[Access[Any] | TableAccess], Callable[[Database], object], set[str]]] = [
    ([Access(Seat, "get")], lambda db: db.repository(Seat).get(Seat()), set()),
    ([Access(Seat, "get_many")], lambda db: db.repository(Seat).get_many([Seat()]), set()),
    ([Access(Seat, "transact_get")], lambda db: db.client.get_together((Seat(),)), set()),
    ([Access(Seat, "query")], lambda db: db.repository(Seat).all(Seat.primary(room="a")), set()),
    ([Access(Seat.by_guest, "query")], lambda db: db.repository(Seat).count(Seat.by_guest(guest="g")), set()),
    (
        [Access(Seat.by_guest, "hydrate")],
        lambda db: db.repository(Seat).all(Seat.by_guest(guest="g").hydrate()),
        set(),
    ),
    ([Access(Seat, "scan")], lambda db: list(db.client.scan(Scan(Seat))), set()),
    (
        [Access(Seat.by_number, "scan")],
        lambda db: list(db.client.scan(Scan(Seat, index="numbers"))),
        set(),
    ),
    ([Access(Seat, "put")], lambda db: db.repository(Seat).create(Seat(number=2)), {"GetItem"}),
    (
        [Access(Seat, "update")],
        lambda db: db.repository(Seat).update(Seat(), Seat.guest.set("h")),
        {"GetItem"},
    ),
    ([Access(Seat, "delete")], lambda db: db.repository(Seat).delete(Seat()), {"GetItem"}),
    ([Access(Seat, "check", "put")], checked, {"GetItem"}),
    ([Access(Seat, "put_many")], lambda db: db.repository(Seat).put_many([Seat(number=2)]), set()),
    ([Access(Seat, "delete_many")], lambda db: db.repository(Seat).delete_many([Seat()]), set()),
    ([Access(Seat, "move")], lambda db: db.repository(Seat).move(Seat(), Seat.number.set(3)), set()),
    ([Access(Seat, "select")], run_partiql('SELECT * FROM {Seat} WHERE "PK" = ?', KEY[:1]), set()),
    (
        [Access(Seat, "insert")],
        run_partiql("INSERT INTO {Seat} VALUE {'PK': ?, 'SK': ?}", ["ROOM#a", "x"], bypass_upkeep=True),
        set(),
    ),
    (
        [Access(Seat, "partiql_update")],
        run_partiql(
            'UPDATE {Seat} SET guest = ? WHERE "PK" = ? AND "SK" = ?', ["h", *KEY], bypass_upkeep=True
        ),
        set(),
    ),
    (
        [Access(Seat, "partiql_delete")],
        run_partiql('DELETE FROM {Seat} WHERE "PK" = ? AND "SK" = ?', KEY, bypass_upkeep=True),
        set(),
    ),
    ([Access(Seat, "follow")], lambda db: list(db.client.stream(StreamReader(Seat), until_idle=0)), set()),
    ([Access(Note, "delete")], lambda db: db.repository(Note).delete(Note()), {"DeleteItem", "GetItem"}),
    (
        [Access(Member, "put")],
        lambda db: db.repository(Member).create(Member(member_id="2", email="c@d")),
        {"GetItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"},
    ),
    (
        [Access(Member, "update")],
        lambda db: db.repository(Member).update(Member(), Member.email.set("c@d"), fetch_missing=True),
        {"ConditionCheckItem"},
    ),
    (
        [Access(Member, "delete")],
        lambda db: db.repository(Member).delete(Member()),
        {"PutItem", "UpdateItem", "ConditionCheckItem"},
    ),
    ([TableAccess(hall, "lease")], leased, set()),
    ([TableAccess(hall, "sequence")], lambda db: db.client.execute(Sequence(hall, "invoice").next()), set()),
    ([TableAccess(hall, "checkpoint")], checkpointed, set()),
    ([TableAccess(hall, "describe")], lambda db: db.client.tables.diff(hall), set()),
    ([TableAccess(hall, "create")], created_again, set()),
    ([TableAccess(hall, "change")], changed, set()),
    ([TableAccess(hall, "delete_table")], lambda db: db.client.tables.delete(hall), set()),
]


def named(accesses: list[Access[Any] | TableAccess]) -> str:
    first = accesses[0]
    target = first.table.name if isinstance(first, TableAccess) else first.entity.__name__
    pattern = "" if isinstance(first, TableAccess) or first.pattern is None else f".{first.pattern}"
    return f"{target}{pattern} {' '.join(first.verbs)}"


@only("local")
@pytest.mark.parametrize(
    ("accesses", "run", "spare"), SCENES, ids=[named(accesses) for accesses, _, _ in SCENES]
)
def test_a_verb_is_allowed_what_it_calls(
    open_db: Opener,
    accesses: list[Access[Any] | TableAccess],
    run: Callable[[Database], object],
    spare: set[str],
) -> None:
    db = open_db(hall)
    for each in (Seat(), Note(), Member()):
        db.raw.execute(Create(each))
    run(db)
    found = check_exactly(db.wire.every_call, accesses, [hall], db.environment)
    assert found == {f"dynamodb:{action}" for action in spare}


@only("ministack")
def test_a_table_with_every_setting_is_made_under_the_policy_of_that(open_db: Opener) -> None:
    db = open_db(on_demand, create=False)
    db.client.tables.create(on_demand)
    db.client.tables.diff(on_demand)
    spare = check_exactly(db.wire.every_call, [TableAccess(on_demand, "create")], [on_demand], db.environment)
    assert spare == set()


def test_every_verb_is_shown() -> None:
    """But for searches, which DynamoDB Local does not know: they have tests of their own."""
    shown = {verb for accesses, _, _ in SCENES for access in accesses for verb in access.verbs}
    assert shown == {*VERBS, *TABLE_VERBS} - {"search"}
