"""What botocore's clients are asked, in attribute values."""

from __future__ import annotations

from typing import Any

from benchmarks import workload


def raw_key(customer: str, order_id: str) -> dict[str, Any]:
    return {"PK": {"S": workload.partition_key(customer)}, "SK": {"S": workload.sort_key(order_id)}}


def condition(customer: str) -> dict[str, Any]:
    """What a query asks for: the orders of one customer."""
    return {
        "TableName": workload.TABLE,
        "KeyConditionExpression": "PK = :pk AND begins_with(SK, :sk)",
        "ExpressionAttributeValues": {
            ":pk": {"S": workload.partition_key(customer)},
            ":sk": {"S": workload.sort_key("")},
        },
    }


UPDATE: dict[str, Any] = {
    "UpdateExpression": "SET #s = :s, quantity = quantity + :q",
    "ExpressionAttributeNames": {"#s": "status"},
    "ExpressionAttributeValues": {":s": {"S": "paid"}, ":q": {"N": "1"}},
    "ReturnValues": "ALL_NEW",
}
