"""What is nested is reached by ``/``, by position, by name; optional or not."""

from __future__ import annotations

from typing import assert_type

from dynakit import Condition, Path
from tests.typing.usage.entities import Address, Country, Customer, Line, Order


def paths() -> None:
    assert_type(Order.ship_to / Address.city, Path[Order, str])
    assert_type(Order.bill_to / Address.city, Path[Order, str])
    assert_type(Order.bill_to / Address.country / Country.code, Path[Order, str])
    assert_type(Order.stops[0] / Address.zip_code, Path[Order, str | None])
    assert_type(Order.parcel.at("weight", int), Path[Order, int])
    assert_type(Order.lines[0].at("sku", str), Path[Order, str])
    assert_type(Order.ship_to / Address.city == "Rome", Condition[Order])
    assert_type((Order.ship_to / Address.zip_code).begins_with("0"), Condition[Order])
    assert_type(Order.ship_to == Address(city="Rome"), Condition[Order])
    assert_type(Order.parcel == Line(sku="x"), Condition[Order])


def wrong() -> None:
    print(Order.ship_to / Customer.name)  # E: an attribute of another entity
    print(Order.ship_to / Country.code)  # E: a step left out
    print(Order.note / Address.city)  # E: text has no attributes
    print(Order.stops / Address.city)  # E: a list has elements
    print(Order.ship_to / Address.cty)  # E: no such attribute
    print(Order.ship_to / "city")  # E: a name is no path
    Order.by_status(Order.ship_to / Address.city == 3)  # E: no condition
    Order.by_status(Address.city == "Rome")  # E: a condition on another entity
