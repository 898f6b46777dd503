"""Tables held against their declarations, on a real DynamoDB API: compared, changed, created."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

import pytest

from dynakit import (
    AsyncClient,
    Client,
    Index,
    Item,
    KeyAttribute,
    PlanRefused,
    Provisioned,
    RequestError,
    Stage,
    Table,
    TableMissing,
    TableProgress,
    TableSettings,
    connect,
    include,
)
from dynakit.client.connect import open_async_transport
from dynakit.operations.reply import ReplyLost
from dynakit.transport.base import Transport
from dynakit.wire import Call, Payload
from tests.integration.backends import Opener, only, transport_of

BY_KIND = Index("byKind", pk="kind", sk="id", projection=include("note"))
BY_KIND_ALL = Index("byKind", pk="kind", sk="id")
BY_NOTE = Index("byNote", pk="note")
LOCAL = Index("byKind", sk="kind", local=True)
FILLING: list[Item] = [
    {"id": {"S": str(number)}, "kind": {"S": "k"}, "note": {"S": "n"}} for number in range(50)
]

everywhere = only("embedded", "local", "ministack")
on_both = only("embedded", "local")


def plain(*indexes: Index) -> Table:
    return Table("box", pk="id", indexes=indexes)


def lines(plan: object) -> list[str]:
    return [line.strip() for line in str(plan).splitlines()[1:]]


@everywhere
@pytest.mark.parametrize(
    "table",
    [
        plain(BY_KIND, BY_NOTE),
        Table("box", pk="id", sk="age", indexes=[BY_KIND, Index("other", sk="kind", local=True)]),
        Table("box", pk="id", stream="NEW_IMAGE", time_to_live="gone"),
        Table("box", pk="id", capacity=Provisioned(3, 4), indexes=[BY_KIND]),
    ],
    ids=["indexes", "a local index", "stream and expiry", "provisioned"],
)
def test_a_table_is_as_declared_once_it_is_created(open_db: Opener, table: Table) -> None:
    db = open_db(table, create=False)
    assert lines(db.raw.tables.diff(table))[0] == "+ the table is created"
    db.raw.tables.create(table)
    assert lines(db.raw.tables.diff(table)) == ["as declared"]
    assert not db.raw.tables.ensure(table).changes


@everywhere
def test_a_filled_table_gets_and_loses_indexes_one_at_a_time(open_db: Opener) -> None:
    db = open_db(plain(BY_KIND))
    tables = db.raw.tables
    db.put_raw(plain(), *FILLING)
    wanted = plain(BY_NOTE, Index("byOther", pk="other", sk=KeyAttribute("age", "N")))
    plan = tables.diff(wanted)
    assert lines(plan) == [
        "- index 'byKind' is deleted",
        "+ index 'byNote' is created",
        "+ index 'byOther' is created",
    ]
    seen: list[TableProgress] = []
    tables.apply(plan, progress=seen.append)
    assert tables.diff(wanted).is_empty
    assert [(each.done, each.changes) for each in seen if not each.busy] == [(0, 3), (1, 3), (2, 3)]
    found = db.send_raw(
        "Query",
        {
            "TableName": db.name(wanted),
            "IndexName": "byNote",
            "KeyConditionExpression": "note = :n",
            "ExpressionAttributeValues": {":n": {"S": "n"}},
        },
    )
    assert found["Count"] == len(FILLING)


@dataclass
class Cut:
    """A transport that is cut off once so many changes were carried out, as by a kill."""

    inner: Transport
    after: int
    by: type[BaseException] = KeyboardInterrupt

    def send(self, call: Call) -> Payload:
        reply = self.inner.send(call)
        self.after -= not call.action.startswith("Describe")
        if self.after == 0:
            self.after = -1
            raise self.by("the connection was reset")
        return reply

    def close(self) -> None:
        self.inner.close()


@on_both
def test_cut_off_after_any_change_and_begun_again_it_comes_to_what_is_declared(open_db: Opener) -> None:
    wanted = Table("box", pk="id", indexes=[BY_NOTE], time_to_live="gone")
    was_cut, changes = True, 0
    while was_cut:
        changes += 1
        db = open_db(plain(BY_KIND))
        db.put_raw(plain(), *FILLING)
        cut = Client(Cut(transport_of(db.raw), changes), db.environment)
        try:
            cut.tables.apply(cut.tables.diff(wanted))
            was_cut = False
        except KeyboardInterrupt:
            db.raw.tables.apply(db.raw.tables.diff(wanted))
        assert db.raw.tables.diff(wanted).is_empty
        assert len(db.everything(wanted)) == len(FILLING)
    assert changes == 4


@only("local")
@pytest.mark.parametrize("change", [1, 2, 3])
def test_whichever_reply_is_lost_each_change_is_done(open_db: Opener, change: int) -> None:
    """Moto fails in its own code where an index is deleted twice."""
    db = open_db(plain(BY_KIND), create=False)
    lossy = Client(Cut(transport_of(db.raw), change, ReplyLost), db.environment)
    lossy.tables.create(plain(BY_KIND))
    lossy.tables.apply(lossy.tables.diff(plain(BY_NOTE)))
    assert db.raw.tables.diff(plain(BY_NOTE)).is_empty
    again = Client(Cut(transport_of(db.raw), 1, ReplyLost), db.environment)
    again.tables.delete(plain())
    assert not db.raw.tables.exists(plain())


@on_both
def test_a_table_that_is_there_is_not_created_whether_the_reply_is_lost_or_not(open_db: Opener) -> None:
    db = open_db(plain(BY_KIND))
    lossy = Client(Cut(transport_of(db.raw), 1, ReplyLost), db.environment)
    for tables in (db.raw.tables, lossy.tables):
        with pytest.raises(RequestError, match="is there already.*Compare it with its declaration by diff"):
            tables.create(plain(BY_NOTE))
    assert db.raw.tables.diff(plain(BY_KIND)).is_empty


@on_both
def test_a_table_that_is_missing_is_not_deleted(open_db: Opener) -> None:
    with pytest.raises(TableMissing):
        open_db(plain(), create=False).raw.tables.delete(plain())


@on_both
def test_a_stage_has_its_own_table_where_none_is_bound(open_db: Opener) -> None:
    name = f"box-{uuid4().hex}"
    table = Table("box", pk="id", stages=[Stage("dev", table_name=name, capacity=Provisioned(1, 2))])
    with connect(open_db.endpoint) as db:
        db.tables.create(table, stage="dev")
        try:
            assert db.tables.describe(table, stage="dev").name == name
            assert db.tables.diff(table, stage="dev").is_empty
            assert not db.tables.exists(table)
        finally:
            db.tables.delete(table, stage="dev")
        assert not db.tables.exists(table, stage="dev")


@everywhere
def test_an_index_of_another_form_is_made_again_only_when_that_is_approved(open_db: Opener) -> None:
    db = open_db(plain(BY_KIND))
    tables, wanted = db.raw.tables, plain(BY_KIND_ALL)
    with pytest.raises(PlanRefused, match=r"box.*only adding.*nothing was changed(.|\n)*- index 'byKind'"):
        tables.ensure(wanted)
    assert tables.diff(plain(BY_KIND)).is_empty
    tables.apply(tables.diff(wanted))
    assert tables.diff(wanted).is_empty


@everywhere
def test_ensure_adds_what_takes_nothing_away(open_db: Opener) -> None:
    db = open_db(plain())
    wanted = Table("box", pk="id", indexes=[BY_KIND], stream="KEYS_ONLY", time_to_live="gone")
    done = db.raw.tables.ensure(wanted)
    assert lines(done) == [
        "+ index 'byKind' is created",
        "+ the stream (KEYS_ONLY) is switched on",
        "+ time to live by 'gone' is switched on",
    ]
    assert db.raw.tables.diff(wanted).is_empty
    assert lines(db.raw.tables.diff(plain(BY_KIND))) == [
        "- the stream (KEYS_ONLY) is switched off",
        "- time to live by 'gone' is switched off",
    ]


@everywhere
def test_capacity_follows_the_declaration_there_and_back(open_db: Opener) -> None:
    db = open_db(plain(BY_KIND))
    tables = db.raw.tables
    for capacity, index in ((Provisioned(5, 6), Provisioned(7, 8)), (Provisioned(9, 6), Provisioned(2, 2))):
        by_kind = Index("byKind", pk="kind", sk="id", projection=include("note"), capacity=index)
        wanted = Table("box", pk="id", indexes=[by_kind], capacity=capacity)
        tables.ensure(wanted)
        assert tables.diff(wanted).is_empty
    tables.ensure(plain(BY_KIND))
    assert tables.diff(plain(BY_KIND)).is_empty
    assert tables.describe(plain(BY_KIND)).on_demand


@everywhere
@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Table("box", pk="other"), r"its key is id \(S, HASH\); declared is other \(S, HASH\)"),
        (Table("box", pk=KeyAttribute("id", "N")), r"declared is id \(N, HASH\)"),
        (Table("box", pk="id", sk="age"), r"declared is id \(S, HASH\) and age \(S, RANGE\)"),
        (Table("box", pk="id", sk="age", indexes=[LOCAL]), "local index 'byKind' is missing"),
    ],
)
def test_what_dynamodb_cannot_change_is_refused_with_advice(
    open_db: Opener, wanted: Table, said: str
) -> None:
    db = open_db(plain())
    plan = db.raw.tables.diff(wanted)
    with pytest.raises(PlanRefused, match=said) as refused:
        db.raw.tables.apply(plan)
    assert "declare a table of another name, copy the items into it" in str(refused.value)
    assert refused.value.plan is plan
    assert db.raw.tables.diff(plain()).is_empty


@on_both
def test_a_local_index_that_nobody_declares_is_refused_alike_by_ensure(open_db: Opener) -> None:
    keyed = Table("box", pk="id", sk="age", indexes=[LOCAL])
    db = open_db(keyed)
    with pytest.raises(PlanRefused, match="DynamoDB cannot make it what is declared") as refused:
        db.raw.tables.ensure(Table("box", pk="id", sk="age"))
    assert "! local index 'byKind' is not declared. Declare it as it is." in str(refused.value)


@on_both
def test_a_plan_does_no_more_than_was_shown(open_db: Opener) -> None:
    db = open_db(plain())
    tables, wanted = db.raw.tables, plain(BY_KIND)
    plan = tables.diff(wanted)
    tables.ensure(plain(BY_NOTE))  # somebody else, meanwhile
    with pytest.raises(PlanRefused, match="others changed the table meanwhile(.|\n)*- index 'byNote'"):
        tables.apply(plan)
    assert {"byKind", "byNote"} == set(tables.describe(wanted).indexes("GlobalSecondaryIndexes"))


@on_both
def test_what_was_done_meanwhile_is_not_done_again(open_db: Opener) -> None:
    db = open_db(plain())
    tables, wanted = db.raw.tables, plain(BY_KIND, BY_NOTE)
    plan = tables.diff(wanted)
    tables.ensure(plain(BY_NOTE))
    tables.apply(plan)
    tables.apply(plan)
    assert tables.diff(wanted).is_empty


@on_both
def test_deletion_protection_is_seen_and_set(open_db: Opener) -> None:
    db = open_db(plain())
    wanted = Table("box", pk="id", settings=TableSettings(deletion_protection=True))
    try:
        assert lines(db.raw.tables.ensure(wanted)) == ["+ deletion protection is switched on"]
        assert db.raw.tables.diff(plain()).is_empty
    finally:
        off = Table("box", pk="id", settings=TableSettings(deletion_protection=False))
        plan = db.raw.tables.diff(off)
        db.raw.tables.apply(plan)
    assert lines(plan) == ["- deletion protection is switched off"]


@on_both
def test_the_same_verbs_are_awaited(open_db: Opener) -> None:
    db = open_db(plain(), create=False)

    async def run() -> list[str]:
        async with AsyncClient(open_async_transport(open_db.endpoint), db.environment) as client:
            await client.tables.create(plain(BY_KIND))
            plan = await client.tables.diff(plain(BY_NOTE))
            await client.tables.apply(plan)
            await client.tables.ensure(plain(BY_NOTE))
            left = await client.tables.diff(plain(BY_NOTE))
            assert (await client.tables.describe(plain())).name == db.name(plain())
            await client.tables.delete(plain())
            return lines(left)

    assert asyncio.run(run()) == ["as declared"]
