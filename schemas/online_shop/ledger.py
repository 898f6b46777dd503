"""The shop's books kept in memory: all that its use cases ask for, without a database.

The sample is made with it, and tests use it in the place of the repositories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from .entities import Customer, Invoice, Order, OrderItem, Payment, Product, Shipment, Stock
from .orders import OrderFile
from .refusals import Changed, CustomerInactive, OutOfStock, UnknownProduct
from .values import Status


class Ledger:
    """Does what the repositories do, and refuses what they refuse."""

    def __init__(
        self, customers: Iterable[Customer], products: Iterable[Product], stocks: Iterable[Stock]
    ) -> None:
        self.customers = {customer.customer_id: customer for customer in customers}
        self.products = {product.product_id: product for product in products}
        self.stocks = {(stock.product_id, stock.warehouse_id): stock for stock in stocks}
        self.files: dict[str, OrderFile] = {}

    def named(self, product_ids: Iterable[str]) -> list[Product]:
        """The products of these ids."""
        try:
            return [self.products[product_id] for product_id in product_ids]
        except KeyError:
            raise UnknownProduct from None

    def of_product(self, product_id: str) -> list[Stock]:
        """The stock of a product in every warehouse, in the order of their ids."""
        found = [stock for stock in self.stocks.values() if stock.product_id == product_id]
        return sorted(found, key=lambda stock: stock.warehouse_id)

    def file(self, order_id: str) -> OrderFile | None:
        """An order with everything under it."""
        return self.files.get(order_id)

    def place(self, order: Order, items: Sequence[OrderItem], invoice: Invoice) -> None:
        """Store an order, and take its items out of stock."""
        customer = self.customers.get(order.customer_id)
        if customer is None or not customer.active:
            raise CustomerInactive
        short = [item.product_id for item in items if self._stock(item).quantity < item.quantity]
        if short:
            raise OutOfStock(short)
        for item in items:
            self._move(item, -item.quantity)
        in_order = sorted(items, key=lambda item: item.product_id)
        self.files[order.order_id] = OrderFile(order, in_order, [invoice], [], [])

    def pay(self, invoice: Invoice, payment: Payment) -> None:
        """Book a payment; the one that settles the invoice makes its order ready to be shipped."""
        file = self.files[invoice.order_id]
        settles = payment.amount == invoice.outstanding
        if invoice.due_on is None or invoice not in file.invoices:
            raise Changed
        changes: dict[str, object] = {"paid": invoice.paid + payment.amount}
        if settles:
            changes["due_on"] = None
            file = _with_status(file, Status.PAID)
        booked = invoice.model_copy(update=changes)
        invoices = [booked if one == invoice else one for one in file.invoices]
        self.files[invoice.order_id] = replace(file, invoices=invoices, payments=[*file.payments, payment])

    def ship(self, order: Order, shipments: Sequence[Shipment]) -> None:
        """Store the shipments of a paid order."""
        file = self._file_with(order, Status.PAID)
        self.files[order.order_id] = replace(_with_status(file, Status.SHIPPED), shipments=list(shipments))

    def cancel(self, file: OrderFile) -> None:
        """Cancel an order for which nothing was paid, and put its items back into stock."""
        known = self._file_with(file.order, Status.PLACED)
        if known.payments:
            raise Changed
        for item in file.items:
            self._move(item, item.quantity)
        invoices = [invoice.model_copy(update={"due_on": None}) for invoice in known.invoices]
        self.files[file.order.order_id] = replace(_with_status(known, Status.CANCELLED), invoices=invoices)

    def deliver(self, shipment: Shipment, at: datetime) -> Shipment:
        """Mark a shipment as delivered."""
        file = self.files[shipment.order_id]
        if shipment not in file.shipments:
            raise Changed
        delivered = shipment.model_copy(update={"delivered_at": at, "expected_on": None})
        shipments = [delivered if one == shipment else one for one in file.shipments]
        self.files[shipment.order_id] = replace(file, shipments=shipments)
        return delivered

    def _file_with(self, order: Order, status: Status) -> OrderFile:
        file = self.files[order.order_id]
        if file.order.status is not status:
            raise Changed
        return file

    def _stock(self, item: OrderItem) -> Stock:
        return self.stocks[item.product_id, item.warehouse_id]

    def _move(self, item: OrderItem, quantity: int) -> None:
        stock = self._stock(item)
        moved = stock.model_copy(update={"quantity": stock.quantity + quantity})
        self.stocks[item.product_id, item.warehouse_id] = moved


def _with_status(file: OrderFile, status: Status) -> OrderFile:
    return replace(file, order=file.order.model_copy(update={"status": status}))
