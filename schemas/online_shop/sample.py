"""Some weeks of made-up business: a few hundred items, the same for the same seed.

Orders, payments and shipments are made by the use cases, on a :class:`~.ledger.Ledger`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Protocol, TypeVar

from dynakit import Entity, Environment

from .entities import Customer, Order, Product, Shipment, Stock, Warehouse
from .ledger import Ledger
from .orders import OrderFile
from .use_cases import (
    CancelOrder,
    Catalogue,
    OrderBook,
    PayInvoice,
    PlaceOrder,
    Shelves,
    ShipOrder,
    filed,
)
from .values import Address, BankTransfer, Card, Carrier, Category, GiftCard, Method, Status
from .wiring import Shop

T = TypeVar("T")

OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
ORDERS = 70
GIFT = Decimal(20)
FORGOTTEN = 0.08
"""The share of orders that nobody ever pays for."""

FIRST_NAMES = (
    "Ada Bruno Clara David Elif Finn Greta Hugo Ines Jan Karla Leo Mia Nils Olga Paul Rosa Sami Tilda Uwe"
)
HOMES = (
    ("Lindenweg", "Berlin", "10115", "DE"),
    ("Hafenstraße", "Hamburg", "20457", "DE"),
    ("Rue des Tilleuls", "Lyon", "69003", "FR"),
    ("Rua do Rio", "Porto", "4050-253", "PT"),
    ("Kirchengasse", "Wien", "1070", "AT"),
)
WAREHOUSES = (("hamburg", "DE"), ("leipzig", "DE"), ("lyon", "FR"), ("porto", "PT"))
PRODUCTS = {
    Category.CHAIRS: {
        "Kitchen chair": "59.00",
        "Armchair, wool": "349.00",
        "Folding chair": "24.50",
        "Office chair": "189.00",
        "Bar stool": "74.90",
        "Rocking chair": "219.00",
    },
    Category.LAMPS: {
        "Desk lamp": "39.90",
        "Floor lamp": "119.00",
        "Paper lantern": "12.50",
        "Reading lamp": "54.00",
        "Pendant lamp, glass": "98.00",
    },
    Category.SHELVES: {
        "Bookcase, five boards": "149.00",
        "Wall shelf": "29.90",
        "Shoe rack": "34.90",
        "Corner shelf": "44.00",
        "Workshop rack, steel": "89.00",
    },
    Category.TABLES: {
        "Oak desk": "429.00",
        "Dining table, ash": "599.00",
        "Side table": "69.00",
        "Folding table": "79.90",
        "Coffee table, walnut": "259.00",
    },
}
COLOURS = ("black", "blue", "green", "oak", "red", "walnut", "white")


class Deliveries(Protocol):
    """Where it is noted that a shipment arrived."""

    def deliver(self, shipment: Shipment, at: datetime) -> Shipment: ...


@dataclass(frozen=True)
class Sample:
    """A shop after some weeks; ``now`` is when its last order was placed."""

    now: datetime
    customers: list[Customer]
    products: list[Product]
    warehouses: list[Warehouse]
    stocks: list[Stock]
    files: list[OrderFile]

    @property
    def entities(self) -> list[Entity]:
        """Every entity of the shop."""
        people_and_goods = [*self.customers, *self.products, *self.warehouses, *self.stocks]
        return [*people_and_goods, *(entity for file in self.files for entity in file.entities)]


def make_sample(seed: int = 1) -> Sample:
    """Open a shop in memory, and let it run for some weeks."""
    random = Random(seed)  # noqa: S311 - believable, not secret
    people, goods, places = customers(random), products(random), warehouses()
    ledger = Ledger(people, goods, stocks(random, goods, places))
    environment = Environment.simulated(seed, now=OPENED)
    business = Business(
        random, people, goods, catalogue=ledger, shelves=ledger, orders=ledger, deliveries=ledger
    )
    with environment.use():
        for _ in range(ORDERS):
            environment.sleep(60 * random.randint(4 * 60, 16 * 60))
            business.go_on(environment.now())
    files = list(ledger.files.values())
    return Sample(environment.now(), people, goods, places, list(ledger.stocks.values()), files)


def load(shop: Shop, sample: Sample) -> None:
    """Put a sample into a shop, in batches."""
    shop.customers.put_many(sample.customers)
    shop.products.put_many(sample.products)
    shop.warehouses.put_many(sample.warehouses)
    shop.stocks.put_many(sample.stocks)
    shop.orders.put_many(file.order for file in sample.files)
    shop.order_items.put_many(item for file in sample.files for item in file.items)
    shop.invoices.put_many(invoice for file in sample.files for invoice in file.invoices)
    shop.payments.put_many(payment for file in sample.files for payment in file.payments)
    shop.shipments.put_many(shipment for file in sample.files for shipment in file.shipments)


def customers(random: Random) -> list[Customer]:
    """One customer of each first name."""
    people: list[Customer] = []
    for number, name in enumerate(FIRST_NAMES.split(), start=1):
        street, city, postal_code, country = random.choice(HOMES)
        address = Address(
            street=f"{street} {random.randint(1, 90)}", city=city, postal_code=postal_code, country=country
        )
        email = f"{name}.{number}@example.com"
        people.append(Customer(customer_id=f"C{number:03}", name=name, email=email, address=address))
    return people


def products(random: Random) -> list[Product]:
    """The whole range."""
    return [
        Product(
            product_id=title.lower().replace(",", "").replace(" ", "-"),
            title=title,
            category=category,
            price=Decimal(price),
            colours=set(random.sample(COLOURS, random.randint(1, 3))),
            kilograms=Decimal(random.randint(8, 300)) / 10,
        )
        for category, titles in PRODUCTS.items()
        for title, price in titles.items()
    ]


def warehouses() -> list[Warehouse]:
    """One in each of some cities."""
    return [Warehouse(warehouse_id=city, city=city.title(), country=country) for city, country in WAREHOUSES]


def stocks(random: Random, goods: list[Product], places: list[Warehouse]) -> list[Stock]:
    """Each product in two or more warehouses."""
    return [
        Stock(
            product_id=product.product_id,
            warehouse_id=warehouse.warehouse_id,
            quantity=random.randint(8, 40),
        )
        for product in goods
        for warehouse in random.sample(places, random.randint(2, len(places)))
    ]


class Business:
    """A shop at work: with each step an order is placed, and some of the open ones go on."""

    def __init__(
        self,
        random: Random,
        customers: list[Customer],
        products: list[Product],
        *,
        catalogue: Catalogue,
        shelves: Shelves,
        orders: OrderBook,
        deliveries: Deliveries,
    ) -> None:
        self.random = random
        self.customers = customers
        self.products = products
        self.orders = orders
        self.deliveries = deliveries
        self.place_order = PlaceOrder(catalogue, shelves, orders)
        self.pay_invoice = PayInvoice(orders)
        self.ship_order = ShipOrder(orders)
        self.cancel_order = CancelOrder(orders)
        self.to_pay: list[Order] = []
        self.to_ship: list[Order] = []
        self.to_deliver: list[Shipment] = []

    def go_on(self, now: datetime) -> None:
        """Place an order, and let some of those that wait be paid, shipped or delivered."""
        for shipment in self._some(self.to_deliver, 0.12):
            self.deliveries.deliver(shipment, now)
        for order in self._some(self.to_ship, 0.5):
            self.to_deliver += self.ship_order(order.order_id, self.random.choice(list(Carrier)), now)
        for order in self._some(self.to_pay, 0.15):
            self._pay(order, now)
        self._place(now)

    def _place(self, now: datetime) -> None:
        # Drawn twice, so that some customers come often and some hardly ever.
        customer = self.random.choice(self.customers[: self.random.randint(3, len(self.customers))])
        chosen = self.random.sample(self.products, self.random.choice((1, 1, 2, 2, 3)))
        basket = {product.product_id: self.random.choice((1, 1, 1, 2, 4)) for product in chosen}
        order = self.place_order(customer.customer_id, basket, customer.address, now)
        if self.random.random() > FORGOTTEN:
            self.to_pay.append(order)

    def _pay(self, order: Order, now: datetime) -> None:
        if self.random.random() < 0.05:
            self.cancel_order(order.order_id)
            return
        gift = GIFT if order.total > GIFT and self.random.random() < 0.25 else Decimal(0)
        if gift:
            self._book(order, GiftCard(code=f"GIFT-{self._digits()}", balance=Decimal(0)), gift, now)
        methods: list[Method] = [
            Card(last_digits=self._digits(), expires="12/29"),
            BankTransfer(reference=f"RF{self._digits()}"),
        ]
        self._book(order, self.random.choice(methods), order.total - gift, now)
        self.to_ship.append(order)

    def _book(self, order: Order, method: Method, amount: Decimal, now: datetime) -> None:
        invoice = filed(self.orders, order.order_id, Status.PLACED).invoices[0]
        self.pay_invoice(invoice, method, amount, now)

    def _digits(self) -> str:
        return f"{self.random.randint(0, 9999):04}"

    def _some(self, waiting: list[T], share: float) -> list[T]:
        """Take some out of those that wait."""
        taken = [one for one in waiting if self.random.random() < share]
        waiting[:] = [one for one in waiting if one not in taken]
        return taken
