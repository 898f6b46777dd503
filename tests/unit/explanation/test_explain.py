"""Explanations as text and as data, and what they warn of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dynakit import (
    Attr,
    Check,
    Create,
    Delete,
    Entity,
    Index,
    Key,
    StatementError,
    Table,
    TransactWrite,
    Update,
    attr,
    explain,
    include,
    one_of,
    show_values,
)
from dynakit.schema.scan import Scan
from tests.unit.support.models import NOON, Customer, Order, an_order

yard = Table("yard", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", projection=include("_type"))])


class Job(Entity, table=yard):
    primary = Key("JOBS", "JOB#{id}")
    by_done = Key("DONE#{done}", index="GSI1")
    id: Attr[str]
    done: Attr[bool] = attr(default=False)
    text: Attr[str] = attr(default="")


NEIGHBOURS = "items of OrderItem can lie in the range; they are read, paid for and left out."
OF_C1 = Order.primary(customer_id="c1")
ONE = Order.primary(customer_id="c1", placed_at=NOON, order_id="o1")


@pytest.mark.parametrize(
    ("statement", "access", "action", "codes"),
    [
        (ONE, "get", "GetItem", []),
        (an_order(), "get", "GetItem", []),
        (Order.primary(Order.customer_id == "c1", Order.placed_at > NOON), "query", "Query", ["neighbours"]),
        (OF_C1.filter(Order.gift.is_true()), "query", "Query", ["filter-without-range", "neighbours"]),
        (
            OF_C1.filter(Order.gift.is_true()).limit(5),
            "query",
            "Query",
            ["filter-without-range", "limit-with-filter", "neighbours"],
        ),
        (Order.by_total(customer_id="c1"), "query", "Query", ["hydrate"]),
        (Order.by_city(city="Rome"), "nothing", "nothing", ["not-held"]),
        (Order.by_city(city="Rome").hydrate(), "query", "Query", ["hydrate"]),
        (Job.primary(), "query", "Query", ["hot-partition"]),
        (Job.by_done(done=True).hydrate(), "query", "Query", ["hot-partition", "hydrate"]),
        (one_of(Job.primary(), Job), "query", "Query", ["hot-partition"]),
        (Create(Job(id="1")), "write", "PutItem", ["hot-partition", "hot-partition"]),
        (Delete(Customer(customer_id="c1")), "write", "DeleteItem", []),
        (
            Check(Customer(customer_id="c1"), Customer.active.is_true()),
            "transaction",
            "TransactWriteItems",
            [],
        ),
        (TransactWrite((Delete(Customer(customer_id="c1")),)), "transaction", "TransactWriteItems", []),
        ([Customer(customer_id="c1"), Customer(customer_id="c2")], "batch", "BatchGetItem", []),
        (Scan(Customer), "scan", "Scan", ["scan"]),
        (Update(ONE, Order.order_id.set("o2")), "nothing", "nothing", ["refused"]),
    ],
)
def test_a_statement_is_explained(statement: Any, access: str, action: str, codes: list[str]) -> None:
    told = explain(statement)
    assert (told.access, told.action, [one.code for one in told.warnings]) == (access, action, codes)


def test_a_range_that_holds_nothing_costs_nothing() -> None:
    nothing = Order.primary(Order.customer_id == "c1", Order.placed_at > NOON, Order.placed_at < NOON)
    told = explain(nothing)
    assert (told.access, told.requests, told.read_units) == ("nothing", 0, 0.0)


def test_many_items_without_a_bound_are_warned_of() -> None:
    assert "unbounded" in [one.code for one in explain(OF_C1, items=10_000).warnings]
    assert "unbounded" not in [one.code for one in explain(OF_C1.limit(10), items=10_000).warnings]


def test_the_text_is_laid_out_without_values() -> None:
    query = Order.primary(Order.customer_id == "secret", Order.placed_at > NOON).filter(Order.gift.is_true())
    text = str(explain(query, items=50, item_size=2048))
    assert "secret" not in text
    assert text.splitlines() == [
        str(query),
        "  query: Query on table shop",
        "  key: PK = 'CUSTOMER#{customer_id}'",
        "  key: SK between two of 'ORDER#{placed_at}#{order_id}'",
        "  drops after reading: all but gift = <bool>",
        "  drops after reading: all but items of Order, by _type",
        "  costs about 12.5 read units: 50 items in 1 request",
        f"  warning (neighbours): {NEIGHBOURS}",
    ]
    with show_values():
        assert "CUSTOMER#secret" in str(explain(query))


def test_the_data_is_plain() -> None:
    told = explain(TransactWrite((Create(an_order()), Delete(Customer(customer_id="c1")))))
    data = json.loads(json.dumps(told.as_dict()))
    assert data["write_units"] == told.write_units == sum(part["write_units"] for part in data["parts"])
    assert [part["statement"] for part in data["parts"]] == ["create Order", "delete Customer"]
    assert "  - create Order" in str(told)


@pytest.mark.parametrize("figures", [{"items": -1}, {"item_size": 0}, {"entry_size": -5}])
def test_figures_are_positive(figures: dict[str, Any]) -> None:
    with pytest.raises(StatementError, match=r"explain: \w+: got -?\d; expected a positive number"):
        explain(OF_C1, **figures)
