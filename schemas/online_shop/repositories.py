"""The data sources of the shop but for orders: each access pattern is a method, in the shop's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from dynakit import Collected, Partial, Repository

from .entities import Customer, Invoice, Order, OrderItem, Payment, Product, Shipment, Stock, Warehouse
from .refusals import UnknownProduct
from .values import Carrier, Category


class Customers(Repository[Customer]):
    """The people who buy."""

    def with_email(self, email: str) -> Customer | None:
        """The customer of an e-mail address, in whichever case it is written."""
        return self.first(Customer.by_email(Customer.email == email))

    def history(self, customer_id: str) -> Collected:
        """Everything about a customer, in one query: profile, invoices, orders and payments."""
        return self.client.collect([Customer, Invoice, Order, Payment], index="GSI1", customer_id=customer_id)


class Products(Repository[Product]):
    """What there is to buy."""

    def named(self, product_ids: Iterable[str]) -> list[Product]:
        """The products of these ids, in their order. Raises :class:`UnknownProduct`."""
        found = self.get_many(Product.primary(Product.product_id == one) for one in product_ids)
        known = [product for product in found if product is not None]
        if len(known) < len(found):
            raise UnknownProduct
        return known

    def in_category(self, category: Category, lowest: Decimal, highest: Decimal) -> Iterator[Product]:
        """The products of a category between two prices (both included), the cheapest first."""
        return self.iterate(
            Product.by_category(Product.category == category, Product.price.between(lowest, highest))
        )

    def with_stock(self, product_id: str) -> Collected:
        """A product and its stock in every warehouse, in one query."""
        return self.client.collect([Product, Stock], product_id=product_id)


class Warehouses(Repository[Warehouse]):
    """Where products lie."""

    def in_country(self, country: str) -> Iterator[Warehouse]:
        """The warehouses of a country, by city."""
        return self.iterate(Warehouse.by_country(Warehouse.country == country))

    def contents(self, warehouse_id: str) -> Collected:
        """A warehouse, what it sent and what lies in it, in one query."""
        return self.client.collect([Warehouse, Shipment, Stock], index="GSI1", warehouse_id=warehouse_id)


class Stocks(Repository[Stock]):
    """How much there is of what, and where."""

    def of_product(self, product_id: str) -> list[Stock]:
        """The stock of a product in every warehouse, as it is at this moment."""
        return self.all(Stock.primary(Stock.product_id == product_id).consistent())

    def running_low(self, warehouse_id: str, below: int) -> Iterator[Stock]:
        """What a warehouse has fewer of than this; reads all of its stock to find it."""
        here = Stock.by_warehouse(Stock.warehouse_id == warehouse_id)
        return self.iterate(here.filter(Stock.quantity < below))

    def receive(self, product_id: str, warehouse_id: str, quantity: int) -> Stock:
        """Put goods that arrived into stock, the first of their kind too."""
        shelf = Stock.primary(Stock.product_id == product_id, Stock.warehouse_id == warehouse_id)
        return self.upsert(shelf, Stock.quantity.add(quantity))


class OrderItems(Repository[OrderItem]):
    """What was ordered."""

    def of_order(self, order_id: str) -> Iterator[Partial[OrderItem]]:
        """What to pack for an order: title, quantity and warehouse of each item."""
        items = OrderItem.primary(OrderItem.order_id == order_id)
        return self.iterate(items.project(OrderItem.title, OrderItem.quantity, OrderItem.warehouse_id))

    def sold(self, product_id: str, since: datetime, until: datetime) -> Iterator[OrderItem]:
        """The sales of a product from one time to another (not included), the oldest first."""
        return self.iterate(
            OrderItem.by_product(
                OrderItem.product_id == product_id,
                OrderItem.placed_at >= since,
                OrderItem.placed_at < until,
            )
        )


class Invoices(Repository[Invoice]):
    """What is to be paid."""

    def of_customer(self, customer_id: str, since: datetime, until: datetime) -> Iterator[Invoice]:
        """A customer's invoices from one time to another (not included), the newest first."""
        issued = Invoice.by_customer(
            Invoice.customer_id == customer_id, Invoice.issued_at >= since, Invoice.issued_at < until
        )
        return self.iterate(issued.newest_first())

    def overdue(self, today: date) -> Iterator[Invoice]:
        """The unpaid invoices that were due before a day, the longest overdue first."""
        return self.iterate(Invoice.unpaid(Invoice.due_on < today))


class Payments(Repository[Payment]):
    """What was paid."""

    def of_invoice(self, order_id: str, invoice_id: str) -> Iterator[Payment]:
        """The payments of an invoice, the oldest first: their ids begin with the time."""
        return self.iterate(Payment.primary(Payment.order_id == order_id, Payment.invoice_id == invoice_id))

    def of_customer(self, customer_id: str, since: datetime, until: datetime) -> Iterator[Payment]:
        """A customer's payments from one time to another (not included), the newest first."""
        made = Payment.by_customer(
            Payment.customer_id == customer_id, Payment.paid_at >= since, Payment.paid_at < until
        )
        return self.iterate(made.newest_first())


class Shipments(Repository[Shipment]):
    """What was sent."""

    def of_order(self, order_id: str) -> Iterator[Shipment]:
        """The shipments of an order, the oldest first: their ids begin with the time."""
        return self.iterate(Shipment.primary(Shipment.order_id == order_id))

    def from_warehouse(self, warehouse_id: str, since: datetime, until: datetime) -> Iterator[Shipment]:
        """What a warehouse sent from one time to another (not included), the oldest first."""
        return self.iterate(
            Shipment.by_warehouse(
                Shipment.warehouse_id == warehouse_id,
                Shipment.shipped_at >= since,
                Shipment.shipped_at < until,
            )
        )

    def under_way(self, carrier: Carrier, expected_by: date) -> Iterator[Shipment]:
        """What a carrier still has to deliver up to a day, that day included."""
        return self.iterate(
            Shipment.under_way(Shipment.carrier == carrier, Shipment.expected_on <= expected_by)
        )

    def deliver(self, shipment: Shipment, at: datetime) -> Shipment:
        """Mark a shipment as delivered. Raises :class:`~dynakit.ConditionFailed` when it already is."""
        return self.update(
            shipment,
            Shipment.delivered_at.set(at),
            Shipment.expected_on.remove(),
            where=Shipment.expected_on.exists(),
        )
