"""What fits a base fits its subclasses, and not the other way round."""

from __future__ import annotations

from datetime import datetime
from typing import assert_type

from dynakit import Condition, Entity, Key, Path, Query, Repository, path
from dynakit.schema.attribute import Attr, attr
from tests.typing.usage.entities import Address, Order, Rush, Status, shop


class Stamped(Entity):
    """An abstract base: in no table."""

    by_day = Key("DAY#{day}", "{id}", index="GSI2")

    id: Attr[str]
    day: Attr[str]
    note: str | None = None


class Letter(Stamped, table=shop):
    primary = Key("LETTER#{id}", "X")

    text: Attr[str] = attr(default="")


def made(now: datetime) -> None:
    rush = Rush(customer_id="c1", placed_at=now, ship_to=Address(city="Rome"), hours=3)
    assert_type(rush.hours, int)
    assert_type(rush.status, Status)
    assert_type(Rush.total.exists(), Condition[Rush])
    assert_type(Rush.hours, Path[Rush, int])
    assert_type(Letter.by_day(day="2026-05-01"), Query[Letter])
    assert_type(Letter(id="1", day="x", text="y").day, str)
    assert_type(path(Letter, "note", str), Path[Letter, str])


def fits(rushes: Repository[Rush]) -> None:
    query = Rush.primary(Order.customer_id == "c1", Rush.placed_at > datetime.min).filter(Rush.hours >= 3)
    assert_type(query, Query[Rush])
    assert_type(rushes.all(query), list[Rush])
    assert_type(Order.gift.is_true() & Order.note.exists(), Condition[Order])
    both: Condition[Rush] = Order.gift.is_true()
    rushes.update(Rush.primary(customer_id="c1"), Order.note.set("x"), Rush.hours.add(1), where=both)


def does_not_fit(orders: Repository[Order], rush: Rush) -> None:
    Order.primary(Rush.hours >= 3)  # E: an attribute of a subclass only
    Order.by_status(status=Status.open).filter(Rush.hours >= 3)  # E: an attribute of a subclass only
    orders.all(Rush.primary(customer_id="c1"))  # E: a query of a subclass
    wrong: Condition[Order] = Rush.hours >= 3  # E: a condition on a subclass
    print(wrong, Letter.hours)  # E: no such attribute
