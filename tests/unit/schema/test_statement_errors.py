"""Statements that are wrong are refused before anything is sent, and say what to do."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

import pytest

from dynakit import (
    Attr,
    Create,
    EncodeError,
    Entity,
    Key,
    Path,
    Put,
    StatementError,
    Table,
    UnknownAttribute,
    Update,
    UpdateAction,
    attr,
)
from dynakit.expressions.operand import AttributePath
from tests.unit.support.checked import compiled
from tests.unit.support.models import Address, Customer, Invoice, Line, Order, Status, an_order

PAID = Order.by_status(status=Status.paid)
OF_C1 = Order.primary(customer_id="c1")


def loose(path: object) -> Any:
    """A path with its types forgotten: what a type checker refuses is refused here too."""
    return cast("Any", path)


def update(*actions: object) -> object:
    return compiled(Update(an_order(), *cast("tuple[UpdateAction[Order], ...]", actions)))


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "the truth of a condition": (
        lambda: Order.gift.is_true() and Order.note.exists(),
        "a condition has no truth value before it is run. Combine conditions with & | ~",
    ),
    "a comparison with None": (
        lambda: Order.note == None,  # noqa: E711
        "Order.note: cannot be compared with None, which is stored as absent. Use .exists() or .not_exists()",
    ),
    "a text in place of several": (
        lambda: Order.note.in_("abc"),
        "Order.note.in_: got one text; expected values, as in_([…]).",
    ),
    "no value of several": (lambda: Order.note.in_([]), "in_: got 0 values; expected 1 to 100."),
    "too many values": (lambda: Order.price.in_(range(101)), "in_: got 101 values; expected 1 to 100."),
    "a size that is no whole number": (
        lambda: Order.tags.size() > cast("int", True),
        "size(tags): expected a whole number, got <bool>.",
    ),
    "a position counted from the end": (
        lambda: Order.lines[-1],
        "Order.lines[-1]: DynamoDB counts list elements from the front; expected 0 or more.",
    ),
    "nothing to append": (Order.counts.append, "Order.counts.append: got no element; expected at"),
    "nothing to add to a set": (Order.tags.add_to_set, "Order.tags.add_to_set: got no element"),
    "a condition on another entity": (
        lambda: compiled(PAID.filter(loose(Customer.active.is_true()))),
        "Order: Customer.active belongs to another entity. Use a path of Order.",
    ),
    "a key condition on another entity": (
        lambda: compiled(Order.primary(loose(Customer.customer_id == "c1"))),
        "Order.primary: Customer.customer_id belongs to another entity.",
    ),
    "a filter on the pattern's own key attribute": (
        lambda: compiled(Customer.by_email(email="a").filter(Customer.visits > 1)),
        "visits is a key attribute of this pattern, which DynamoDB does not filter by. Put it into Customer",
    ),
    "a filter on what the index does not hold": (
        lambda: compiled(Order.by_city(city="Rome").filter(Order.note.exists()).project(Order.total)),
        "index 'by_city' does not hold State#Date. Filter by what it holds, or let the index project it.",
    ),
    "a projection of what the index does not hold": (
        lambda: compiled(Order.by_city(city="Rome").project(Order.total, Order.note)),
        "index 'by_city' does not hold State#Date. Project what it holds, or .hydrate().",
    ),
    "whole items from an index that does not hold them": (
        lambda: compiled(Order.by_city(city="Rome")),
        "raw, due. Use .held(), .project(…) or .hydrate(): a whole Order has them.",
    ),
    "nothing to project": (
        PAID.project,
        "got nothing to project; expected at least one attribute.",
    ),
    "a list element to project": (
        lambda: PAID.project(Order.lines[0]),
        "Order.lines[0]: a list element cannot be projected. Project the whole list.",
    ),
    "a consistent read of a global index": (
        PAID.consistent,
        "global index 'GSI1' has no consistent reads. Query the table.",
    ),
    "no results": (lambda: PAID.limit(0), "limit: got 0; expected 1 or more."),
    "no items": (lambda: PAID.evaluate_at_most(0), "evaluate_at_most: got 0; expected 1 or more."),
    "no requests": (lambda: PAID.requests_at_most(-1), "requests_at_most: got -1; expected 1 or more."),
    "a step that is not there": (
        lambda: compiled(PAID.filter(Order.parcel.at("wieght", int) == 1)),
        "Order.parcel.wieght: there is no 'wieght' at this path",
    ),
    "a step that is nearly there": (
        lambda: compiled(PAID.filter(Order.parcel.at("conut", int) == 1)),
        "there is no 'conut' at this path; did you mean 'count'?",
    ),
    "an empty set as an operand": (
        lambda: compiled(PAID.filter(Order.tags == set[str]())),
        "tags: an empty set or None is stored as absent and cannot be an operand. Use .exists() or",
    ),
    "an expression that is too long": (
        lambda: compiled(PAID.filter(*(Order.price != number for number in range(400)))),
        "DynamoDB allows 4096. Use fewer conditions, or several statements.",
    ),
    "an update of nothing": (
        update,
        "update Order: it changes nothing; expected at least one change",
    ),
    "an update of one path twice": (
        lambda: update(Order.note.set("x"), Order.note.remove()),
        "update: note and note overlap; one statement changes each path once. Join them in one change.",
    ),
    "an update of a path and something in it": (
        lambda: update(Order.ship_to.set(None), (Order.ship_to / Address.city).set("Rome")),
        "update: ship_to and ship_to.city overlap",
    ),
    "an update of another entity": (
        lambda: update(Customer.active.set(True)),
        "Order: Customer.active belongs to another entity",
    ),
    "a query that names no item": (
        lambda: compiled(Update(OF_C1, Order.note.set("x"))),
        "it does not name one item; expected Order.primary with customer_id, placed_at, order_id by equality",
    ),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_statement_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(StatementError) as caught:
        make()
    assert message in str(caught.value)


WRONG_VALUES: dict[str, tuple[Callable[[], object], str]] = {
    "another type in a filter": (lambda: compiled(PAID.filter(loose(Order.price) == "3")), "Order.price: "),
    "another type deep in a filter": (
        lambda: compiled(PAID.filter(loose(Order.ship_to / Address.city) == 3)),
        "Order.ship_to.city: expected a string, got an int",
    ),
    "another type in an update": (lambda: update(loose(Order.price).set("3")), "Order.price: "),
    "against a constraint": (
        lambda: update(Order.total.set(-1)),
        "Order.total: the model refuses the value (greater_than_equal: Input should be greater than or equal",
    ),
    "an element of another type": (lambda: update(loose(Order.counts).append("x")), "Order.counts"),
    "an amount that is no number": (lambda: update(loose(Order.price).add("x")), "Order.price"),
    "a float where it is not exact": (lambda: update(loose(Order.total).set(0.1 + 0.2)), "Order.total"),
    "more digits than a number has": (lambda: update(Order.price.set(10**38 + 1)), "Order.price"),
    "a constructed value of another type": (
        lambda: compiled(Put(Invoice.model_construct(customer_id="c1", number="7"))),
        "Invoice.primary: number: got <str, 1 characters>; expected int",
    ),
    "a key attribute that is missing": (
        lambda: compiled(Create(Customer.model_construct(customer_id=None))),
        "Customer.primary: customer_id is missing; the primary key needs customer_id.",
    ),
    "a number too wide for its key": (
        lambda: compiled(Put(Invoice(customer_id="c1", number=1_000_000))),
        "Invoice.primary: number: ",
    ),
    "an item that is too large": (
        lambda: compiled(Put(an_order(note="x" * 409_600))),
        "; DynamoDB allows 409,600. Split it, or store the large value elsewhere.",
    ),
    "a key that is too long": (
        lambda: compiled(Put(Customer(customer_id="x" * 2048))),
        "Customer.primary: key attribute 'PK' (customer_id) has 2,057 bytes; expected 1 to 2,048.",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_a_value_that_does_not_fit_is_refused_by_name_and_kept_off_the_message(
    make: Callable[[], object], message: str
) -> None:
    with pytest.raises(EncodeError) as caught:
        make()
    assert message in str(caught.value)
    assert caught.value.entity == str(caught.value).partition(".")[0].partition(":")[0]


def test_a_name_that_is_no_attribute_is_told_where_it_is_used() -> None:
    for wrong in (lambda: loose(Order).totl, lambda: Order.primary(costumer_id="c1").plan):
        with pytest.raises(UnknownAttribute, match="did you mean '(total|customer_id)'"):
            wrong()
    path: Path[Order, object] = Path(AttributePath(Order, ("totl",)))
    with pytest.raises(UnknownAttribute, match="Order: it has no attribute 'totl'; did you mean 'total'"):
        compiled(PAID.filter(path.exists()))


def test_an_entity_without_a_table_is_neither_queried_nor_stored() -> None:
    class Part(Entity):
        key = Key("PART#{name}", "X")
        name: Attr[str]

    with pytest.raises(StatementError, match=r"Part: it is stored in no table. Declare it as `class Part"):
        _ = Part.key(name="a").plan
    with pytest.raises(StatementError, match="Part: it has no primary key, because it is stored in no table"):
        compiled(Put(Part(name="a")))


def test_an_attribute_that_stands_only_in_the_key_is_no_filter() -> None:
    class Part(Entity, table=Table("parts", pk="PK")):
        primary = Key("PART#{name}")
        name: Attr[str] = attr(key_only=True)
        lines: Attr[list[Line]] = attr(default_factory=list)
        price: Attr[Decimal] = attr(default=Decimal(0))

    with pytest.raises(StatementError, match=r"Part.name: it stands only inside the key and is not stored"):
        compiled(Part.primary(name="a").filter(Part.name == "a"))
