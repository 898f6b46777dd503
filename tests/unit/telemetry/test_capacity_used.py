"""Capacity: asked for only when somebody wants to know, counted by table, index and statement."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from dynakit import Call, Create, Environment, Units
from dynakit.telemetry.events import Consumed
from dynakit.telemetry.facts import CAPACITY_ACTIONS, consumed
from dynakit.wire import Payload
from tests.unit.support.models import an_order
from tests.unit.support.scripted import Seen, scripted, scripted_async

ORDER = an_order()
USED: Payload = {
    "ConsumedCapacity": {
        "TableName": "shop",
        "CapacityUnits": 5.0,
        "Table": {"CapacityUnits": 2.0},
        "LocalSecondaryIndexes": {"LSI": {"CapacityUnits": 1.0}},
        "GlobalSecondaryIndexes": {"GSI1": {"CapacityUnits": 2.0}, "GSI2": {"CapacityUnits": 0.0}},
    }
}
ALL = Units(0.0, 5.0)


@pytest.mark.parametrize(
    ("capacity", "observed", "measured", "asked"),
    [
        (None, False, False, False),
        (None, True, False, True),
        (None, False, True, True),
        (True, False, False, True),
        (False, True, True, False),
    ],
)
def test_calls_ask_for_capacity_only_when_somebody_wants_to_know(
    capacity: bool | None, observed: bool, measured: bool, asked: bool
) -> None:
    db, transport = scripted([USED], observers=[Seen()] if observed else [], capacity=capacity)
    if measured:
        with db.measured():
            db.execute(Create(ORDER))
    else:
        db.execute(Create(ORDER))
    assert (transport.calls[0].payload.get("ReturnConsumedCapacity") == "INDEXES") is asked


def test_the_payload_of_the_statement_stays_as_it_is() -> None:
    given: Payload = {"TableName": "shop", "Key": {}}
    db, transport = scripted([{}], capacity=True)
    db.call("GetItem", given)
    assert given == {"TableName": "shop", "Key": {}}
    assert transport.calls[0].payload == {**given, "ReturnConsumedCapacity": "INDEXES"}


def test_what_a_request_asks_by_itself_is_kept_and_other_actions_are_not_asked() -> None:
    db, transport = scripted([{}], capacity=True)
    db.call("GetItem", {"ReturnConsumedCapacity": "TOTAL"})
    db.call("DescribeTable", {})
    assert [call.payload for call in transport.calls] == [{"ReturnConsumedCapacity": "TOTAL"}, {}]


def test_the_actions_that_are_asked_are_those_the_service_has() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("dynamodb")
    shapes = {name: model.operation_model(name).input_shape for name in model.operation_names}
    known = {name for name, shape in shapes.items() if shape and "ReturnConsumedCapacity" in shape.members}
    assert known == CAPACITY_ACTIONS


def test_units_are_counted_by_table_index_and_statement_until_reset() -> None:
    db, _ = scripted([USED], capacity=True)
    db.execute(Create(ORDER))
    with db.named("nightly report"):
        db.execute(Create(ORDER))
    assert (db.capacity.total, db.capacity.calls) == (Units(0.0, 10.0), 2)
    assert db.capacity.by_table == {"shop": Units(0.0, 10.0)}
    assert db.capacity.by_index == {("shop", "LSI"): Units(0.0, 2.0), ("shop", "GSI1"): Units(0.0, 4.0)}
    assert db.capacity.by_statement == {"create Order": ALL, "nightly report": ALL}
    assert repr(db.capacity) == "Usage(read_units=0, write_units=10, calls=2)"
    db.capacity.reset()
    assert (db.capacity.total, db.capacity.calls, db.capacity.by_table) == (Units(), 0, {})


SELECT: Payload = {"Statement": ' select * FROM "shop"'}
INSERT: Payload = {"Statement": 'INSERT INTO "shop" VALUE {}'}
ONE: Payload = {"TableName": "shop", "CapacityUnits": 1.0}


@pytest.mark.parametrize(
    ("action", "request_payload", "reply", "expected"),
    [
        ("GetItem", {}, ONE, [Consumed("shop", None, 1.0, 0.0)]),
        ("PutItem", {}, ONE, [Consumed("shop", None, 0.0, 1.0)]),
        ("BatchGetItem", {}, [ONE, ONE], [Consumed("shop", None, 1.0, 0.0)] * 2),
        (
            "TransactGetItems",
            {},
            [{"TableName": "shop", "CapacityUnits": 4.0, "ReadCapacityUnits": 4.0}],
            [Consumed("shop", None, 4.0, 0.0)],
        ),
        ("ExecuteStatement", SELECT, ONE, [Consumed("shop", None, 1.0, 0.0)]),
        ("ExecuteStatement", INSERT, ONE, [Consumed("shop", None, 0.0, 1.0)]),
        ("BatchExecuteStatement", {"Statements": [SELECT]}, [ONE], [Consumed("shop", None, 1.0, 0.0)]),
        ("ExecuteTransaction", {"TransactStatements": [INSERT]}, [ONE], [Consumed("shop", None, 0.0, 1.0)]),
        ("SearchVectors", {}, {"VectorSearchRequestBytes": 100}, []),
        ("GetItem", {}, None, []),
        ("GetItem", {}, {"TableName": "shop", "CapacityUnits": 0.0}, []),
    ],
)
def test_units_are_read_or_written_by_what_the_action_does(
    action: str, request_payload: Payload, reply: object, expected: list[Consumed]
) -> None:
    answer: Payload = {} if reply is None else {"ConsumedCapacity": reply}
    assert list(consumed(Call(action, request_payload), answer)) == expected


def test_a_block_measures_what_is_used_inside_it_and_blocks_nest() -> None:
    db, _ = scripted([USED])
    with db.measured() as outer:
        db.execute(Create(ORDER))
        with db.measured() as inner:
            db.execute(Create(ORDER))
    db.execute(Create(ORDER))
    assert (outer.total, inner.total) == (Units(0.0, 10.0), ALL)
    assert db.capacity.total == outer.total


def test_a_block_measures_its_own_client_and_those_that_share_its_connections() -> None:
    db, _ = scripted([USED])
    other, _ = scripted([USED])
    with db.measured() as usage:
        other.execute(Create(ORDER))
        db.within(deadline=1.0).execute(Create(ORDER))
    assert usage.total == ALL


def test_tasks_measure_each_for_itself() -> None:
    async def main() -> list[float]:
        db, _ = scripted_async([USED])

        async def write(times: int) -> float:
            with db.measured() as usage:
                for _ in range(times):
                    await db.execute(Create(ORDER))
                    await asyncio.sleep(0)
            return usage.write_units

        return list(await asyncio.gather(write(1), write(2), write(3)))

    assert asyncio.run(main()) == [5.0, 10.0, 15.0]


def test_totals_lose_nothing_between_threads() -> None:
    db, _ = scripted([USED], capacity=True, environment=Environment.simulated())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(db.execute, [Create(ORDER)] * 200))
    assert db.capacity.total == Units(0.0, 1000.0)
