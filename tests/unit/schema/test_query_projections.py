"""Projections of queries, exactly as they are sent."""

from __future__ import annotations

import pytest

from dynakit.wire import Payload
from tests.unit.support.checked import Compiled, compiled
from tests.unit.support.models import Address, Country, Customer, Order, Status

OF_C1 = Order.primary(customer_id="c1")
PAID = Order.by_status(status=Status.paid)


CASES: list[tuple[str, Compiled, Payload]] = [
    (
        "what tells the row comes with what is asked for",
        PAID.project(Order.total),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0",
            "ProjectionExpression": "#n1, #n2, #n0, #n3, #n4, #n5",
            "ExpressionAttributeNames": {
                "#n0": "GSI1PK",
                "#n1": "PK",
                "#n2": "SK",
                "#n3": "GSI1SK",
                "#n4": "_type",
                "#n5": "total",
            },
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}},
        },
    ),
    (
        "nested, renamed and awkward names",
        PAID.project(Order.ship_to / Address.zip_code, Order.note, Order.price, Order.labels["a.b"]),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0",
            "ProjectionExpression": "#n1, #n2, #n0, #n3, #n4, #n5.#n6, #n7, #n8, #n9.#n10",
            "ExpressionAttributeNames": {
                "#n0": "GSI1PK",
                "#n1": "PK",
                "#n2": "SK",
                "#n3": "GSI1SK",
                "#n4": "_type",
                "#n5": "ship_to",
                "#n6": "zip-code",
                "#n7": "State#Date",
                "#n8": "price.net-🤑",
                "#n9": "labels",
                "#n10": "a.b",
            },
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}},
        },
    ),
    (
        "an attribute and something in it: once, as paths may not overlap",
        PAID.project(
            Order.ship_to / Address.city, Order.ship_to, Order.ship_to / Address.country / Country.code
        ),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0",
            "ProjectionExpression": "#n1, #n2, #n0, #n3, #n4, #n5",
            "ExpressionAttributeNames": {
                "#n0": "GSI1PK",
                "#n1": "PK",
                "#n2": "SK",
                "#n3": "GSI1SK",
                "#n4": "_type",
                "#n5": "ship_to",
            },
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}},
        },
    ),
    (
        "the same twice: once",
        PAID.project(Order.total, Order.total),
        {
            "IndexName": "GSI1",
            "KeyConditionExpression": "#n0 = :v0",
            "ProjectionExpression": "#n1, #n2, #n0, #n3, #n4, #n5",
            "ExpressionAttributeNames": {
                "#n0": "GSI1PK",
                "#n1": "PK",
                "#n2": "SK",
                "#n3": "GSI1SK",
                "#n4": "_type",
                "#n5": "total",
            },
            "ExpressionAttributeValues": {":v0": {"S": "STATUS#paid"}},
        },
    ),
    (
        "a key attribute is there already",
        Customer.by_email(email="a").project(Customer.email, Customer.visits),
        {
            "IndexName": "by_email",
            "KeyConditionExpression": "#n0 = :v0",
            "ProjectionExpression": "#n1, #n2, #n0, #n3, #n4",
            "ExpressionAttributeNames": {
                "#n0": "email",
                "#n1": "PK",
                "#n2": "SK",
                "#n3": "visits",
                "#n4": "_type",
            },
            "ExpressionAttributeValues": {":v0": {"S": "a"}},
        },
    ),
    (
        "a projection keeps filter and knobs",
        OF_C1.filter(Order.total > 1).newest_first().limit(2).project(Order.total),
        {
            "KeyConditionExpression": "#n0 = :v0 AND begins_with(#n1, :v1)",
            "FilterExpression": "(#n2 > :v2) AND #n3 = :v3",
            "ProjectionExpression": "#n0, #n1, #n3, #n2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK", "#n2": "total", "#n3": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "CUSTOMER#c1"},
                ":v1": {"S": "ORDER#"},
                ":v2": {"N": "1"},
                ":v3": {"S": "Order"},
            },
            "ScanIndexForward": False,
            "Limit": 32,
        },
    ),
]


@pytest.mark.parametrize(("claim", "statement", "request_"), CASES, ids=[case[0] for case in CASES])
def test_a_query_becomes_exactly_this_request(claim: str, statement: Compiled, request_: Payload) -> None:
    assert compiled(statement) == {"TableName": "shop", **request_}, claim
