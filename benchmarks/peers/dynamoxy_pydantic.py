"""dynamoxy: pydantic models as its models."""

# Pydantic reads the annotations of a class when it is made.
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import dynamoxy

from benchmarks import workload
from benchmarks.peers.dynamoxy_model import Dynamoxy
from benchmarks.peers.model import Address


class PydanticOrder(dynamoxy.PydanticModel, table=workload.TABLE, entity="Order", datetime_format="iso_z"):
    PK: Annotated[str, dynamoxy.PartitionKey(), dynamoxy.Template("CUSTOMER#{customer_id}")] = ""
    SK: Annotated[str, dynamoxy.SortKey(), dynamoxy.Template("ORDER#{order_id}")] = ""
    customer_id: str
    order_id: str
    email: str
    status: str
    placed_at: datetime
    quantity: int
    total: Decimal
    paid: bool = False
    tags: list[str]
    ship_to: Address


class Client(Dynamoxy):
    order = PydanticOrder

    def model(self, values: workload.Order) -> Any:
        return PydanticOrder(**values)

    def row(self, found: Any) -> Any:
        return found.model_dump()
