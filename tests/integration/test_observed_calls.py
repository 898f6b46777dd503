"""Calls observed on real stores: the capacity they tell, raw calls, and replies that stay as they were."""

from __future__ import annotations

from dynakit import Create, TransactWrite
from tests.integration.backends import Opener, each_store, everywhere, only
from tests.integration.shop import Customer, Order, Status, order, shop
from tests.unit.support.scripted import Seen

OPEN = Order.by_status(status=Status.open)


@everywhere()
def test_observed_calls_give_the_same_results(open_db: Opener) -> None:
    """Asking for the capacity changes no reply that anybody reads."""
    db, seen = open_db(shop), Seen()
    db.client.observe(seen)
    orders = db.repository(Order)
    orders.create(order(1))
    orders.put_many([order(2), order(3)])
    db.client.execute(TransactWrite((Create(order(4)), Create(Customer(customer_id="c1", name="Ada")))))
    assert orders.get(order(1)) == order(1)
    assert orders.get_many([order(2), order(9)]) == [order(2), None]
    assert orders.all(OPEN) == [order(number) for number in (1, 2, 3, 4)]
    assert orders.count(OPEN) == 4
    orders.delete(order(1))
    assert [(one.action, one.index, one.statement, one.items) for one in seen.ended] == [
        ("PutItem", None, "create Order", None),
        ("BatchWriteItem", None, "put_many", None),
        ("TransactWriteItems", None, "transact write", None),
        ("GetItem", None, "get Order", 1),
        ("BatchGetItem", None, "get_many", 1),
        ("Query", "GSI1", "Order.by_status query", 4),
        ("Query", "GSI1", "Order.by_status query", 4),
        ("DeleteItem", None, "delete Order", None),
    ]
    assert {one.error for one in seen.ended} == {None}
    assert {one.tables for one in seen.ended} == {(db.name(shop),)}


@only("local", "local-async", "local-boto3")
def test_capacity_is_told_by_table_and_index(open_db: Opener) -> None:
    """DynamoDB Local computes units as AWS does; the embedded store does not split them by index."""
    db, seen = open_db(shop), Seen()
    db.client.observe(seen)
    orders = db.repository(Order)
    orders.put(order(1, note="x" * 1500))
    orders.get(order(1), consistent=True)
    orders.all(OPEN)
    written, got, queried = (
        {one.index: (one.read_units, one.write_units) for one in call.capacity} for call in seen.ended
    )
    # Two write units for each copy of 1 to 2 KB: the table's and two full indexes'.
    assert written == {None: (0, 2), "GSI1": (0, 2), "LSI1": (0, 2)}
    assert got == {None: (1, 0)}
    assert queried == {"GSI1": (0.5, 0)}
    usage = db.client.capacity
    assert (usage.read_units, usage.write_units, usage.calls) == (1.5, 6, 3)
    assert set(usage.by_statement) == {"put Order", "get Order", "Order.by_status query"}


@each_store()
def test_a_raw_call_reaches_the_store(open_db: Opener) -> None:
    db = open_db(shop)
    table, key = db.name(shop), {"PK": {"S": "a"}, "SK": {"S": "b"}}
    assert db.client.call("PutItem", {"TableName": table, "Item": key}) == {}
    assert db.client.call("GetItem", {"TableName": table, "Key": key}) == {"Item": key}
    soon = db.client.within(deadline=5.0)
    assert soon.call("DescribeTable", {"TableName": table})["Table"]["TableName"] == table
