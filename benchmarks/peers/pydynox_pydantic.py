"""pydynox over a plain pydantic model: it gets, puts and updates, and cannot query."""

from __future__ import annotations

from typing import Any

from pydantic import field_serializer
from pydynox import DynamoDBClient
from pydynox.integrations.pydantic import dynamodb_model

from benchmarks import workload
from benchmarks.peer import Peer
from benchmarks.peers import model
from benchmarks.peers.pydynox_model import silence


@dynamodb_model(table=workload.TABLE, partition_key="PK", sort_key="SK")
class Order(model.Order):
    PK: str
    SK: str

    @field_serializer("placed_at")
    def instant(self, value: Any) -> str:
        """It stores what the model dumps, and does not know datetimes."""
        return workload.instant(value)


class Client(Peer):
    def open(self) -> None:
        silence()
        self.client = DynamoDBClient(region=workload.REGION, endpoint_url=self.endpoint)
        Order._set_client(self.client)

    def model(self, values: workload.Order) -> Any:
        return Order(**key(values["customer_id"], values["order_id"]), **values)

    def row(self, found: Any) -> Any:
        return found.model_dump()

    def get(self, customer: str, order_id: str) -> Any:
        return Order.sync_get(**key(customer, order_id))

    def put(self, model: Any) -> Any:
        return model.sync_save()

    def update(self, customer: str, order_id: str, loaded: Any) -> None:
        loaded.sync_update(status="paid", quantity=loaded.quantity + 1)


def key(customer: str, order_id: str) -> dict[str, str]:
    return {"PK": workload.partition_key(customer), "SK": workload.sort_key(order_id)}
