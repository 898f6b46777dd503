"""Entities are made, assigned and defaulted with the types declared."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import assert_type

from dynakit import Attr, Entity, Key, attr, epoch_seconds, number_text
from tests.typing.usage.entities import Address, Customer, Line, Order, Status, shop


def made(now: datetime) -> None:
    order = Order(customer_id="c1", placed_at=now, ship_to=Address(city="Rome"))
    Customer(customer_id="c1", name="Ann", age=3)
    assert_type(order, Order)
    assert_type(order.customer_id, str)
    assert_type(order.total, Decimal)
    assert_type(order.note, str | None)
    assert_type(order.bill_to, Address | None)
    assert_type(order.lines, list[Line])
    assert_type(order.ship_to.city, str)
    order.status = Status.paid
    order.note = None
    order.total += 5
    if order.bill_to is not None:
        assert_type(order.bill_to.zip_code, str | None)


def made_wrong(now: datetime) -> None:
    order = Order(customer_id="c1", placed_at=now, ship_to=Address(city="Rome"))
    Customer(customer_id="c1")  # E: name is missing
    Customer(customer_id="c1", name=3)  # E: type of an argument
    Customer(customer_id="c1", name="Ann", nam="x")  # E: unknown argument
    Customer("c1", "Ann")  # E: arguments are keywords
    order.status = "paid"  # E: type of an assignment
    order.quantity = None  # E: not optional
    order.staus = Status.paid  # E: no such attribute
    print(order.totl)  # E: no such attribute
    order.total.begins_with("x")  # E: an instance has plain values


class Good(Entity, table=shop):
    primary = Key("GOOD#{number}", "X")

    number: Attr[str]
    at: Attr[datetime] = attr(stored_as=epoch_seconds)
    price: Attr[Decimal] = attr(default=Decimal(0), stored_as=number_text, description="in euro", gt=0)
    secret: Attr[str] = attr(default="", secret=True, min_length=0, pattern="^x?$")


def wrong_defaults() -> None:
    class Bad(Entity):
        one: Attr[int] = attr(default="x")  # E: type of the default
        two: Attr[int] = attr(default_factory=str)  # E: type of the factory
        three: Attr[int] = attr(default=0, gee=0)  # E: unknown option
        four: Attr[int] = attr(default=0, name=3)  # E: type of an option
        five: Attr[int] = attr(default=None)  # E: not optional
        six: Attr[int] = 0  # E: a default stands in attr(default=…)

    print(Bad)


# A limit: pydantic's metaclass takes any argument, so those of a class are checked at import.
def not_found() -> None:
    class Bad(Entity, table="shop"):
        pass

    class Worse(Entity, tabel=shop):
        pass

    print(Bad, Worse)
