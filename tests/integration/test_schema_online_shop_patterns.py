"""Each access pattern of the shop finds what plain Python finds in the same sample of some weeks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from dynakit import Partial, entities_of
from schemas.online_shop import Invoice, OrderItem, Payment, Product, Shipment, Stock, Warehouse
from schemas.online_shop import shop as table
from schemas.online_shop.orders import OrderFile
from schemas.online_shop.sample import load, make_sample
from schemas.online_shop.story import story
from schemas.online_shop.tour import FORTNIGHT, access_patterns, busiest_customer, busiest_order
from schemas.online_shop.values import Carrier, Category, Status
from schemas.online_shop.wiring import Shop
from tests.integration.backends import EMBEDDED, STORE, Opener, only

SAMPLE = make_sample()


def lately(at: datetime) -> bool:
    return SAMPLE.now - FORTNIGHT <= at < SAMPLE.now


def own() -> list[OrderFile]:
    """The orders of the busiest customer, the oldest first."""
    customer_id = busiest_customer(SAMPLE).customer_id
    return [file for file in SAMPLE.files if file.order.customer_id == customer_id]


def own_orders() -> list[object]:
    return [file.order for file in own()]


def own_invoices() -> list[Invoice]:
    return [invoice for file in own() for invoice in file.invoices]


def own_payments() -> list[Payment]:
    return sorted(
        (payment for file in own() for payment in file.payments), key=lambda p: (p.paid_at, p.payment_id)
    )


def chairs() -> list[Product]:
    wanted = [p for p in SAMPLE.products if p.category is Category.CHAIRS and 50 <= p.price <= Decimal(250)]
    return sorted(wanted, key=lambda product: product.price)


def german_warehouses() -> list[Warehouse]:
    return sorted((w for w in SAMPLE.warehouses if w.country == "DE"), key=lambda place: place.city)


def of_first_warehouse() -> list[Stock]:
    place = SAMPLE.warehouses[0].warehouse_id
    return sorted((s for s in SAMPLE.stocks if s.warehouse_id == place), key=lambda stock: stock.product_id)


def shipped_from_first() -> list[Shipment]:
    place = SAMPLE.warehouses[0].warehouse_id
    shipped = (s for file in SAMPLE.files for s in file.shipments if s.warehouse_id == place)
    return sorted(shipped, key=lambda shipment: (shipment.shipped_at, shipment.shipment_id))


def of_first_product() -> list[Stock]:
    wanted = SAMPLE.products[0].product_id
    return sorted((s for s in SAMPLE.stocks if s.product_id == wanted), key=lambda stock: stock.warehouse_id)


def sold() -> list[OrderItem]:
    wanted = SAMPLE.products[0].product_id
    return [i for f in SAMPLE.files for i in f.items if i.product_id == wanted and lately(i.placed_at)]


def overdue() -> list[Invoice]:
    unpaid = [i for f in SAMPLE.files for i in f.invoices if i.due_on and i.due_on < SAMPLE.now.date()]
    return sorted(unpaid, key=lambda invoice: (str(invoice.due_on), invoice.invoice_id))


def by_tomorrow() -> list[Shipment]:
    tomorrow = (SAMPLE.now + timedelta(days=1)).date()
    under_way = [
        s
        for f in SAMPLE.files
        for s in f.shipments
        if s.carrier is Carrier.COURIER and s.expected_on and s.expected_on <= tomorrow
    ]
    return sorted(under_way, key=lambda shipment: (str(shipment.expected_on), shipment.shipment_id))


EXPECTED: dict[str, Callable[[], Iterable[object]]] = {
    "a customer, by id": lambda: [busiest_customer(SAMPLE)],
    "a customer, by e-mail address in any case": lambda: [busiest_customer(SAMPLE)],
    "everything about a customer": lambda: [
        busiest_customer(SAMPLE),
        *own_invoices(),
        *own_orders(),
        *own_payments(),
    ],
    "a customer's orders of a fortnight, newest first": lambda: [
        file.order for file in own()[::-1] if lately(file.order.placed_at)
    ],
    "a customer's orders above 100 € to one city": lambda: [
        file.order
        for file in own()
        if file.order.total > 100 and file.order.ship_to.city == busiest_customer(SAMPLE).address.city
    ],
    "a customer's invoices of a fortnight": lambda: [
        invoice for invoice in own_invoices()[::-1] if lately(invoice.issued_at)
    ],
    "a customer's payments of a fortnight": lambda: [
        payment for payment in own_payments()[::-1] if lately(payment.paid_at)
    ],
    "the products in a basket": lambda: SAMPLE.products[:3],
    "chairs between 50 € and 250 €, cheapest first": chairs,
    "a product and its stock": lambda: [SAMPLE.products[0], *of_first_product()],
    "the stock of a product in all warehouses": of_first_product,
    "the sales of a product in a fortnight": sold,
    "the warehouses of a country, by city": german_warehouses,
    "everything in and out of a warehouse": lambda: [
        *shipped_from_first(),
        *of_first_warehouse(),
        SAMPLE.warehouses[0],
    ],
    "what a warehouse has fewer than fifteen of": lambda: [
        stock for stock in of_first_warehouse() if stock.quantity < 15
    ],
    "what a warehouse sent in a fortnight": lambda: [
        shipment for shipment in shipped_from_first() if lately(shipment.shipped_at)
    ],
    "the parcels the courier has to deliver by tomorrow": by_tomorrow,
    "an order with everything under it": lambda: busiest_order(SAMPLE).entities,
    "what to pack for an order": lambda: [
        {"title": item.title, "quantity": item.quantity, "warehouse_id": item.warehouse_id}
        for item in busiest_order(SAMPLE).items
    ],
    "the shipments of an order": lambda: busiest_order(SAMPLE).shipments,
    "the payments of an invoice": lambda: busiest_order(SAMPLE).payments,
    "the ten oldest orders not paid in full": lambda: [
        file.order for file in SAMPLE.files if file.order.status is Status.PLACED
    ][:10],
    "the invoices overdue today": overdue,
}


@pytest.fixture(scope="module", params=["embedded", "local"])
def filled(request: pytest.FixtureRequest) -> Generator[Shop]:
    """A shop with the sample in it; the tests on it only read."""
    backend: str = request.param
    endpoint: str = STORE if backend in EMBEDDED else request.getfixturevalue("dynamodb_local")
    with ExitStack() as stack:
        shop = Shop(Opener(backend, endpoint, stack)(table).client)
        load(shop, SAMPLE)
        yield shop


@pytest.mark.parametrize("name", EXPECTED)
def test_an_access_pattern_finds_what_it_says(name: str, filled: Shop) -> None:
    (pattern,) = [one for one in access_patterns(filled, SAMPLE) if one.name == name]
    found = [plain(one) for one in pattern.ask()]
    assert found == list(EXPECTED[name]())
    assert found, "the sample has nothing for this pattern to find"


def plain(found: object) -> object:
    """A projected row as its values, all else as it is."""
    return found.as_dict() if isinstance(found, Partial) else found


def test_every_access_pattern_is_held_to_the_sample(filled: Shop) -> None:
    assert [pattern.name for pattern in access_patterns(filled, SAMPLE)] == list(EXPECTED)


def test_the_sample_has_every_entity_and_is_the_same_each_time() -> None:
    assert {type(entity) for entity in SAMPLE.entities} == set(entities_of(table))
    assert make_sample() == SAMPLE
    assert make_sample(2) != SAMPLE


@only("embedded", "local")
def test_the_story_is_told_to_its_end(open_db: Opener) -> None:
    shop = Shop(open_db(table).client)
    load(shop, SAMPLE)
    assert [outcome for _, outcome in story(shop, SAMPLE)] == [
        "275.90 € to pay",
        "225.90 € left to pay",
        "the order is paid",
        "a parcel from leipzig and one from porto",
        "refused: out of stock: rocking-chair",
    ]
