"""The table and its entities: one declaration of what is stored, under which keys.

=========  =============================  =======================================  ========================
entity     table: PK / SK                 GSI1: GSI1PK / GSI1SK                    GSI2: GSI2PK / GSI2SK
=========  =============================  =======================================  ========================
Customer   CUSTOMER# / CUSTOMER           CUSTOMER# / CUSTOMER                     EMAIL# / CUSTOMER
Product    PRODUCT# / PRODUCT             CATEGORY# / price, id
Stock      PRODUCT# / STOCK#              WAREHOUSE# / STOCK#
Warehouse  WAREHOUSE# / WAREHOUSE         WAREHOUSE# / WAREHOUSE                   COUNTRY# / city, id
Order      ORDER# / ORDER                 CUSTOMER# / ORDER# placed at             STATUS# / placed at
OrderItem  ORDER# / ITEM#                 PRODUCT# / SOLD# placed at
Invoice    ORDER# / INVOICE#              CUSTOMER# / INVOICE# issued at           UNPAID / due on (sparse)
Payment    ORDER# / INVOICE# #PAYMENT#    CUSTOMER# / PAYMENT# paid at
Shipment   ORDER# / SHIPMENT#             WAREHOUSE# / SHIPMENT# shipped at        UNDER_WAY# / due (sparse)
=========  =============================  =======================================  ========================

So one query reads an order with everything under it, a product with its stock, everything about a
customer (GSI1), or everything in and out of a warehouse (GSI1).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from dynakit import Attr, Entity, Index, Key, Table, attr, ulid

from .values import Address, Carrier, Category, Method, Money, Packed, Status

shop = Table(
    "OnlineShop",
    pk="PK",
    sk="SK",
    indexes=[
        Index("GSI1", pk="GSI1PK", sk="GSI1SK"),
        Index("GSI2", pk="GSI2PK", sk="GSI2SK"),
    ],
)


class Customer(Entity, table=shop):
    """Somebody who buys here."""

    primary = Key("CUSTOMER#{customer_id}", "CUSTOMER")
    with_history = Key("CUSTOMER#{customer_id}", "CUSTOMER", index="GSI1")
    by_email = Key("EMAIL#{email:lower}", "CUSTOMER", index="GSI2")

    customer_id: Attr[str] = attr(default_factory=ulid)
    name: Attr[str] = attr(min_length=1)
    email: Attr[str] = attr(pattern=r"^[^@\s]+@[^@\s]+$")
    address: Attr[Address]
    active: Attr[bool] = attr(default=True)


class Product(Entity, table=shop):
    """Something to buy. Its price stands in an index key in a form that sorts as numbers do."""

    primary = Key("PRODUCT#{product_id}", "PRODUCT")
    by_category = Key("CATEGORY#{category}", "{price:ordered}#{product_id}", index="GSI1")

    product_id: Attr[str]
    title: Attr[str]
    category: Attr[Category]
    price: Attr[Money]
    colours: Attr[set[str]] = attr(default_factory=set)
    kilograms: Attr[Decimal] = attr(default=Decimal(1), gt=0)


class Warehouse(Entity, table=shop):
    """Where products lie."""

    primary = Key("WAREHOUSE#{warehouse_id}", "WAREHOUSE")
    with_contents = Key("WAREHOUSE#{warehouse_id}", "WAREHOUSE", index="GSI1")
    by_country = Key("COUNTRY#{country}", "{city}#{warehouse_id}", index="GSI2")

    warehouse_id: Attr[str]
    city: Attr[str]
    country: Attr[str] = attr(pattern="^[A-Z]{2}$")


class Stock(Entity, table=shop):
    """How many of a product lie in a warehouse."""

    primary = Key("PRODUCT#{product_id}", "STOCK#{warehouse_id}")
    by_warehouse = Key("WAREHOUSE#{warehouse_id}", "STOCK#{product_id}", index="GSI1")

    product_id: Attr[str]
    warehouse_id: Attr[str]
    quantity: Attr[int] = attr(default=0, ge=0)


class Order(Entity, table=shop):
    """What a customer ordered at one time; what it is made of stands in its items."""

    primary = Key("ORDER#{order_id}", "ORDER")
    by_customer = Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}", index="GSI1")
    by_status = Key("STATUS#{status}", "{placed_at}#{order_id}", index="GSI2")

    order_id: Attr[str] = attr(default_factory=ulid)
    customer_id: Attr[str]
    placed_at: Attr[datetime]
    status: Attr[Status] = attr(default=Status.PLACED)
    total: Attr[Money]
    ship_to: Attr[Address]


class OrderItem(Entity, table=shop):
    """One product of an order, at the price of that day, and the warehouse it was taken from."""

    primary = Key("ORDER#{order_id}", "ITEM#{product_id}")
    by_product = Key("PRODUCT#{product_id}", "SOLD#{placed_at}#{order_id}", index="GSI1")

    order_id: Attr[str]
    product_id: Attr[str]
    placed_at: Attr[datetime]
    title: Attr[str]
    quantity: Attr[int] = attr(ge=1)
    price: Attr[Money]
    warehouse_id: Attr[str]


class Invoice(Entity, table=shop):
    """What is to be paid for an order. ``due_on`` is there until nothing is left to pay."""

    primary = Key("ORDER#{order_id}", "INVOICE#{invoice_id}")
    by_customer = Key("CUSTOMER#{customer_id}", "INVOICE#{issued_at}#{invoice_id}", index="GSI1")
    unpaid = Key("UNPAID", "{due_on}#{invoice_id}", index="GSI2")

    order_id: Attr[str]
    invoice_id: Attr[str] = attr(default_factory=ulid)
    customer_id: Attr[str]
    issued_at: Attr[datetime]
    amount: Attr[Money]
    paid: Attr[Money] = attr(default=Decimal(0))
    due_on: Attr[date | None] = attr(default=None)

    @property
    def outstanding(self) -> Decimal:
        """What is left to pay."""
        return self.amount - self.paid


class Payment(Entity, table=shop):
    """Money received for an invoice."""

    primary = Key("ORDER#{order_id}", "INVOICE#{invoice_id}#PAYMENT#{payment_id}")
    by_customer = Key("CUSTOMER#{customer_id}", "PAYMENT#{paid_at}#{payment_id}", index="GSI1")

    order_id: Attr[str]
    invoice_id: Attr[str]
    payment_id: Attr[str] = attr(default_factory=ulid)
    customer_id: Attr[str]
    paid_at: Attr[datetime]
    amount: Attr[Money] = attr(gt=0)
    method: Attr[Method]


class Shipment(Entity, table=shop):
    """A parcel with items of one order. ``expected_on`` is there until it is delivered."""

    primary = Key("ORDER#{order_id}", "SHIPMENT#{shipment_id}")
    by_warehouse = Key("WAREHOUSE#{warehouse_id}", "SHIPMENT#{shipped_at}#{shipment_id}", index="GSI1")
    under_way = Key("UNDER_WAY#{carrier}", "{expected_on}#{shipment_id}", index="GSI2")

    order_id: Attr[str]
    shipment_id: Attr[str] = attr(default_factory=ulid)
    warehouse_id: Attr[str]
    carrier: Attr[Carrier]
    shipped_at: Attr[datetime]
    contents: Attr[list[Packed]] = attr(min_length=1)
    expected_on: Attr[date | None] = attr(default=None)
    delivered_at: Attr[datetime | None] = attr(default=None)
