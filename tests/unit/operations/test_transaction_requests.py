"""Transactions, exactly as they are sent."""

from __future__ import annotations

import pytest

from dynakit import Check, Create, Delete, TransactWrite, Update
from dynakit.wire import Payload
from tests.unit.support.checked import Compiled, compiled
from tests.unit.support.models import Customer, Invoice, Order, Status, an_order

BILL = Invoice(customer_id="c1", number=7)
KEY = Invoice.primary(customer_id="c1", number=7)


CASES: list[tuple[str, Compiled, Payload]] = [
    (
        "one of each, each with names and values of its own, one idempotency token for all",
        TransactWrite(
            (
                Create(BILL),
                Update(an_order(), Order.gift.set(True), where=Order.status == Status.open),
                Delete(Customer.primary(customer_id="c2")),
                Check(Customer.primary(customer_id="c1"), Customer.active.is_true()),
            )
        ),
        {
            "TransactItems": [
                {
                    "Put": {
                        "TableName": "shop",
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
                    }
                },
                {
                    "Update": {
                        "TableName": "shop",
                        "Key": {
                            "PK": {"S": "CUSTOMER#c1"},
                            "SK": {"S": "ORDER#2026-05-01T12:00:00.000000Z#o1"},
                        },
                        "UpdateExpression": "SET #n0 = :v0, #n1 = :v1",
                        "ConditionExpression": "(attribute_exists(#n2)) AND (#n3 = :v2)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                        "ExpressionAttributeNames": {
                            "#n0": "gift",
                            "#n1": "_w",
                            "#n2": "PK",
                            "#n3": "status",
                        },
                        "ExpressionAttributeValues": {
                            ":v0": {"BOOL": True},
                            ":v1": {"S": "ggbn41WUqmsK"},
                            ":v2": {"S": "open"},
                        },
                    }
                },
                {
                    "Delete": {
                        "TableName": "shop",
                        "Key": {"PK": {"S": "CUSTOMER#c2"}, "SK": {"S": "PROFILE"}},
                        "ConditionExpression": "attribute_exists(#n0)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                        "ExpressionAttributeNames": {"#n0": "PK"},
                    }
                },
                {
                    "ConditionCheck": {
                        "TableName": "shop",
                        "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "PROFILE"}},
                        "ConditionExpression": "#n0 = :v0",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                        "ExpressionAttributeNames": {"#n0": "active"},
                        "ExpressionAttributeValues": {":v0": {"BOOL": True}},
                    }
                },
            ],
            "ClientRequestToken": "3a5e4842-fab4-48f7-a2e6-e282e5c1657c",
        },
    ),
    (
        "a check alone",
        TransactWrite((Check(KEY, Invoice.customer_id.exists()),)),
        {
            "TransactItems": [
                {
                    "ConditionCheck": {
                        "TableName": "shop",
                        "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000007"}},
                        "ConditionExpression": "attribute_exists(#n0)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                        "ExpressionAttributeNames": {"#n0": "customer_id"},
                    }
                }
            ],
            "ClientRequestToken": "cd072cd8-be6f-4f62-ac4c-09c28206e7e3",
        },
    ),
]


@pytest.mark.parametrize(("claim", "statement", "request_"), CASES, ids=[case[0] for case in CASES])
def test_a_transaction_becomes_exactly_this_request(
    claim: str, statement: Compiled, request_: Payload
) -> None:
    assert compiled(statement) == request_, claim
