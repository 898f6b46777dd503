"""What the shop does. Use cases know the shop's words and small protocols, and nothing of DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Protocol

from .entities import Invoice, Order, OrderItem, Payment, Product, Shipment, Stock
from .orders import OrderFile
from .refusals import Changed, OutOfStock, UnknownOrder, WrongAmount, WrongStatus
from .values import Address, Carrier, Method, Packed, Status

PAY_WITHIN = timedelta(days=14)
DELIVERED_WITHIN = timedelta(days=3)
TRIES = 5


class Catalogue(Protocol):
    """What placing an order asks of the products."""

    def named(self, product_ids: Iterable[str]) -> list[Product]: ...


class Shelves(Protocol):
    """What placing an order asks of the stock."""

    def of_product(self, product_id: str) -> list[Stock]: ...


class OrderBook(Protocol):
    """What the use cases ask of the orders."""

    def file(self, order_id: str) -> OrderFile | None: ...
    def place(self, order: Order, items: Sequence[OrderItem], invoice: Invoice) -> None: ...
    def pay(self, invoice: Invoice, payment: Payment) -> None: ...
    def ship(self, order: Order, shipments: Sequence[Shipment]) -> None: ...
    def cancel(self, file: OrderFile) -> None: ...


@dataclass(frozen=True)
class PlaceOrder:
    """A customer orders what is in the basket; each product comes from the warehouse that has most of it."""

    products: Catalogue
    shelves: Shelves
    orders: OrderBook

    def __call__(self, customer_id: str, basket: Mapping[str, int], ship_to: Address, at: datetime) -> Order:
        """Place the order of a basket, which maps product ids to quantities.

        Raises :class:`UnknownProduct`, :class:`OutOfStock` and :class:`CustomerInactive`.
        """
        products = self.products.named(basket)
        total = sum((product.price * basket[product.product_id] for product in products), Decimal(0))
        order = Order(customer_id=customer_id, placed_at=at, total=total, ship_to=ship_to)
        invoice = Invoice(
            order_id=order.order_id,
            customer_id=customer_id,
            issued_at=at,
            amount=total,
            due_on=(at + PAY_WITHIN).date(),
        )
        for _ in range(TRIES):
            items = [self._item(order, product, basket[product.product_id]) for product in products]
            try:
                self.orders.place(order, items, invoice)
            except (Changed, OutOfStock):
                continue  # somebody was faster; another warehouse may still have enough
            return order
        raise Changed

    def _item(self, order: Order, product: Product, quantity: int) -> OrderItem:
        shelves = [
            stock for stock in self.shelves.of_product(product.product_id) if stock.quantity >= quantity
        ]
        if not shelves:
            raise OutOfStock([product.product_id])
        return OrderItem(
            order_id=order.order_id,
            product_id=product.product_id,
            placed_at=order.placed_at,
            title=product.title,
            quantity=quantity,
            price=product.price,
            warehouse_id=max(shelves, key=lambda stock: stock.quantity).warehouse_id,
        )


@dataclass(frozen=True)
class PayInvoice:
    """A customer pays an invoice, or a part of it."""

    orders: OrderBook

    def __call__(self, invoice: Invoice, method: Method, amount: Decimal, at: datetime) -> Payment:
        """Book a payment. Raises :class:`WrongAmount`, and :class:`Changed` for a stale invoice."""
        if not 0 < amount <= invoice.outstanding:
            raise WrongAmount
        payment = Payment(
            order_id=invoice.order_id,
            invoice_id=invoice.invoice_id,
            customer_id=invoice.customer_id,
            paid_at=at,
            amount=amount,
            method=method,
        )
        self.orders.pay(invoice, payment)
        return payment


@dataclass(frozen=True)
class ShipOrder:
    """A paid order is sent, in one parcel from each warehouse that its items come from."""

    orders: OrderBook

    def __call__(self, order_id: str, carrier: Carrier, at: datetime) -> list[Shipment]:
        """Send the order. Raises :class:`UnknownOrder`, :class:`WrongStatus` and :class:`Changed`."""
        file = filed(self.orders, order_id, Status.PAID)
        shipments = [
            Shipment(
                order_id=order_id,
                warehouse_id=warehouse_id,
                carrier=carrier,
                shipped_at=at,
                contents=[Packed(product_id=item.product_id, quantity=item.quantity) for item in items],
                expected_on=(at + DELIVERED_WITHIN).date(),
            )
            for warehouse_id, items in groupby(sorted(file.items, key=_warehouse), key=_warehouse)
        ]
        self.orders.ship(file.order, shipments)
        return shipments


@dataclass(frozen=True)
class CancelOrder:
    """An order for which nothing was paid is given up."""

    orders: OrderBook

    def __call__(self, order_id: str) -> None:
        """Cancel the order. Raises :class:`UnknownOrder`, :class:`WrongStatus` and :class:`Changed`."""
        file = filed(self.orders, order_id, Status.PLACED)
        if file.payments:
            raise WrongStatus
        self.orders.cancel(file)


def filed(orders: OrderBook, order_id: str, expected: Status) -> OrderFile:
    """An order that is this far. Raises :class:`UnknownOrder` and :class:`WrongStatus`."""
    file = orders.file(order_id)
    if file is None:
        raise UnknownOrder
    if file.order.status is not expected:
        raise WrongStatus
    return file


def _warehouse(item: OrderItem) -> str:
    return item.warehouse_id
