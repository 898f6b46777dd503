"""Collections, played with canned replies: several entities of one partition, told apart, none lost."""

from __future__ import annotations

from typing import Any

import pytest

from dynakit import Collected, Collection, CursorError, Environment, StatementError, UnknownEntity
from dynakit.operations.collection import collect, collection_of
from dynakit.operations.reply import ServiceError
from dynakit.schema.definition import definition_of
from dynakit.schema.entity import Entity
from dynakit.schema.item import encode_item
from dynakit.wire import Item, Payload
from tests.unit.support.checked import compiled
from tests.unit.support.models import NOON, Customer, Invoice, Order, OrderItem, an_order
from tests.unit.support.playing import Answer, Played, play

ANN, ORDER, BILL = Customer(customer_id="c1"), an_order(), Invoice(customer_id="c1", number=1)
LINE = OrderItem(customer_id="c1", placed_at=NOON, order_id="o1", line=1)
STRANGER: Item = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "ZZZ"}, "_type": {"S": "Other"}}


def item_of(entity: Entity) -> Item:
    return encode_item(definition_of(type(entity)), entity)


def reply(*items: Item, last: Item | None = None) -> Payload:
    found: Payload = {"Items": list(items), "Count": len(items), "ScannedCount": len(items)}
    key = None if last is None else {name: last[name] for name in ("PK", "SK")}
    return found if key is None else {**found, "LastEvaluatedKey": key}


def of_c1(*entities: type[Entity], **options: Any) -> Collection[Entity]:
    return collection_of(entities, customer_id="c1", **options)


def run(collection: Collection[Entity], *answers: Answer, cursor: str | None = None) -> Played[Collected]:
    environment = Environment.simulated()
    return play(collect(collection, environment, cursor), answers, environment)


def test_a_collection_reads_the_whole_partition() -> None:
    assert compiled(of_c1(Customer, Order)) == {
        "TableName": "shop",
        "KeyConditionExpression": "#n0 = :v0",
        "ExpressionAttributeNames": {"#n0": "PK"},
        "ExpressionAttributeValues": {":v0": {"S": "CUSTOMER#c1"}},
    }
    assert compiled(of_c1(Customer, Order, limit=3, newest_first=True, consistent=True)) == {
        "TableName": "shop",
        "KeyConditionExpression": "#n0 = :v0",
        "ExpressionAttributeNames": {"#n0": "PK"},
        "ExpressionAttributeValues": {":v0": {"S": "CUSTOMER#c1"}},
        "ScanIndexForward": False,
        "ConsistentRead": True,
        "Limit": 32,
    }


def test_entities_come_in_the_order_of_the_sort_key_and_in_typed_groups() -> None:
    rows = [item_of(one) for one in (BILL, ORDER, LINE, ANN)]
    collected = run(of_c1(Customer, Order, OrderItem, Invoice), reply(*rows)).result
    assert collected.items == [BILL, ORDER, LINE, ANN]
    assert (collected[Customer], collected[Order], collected[OrderItem]) == ([ANN], [ORDER], [LINE])
    assert (collected.foreign, collected.cursor) == (0, None)


def test_items_of_others_are_counted_and_left_out() -> None:
    collected = run(of_c1(Order), reply(item_of(BILL), item_of(ORDER), STRANGER)).result
    assert (collected.items, collected.foreign) == ([ORDER], 2)


def test_items_of_others_are_refused_where_the_statement_says_so() -> None:
    raised = run(of_c1(Order, foreign="refuse"), reply(item_of(ORDER), STRANGER)).raised
    assert isinstance(raised, UnknownEntity)
    assert (raised.type_name, raised.key) == ("Other", {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "ZZZ"}})


def test_a_limit_counts_entities_and_the_cursor_goes_on_behind_the_last() -> None:
    bill, order = item_of(BILL), item_of(ORDER)
    first = run(of_c1(Order, limit=1), reply(bill, last=bill), reply(order, last=order))
    assert (first.result.items, first.result.foreign) == ([ORDER], 1)
    assert [payload["Limit"] for payload in first.payloads] == [32, 64]
    second = run(of_c1(Order, limit=1), reply(), cursor=first.result.cursor)
    assert second.payloads[0]["ExclusiveStartKey"] == {name: order[name] for name in ("PK", "SK")}
    assert second.result.cursor is None


def test_a_cursor_of_another_collection_is_refused_before_anything_is_sent() -> None:
    order = item_of(ORDER)
    cursor = run(of_c1(Order, limit=1), reply(order, last=order)).result.cursor
    for other in (
        of_c1(Order, Customer),
        of_c1(Order, newest_first=True),
        collection_of((Order,), customer_id="c2"),
    ):
        played = run(other, cursor=cursor)
        assert isinstance(played.raised, CursorError)
        assert played.calls == []


def test_a_start_key_that_the_service_refuses_is_a_cursor_error() -> None:
    order = item_of(ORDER)
    cursor = run(of_c1(Order, limit=1), reply(order, last=order)).result.cursor
    played = run(of_c1(Order, limit=1), ServiceError(400, "ValidationException"), cursor=cursor)
    assert isinstance(played.raised, CursorError)


def test_a_local_index_fetches_what_it_does_not_hold() -> None:
    assert compiled(of_c1(Order, index="by_total"))["Select"] == "ALL_ATTRIBUTES"


def test_a_partition_that_cannot_be_is_empty_without_a_call() -> None:
    collection = collection_of((Customer,), email="", index="by_email")
    assert run(collection).result == Collected([], 0, None)


REFUSED: dict[str, tuple[Collection[Any], str]] = {
    "an index that does not hold whole entities": (
        collection_of((Order,), city="Rome", index="by_city"),
        "raw, due, which a whole Order has. Query Order.by_city with .held(), .project(…) or .hydrate().",
    ),
    "a partition key too long": (
        collection_of((Order,), customer_id="x" * 2048),
        "key attribute 'PK' has 2,057 bytes; expected at most 2,048",
    ),
    "a missing attribute": (
        collection_of((Order,)),
        "Order.primary: cannot tell the partition: it needs customer_id",
    ),
    "an attribute of one sort key only": (
        of_c1(Order, Customer, placed_at=NOON),
        "Customer.primary: placed_at is no part of this key",
    ),
}


@pytest.mark.parametrize(("collection", "message"), REFUSED.values(), ids=REFUSED)
def test_what_names_no_partition_is_refused(collection: Collection[Any], message: str) -> None:
    with pytest.raises(StatementError) as caught:
        compiled(collection)
    assert message in str(caught.value)
