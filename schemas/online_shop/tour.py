"""Each access pattern of the shop, once, on the sample: for the demo, and to hold backends to one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from .entities import Customer
from .orders import OrderFile
from .sample import Sample
from .use_cases import filed
from .values import Carrier, Category, Status
from .wiring import Shop

FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True)
class AccessPattern:
    """A question that the shop asks its table; ``ask`` gives what was found."""

    name: str
    ask: Callable[[], Iterable[object]]


def access_patterns(shop: Shop, sample: Sample) -> list[AccessPattern]:
    """Every access pattern, asked about the sample's busiest customer, product, warehouse and order."""
    return [
        *about_customers(shop, sample),
        *about_goods(shop, sample),
        *about_warehouses(shop, sample),
        *about_orders(shop, sample),
    ]


def about_customers(shop: Shop, sample: Sample) -> list[AccessPattern]:
    """What is asked about customers."""
    customer = busiest_customer(sample)
    own, until = customer.customer_id, sample.now
    since = until - FORTNIGHT
    return [
        AccessPattern("a customer, by id", lambda: [shop.customers.require(customer)]),
        AccessPattern(
            "a customer, by e-mail address in any case",
            lambda: [shop.customers.with_email(customer.email.upper())],
        ),
        AccessPattern("everything about a customer", lambda: shop.customers.history(own).items),
        AccessPattern(
            "a customer's orders of a fortnight, newest first",
            lambda: shop.orders.of_customer(own, since, until),
        ),
        AccessPattern(
            "a customer's orders above 100 € to one city",
            lambda: shop.orders.large(own, Decimal(100), customer.address.city),
        ),
        AccessPattern(
            "a customer's invoices of a fortnight", lambda: shop.invoices.of_customer(own, since, until)
        ),
        AccessPattern(
            "a customer's payments of a fortnight", lambda: shop.payments.of_customer(own, since, until)
        ),
    ]


def about_goods(shop: Shop, sample: Sample) -> list[AccessPattern]:
    """What is asked about products and their stock."""
    wanted = sample.products[0].product_id
    basket = [product.product_id for product in sample.products[:3]]
    return [
        AccessPattern("the products in a basket", lambda: shop.products.named(basket)),
        AccessPattern(
            "chairs between 50 € and 250 €, cheapest first",
            lambda: shop.products.in_category(Category.CHAIRS, Decimal(50), Decimal(250)),
        ),
        AccessPattern("a product and its stock", lambda: shop.products.with_stock(wanted).items),
        AccessPattern("the stock of a product in all warehouses", lambda: shop.stocks.of_product(wanted)),
        AccessPattern(
            "the sales of a product in a fortnight",
            lambda: shop.order_items.sold(wanted, sample.now - FORTNIGHT, sample.now),
        ),
    ]


def about_warehouses(shop: Shop, sample: Sample) -> list[AccessPattern]:
    """What is asked about warehouses and what they sent."""
    warehouse_id = sample.warehouses[0].warehouse_id
    since, until = sample.now - FORTNIGHT, sample.now
    return [
        AccessPattern("the warehouses of a country, by city", lambda: shop.warehouses.in_country("DE")),
        AccessPattern(
            "everything in and out of a warehouse", lambda: shop.warehouses.contents(warehouse_id).items
        ),
        AccessPattern(
            "what a warehouse has fewer than fifteen of", lambda: shop.stocks.running_low(warehouse_id, 15)
        ),
        AccessPattern(
            "what a warehouse sent in a fortnight",
            lambda: shop.shipments.from_warehouse(warehouse_id, since, until),
        ),
        AccessPattern(
            "the parcels the courier has to deliver by tomorrow",
            lambda: shop.shipments.under_way(Carrier.COURIER, (until + timedelta(days=1)).date()),
        ),
    ]


def about_orders(shop: Shop, sample: Sample) -> list[AccessPattern]:
    """What is asked about orders and what stands under them."""
    file = busiest_order(sample)
    order, invoice = file.order, file.invoices[0]
    return [
        AccessPattern(
            "an order with everything under it",
            lambda: filed(shop.orders, order.order_id, Status.SHIPPED).entities,
        ),
        AccessPattern("what to pack for an order", lambda: shop.order_items.of_order(order.order_id)),
        AccessPattern("the shipments of an order", lambda: shop.shipments.of_order(order.order_id)),
        AccessPattern(
            "the payments of an invoice",
            lambda: shop.payments.of_invoice(order.order_id, invoice.invoice_id),
        ),
        AccessPattern(
            "the ten oldest orders not paid in full",
            lambda: shop.orders.waiting(Status.PLACED, size=10).items,
        ),
        AccessPattern("the invoices overdue today", lambda: shop.invoices.overdue(sample.now.date())),
    ]


def busiest_customer(sample: Sample) -> Customer:
    """The customer with the most orders."""
    orders = Counter(file.order.customer_id for file in sample.files)
    return max(sample.customers, key=lambda customer: orders[customer.customer_id])


def busiest_order(sample: Sample) -> OrderFile:
    """The shipped order with the most payments and shipments."""
    shipped = [file for file in sample.files if file.order.status is Status.SHIPPED]
    return max(shipped, key=lambda file: len(file.shipments) + len(file.payments))
