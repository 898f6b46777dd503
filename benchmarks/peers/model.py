"""The order as a plain pydantic model, for clients that bring none of their own."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel

from benchmarks import workload


class Address(BaseModel):
    street: str
    city: str
    postcode: str
    country: str


class Order(BaseModel):
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


def item(order: Order) -> workload.Order:
    """The item of an order, its keys made by hand."""
    return workload.item(order.model_dump())
