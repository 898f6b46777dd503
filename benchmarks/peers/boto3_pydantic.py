"""boto3's resource, and a pydantic model made of each item: what most code bases do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from pydantic import create_model

from benchmarks import workload
from benchmarks.peer import Peer, Query
from benchmarks.peers.model import Order, item


class Client(Peer):
    def open(self) -> None:
        self.resource: Any = boto3.resource(
            "dynamodb", region_name=workload.REGION, endpoint_url=self.endpoint
        )
        self.table = self.resource.Table(workload.TABLE)

    def close(self) -> None:
        self.resource.meta.client.close()

    def model(self, values: workload.Order) -> Order:
        return Order.model_validate(values)

    def row(self, found: Order) -> dict[str, Any]:
        return found.model_dump()

    def get(self, customer: str, order_id: str) -> Order:
        return Order.model_validate(self.table.get_item(Key=key(customer, order_id))["Item"])

    def put(self, model: Order) -> None:
        self.table.put_item(Item=item(model))

    def update(self, customer: str, order_id: str, loaded: Order) -> Order:
        found = self.table.update_item(
            Key=key(customer, order_id),
            UpdateExpression="SET #s = :s, quantity = quantity + :q",
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={":s": "paid", ":q": 1},
            ReturnValues="ALL_NEW",
        )
        return Order.model_validate(found["Attributes"])

    def query(self, customer: str) -> list[Order]:
        condition = Key("PK").eq(workload.partition_key(customer)) & Key("SK").begins_with("ORDER#")
        return [
            Order.model_validate(found) for found in self._pages("query", KeyConditionExpression=condition)
        ]

    def batch_get(self, customer: str, order_ids: Sequence[str]) -> list[Order]:
        keys = [key(customer, order_id) for order_id in order_ids]
        found = self.resource.batch_get_item(RequestItems={workload.TABLE: {"Keys": keys}})
        return [Order.model_validate(one) for one in found["Responses"][workload.TABLE]]

    def batch_write(self, models: Sequence[Order]) -> None:
        with self.table.batch_writer() as batch:
            for model in models:
                batch.put_item(Item=item(model))

    def transact_write(self, models: Sequence[Order]) -> None:
        puts = [{"Put": {"TableName": workload.TABLE, "Item": item(model)}} for model in models]
        self.resource.meta.client.transact_write_items(TransactItems=puts)

    def wide(self, width: int) -> Query:
        fields: Any = {name: (kind, ...) for name, kind in workload.wide_attributes(width).items()}
        model = create_model("Wide", width=(str, ...), row=(str, ...), **fields)
        condition = Key("PK").eq(f"WIDE#{width}") & Key("SK").begins_with("ROW#")
        return lambda: [
            model.model_validate(found) for found in self._pages("query", KeyConditionExpression=condition)
        ]

    def scan(self, segments: int) -> int:
        with ThreadPoolExecutor(segments) as pool:
            return sum(pool.map(lambda segment: self._segment(segment, segments), range(segments)))

    def _segment(self, segment: int, segments: int) -> int:
        found = self._pages("scan", Segment=segment, TotalSegments=segments)
        return sum(Order.model_validate(one).quantity for one in found)

    def _pages(self, verb: str, **asked: Any) -> Iterator[Any]:
        send = getattr(self.table, verb)
        while True:
            page = send(**asked)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def key(customer: str, order_id: str) -> dict[str, Any]:
    return {"PK": workload.partition_key(customer), "SK": workload.sort_key(order_id)}
