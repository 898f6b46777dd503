"""Paths, conditions and queries have types; mistakes are found before anything runs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import assert_type
from uuid import UUID

from dynakit import Call, Condition, Environment, Path, Pattern, Query
from tests.typing.usage.entities import Customer, Line, Order, Status


def paths() -> None:
    assert_type(Order.total, Path[Order, Decimal])
    assert_type(Order.note, Path[Order, str | None])
    assert_type(Order.tags, Path[Order, set[str]])
    assert_type(Order.primary, Pattern[Order])
    assert_type(Order.lines[0], Path[Order, Line])
    assert_type(Order.labels["x"], Path[Order, str])
    assert_type(Order.lines[0].at("sku", str), Path[Order, str])
    print(Order.totl)  # E: no such attribute
    print(Order.by_state)  # E: no such pattern
    print(Order.lines["0"])  # E: a list has positions
    print(Order.labels[0])  # E: a map has names
    print(Order.total[0])  # E: a number has neither


def conditions(since: datetime, reference: UUID) -> None:
    assert_type(Order.status == Status.open, Condition[Order])
    assert_type(Order.status != Status.open, Condition[Order])
    assert_type(Order.placed_at >= since, Condition[Order])
    assert_type(Order.placed_at < since, Condition[Order])
    assert_type(Order.reference == reference, Condition[Order])
    assert_type(Order.kind == "gift", Condition[Order])
    assert_type(Order.note == "x", Condition[Order])
    assert_type(Order.note == Order.customer_id, Condition[Order])  # E: str | None is not str
    assert_type(Order.note > "x", Condition[Order])
    assert_type(Order.total.between(Decimal(1), Decimal(2)), Condition[Order])
    assert_type(Order.status.in_([Status.open, Status.paid]), Condition[Order])
    assert_type(Order.note.exists() & ~Order.gift.is_true() | Order.gift.is_false(), Condition[Order])
    assert_type(Order.note.has_type("NULL"), Condition[Order])
    assert_type(Order.note.begins_with("x"), Condition[Order])
    assert_type(Order.raw.begins_with(b"x"), Condition[Order])
    assert_type(Order.note.contains("x"), Condition[Order])
    assert_type(Order.tags.contains("x"), Condition[Order])
    assert_type(Order.codes.contains(3), Condition[Order])
    assert_type(Order.lines.contains(Line(sku="x")), Condition[Order])
    assert_type(Order.tags.size() > 3, Condition[Order])
    assert_type(Order.tags.size().between(1, 3), Condition[Order])


def whole_numbers_beside_decimals() -> None:
    assert_type(Order.total > 100, Condition[Order])
    assert_type(Order.total == 100, Condition[Order])
    assert_type(100 < Order.total, Condition[Order])
    assert_type(Order.discount <= 5, Condition[Order])
    assert_type(Order.total.between(1, 2), Condition[Order])
    assert_type(Order.total.in_([1, Decimal(2)]), Condition[Order])
    assert_type(Order.rate > 1, Condition[Order])
    print(Order.total > 1.5)  # E: a float is not exact
    print(Order.quantity > Decimal(1))  # E: a whole number is compared with whole numbers
    print(Order.note > 1)  # E: text and number
    print(Order.total > "1")  # E: number and text
    print(Order.total.between("a", "b"))  # E: number and text


def wrong_operands(since: datetime) -> None:
    print(Order.placed_at >= "2026")  # E: text is no time
    print(Order.quantity < None)  # E: nothing is no number
    print(Order.placed_at.between(since, "2026"))  # E: text is no time
    print(Order.status.in_(["open"]))  # E: text is no status
    print(Order.status.in_(Status.open))  # E: one is not several
    print(Order.quantity.begins_with("1"))  # E: for text and binary only
    print(Order.raw.begins_with("x"))  # E: text is no binary
    print(Order.quantity.contains(1))  # E: for text, sets and lists only
    print(Order.tags.contains(3))  # E: an element of another type
    print(Order.counts.contains("3"))  # E: an element of another type
    print(Order.note.is_true())  # E: for flags only
    print(Order.tags.size() > "3")  # E: a size is a number
    print(Order.note.has_type("TEXT"))  # E: no such type


def queries(customer_id: str, since: datetime) -> Query[Order]:
    query = (
        Order.primary(Order.customer_id == customer_id, Order.placed_at >= since)
        .filter(Order.total > 10, Order.tags.contains("x") | Order.note.not_exists())
        .newest_first()
        .limit(20)
        .evaluate_at_most(100)
        .requests_at_most(3)
        .consistent()
    )
    assert_type(query, Query[Order])
    assert_type(Order.by_status(status=Status.open), Query[Order])
    assert_type(query.compile(Environment.simulated()), Call)
    return query


def wrong_queries(since: datetime) -> None:
    Order.primary(Customer.customer_id == "c1")  # E: a condition on another entity
    Order.primary(Order.customer_id == 3)  # E: falls back to bool, which is no condition
    Order.primary(Order.customer_id == "c1").filter(Customer.age > 3)  # E: a condition on another entity
    Order.primary(Order.customer_id == "c1", "o1")  # E: no condition
    Order.primary(Order.customer_id == "c1").limit("3")  # E: type of a knob
    Order.primary(Order.customer_id == "c1").oldest_frist()  # E: no such method
    Order.primary(Order.customer_id == "c1").filter(Order.status == "open")  # E: text is no status


# Limits. ``==`` with a wrong type gives what ``object`` gives, a bool; it is found where a condition is
# expected, as above, and not alone. Keyword arguments of a pattern are checked when the query is made.
def not_found() -> None:
    print(Order.quantity == "3")
    print(Order.primary(customer_id=3))
    print(Order.primary(costumer_id="c1"))
