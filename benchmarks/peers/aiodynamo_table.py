"""aiodynamo over aiohttp: dictionaries; numbers are floats, as it gives them by default."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aiohttp
from aiodynamo.client import Client as AiodynamoClient
from aiodynamo.credentials import Credentials
from aiodynamo.expressions import F, HashKey, RangeKey
from aiodynamo.http.aiohttp import AIOHTTP
from aiodynamo.models import BatchGetRequest, BatchWriteRequest, ReturnValues
from aiodynamo.operations import Put
from yarl import URL

from benchmarks import workload
from benchmarks.peer import Peer


class Client(Peer):
    asynchronous = True

    async def open(self) -> None:
        self.session = aiohttp.ClientSession()
        self.client = AiodynamoClient(
            AIOHTTP(self.session), Credentials.auto(), workload.REGION, URL(self.endpoint)
        )
        self.table = self.client.table(workload.TABLE)

    async def close(self) -> None:
        await self.session.close()

    def model(self, values: workload.Order) -> workload.Order:
        return workload.item(values)

    def row(self, found: workload.Order) -> workload.Order:
        return found

    async def get(self, customer: str, order_id: str) -> Any:
        return await self.table.get_item(key(customer, order_id))

    async def put(self, model: workload.Order) -> None:
        await self.table.put_item(model)

    async def update(self, customer: str, order_id: str, loaded: Any) -> Any:
        change = F("status").set("paid") & F("quantity").add(1)
        return await self.table.update_item(
            key(customer, order_id), change, return_values=ReturnValues.all_new
        )

    async def query(self, customer: str) -> list[Any]:
        condition = HashKey("PK", workload.partition_key(customer)) & RangeKey("SK").begins_with("ORDER#")
        return [found async for found in self.table.query(condition)]

    async def batch_get(self, customer: str, order_ids: Sequence[str]) -> Any:
        asked = BatchGetRequest(keys=[key(customer, order_id) for order_id in order_ids])
        found = await self.client.batch_get({workload.TABLE: asked})
        return found.items[workload.TABLE]

    async def batch_write(self, models: Sequence[workload.Order]) -> None:
        for start in range(0, len(models), 25):
            asked = BatchWriteRequest(items_to_put=list(models[start : start + 25]))
            await self.client.batch_write({workload.TABLE: asked})

    async def transact_write(self, models: Sequence[workload.Order]) -> None:
        await self.client.transact_write_items([Put(workload.TABLE, model) for model in models])


def key(customer: str, order_id: str) -> dict[str, str]:
    return {"PK": workload.partition_key(customer), "SK": workload.sort_key(order_id)}
