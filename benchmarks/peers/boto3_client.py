"""boto3's client: raw attribute values, as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config

from benchmarks import workload
from benchmarks.peer import Peer
from benchmarks.peers.raw import UPDATE, condition, raw_key

CONNECTIONS = 16
"""As many as threads use it at once; by default it keeps 10."""

Item = dict[str, Any]


class Client(Peer):
    def open(self) -> None:
        self.client: Any = boto3.client(
            "dynamodb",
            region_name=workload.REGION,
            endpoint_url=self.endpoint,
            config=Config(max_pool_connections=CONNECTIONS),
        )

    def close(self) -> None:
        self.client.close()

    def model(self, values: workload.Order) -> Item:
        serialize = TypeSerializer().serialize
        return {name: serialize(value) for name, value in workload.item(values).items()}

    def row(self, found: Item) -> Item:
        deserialize = TypeDeserializer().deserialize
        return {name: deserialize(value) for name, value in found.items()}

    def get(self, customer: str, order_id: str) -> Any:
        return self.client.get_item(TableName=workload.TABLE, Key=raw_key(customer, order_id))["Item"]

    def put(self, model: Item) -> None:
        self.client.put_item(TableName=workload.TABLE, Item=model)

    def update(self, customer: str, order_id: str, loaded: Item) -> Any:
        found = self.client.update_item(TableName=workload.TABLE, Key=raw_key(customer, order_id), **UPDATE)
        return found["Attributes"]

    def query(self, customer: str) -> list[Item]:
        return list(self._items("query", **condition(customer)))

    def batch_get(self, customer: str, order_ids: Sequence[str]) -> Any:
        keys = [raw_key(customer, order_id) for order_id in order_ids]
        found = self.client.batch_get_item(RequestItems={workload.TABLE: {"Keys": keys}})
        return found["Responses"][workload.TABLE]

    def batch_write(self, models: Sequence[Item]) -> None:
        puts = [{"PutRequest": {"Item": model}} for model in models]
        for start in range(0, len(puts), 25):
            chunk = {workload.TABLE: puts[start : start + 25]}
            while chunk:
                chunk = self.client.batch_write_item(RequestItems=chunk)["UnprocessedItems"]

    def transact_write(self, models: Sequence[Item]) -> None:
        puts = [{"Put": {"TableName": workload.TABLE, "Item": model}} for model in models]
        self.client.transact_write_items(TransactItems=puts)

    def scan(self, segments: int) -> int:
        with ThreadPoolExecutor(segments) as pool:
            return sum(pool.map(lambda segment: self._segment(segment, segments), range(segments)))

    def _segment(self, segment: int, segments: int) -> int:
        items = self._items("scan", TableName=workload.TABLE, Segment=segment, TotalSegments=segments)
        return self.sum_of(items)

    def sum_of(self, items: Iterable[Item]) -> int:
        return sum(int(item["quantity"]["N"]) for item in items)

    def _items(self, verb: str, **asked: Any) -> Iterator[Any]:
        for page in self.client.get_paginator(verb).paginate(**asked):
            yield from page["Items"]
