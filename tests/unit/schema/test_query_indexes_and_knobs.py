"""Which index a query reads, and the knobs of reading, exactly as they are sent."""

from __future__ import annotations

import pytest

from dynakit.wire import Payload
from tests.unit.support.checked import Compiled, compiled
from tests.unit.support.models import NOON, Order, Status

OF_C1 = Order.primary(customer_id="c1")
PAID = Order.by_status(status=Status.paid)


CASES: list[tuple[str, Compiled, Payload]] = [
    (
        "two overlapping indexes: the pattern chooses, the first",
        Order.by_status(Order.status == Status.paid, Order.placed_at >= NOON),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0 AND #n1 >= :v1",
            "ExpressionAttributeNames": {"#n0": "GSI1PK", "#n1": "GSI1SK"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "STATUS#paid"},
                ":v1": {"S": "2026-05-01T12:00:00.000000Z"},
            },
        },
    ),
    (
        "two overlapping indexes: the pattern chooses, the second",
        Order.by_status_total(Order.status == Status.paid, Order.total >= 100),
        {
            "IndexName": "GSI2",
            "KeyConditionExpression": "#n0 = :v0 AND #n1 >= :v1",
            "ExpressionAttributeNames": {"#n0": "GSI1PK", "#n1": "GSI2SK"},
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}, ":v1": {"S": "p503_1"}},
        },
    ),
    (
        "a local index, which fetches what it does not hold",
        Order.by_total(Order.customer_id == "c1", Order.total <= 100),
        {
            "IndexName": "by_total",
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "Select": "ALL_ATTRIBUTES",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "LSI1SK"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "TOTAL#"},
                ":v2": {"S": "TOTAL#p503_1"},
            },
        },
    ),
    (
        "a local index, projecting what it fetches",
        Order.by_total(customer_id="c1").project(Order.note),
        {
            "IndexName": "by_total",
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "ProjectionExpression": "#n0, #n2, #n1, #n3",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "LSI1SK", "#n2": "SK", "#n3": "State#Date"},
            "ExpressionAttributeValues": {":v0": {"S": "CUSTOMER#c1"}, ":v1": {"S": "TOTAL#"}},
        },
    ),
    (
        "an index that holds a part: only that can be projected",
        Order.by_city(city="Rome").project(Order.total),
        {
            "IndexName": "by_city",
            "KeyConditionExpression": "#n0 = :v0",
            "ProjectionExpression": "#n1, #n2, #n0, #n3, #n4",
            "ExpressionAttributeNames": {
                "#n0": "GSI3PK",
                "#n1": "PK",
                "#n2": "SK",
                "#n3": "_type",
                "#n4": "total",
            },
            "ExpressionAttributeValues": {":v0": {"S": "CITY#Rome"}},
        },
    ),
    (
        "newest first",
        OF_C1.newest_first(),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "#n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#"},
                ":v2": {"S": "Order"},
            },
            "ScanIndexForward": False,
        },
    ),
    (
        "oldest first is what DynamoDB does",
        OF_C1.newest_first().oldest_first(),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "#n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#"},
                ":v2": {"S": "Order"},
            },
        },
    ),
    (
        "consistent",
        OF_C1.consistent(),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "#n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#"},
                ":v2": {"S": "Order"},
            },
            "ConsistentRead": True,
        },
    ),
    (
        "consistent on a local index",
        Order.by_total(customer_id="c1").consistent(),
        {
            "IndexName": "by_total",
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "Select": "ALL_ATTRIBUTES",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "LSI1SK"},
            "ExpressionAttributeValues": {":v0": {"S": "CUSTOMER#c1"}, ":v1": {"S": "TOTAL#"}},
            "ConsistentRead": True,
        },
    ),
    (
        "a limit is the page size where nothing is dropped",
        PAID.limit(3),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0",
            "ExpressionAttributeNames": {"#n0": "GSI1PK"},
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}},
            "Limit": 3,
        },
    ),
    (
        "a limit is less than the page size where a filter drops items",
        PAID.filter(Order.gift.is_true()).limit(3),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0",
            "FilterExpression": "#n1 = :v1",
            "ExpressionAttributeNames": {"#n0": "GSI1PK", "#n1": "gift"},
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}, ":v1": {"BOOL": True}},
            "Limit": 32,
        },
    ),
    (
        "a limit is less than the page size where items of others are dropped",
        OF_C1.limit(3),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "#n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#"},
                ":v2": {"S": "Order"},
            },
            "Limit": 32,
        },
    ),
    (
        "evaluate_at_most is the page size",
        PAID.evaluate_at_most(50),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0",
            "ExpressionAttributeNames": {"#n0": "GSI1PK"},
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}},
            "Limit": 50,
        },
    ),
    (
        "the smaller of both",
        PAID.limit(3).evaluate_at_most(2),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0",
            "ExpressionAttributeNames": {"#n0": "GSI1PK"},
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}},
            "Limit": 2,
        },
    ),
    (
        "requests_at_most is no part of a request",
        PAID.requests_at_most(2),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0",
            "ExpressionAttributeNames": {"#n0": "GSI1PK"},
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}},
        },
    ),
]


@pytest.mark.parametrize(("claim", "statement", "request_"), CASES, ids=[case[0] for case in CASES])
def test_a_query_becomes_exactly_this_request(claim: str, statement: Compiled, request_: Payload) -> None:
    assert compiled(statement) == {"TableName": "shop", **request_}, claim
