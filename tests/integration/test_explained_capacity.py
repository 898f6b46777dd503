"""What ``explain`` estimates is what DynamoDB Local reports, within one unit, given the true sizes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dynakit import (
    KEYS_ONLY,
    Attr,
    Create,
    Delete,
    Entity,
    Index,
    Key,
    Put,
    Replace,
    Table,
    TransactGet,
    TransactWrite,
    Update,
    Upsert,
    attr,
)
from dynakit.codec.size import item_size
from dynakit.explanation.explain import explain
from dynakit.operations.batch import get_many
from dynakit.operations.point import get_call
from dynakit.operations.target import target_of
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.schema.scan import Scan
from dynakit.wire import Call
from tests.integration.backends import Database, Opener, only

depot = Table(
    "depot",
    pk="PK",
    sk="SK",
    indexes=[
        Index("by_kind", pk="GSI1PK", sk="GSI1SK"),
        Index("by_place", pk="GSI2PK", projection=KEYS_ONLY),
        Index("by_weight", sk="LSI1SK", local=True, projection=KEYS_ONLY),
    ],
)
TEXT = "x" * 2500
COUNT = 20


class Crate(Entity, table=depot):
    primary = Key("SITE#{site}", "CRATE#{number:04d}")
    by_kind = Key("KIND#{kind}", "{number:04d}", index="by_kind")
    by_place = Key("PLACE#{place}", index="by_place")
    by_weight = Key("SITE#{site}", "{weight:04d}", index="by_weight")

    site: Attr[str]
    number: Attr[int]
    kind: Attr[str] = attr(default="box")
    place: Attr[str | None] = attr(default=None)
    weight: Attr[int] = attr(default=1)
    text: Attr[str] = attr(default=TEXT)
    price: Attr[Decimal] = attr(default=Decimal(1))


class Label(Entity, table=depot):
    primary = Key("LABEL#{name}", "LABEL")
    name: Attr[str]
    count: Attr[int] = attr(default=0)


def crate(number: int, **values: Any) -> Crate:
    return Crate(site="s1", number=number, **values)


IN_S1 = Crate.primary(site="s1")
BOXES = Crate.by_kind(kind="box")
BY_WEIGHT = Crate.by_weight(site="s1")
FIRST = Crate.primary(site="s1", number=1)
LABEL = Label.primary(name="l1")
SIZE = item_size(encode_item(definition_of(Crate), crate(1)))
SMALL = {"item_size": 60}
FOUND = {"items": COUNT, "item_size": SIZE}
ONE = {"item_size": SIZE}

CRATES = [crate(number) for number in range(COUNT)]

TABLE: list[tuple[str, Any, dict[str, int]]] = [
    ("a get", FIRST, ONE),
    ("a get by an entity", crate(1), ONE),
    ("a get of nothing", Crate.primary(site="s1", number=999), {"items": 0}),
    ("a partition", IN_S1, FOUND),
    ("a partition, consistently", IN_S1.consistent(), FOUND),
    ("a limit", IN_S1.limit(7), FOUND),
    ("a range", Crate.primary(Crate.site == "s1", Crate.number <= 4), {**FOUND, "items": 4}),
    ("a filter", IN_S1.filter(Crate.price > 5), FOUND),
    ("a projection", IN_S1.project(Crate.price), FOUND),
    ("a global index that holds all", BOXES, FOUND),
    ("a local index that holds keys", BY_WEIGHT.project(Crate.weight), {**FOUND, "entry_size": 60}),
    ("a local index and the table", BY_WEIGHT, {**FOUND, "entry_size": 60}),
    ("an empty partition", Crate.primary(site="none"), {"items": 0}),
    ("a scan", Scan(Crate), {**FOUND, "items": COUNT + 1}),
    ("a batch of gets", CRATES, ONE),
    ("a transaction of gets", TransactGet((FIRST, crate(2))), ONE),
    ("a create", Create(crate(100)), {}),
    ("a create on three indexes", Create(crate(101, place="a")), {}),
    ("a put of what is there", Put(crate(1, price=Decimal(2))), ONE),
    ("a replace", Replace(crate(2, price=Decimal(2))), ONE),
    ("an update", Update(FIRST, Crate.price.add(1)), ONE),
    ("an update of an index key", Update(FIRST, Crate.kind.set("bag")), ONE),
    ("an update of a local index key", Update(FIRST, Crate.weight.set(3)), ONE),
    ("an upsert", Upsert(LABEL, Label.count.set(3)), SMALL),
    ("a delete", Delete(crate(3)), ONE),
    ("a delete of a small item", Delete(LABEL), SMALL),
    ("a transaction", TransactWrite((Create(crate(102)), Create(Label(name="l2")))), {}),
    ("a transaction of an update", TransactWrite((Update(LABEL, Label.count.add(1)),)), SMALL),
]


@pytest.fixture
def db(open_db: Opener) -> Database:
    db = open_db(depot)
    for number in range(COUNT):
        db.put_raw(depot, encode_item(definition_of(Crate), crate(number, place="north")))
    db.put_raw(depot, encode_item(definition_of(Label), Label(name="l1")))
    return db


def the_call(statement: Any, db: Database) -> Call:
    """The request the client sends for a statement."""
    if isinstance(statement, list):
        flow: Any = get_many(CRATES, db.environment)
        call: Call = next(flow)
        return call
    if isinstance(statement, Entity) or explain(statement).access == "get":
        return get_call(target_of(statement), db.environment)
    compiled: Call = statement.compile(db.environment)
    return compiled


def consumed(db: Database, call: Call) -> tuple[float, float]:
    """Read and write units, of every page."""
    units, start = 0.0, None
    while True:
        paging: dict[str, Any] = {} if start is None else {"ExclusiveStartKey": start}
        payload = {**call.payload, **paging, "ReturnConsumedCapacity": "TOTAL"}
        reply = db.send_raw(call.action, payload)
        told: Any = reply["ConsumedCapacity"]
        tables: list[Any] = [told] if "CapacityUnits" in told else told
        units += sum(one["CapacityUnits"] for one in tables)
        start = reply.get("LastEvaluatedKey")
        if start is None or "Limit" in call.payload:
            break
    reads = call.action in {"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"}
    # DynamoDB Local counts a write transaction's units twice: four for each KB, where AWS names two.
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    units /= 2 if call.action == "TransactWriteItems" else 1
    return (units, 0.0) if reads else (0.0, units)


@only("local")
@pytest.mark.parametrize(("statement", "figures"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_an_estimate_is_within_one_unit_of_the_capacity_reported(
    db: Database, statement: Any, figures: dict[str, Any]
) -> None:
    """DynamoDB Local alone counts units as DynamoDB does; what it says is the measure."""
    told = explain(statement, environment=db.environment, **figures)
    reads, writes = consumed(db, the_call(statement, db))
    assert abs(told.read_units - reads) <= 1, (told.read_units, reads)
    assert abs(told.write_units - writes) <= 1, (told.write_units, writes)


@only("local")
def test_a_hydrated_query_costs_its_entries_and_its_items(db: Database) -> None:
    """The same count, over the calls the client itself sends."""
    query = Crate.by_place(place="north").hydrate()
    assert len(db.repository(Crate).all(query)) == COUNT
    told = explain(query, items=COUNT, item_size=SIZE, entry_size=60, environment=db.environment)
    reads = sum(consumed(db, call)[0] for call in db.wire.calls)
    assert abs(told.read_units - reads) <= 1
    assert told.requests == len(db.wire.calls)
