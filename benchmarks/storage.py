"""The table in DynamoDB Local: filled, and read back, without the codecs of any client that is measured."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from benchmarks import workload
from benchmarks.calls import NUMBER
from dynakit import connect

KEYS = {"PK": "HASH", "SK": "RANGE"}


class Storage:
    """The table of the workload at an endpoint, new and empty."""

    def __init__(self, endpoint: str) -> None:
        from benchmarks.processes import AWS

        os.environ.update(AWS)
        self.endpoint = endpoint
        self.quantity = 0
        self._db = connect(endpoint, region=workload.REGION)
        self._db.call(
            "CreateTable",
            {
                "TableName": workload.TABLE,
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in KEYS.items()],
                "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in KEYS],
            },
        )

    def close(self) -> None:
        self._db.close()

    def fill(self, items: int) -> None:
        """Store so many orders; ``quantity`` is the sum of theirs.

        Half are of one customer, ``n50000`` for 100,000 items; 100 are those that calls ask for.
        """
        half, hundred = items // 2, 100
        for customer, count in ((f"n{half}", half), ("n100", hundred), ("n-rest", items - half - hundred)):
            self.store(workload.orders(customer, count))
            self.quantity += sum(values["quantity"] for values in workload.orders(customer, count))

    def store(self, orders: Iterable[workload.Order]) -> None:
        """Put orders as they are stored."""
        stored = (workload.stored(values) for values in orders)
        while chunk := list(islice(stored, 25)):
            asked = {workload.TABLE: [{"PutRequest": {"Item": item}} for item in chunk]}
            reply = self._db.call("BatchWriteItem", {"RequestItems": asked})
            if reply.get("UnprocessedItems"):
                raise RuntimeError("benchmark: DynamoDB Local left items out, which it never does")

    def written(self, verb: str, size: int, customer: str) -> list[dict[str, Any]]:
        """What a customer's orders are now, as attribute values; of one order where one is written."""
        found = list(self._orders(customer))
        if verb not in {"put", "update"}:
            return found
        sort_key = workload.sort_key(workload.order(customer, NUMBER)["order_id"])
        return [item for item in found if item["SK"]["S"] == sort_key]

    def _orders(self, customer: str) -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {
            "TableName": workload.TABLE,
            "ConsistentRead": True,
            "KeyConditionExpression": "PK = :pk",
            "ExpressionAttributeValues": {":pk": {"S": workload.partition_key(customer)}},
        }
        while True:
            page = self._db.call("Query", asked)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
