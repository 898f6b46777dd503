"""Update actions take the values of their attribute; statements know their entity."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

from dynakit import Create, Delete, Put, Update, UpdateAction, Upsert

from .models import NOON, Address, Customer, Order

order = Order(customer_id="c1", placed_at=NOON, ship_to=Address(city="Paris"))
customer = Customer.primary(customer_id="c1")

assert_type(Order.status.set("paid"), UpdateAction[Order])
assert_type(Order.total.add(5), UpdateAction[Order])
assert_type(Customer.age.set(None), UpdateAction[Customer])

Update(order, Order.status.set("paid"), Order.total.subtract(Decimal(5)), where=Order.status == "open")
Update(
    order, (Order.ship_to / Address.city).set("Rome"), Order.lines.append("a", "b"), Order.labels["x"].add(1)
)
Update(order, Order.tags.add_to_set("a"), Order.lines[0].remove(), Order.quantity.set(Order.quantity))
Upsert(customer, Customer.name.set("n"))
Put(order, where=Order.status == "open")
Delete(customer, missing_ok=True)
assert_type(Create(order), Create[Order])

Order.status.set(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Order.status.add(1)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
Order.lines.append(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Order.lines.add_to_set("a")  # type: ignore[misc, call-overload]  # pyright: ignore[reportAttributeAccessIssue]
Order.quantity.add("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Update(order, Customer.name.set("n"))  # type: ignore[misc]  # pyright: ignore[reportArgumentType]
Put(order, where=Customer.name == "n")  # type: ignore[misc]  # pyright: ignore[reportArgumentType]
