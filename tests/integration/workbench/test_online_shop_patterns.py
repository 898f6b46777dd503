"""The access patterns of "AnOnlineShop" are answered by typed queries, on the table as its authors made it.

A printed row may cover several entities: then it is a collection, of the table or of an index. A collection
names a whole partition, so what is asked of two entities in a range is asked by two queries.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import pytest

from dynakit import Client, Entity, Query, Repository
from tests.integration.workbench.models import Loaded, access_patterns, loaded
from tests.integration.workbench.online_shop import (
    ONLINE_SHOP,
    Customer,
    Invoice,
    OrderItem,
    Payment,
    Product,
    Shipment,
    ShipmentItem,
    Warehouse,
    WarehouseItem,
    shop,
)
from tests.integration.workbench.printed import Printed, parse, parse_row

Answer: TypeAlias = Callable[[Client], Sequence[Entity]]
"""Asks dynakit for what one access pattern gives."""


@pytest.fixture(scope="module")
def stored(dynamodb_local: str) -> Generator[Loaded]:
    with loaded(dynamodb_local, ONLINE_SHOP.file, shop) as found:
        yield found


def item(key: Query[Any]) -> Answer:
    """Get one item by its whole primary key."""
    return lambda db: [Repository(db, key.entity).require(key)]


def items(*queries: Query[Any]) -> Answer:
    """Run queries one after the other: each is of one entity, and an index gives several."""
    return lambda db: [found for query in queries for found in Repository(db, query.entity).all(query)]


def collection(*kinds: type[Entity], index: str | None = None, **partition: Any) -> Answer:
    """Read a whole partition of several entities; an item of any other is an error."""
    return lambda db: db.collect(kinds, index=index, foreign="refuse", **partition).items


def invoices(customer_id: str, low: datetime, high: datetime) -> Query[Invoice]:
    return Invoice.by_customer(Invoice.customer_id == customer_id, Invoice.invoiced_at.between(low, high))


def ordered(customer_id: str, low: datetime, high: datetime) -> Query[OrderItem]:
    return OrderItem.by_customer(
        OrderItem.customer_id == customer_id, OrderItem.ordered_at.between(low, high)
    )


JUNE, MID_JUNE, JULY = datetime(2020, 6, 1), datetime(2020, 6, 15), datetime(2020, 7, 1)
EARLY_INVOICES = invoices("12345", JUNE, MID_JUNE)
EARLY_PRODUCTS = ordered("12345", JUNE, MID_JUNE)

AS_PRINTED: list[tuple[int, Answer]] = [
    (1, item(Customer.primary(customer_id="12345"))),
    (1, item(Product.primary(product_id="12345"))),
    (1, item(Warehouse.primary(warehouse_id="12345"))),
    (1, items(WarehouseItem.primary(product_id="12345"))),
    (10, collection(Invoice, OrderItem, Payment, Shipment, ShipmentItem, order_id="12345")),
    (2, items(OrderItem.primary(order_id="12345"))),
    (1, items(Invoice.primary(order_id="12345"))),
    (2, items(Shipment.primary(order_id="12345"))),
    (
        1,
        items(
            OrderItem.by_product(
                OrderItem.product_id == "99887",
                OrderItem.ordered_at.between(datetime(2020, 6, 21), datetime(2020, 6, 21, 23, 59)),
            )
        ),
    ),
    (1, items(Invoice.by_number(invoice_id="55443"))),
    (1, items(Invoice.by_number(invoice_id="55443"))),
    (3, collection(Shipment, ShipmentItem, index="GSI1", shipment_id="98765")),
    (1, items(Shipment.by_warehouse(warehouse_id="12345"))),
    (2, items(WarehouseItem.by_warehouse(warehouse_id="12345"))),
    (0, items(EARLY_INVOICES)),
    (0, items(EARLY_PRODUCTS)),
    (0, items(EARLY_INVOICES)),
    (0, items(EARLY_PRODUCTS)),
    (0, items(EARLY_INVOICES, EARLY_PRODUCTS)),
]
"""For each printed row how many items it gives, and how dynakit is asked for them."""


@pytest.mark.parametrize("position", range(len(AS_PRINTED)))
def test_a_printed_pattern_gives_the_rows_that_meet_its_condition(stored: Loaded, position: int) -> None:
    count, answer = AS_PRINTED[position]
    wanted = parse_row(access_patterns(ONLINE_SHOP.readme)[position]).rows(stored.model.rows)
    assert len(wanted) == count
    assert answer(stored.db) == ONLINE_SHOP.entities(wanted)


def test_every_printed_pattern_is_answered() -> None:
    assert len(access_patterns(ONLINE_SHOP.readme)) == len(AS_PRINTED) == 19


CORRECTED: list[tuple[str, int, Printed, Answer]] = [
    (
        "payments of an invoice",
        2,
        parse("GSI1", 'PK="i#55443" and SK begins_with "pmn#"'),
        items(Payment.by_invoice(invoice_id="55443")),
    ),
    (
        "invoices of a customer in June 2020",
        1,
        parse("GSI2", 'PK="c#12345" and SK between "i#2020-06-01" and "i#2020-07-01"'),
        items(invoices("12345", JUNE, JULY)),
    ),
    (
        "products a customer ordered in June 2020",
        2,
        parse("GSI2", 'PK="c#12345" and SK between "p#2020-06-01" and "p#2020-07-01"'),
        items(ordered("12345", JUNE, JULY)),
    ),
    (
        "products ordered and invoices of a customer in June 2020",
        3,
        parse("GSI2", 'PK="c#12345"'),
        items(invoices("12345", JUNE, JULY), ordered("12345", JUNE, JULY)),
    ),
    (
        "products ordered and invoices of a customer",
        3,
        parse("GSI2", 'PK="c#12345"'),
        collection(Invoice, OrderItem, index="GSI2", customer_id="12345"),
    ),
    (
        "products of an order",
        2,
        parse("Table", 'PK="o#12345" and SK begins_with "p#"'),
        items(OrderItem.primary(order_id="12345")),
    ),
]
"""What the printed rows that find nothing, or the invoice instead of its payments, were meant to ask."""


@pytest.mark.parametrize(
    ("count", "printed", "answer"), [row[1:] for row in CORRECTED], ids=[row[0] for row in CORRECTED]
)
def test_a_corrected_pattern_gives_the_rows_that_were_meant(
    stored: Loaded, count: int, printed: Printed, answer: Answer
) -> None:
    wanted = printed.rows(stored.model.rows)
    assert len(wanted) == count
    assert answer(stored.db) == ONLINE_SHOP.entities(wanted)


def test_the_date_range_of_an_index_is_exact_to_the_second(stored: Loaded) -> None:
    """Both ends are included by ``between`` and excluded by ``<`` and ``>``, in both directions."""
    orders, customer = Repository(stored.db, OrderItem), OrderItem.customer_id == "12345"
    both = orders.all(OrderItem.by_customer(customer))
    first, last = (one.ordered_at for one in both)
    assert first < last
    times = OrderItem.ordered_at
    assert orders.all(OrderItem.by_customer(customer, times.between(first, last))) == both
    assert orders.all(OrderItem.by_customer(customer, times > first)) == both[1:]
    assert orders.all(OrderItem.by_customer(customer, times < last)) == both[:1]
    assert orders.all(OrderItem.by_customer(customer, times > first, times < last)) == []
    assert orders.all(OrderItem.by_customer(customer, times >= first).newest_first()) == both[::-1]


def test_attributes_that_stand_only_in_index_keys_are_projected_from_them(stored: Loaded) -> None:
    """A projection of what stands in other keys reads those keys."""
    rows = Repository(stored.db, OrderItem).all(
        OrderItem.primary(order_id="12345").project(OrderItem.customer_id, OrderItem.ordered_at)
    )
    wanted = parse("Table", 'PK="o#12345" and SK begins_with "p#"').rows(stored.model.rows)
    entities = [entity for entity in ONLINE_SHOP.entities(wanted) if isinstance(entity, OrderItem)]
    assert len(rows) == len(entities) == 2
    for row, entity in zip(rows, entities, strict=True):
        assert row[OrderItem.customer_id] == entity.customer_id
        assert row[OrderItem.ordered_at] == entity.ordered_at
