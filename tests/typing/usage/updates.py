"""Changes have the types of what they change."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import assert_type

from dynakit import Update, UpdateAction, Upsert
from tests.typing.usage.entities import Address, Customer, Line, Order, Rush, Status


def actions(now: datetime) -> None:
    assert_type(Order.status.set(Status.paid), UpdateAction[Order])
    assert_type(Order.note.set(None), UpdateAction[Order])
    assert_type(Order.total.set(5), UpdateAction[Order])
    assert_type(Order.discount.set(5), UpdateAction[Order])
    assert_type(Order.customer_id.set(Order.order_id), UpdateAction[Order])
    assert_type(Order.due.set_if_absent(now), UpdateAction[Order])
    assert_type(Order.total.add(5), UpdateAction[Order])
    assert_type(Order.total.add(Decimal("5.5")), UpdateAction[Order])
    assert_type(Order.discount.subtract(1), UpdateAction[Order])
    assert_type(Order.quantity.add(1), UpdateAction[Order])
    assert_type(Order.rate.add(0.5), UpdateAction[Order])
    assert_type(Order.counts.append(1, 2), UpdateAction[Order])
    assert_type(Order.lines.prepend(Line(sku="x")), UpdateAction[Order])
    assert_type(Order.tags.add_to_set("a", "b"), UpdateAction[Order])
    assert_type(Order.codes.delete_from_set(1), UpdateAction[Order])
    assert_type(Order.note.remove(), UpdateAction[Order])
    assert_type((Order.ship_to / Address.city).set("Rome"), UpdateAction[Order])
    assert_type(Order.lines[0].at("weight", int).add(1), UpdateAction[Order])
    assert_type(Order.labels["x"].remove(), UpdateAction[Order])


def wrong_actions() -> None:
    Order.status.set("paid")  # E: text is no status
    Order.quantity.set(None)  # E: not optional
    Order.quantity.set(1.5)  # E: not a whole number
    Order.note.set(Order.quantity)  # E: a number is no text
    Order.total.set(1.5)  # E: a float is not exact
    Order.note.add(1)  # E: text has no arithmetic
    Order.quantity.add("1")  # E: text is no number
    Order.quantity.add(0.5)  # E: not a whole number
    Order.total.add(0.5)  # E: a float is not exact
    Order.gift.add("x")  # E: a flag is no number
    Order.tags.append("a")  # E: a set has no end
    Order.counts.append("1")  # E: an element of another type
    Order.counts.add_to_set(1)  # E: a list is no set
    Order.tags.add_to_set(1)  # E: an element of another type
    Order.counts[0].set("1")  # E: an element of another type
    Order.quantity.remov()  # E: no such verb


def statements(order: Order, rush: Rush) -> None:
    assert_type(Update(order, Order.note.set("x")), Update[Order])
    assert_type(Update(order, Order.note.set("x"), where=Order.gift.is_true()), Update[Order])
    assert_type(Upsert(Order.primary(customer_id="c1"), Order.note.set("x")), Upsert[Order])
    assert_type(Update(rush, Order.note.set("x"), Rush.hours.add(1)), Update[Rush])


def wrong_statements(order: Order, customer: Customer) -> None:
    Update[Order](order, Customer.age.add(1))  # E: a change of another entity
    Update[Order](order, Rush.hours.add(1))  # E: a change of a subclass only
    Update[Order](order, Order.note.set("x"), where=Customer.age > 3)  # E: a condition on another entity
    Update[Order](customer, Order.note.set("x"))  # E: another entity
    Update(order, Order.note == "x")  # E: a condition is no change
