"""aiobotocore: boto3's client for asyncio; raw attribute values."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from benchmarks import workload
from benchmarks.peer import Peer
from benchmarks.peers.raw import UPDATE, condition, raw_key

CONNECTIONS = 100
"""As many as the other asynchronous clients have; by default it has 10."""

Item = dict[str, Any]


class Client(Peer):
    asynchronous = True

    async def open(self) -> None:
        self.stack = AsyncExitStack()
        self.client = await self.stack.enter_async_context(
            get_session().create_client(
                "dynamodb",
                region_name=workload.REGION,
                endpoint_url=self.endpoint,
                config=AioConfig(max_pool_connections=CONNECTIONS),
            )
        )

    async def close(self) -> None:
        await self.stack.aclose()

    def model(self, values: workload.Order) -> Item:
        return workload.stored(values)

    def row(self, found: Item) -> Item:
        from boto3.dynamodb.types import TypeDeserializer

        deserialize = TypeDeserializer().deserialize
        return {name: deserialize(value) for name, value in found.items()}

    async def get(self, customer: str, order_id: str) -> Any:
        found = await self.client.get_item(TableName=workload.TABLE, Key=raw_key(customer, order_id))
        return found["Item"]

    async def put(self, model: Item) -> None:
        await self.client.put_item(TableName=workload.TABLE, Item=model)

    async def update(self, customer: str, order_id: str, loaded: Item) -> Any:
        key = raw_key(customer, order_id)
        found = await self.client.update_item(TableName=workload.TABLE, Key=key, **UPDATE)
        return found["Attributes"]

    async def query(self, customer: str) -> list[Any]:
        return [found async for found in self._items("query", **condition(customer))]

    async def batch_get(self, customer: str, order_ids: Sequence[str]) -> Any:
        keys = [raw_key(customer, order_id) for order_id in order_ids]
        found = await self.client.batch_get_item(RequestItems={workload.TABLE: {"Keys": keys}})
        return found["Responses"][workload.TABLE]

    async def batch_write(self, models: Sequence[Item]) -> None:
        puts = [{"PutRequest": {"Item": model}} for model in models]
        for start in range(0, len(puts), 25):
            chunk = {workload.TABLE: puts[start : start + 25]}
            while chunk:
                chunk = (await self.client.batch_write_item(RequestItems=chunk))["UnprocessedItems"]

    async def transact_write(self, models: Sequence[Item]) -> None:
        puts = [{"Put": {"TableName": workload.TABLE, "Item": model}} for model in models]
        await self.client.transact_write_items(TransactItems=puts)

    async def scan(self, segments: int) -> int:
        parts = [self._segment(segment, segments) for segment in range(segments)]
        return sum(await asyncio.gather(*parts))

    async def _segment(self, segment: int, segments: int) -> int:
        found = self._items("scan", TableName=workload.TABLE, Segment=segment, TotalSegments=segments)
        return sum([int(item["quantity"]["N"]) async for item in found])

    async def _items(self, verb: str, **asked: Any) -> AsyncIterator[Any]:
        async for page in self.client.get_paginator(verb).paginate(**asked):
            for item in page["Items"]:
                yield item
