"""What the demo measures: the read units of a call, by the items that it evaluated."""

from __future__ import annotations

import pytest

from dynakit import Client, Environment, Item, show_values
from dynakit.cli.demo_meter import Meter, action_text, read_text, without_filter
from dynakit.cli.demo_schema import online_shop, wiring
from dynakit.client.connect import open_transport
from dynakit.wire import Call, Payload

LARGE: Item = {"PK": {"S": "a"}, "SK": {"S": "b"}, "text": {"S": "x" * 5_000}}
SMALL: Item = {"PK": {"S": "a"}, "SK": {"S": "c"}}
QUERY: Payload = {
    "TableName": "t",
    "KeyConditionExpression": "#n0 = :v0",
    "ExpressionAttributeNames": {"#n0": "PK"},
    "ExpressionAttributeValues": {":v0": {"S": "a"}},
}
FILTERED: Payload = {
    **QUERY,
    "FilterExpression": "#n1 < :v1",
    "ProjectionExpression": "#n0, #n2",
    "ExpressionAttributeNames": {"#n0": "PK", "#n1": "total", "#n2": "SK"},
    "ExpressionAttributeValues": {":v0": {"S": "a"}, ":v1": {"N": "5"}},
}


class Answers:
    """A transport that answers every call the same."""

    def __init__(self, reply: Payload) -> None:
        self.reply = reply
        self.calls: list[Call] = []

    def send(self, call: Call) -> Payload:
        self.calls.append(call)
        return self.reply

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("call", "reply", "units"),
    [
        (Call("GetItem", {"Key": {}}), {"Item": LARGE}, 1.0),
        (Call("GetItem", {"Key": {}, "ConsistentRead": True}), {"Item": LARGE}, 2.0),
        (Call("GetItem", {"Key": {}}), {}, 0.5),
        (Call("BatchGetItem", {}), {"Responses": {"t": [LARGE, SMALL]}}, 1.5),
        (Call("Query", QUERY), {"Items": [LARGE, SMALL]}, 1.0),
        (Call("Query", QUERY), {"Items": []}, 0.5),
        (Call("Query", {**QUERY, "ConsistentRead": True}), {"Items": [SMALL]}, 1.0),
    ],
)
def test_read_units_follow_the_sizes_of_the_items_read(call: Call, reply: Payload, units: float) -> None:
    meter = Meter(Answers(reply))
    meter.send(call)
    (sent,) = meter.take()
    assert meter.read_units(sent) == units
    assert meter.take() == []


def test_items_that_a_filter_dropped_are_counted_too() -> None:
    meter = Meter(Answers({"Items": []}))
    meter.send(Call("Query", FILTERED))
    (sent,) = meter.take()
    unfiltered = Answers({"Items": [LARGE, LARGE]})
    meter.inner = unfiltered
    assert meter.read_units(sent) == 1.5
    assert unfiltered.calls == [Call("Query", QUERY)]


def test_a_query_without_its_filter_has_none_of_its_placeholders() -> None:
    assert without_filter(FILTERED) == QUERY


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (Call("GetItem", {"Key": {"PK": {"S": "a"}, "SK": {"N": "1"}}}), "PK = 'a' AND SK = 1"),
        (
            Call("BatchGetItem", {"RequestItems": {"t": {"Keys": [{"PK": {"S": "a"}}, {"PK": {"S": "b"}}]}}}),
            "PK = 'a'; PK = 'b'",
        ),
        (Call("Query", QUERY), "PK = 'a'"),
        (Call("Query", {**FILTERED, "IndexName": "GSI1"}), "GSI1: PK = 'a'\nfilter: total < 5\nonly: PK, SK"),
    ],
)
def test_a_read_is_told_by_its_condition(call: Call, text: str) -> None:
    with show_values():
        assert read_text(call) == text


def test_a_transaction_is_told_by_its_operations() -> None:
    operations: list[Payload] = [{"Put": {}}, {"Update": {}}, {"Put": {}}]
    assert action_text(Call("TransactWriteItems", {"TransactItems": operations})) == (
        "TransactWriteItems (2 Put, 1 Update)"
    )
    assert action_text(Call("Query", QUERY)) == "Query"


def test_a_meter_stands_between_a_client_and_its_backend() -> None:
    meter = Meter(open_transport("memory://"))
    with Client(meter, Environment.simulated()) as client:
        client.tables.create(online_shop.shop)
        meter.take()
        assert wiring.Shop(client).customers.with_email("nobody@example.com") is None
        (sent,) = meter.take()
    assert sent.call.payload["IndexName"] == "GSI2"
    assert meter.read_units(sent) == 0.5
