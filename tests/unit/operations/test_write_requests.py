"""Writes of one item, exactly as they are sent."""

from __future__ import annotations

import pytest

from dynakit import Create, Delete, Put, Replace, Update, Upsert
from dynakit.wire import Payload
from tests.unit.support.checked import Compiled, compiled
from tests.unit.support.models import NOON, Customer, Invoice, Order, an_order

BILL = Invoice(customer_id="c1", number=7)
KEY = Invoice.primary(customer_id="c1", number=7)


CASES: list[tuple[str, Compiled, Payload]] = [
    (
        "put: attributes, key, type; no token, as there is nothing to recognise",
        Put(BILL),
        {
            "Item": {
                "customer_id": {"S": "c1"},
                "number": {"N": "7"},
                "PK": {"S": "CUSTOMER#c1"},
                "SK": {"S": "INVOICE#000007"},
                "_type": {"S": "Invoice"},
            }
        },
    ),
    (
        "put with a condition: the token goes into the item, and the item found is asked for",
        Put(BILL, where=Invoice.customer_id.exists()),
        {
            "Item": {
                "customer_id": {"S": "c1"},
                "number": {"N": "7"},
                "PK": {"S": "CUSTOMER#c1"},
                "SK": {"S": "INVOICE#000007"},
                "_type": {"S": "Invoice"},
                "_w": {"S": "zQcs2L5vn2LC"},
            },
            "ConditionExpression": "attribute_exists(#n0)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "customer_id"},
        },
    ),
    (
        "create",
        Create(BILL),
        {
            "Item": {
                "customer_id": {"S": "c1"},
                "number": {"N": "7"},
                "PK": {"S": "CUSTOMER#c1"},
                "SK": {"S": "INVOICE#000007"},
                "_type": {"S": "Invoice"},
                "_w": {"S": "zQcs2L5vn2LC"},
            },
            "ConditionExpression": "attribute_not_exists(#n0)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "PK"},
        },
    ),
    (
        "create with keys of every index, and nothing for what is absent",
        Create(Customer(customer_id="c1", email="a@b", visits=3)),
        {
            "Item": {
                "customer_id": {"S": "c1"},
                "email": {"S": "a@b"},
                "visits": {"N": "3"},
                "active": {"BOOL": True},
                "PK": {"S": "CUSTOMER#c1"},
                "SK": {"S": "PROFILE"},
                "_type": {"S": "Customer"},
                "_w": {"S": "zQcs2L5vn2LC"},
            },
            "ConditionExpression": "attribute_not_exists(#n0)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "PK"},
        },
    ),
    (
        "an index whose parts are not all there holds nothing",
        Put(Customer(customer_id="c1", visits=3)),
        {
            "Item": {
                "customer_id": {"S": "c1"},
                "visits": {"N": "3"},
                "active": {"BOOL": True},
                "PK": {"S": "CUSTOMER#c1"},
                "SK": {"S": "PROFILE"},
                "_type": {"S": "Customer"},
            }
        },
    ),
    (
        "replace",
        Replace(BILL),
        {
            "Item": {
                "customer_id": {"S": "c1"},
                "number": {"N": "7"},
                "PK": {"S": "CUSTOMER#c1"},
                "SK": {"S": "INVOICE#000007"},
                "_type": {"S": "Invoice"},
                "_w": {"S": "zQcs2L5vn2LC"},
            },
            "ConditionExpression": "attribute_exists(#n0)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "PK"},
        },
    ),
    (
        "replace with a condition",
        Replace(BILL, where=(Invoice.customer_id == "x") | Invoice.customer_id.exists()),
        {
            "Item": {
                "customer_id": {"S": "c1"},
                "number": {"N": "7"},
                "PK": {"S": "CUSTOMER#c1"},
                "SK": {"S": "INVOICE#000007"},
                "_type": {"S": "Invoice"},
                "_w": {"S": "zQcs2L5vn2LC"},
            },
            "ConditionExpression": "(attribute_exists(#n0)) AND (#n1 = :v0 OR attribute_exists(#n1))",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "customer_id"},
            "ExpressionAttributeValues": {":v0": {"S": "x"}},
        },
    ),
    (
        "update by key",
        Update(Order.primary(customer_id="c1", placed_at=NOON, order_id="o1"), Order.gift.set(True)),
        {
            "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "ORDER#2026-05-01T12:00:00.000000Z#o1"}},
            "UpdateExpression": "SET #n0 = :v0, #n1 = :v1",
            "ConditionExpression": "attribute_exists(#n2)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "gift", "#n1": "_w", "#n2": "PK"},
            "ExpressionAttributeValues": {":v0": {"BOOL": True}, ":v1": {"S": "zQcs2L5vn2LC"}},
            "ReturnValues": "ALL_NEW",
        },
    ),
    (
        "update with a condition",
        Update(an_order(), Order.gift.set(True), where=(Order.price == 3) & Order.city.not_exists()),
        {
            "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "ORDER#2026-05-01T12:00:00.000000Z#o1"}},
            "UpdateExpression": "SET #n0 = :v0, #n1 = :v1",
            "ConditionExpression": "(attribute_exists(#n2)) AND (#n3 = :v2 AND attribute_not_exists(#n4))",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {
                "#n0": "gift",
                "#n1": "_w",
                "#n2": "PK",
                "#n3": "price.net-🤑",
                "#n4": "city",
            },
            "ExpressionAttributeValues": {
                ":v0": {"BOOL": True},
                ":v1": {"S": "zQcs2L5vn2LC"},
                ":v2": {"N": "3"},
            },
            "ReturnValues": "ALL_NEW",
        },
    ),
    (
        "upsert: what a new item needs besides",
        Upsert(Customer.primary(customer_id="c1"), Customer.active.set(False)),
        {
            "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "PROFILE"}},
            "UpdateExpression": "SET #n0 = :v0, #n1 = :v1, #n2 = :v2",
            "ExpressionAttributeNames": {"#n0": "active", "#n1": "customer_id", "#n2": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"BOOL": False},
                ":v1": {"S": "c1"},
                ":v2": {"S": "Customer"},
            },
            "ReturnValues": "ALL_NEW",
        },
    ),
    (
        "upsert with a condition",
        Upsert(
            Customer.primary(customer_id="c1"), Customer.visits.set(1), where=Customer.visits.not_exists()
        ),
        {
            "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "PROFILE"}},
            "UpdateExpression": (
                "SET #n0 = :v0, #n1 = :v1, #n2 = if_not_exists(#n2, :v2), #n3 = :v3, #n4 = :v4"
            ),
            "ConditionExpression": "attribute_not_exists(#n0)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {
                "#n0": "visits",
                "#n1": "customer_id",
                "#n2": "active",
                "#n3": "_type",
                "#n4": "_w",
            },
            "ExpressionAttributeValues": {
                ":v0": {"N": "1"},
                ":v1": {"S": "c1"},
                ":v2": {"BOOL": True},
                ":v3": {"S": "Customer"},
                ":v4": {"S": "zQcs2L5vn2LC"},
            },
            "ReturnValues": "ALL_NEW",
        },
    ),
    (
        "delete",
        Delete(BILL),
        {
            "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000007"}},
            "ConditionExpression": "attribute_exists(#n0)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "PK"},
        },
    ),
    (
        "delete by key",
        Delete(KEY),
        {
            "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000007"}},
            "ConditionExpression": "attribute_exists(#n0)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "PK"},
        },
    ),
    (
        "delete whether it is there or not: no condition",
        Delete(BILL, missing_ok=True),
        {"Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000007"}}},
    ),
    (
        "delete with a condition",
        Delete(BILL, where=Invoice.customer_id == "c1"),
        {
            "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000007"}},
            "ConditionExpression": "(attribute_exists(#n0)) AND (#n1 = :v0)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "customer_id"},
            "ExpressionAttributeValues": {":v0": {"S": "c1"}},
        },
    ),
    (
        "delete with a condition, there or not",
        Delete(BILL, where=Invoice.customer_id == "c1", missing_ok=True),
        {
            "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000007"}},
            "ConditionExpression": "#n0 = :v0",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeNames": {"#n0": "customer_id"},
            "ExpressionAttributeValues": {":v0": {"S": "c1"}},
        },
    ),
]


@pytest.mark.parametrize(("claim", "statement", "request_"), CASES, ids=[case[0] for case in CASES])
def test_a_write_becomes_exactly_this_request(claim: str, statement: Compiled, request_: Payload) -> None:
    assert compiled(statement) == {"TableName": "shop", **request_}, claim
