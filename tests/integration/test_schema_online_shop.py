"""``schemas.online_shop``: its access patterns find what they say, its use cases are all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from dynakit import ConditionFailed, Environment
from schemas.online_shop import Customer, Invoice, Order, OrderItem, Product, Stock
from schemas.online_shop import shop as table
from schemas.online_shop.ledger import Ledger
from schemas.online_shop.orders import OrderFile
from schemas.online_shop.refusals import (
    Changed,
    CustomerInactive,
    OutOfStock,
    Refusal,
    UnknownOrder,
    UnknownProduct,
    WrongAmount,
    WrongStatus,
)
from schemas.online_shop.sample import OPENED, Business, customers, products, stocks, warehouses
from schemas.online_shop.use_cases import PlaceOrder
from schemas.online_shop.values import Address, BankTransfer, Carrier, Category, Packed, Status
from schemas.online_shop.wiring import Shop
from tests.integration.backends import Opener, only

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
HOME = Address(street="Lindenweg 1", city="Berlin", postal_code="10115", country="DE")
TRANSFER = BankTransfer(reference="RF18")

on_both = only("embedded", "local")


def opened(open_db: Opener) -> Shop:
    """A shop that sells lamps for 12.50 € and desks for 400 €, out of two warehouses."""
    shop = Shop(open_db(table).client)
    shop.customers.create(Customer(customer_id="c1", name="Ada", email="Ada@example.com", address=HOME))
    shop.products.put_many(
        [
            Product(product_id="lamp", title="Lamp", category=Category.LAMPS, price=Decimal("12.50")),
            Product(product_id="desk", title="Desk", category=Category.TABLES, price=Decimal(400)),
        ]
    )
    for product_id, warehouse_id, quantity in [
        ("lamp", "lyon", 3),
        ("lamp", "porto", 5),
        ("desk", "lyon", 2),
    ]:
        shop.stocks.receive(product_id, warehouse_id, quantity)
    return shop


def on_stock(shop: Shop, product_id: str) -> dict[str, int]:
    return {stock.warehouse_id: stock.quantity for stock in shop.stocks.of_product(product_id)}


def filed(shop: Shop, order: Order) -> OrderFile:
    file = shop.orders.file(order.order_id)
    assert file is not None
    return file


@on_both
def test_goods_that_arrive_are_added_to_what_is_there(open_db: Opener) -> None:
    shop = opened(open_db)
    assert shop.stocks.receive("lamp", "lyon", 4).quantity == 7
    assert shop.stocks.receive("desk", "porto", 1) == Stock(
        product_id="desk", warehouse_id="porto", quantity=1
    )
    assert on_stock(shop, "lamp") == {"lyon": 7, "porto": 5}


@on_both
def test_placing_an_order_stores_all_of_it_and_takes_it_from_the_fullest_warehouse(open_db: Opener) -> None:
    shop = opened(open_db)
    order = shop.place_order("c1", {"lamp": 2, "desk": 1}, HOME, NOW)
    file = filed(shop, order)
    assert file.order == order
    assert (order.total, order.status) == (Decimal("425.00"), Status.PLACED)
    assert [(item.product_id, item.quantity, item.warehouse_id) for item in file.items] == [
        ("desk", 1, "lyon"),
        ("lamp", 2, "porto"),
    ]
    assert [(invoice.amount, invoice.due_on) for invoice in file.invoices] == [
        (Decimal(425), date(2026, 5, 18))
    ]
    assert on_stock(shop, "lamp") == {"lyon": 3, "porto": 3}
    assert on_stock(shop, "desk") == {"lyon": 1}


@on_both
@pytest.mark.parametrize(
    ("customer_id", "basket", "refusal"),
    [
        ("c1", {"lamp": 6}, OutOfStock),
        ("c1", {"lamp": 1, "desk": 3}, OutOfStock),
        ("c1", {"lamp": 1, "sofa": 1}, UnknownProduct),
        ("nobody", {"lamp": 1}, CustomerInactive),
    ],
)
def test_an_order_that_is_refused_leaves_nothing(
    open_db: Opener, customer_id: str, basket: dict[str, int], refusal: type[Refusal]
) -> None:
    shop = opened(open_db)
    with pytest.raises(refusal):
        shop.place_order(customer_id, basket, HOME, NOW)
    assert on_stock(shop, "lamp") == {"lyon": 3, "porto": 5}
    assert shop.orders.waiting(Status.PLACED).items == []
    assert list(shop.invoices.overdue(date.max)) == []


@on_both
def test_a_customer_who_was_barred_cannot_order(open_db: Opener) -> None:
    shop = opened(open_db)
    shop.customers.update(Customer.primary(customer_id="c1"), Customer.active.set(False))
    with pytest.raises(CustomerInactive):
        shop.place_order("c1", {"lamp": 1}, HOME, NOW)


@on_both
def test_a_warehouse_that_sold_out_in_between_is_told_by_product(open_db: Opener) -> None:
    shop = opened(open_db)
    order = shop.place_order("c1", {"lamp": 5, "desk": 1}, HOME, NOW)
    file = filed(shop, order)
    again = Order(customer_id="c1", placed_at=NOW, total=order.total, ship_to=HOME)
    items = [item.model_copy(update={"order_id": again.order_id}) for item in file.items]
    invoice = file.invoices[0].model_copy(update={"order_id": again.order_id})
    with pytest.raises(OutOfStock) as refused:
        shop.orders.place(again, items, invoice)
    assert refused.value.product_ids == ("lamp",)
    assert shop.orders.file(again.order_id) is None
    assert on_stock(shop, "desk") == {"lyon": 1}


@on_both
def test_of_parallel_orders_no_more_are_placed_than_there_is_stock(open_db: Opener) -> None:
    shop = opened(open_db)

    def order(number: int) -> Order | None:
        try:
            return shop.place_order("c1", {"desk": 1}, HOME, NOW + timedelta(seconds=number))
        except (OutOfStock, Changed):
            return None

    with ThreadPoolExecutor(8) as threads:
        placed = [order for order in threads.map(order, range(8)) if order is not None]
    left = sum(on_stock(shop, "desk").values())
    assert len(placed) == 2 - left
    assert len(shop.orders.waiting(Status.PLACED).items) == len(placed)
    while left:
        shop.place_order("c1", {"desk": 1}, HOME, NOW)
        left -= 1
    with pytest.raises(OutOfStock):
        shop.place_order("c1", {"desk": 1}, HOME, NOW)


@on_both
def test_an_invoice_is_paid_in_parts_and_then_its_order_can_be_shipped(open_db: Opener) -> None:
    shop = opened(open_db)
    order = shop.place_order("c1", {"lamp": 4, "desk": 1}, HOME, NOW)
    invoice = filed(shop, order).invoices[0]
    with pytest.raises(WrongStatus):
        shop.ship_order(order.order_id, Carrier.POST, NOW)
    shop.pay_invoice(invoice, TRANSFER, Decimal("50.00"), NOW)
    part = filed(shop, order)
    assert (part.order.status, part.invoices[0].outstanding) == (Status.PLACED, Decimal(400))
    assert list(shop.invoices.overdue(date.max)) == part.invoices
    shop.pay_invoice(part.invoices[0], TRANSFER, Decimal(400), NOW + timedelta(days=1))
    paid = filed(shop, order)
    assert (paid.order.status, paid.invoices[0].due_on) == (Status.PAID, None)
    assert list(shop.invoices.overdue(date.max)) == []
    assert [payment.amount for payment in paid.payments] == [Decimal(50), Decimal(400)]
    shipments = shop.ship_order(order.order_id, Carrier.POST, NOW + timedelta(days=2))
    shipped = filed(shop, order)
    assert (shipped.order.status, shipped.shipments) == (Status.SHIPPED, shipments)
    assert {shipment.warehouse_id: shipment.contents for shipment in shipments} == {
        "lyon": [Packed(product_id="desk", quantity=1)],
        "porto": [Packed(product_id="lamp", quantity=4)],
    }
    with pytest.raises(WrongStatus):
        shop.ship_order(order.order_id, Carrier.POST, NOW)


@on_both
def test_a_payment_of_an_invoice_that_changed_in_between_is_refused(open_db: Opener) -> None:
    shop = opened(open_db)
    order = shop.place_order("c1", {"desk": 1}, HOME, NOW)
    stale = filed(shop, order).invoices[0]
    shop.pay_invoice(stale, TRANSFER, Decimal(100), NOW)
    for amount in (Decimal(100), Decimal(400)):
        with pytest.raises(Changed):
            shop.pay_invoice(stale, TRANSFER, amount, NOW)
    for amount in (Decimal(0), Decimal("400.01")):
        with pytest.raises(WrongAmount):
            shop.pay_invoice(stale, TRANSFER, amount, NOW)
    file = filed(shop, order)
    assert [payment.amount for payment in file.payments] == [Decimal(100)]
    assert file.invoices[0].paid == Decimal(100)


@on_both
def test_a_cancelled_order_gives_its_items_back(open_db: Opener) -> None:
    shop = opened(open_db)
    order = shop.place_order("c1", {"lamp": 2, "desk": 1}, HOME, NOW)
    shop.cancel_order(order.order_id)
    file = filed(shop, order)
    assert (file.order.status, file.invoices[0].due_on) == (Status.CANCELLED, None)
    assert on_stock(shop, "lamp") == {"lyon": 3, "porto": 5}
    assert on_stock(shop, "desk") == {"lyon": 2}
    with pytest.raises(WrongStatus):
        shop.cancel_order(order.order_id)
    with pytest.raises(UnknownOrder):
        shop.cancel_order("no-such-order")
    for amount in (order.total, Decimal(1)):
        with pytest.raises(Changed):
            shop.pay_invoice(file.invoices[0], TRANSFER, amount, NOW)
    assert filed(shop, order).payments == []


@on_both
def test_an_order_that_was_paid_for_in_between_is_not_cancelled(open_db: Opener) -> None:
    shop = opened(open_db)
    order = shop.place_order("c1", {"lamp": 2}, HOME, NOW)
    stale = filed(shop, order)
    shop.pay_invoice(stale.invoices[0], TRANSFER, Decimal(5), NOW)
    with pytest.raises(Changed):
        shop.orders.cancel(stale)
    with pytest.raises(WrongStatus):
        shop.cancel_order(order.order_id)
    assert filed(shop, order).order.status is Status.PLACED
    assert on_stock(shop, "lamp") == {"lyon": 3, "porto": 3}


@on_both
def test_a_shipment_is_delivered_once_and_then_no_more_under_way(open_db: Opener) -> None:
    shop = opened(open_db)
    order = shop.place_order("c1", {"lamp": 2}, HOME, NOW)
    shop.pay_invoice(filed(shop, order).invoices[0], TRANSFER, order.total, NOW)
    (shipment,) = shop.ship_order(order.order_id, Carrier.COURIER, NOW)
    assert list(shop.shipments.under_way(Carrier.COURIER, date(2026, 5, 7))) == [shipment]
    assert list(shop.shipments.under_way(Carrier.COURIER, date(2026, 5, 6))) == []
    delivered = shop.shipments.deliver(shipment, NOW + timedelta(days=2))
    assert delivered.delivered_at == NOW + timedelta(days=2)
    assert list(shop.shipments.under_way(Carrier.COURIER, date.max)) == []
    with pytest.raises(ConditionFailed):
        shop.shipments.deliver(shipment, NOW)


@on_both
def test_waiting_orders_come_in_pages_the_oldest_first(open_db: Opener) -> None:
    shop = opened(open_db)
    placed = [shop.place_order("c1", {"lamp": 1}, HOME, NOW - timedelta(hours=hour)) for hour in range(5)]
    first = shop.orders.waiting(Status.PLACED, size=3)
    rest = shop.orders.waiting(Status.PLACED, size=3, cursor=first.cursor)
    assert [*first.items, *rest.items] == placed[::-1]
    assert len(first.items) == 3


STEPS = 16
SEED = 5


def ledger_of_sample() -> Ledger:
    """The books of a shop that just opened: people, goods and stock, and no order yet."""
    random = Random(SEED)
    goods = products(random)
    return Ledger(customers(random), goods, stocks(random, goods, warehouses()))


def run_business(business: Business) -> None:
    """Let a shop run for some steps, with a clock and identifiers of its own."""
    environment = Environment.simulated(SEED, now=OPENED)
    with environment.use():
        for _ in range(STEPS):
            environment.sleep(7 * 3600)
            business.go_on(environment.now())


@on_both
def test_the_ledger_keeps_the_same_books_as_the_repositories(open_db: Opener) -> None:
    """The double that stands in for the repositories in tests does what they do."""
    ledger = ledger_of_sample()
    shop = Shop(open_db(table).client)
    people, goods = list(ledger.customers.values()), list(ledger.products.values())
    shop.customers.put_many(people)
    shop.products.put_many(goods)
    shop.stocks.put_many(ledger.stocks.values())
    run_business(
        Business(
            Random(SEED),
            people,
            goods,
            catalogue=ledger,
            shelves=ledger,
            orders=ledger,
            deliveries=ledger,
        )
    )
    run_business(
        Business(
            Random(SEED),
            people,
            goods,
            catalogue=shop.products,
            shelves=shop.stocks,
            orders=shop.orders,
            deliveries=shop.shipments,
        )
    )
    assert len(ledger.files) == STEPS
    assert {order_id: shop.orders.file(order_id) for order_id in ledger.files} == ledger.files
    for product_id in ledger.products:
        assert shop.stocks.of_product(product_id) == ledger.of_product(product_id)


class SlowLedger(Ledger):
    """A ledger at which somebody else is always faster, a number of times."""

    faster = 0

    def place(self, order: Order, items: Sequence[OrderItem], invoice: Invoice) -> None:
        if self.faster:
            self.faster -= 1
            raise Changed
        super().place(order, items, invoice)


def test_an_order_is_tried_again_when_somebody_was_faster_and_given_up_in_the_end() -> None:
    ledger = SlowLedger(
        [Customer(customer_id="c1", name="Ada", email="ada@example.com", address=HOME)],
        [Product(product_id="lamp", title="Lamp", category=Category.LAMPS, price=Decimal(12))],
        [Stock(product_id="lamp", warehouse_id="lyon", quantity=3)],
    )
    place = PlaceOrder(ledger, ledger, ledger)
    ledger.faster = 2
    order = place("c1", {"lamp": 1}, HOME, NOW)
    assert ledger.files[order.order_id].items[0].warehouse_id == "lyon"
    ledger.faster = 100
    with pytest.raises(Changed):
        place("c1", {"lamp": 1}, HOME, NOW)
    assert ledger.stocks["lamp", "lyon"].quantity == 2
