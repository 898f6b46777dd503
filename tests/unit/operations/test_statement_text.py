"""Statements as a person would say them: without values, and with them under ``show_values``."""

from __future__ import annotations

import pytest

from dynakit import (
    Check,
    Collection,
    Create,
    Delete,
    Put,
    Replace,
    TransactWrite,
    Update,
    Upsert,
    show_values,
)
from tests.unit.support.models import NOON, Address, Customer, Invoice, Order, OrderItem, Status, an_order

BILL = Invoice(customer_id="c1", number=7)
ITEM = OrderItem.primary(customer_id="c1", placed_at=NOON, order_id="o1", line=1)

# Statement, text, text under show_values.
TEXTS: list[tuple[object, str, str]] = [
    (Order.total, "Order.total", "Order.total"),
    (Order.ship_to / Address.city, "Order.ship_to.city", "Order.ship_to.city"),
    (Order.lines[0].at("sku", str), "Order.lines[0].sku", "Order.lines[0].sku"),
    (
        Order.primary(customer_id="c1"),
        "Order.primary where customer_id = <str, 2 characters>",
        "Order.primary where customer_id = 'c1'",
    ),
    (
        Order.primary(Order.customer_id == "c1", Order.placed_at >= NOON)
        .filter(Order.total > 100, ~(Order.note.exists() | Order.tags.contains("x")))
        .newest_first()
        .limit(3)
        .consistent(),
        (
            "Order.primary where customer_id = <str, 2 characters> AND placed_at >= <datetime>, filtered by "
            "total > <int> AND NOT (attribute_exists(note) OR contains(tags, <str, 1 characters>)), newest "
            "first, consistently, at most 3"
        ),
        (
            f"Order.primary where customer_id = 'c1' AND placed_at >= {NOON!r}, filtered by "
            "total > 100 AND NOT (attribute_exists(note) OR contains(tags, 'x')), newest first, "
            "consistently, "
            "at most 3"
        ),
    ),
    (
        Invoice.primary(customer_id="c1").evaluate_at_most(9).requests_at_most(2).project(Invoice.number),
        (
            "Invoice.primary where customer_id = <str, 2 characters>, reading at most 9, in at most 2 "
            "requests, "
            "only number"
        ),
        "Invoice.primary where customer_id = 'c1', reading at most 9, in at most 2 requests, only number",
    ),
    (Put(BILL), "put Invoice", "put Invoice(customer_id='c1', number=7)"),
    (
        Put(BILL, where=Invoice.number == 3),
        "put Invoice where number = <int>",
        "put Invoice(customer_id='c1', number=7) where number = 3",
    ),
    (Create(BILL), "create Invoice", "create Invoice(customer_id='c1', number=7)"),
    (Replace(BILL), "replace Invoice", "replace Invoice(customer_id='c1', number=7)"),
    (Delete(BILL), "delete Invoice", "delete Invoice(customer_id='c1', number=7)"),
    (
        Delete(ITEM),
        (
            "delete OrderItem.primary where customer_id = <str, 2 characters> AND placed_at = <datetime> AND "
            "order_id = <str, 2 characters> AND line = <int>"
        ),
        (
            f"delete OrderItem.primary where customer_id = 'c1' AND placed_at = {NOON!r} AND order_id = 'o1' "
            "AND "
            "line = 1"
        ),
    ),
    (
        Update(
            Customer.primary(customer_id="c1"),
            Customer.visits.add(2),
            Customer.email.remove(),
            where=Customer.active.is_true(),
        ),
        (
            "update Customer.primary where customer_id = <str, 2 characters>: SET visits = "
            "if_not_exists(visits, "
            "0) + <int>, REMOVE email where active = <bool>"
        ),
        (
            "update Customer.primary where customer_id = 'c1': SET visits = if_not_exists(visits, 0) + 2, "
            "REMOVE email where active = True"
        ),
    ),
    (
        Upsert(an_order(), Order.counts.append(1), Order.tags.add_to_set("a"), Order.status.set(Status.paid)),
        (
            "upsert Order: SET counts = list_append(if_not_exists(counts, []), <list, 1 elements>), "
            "ADD tags <frozenset, 1 elements>, SET status = <Status>"
        ),
        (
            f"upsert Order(customer_id='c1', placed_at={NOON!r}, order_id='o1'): "
            "SET counts = list_append(if_not_exists(counts, []), [1]), ADD tags frozenset({'a'}), "
            "SET status = <Status.paid: 'paid'>"
        ),
    ),
    (
        Check(BILL, Invoice.number.between(1, 2)),
        "check Invoice where number BETWEEN <int> AND <int>",
        "check Invoice(customer_id='c1', number=7) where number BETWEEN 1 AND 2",
    ),
    (TransactWrite((Create(BILL),)), "transaction of 1", "transaction of 1"),
    (
        Collection((Customer, Order), customer_id="c1"),
        "collect Customer, Order where customer_id = <str, 2 characters>",
        "collect Customer, Order where customer_id = 'c1'",
    ),
]


@pytest.mark.parametrize(("statement", "text", "shown"), TEXTS, ids=[text for _, text, _ in TEXTS])
def test_a_statement_reads_as_a_person_would_say_it(statement: object, text: str, shown: str) -> None:
    assert str(statement) == text
    with show_values():
        assert str(statement) == shown
