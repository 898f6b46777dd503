"""Key conditions of queries, exactly as they are sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dynakit.wire import Payload
from tests.unit.support.checked import Compiled, compiled
from tests.unit.support.models import NOON, Customer, Invoice, Order, Status

LATER = NOON + timedelta(hours=1)


CASES: list[tuple[str, Compiled, Payload]] = [
    (
        "a partition alone: the beginning of its entity's keys, and the type, as items of others can follow",
        Order.primary(customer_id="c1"),
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
        "a path says the same as a keyword",
        Order.primary(Order.customer_id == "c1"),
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
        "where no other entity can stand, the type is not asked for",
        Invoice.primary(customer_id="c1"),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK"},
            "ExpressionAttributeValues": {":v0": {"S": "CUSTOMER#c1"}, ":v1": {"S": "INVOICE#"}},
        },
    ),
    (
        "a constant sort key is given by itself",
        Customer.primary(customer_id="c1"),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 = :v1",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK"},
            "ExpressionAttributeValues": {":v0": {"S": "CUSTOMER#c1"}, ":v1": {"S": "PROFILE"}},
        },
    ),
    (
        "all of the key by equality",
        Invoice.primary(Invoice.customer_id == "c1", Invoice.number == 7),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 = :v1",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK"},
            "ExpressionAttributeValues": {":v0": {"S": "CUSTOMER#c1"}, ":v1": {"S": "INVOICE#000007"}},
        },
    ),
    (
        "leading sort attributes by equality",
        Order.primary(customer_id="c1", placed_at=NOON),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "#n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#2026-05-01T12:00:00.000000Z#"},
                ":v2": {"S": "Order"},
            },
        },
    ),
    (
        ">= on an attribute that another follows",
        Order.primary(Order.customer_id == "c1", Order.placed_at >= NOON),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "FilterExpression": "#n2 = :v3",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#2026-05-01T12:00:00.000000Z#"},
                ":v2": {"S": "ORDER$"},
                ":v3": {"S": "Order"},
            },
        },
    ),
    (
        "> on an attribute that another follows",
        Order.primary(Order.customer_id == "c1", Order.placed_at > NOON),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "FilterExpression": "#n2 = :v3",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#2026-05-01T12:00:00.000000Z$"},
                ":v2": {"S": "ORDER$"},
                ":v3": {"S": "Order"},
            },
        },
    ),
    (
        "<= on an attribute that another follows",
        Order.primary(Order.customer_id == "c1", Order.placed_at <= NOON),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "FilterExpression": "#n2 = :v3",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#"},
                ":v2": {"S": "ORDER#2026-05-01T12:00:00.000000Z$"},
                ":v3": {"S": "Order"},
            },
        },
    ),
    (
        "< on an attribute that another follows",
        Order.primary(Order.customer_id == "c1", Order.placed_at < NOON),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "FilterExpression": "#n2 = :v3",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#"},
                ":v2": {"S": "ORDER#2026-05-01T12:00:00.000000Z"},
                ":v3": {"S": "Order"},
            },
        },
    ),
    (
        "between is both bounds",
        Order.primary(Order.customer_id == "c1", Order.placed_at.between(NOON, LATER)),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "FilterExpression": "#n2 = :v3",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#2026-05-01T12:00:00.000000Z#"},
                ":v2": {"S": "ORDER#2026-05-01T13:00:00.000000Z$"},
                ":v3": {"S": "Order"},
            },
        },
    ),
    (
        "a lower and an upper bound are merged, in either order, also from an And",
        Order.primary((Order.placed_at < LATER) & (Order.customer_id == "c1"), Order.placed_at > NOON),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "FilterExpression": "#n2 = :v3",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#2026-05-01T12:00:00.000000Z$"},
                ":v2": {"S": "ORDER#2026-05-01T13:00:00.000000Z"},
                ":v3": {"S": "Order"},
            },
        },
    ),
    (
        ">= on the last attribute",
        Order.primary(Order.customer_id == "c1", Order.placed_at == NOON, Order.order_id >= "o2"),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "FilterExpression": "#n2 = :v3",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#2026-05-01T12:00:00.000000Z#o2"},
                ":v2": {"S": "ORDER#2026-05-01T12:00:00.000000Z$"},
                ":v3": {"S": "Order"},
            },
        },
    ),
    (
        "> on the last attribute",
        Order.primary(Order.customer_id == "c1", Order.placed_at == NOON, Order.order_id > "o2"),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "FilterExpression": "#n2 = :v3",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#2026-05-01T12:00:00.000000Z#o2$"},
                ":v2": {"S": "ORDER#2026-05-01T12:00:00.000000Z$"},
                ":v3": {"S": "Order"},
            },
        },
    ),
    (
        "begins_with on the last attribute",
        Order.primary(Order.customer_id == "c1", Order.placed_at == NOON, Order.order_id.begins_with("o")),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "#n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#2026-05-01T12:00:00.000000Z#o"},
                ":v2": {"S": "Order"},
            },
        },
    ),
    (
        "an empty prefix is every value",
        Order.primary(Order.customer_id == "c1", Order.placed_at == NOON, Order.order_id.begins_with("")),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "#n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#2026-05-01T12:00:00.000000Z#"},
                ":v2": {"S": "Order"},
            },
        },
    ),
    (
        "a range with nothing before it, on an index: plain operators",
        Order.by_status(Order.status == Status.paid, Order.placed_at > NOON),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0 AND #n1 > :v1",
            "ExpressionAttributeNames": {"#n0": "GSI1PK", "#n1": "GSI1SK"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "STATUS#paid"},
                ":v1": {"S": "2026-05-01T12:00:00.000000Z"},
            },
        },
    ),
    (
        "the same, bounded above and inclusive",
        Order.by_status(Order.status == Status.paid, Order.placed_at <= NOON),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0 AND #n1 <= :v1",
            "ExpressionAttributeNames": {"#n0": "GSI1PK", "#n1": "GSI1SK"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "STATUS#paid"},
                ":v1": {"S": "2026-05-01T12:00:00.000000Z"},
            },
        },
    ),
    (
        "an attribute that is its own key: number, equality",
        Customer.by_email(email="a@b", visits=3),
        {
            "IndexName": "by_email",
            "KeyConditionExpression": "#n0 = :v0 AND #n1 = :v1",
            "ExpressionAttributeNames": {"#n0": "email", "#n1": "visits"},
            "ExpressionAttributeValues": {":v0": {"S": "a@b"}, ":v1": {"N": "3"}},
        },
    ),
    (
        "an attribute that is its own key: number, one bound",
        Customer.by_email(Customer.email == "a@b", Customer.visits > 3),
        {
            "IndexName": "by_email",
            "KeyConditionExpression": "#n0 = :v0 AND #n1 > :v1",
            "ExpressionAttributeNames": {"#n0": "email", "#n1": "visits"},
            "ExpressionAttributeValues": {":v0": {"S": "a@b"}, ":v1": {"N": "3"}},
        },
    ),
    (
        "an attribute that is its own key, both bounds, one excluded: the next of DynamoDB's numbers",
        Customer.by_email(Customer.email == "a@b", Customer.visits > 3, Customer.visits <= 9),
        {
            "IndexName": "by_email",
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "ExpressionAttributeNames": {"#n0": "email", "#n1": "visits"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "a@b"},
                ":v1": {"N": "3.0000000000000000000000000000000000001"},
                ":v2": {"N": "9"},
            },
        },
    ),
    (
        "escaped: what would separate, and what sorts below the separator",
        Order.primary(customer_id="c#1 $"),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "#n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c$S1$P$T"},
                ":v1": {"S": "ORDER#"},
                ":v2": {"S": "Order"},
            },
        },
    ),
    (
        "not escaped: all else, as emoji and dots",
        Order.primary(customer_id="ü.🤑-_:"),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "#n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#ü.🤑-_:"},
                ":v1": {"S": "ORDER#"},
                ":v2": {"S": "Order"},
            },
        },
    ),
]


@pytest.mark.parametrize(("claim", "statement", "request_"), CASES, ids=[case[0] for case in CASES])
def test_a_query_becomes_exactly_this_request(claim: str, statement: Compiled, request_: Payload) -> None:
    assert compiled(statement) == {"TableName": "shop", **request_}, claim
