"""The orders, and what is done to all of an order at once: each in one transaction."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dynakit import (
    Check,
    Entity,
    Page,
    Query,
    Repository,
    TransactionCancelled,
    Update,
)

from .entities import Customer, Invoice, Order, OrderItem, Payment, Shipment, Stock
from .refusals import Changed, CustomerInactive, OutOfStock
from .values import Address, Status


@dataclass(frozen=True)
class OrderFile:
    """An order with everything under it."""

    order: Order
    items: list[OrderItem]
    invoices: list[Invoice]
    payments: list[Payment]
    shipments: list[Shipment]

    @property
    def entities(self) -> list[Entity]:
        """The order, and each entity under it."""
        return [self.order, *self.items, *self.invoices, *self.payments, *self.shipments]


class Orders(Repository[Order]):
    """The orders."""

    def of_customer(self, customer_id: str, since: datetime, until: datetime) -> Iterator[Order]:
        """A customer's orders from one time to another (not included), the newest first."""
        placed = Order.by_customer(
            Order.customer_id == customer_id, Order.placed_at >= since, Order.placed_at < until
        )
        return self.iterate(placed.newest_first())

    def large(self, customer_id: str, above: Decimal, city: str) -> Iterator[Order]:
        """A customer's orders above an amount that went to a city; reads all of the customer's orders."""
        own = Order.by_customer(Order.customer_id == customer_id)
        return self.iterate(own.filter(Order.total > above, Order.ship_to / Address.city == city))

    def waiting(self, status: Status, *, size: int = 20, cursor: str | None = None) -> Page[Order]:
        """A page of the orders that are this far, the oldest first."""
        return self.page(Order.by_status(Order.status == status).limit(size), cursor=cursor)

    def file(self, order_id: str) -> OrderFile | None:
        """An order with everything under it, as it is at this moment, in one query."""
        under = self.client.collect(
            [Order, OrderItem, Invoice, Payment, Shipment],
            order_id=order_id,
            consistent=True,
            foreign="refuse",
        )
        if not under[Order]:
            return None
        (order,) = under[Order]
        return OrderFile(order, under[OrderItem], under[Invoice], under[Payment], under[Shipment])

    def place(self, order: Order, items: Sequence[OrderItem], invoice: Invoice) -> None:
        """Store an order with its items and its invoice, and take the items out of stock.

        Raises :class:`OutOfStock` when a warehouse has too few by now, :class:`CustomerInactive`, and
        :class:`Changed` when another transaction is at the same stock at this moment.
        """
        buyer = Customer.primary(Customer.customer_id == order.customer_id)
        allowed = Check(buyer, Customer.active.is_true())
        taken = [_take(item) for item in items]
        try:
            with self.client.transaction() as transaction:
                transaction.add(allowed)
                for update in taken:
                    transaction.add(update)
                for entity in (order, invoice, *items):
                    transaction.create(entity)
        except TransactionCancelled as cancelled:
            refused = _refused(cancelled)
            if allowed in refused:
                raise CustomerInactive from cancelled
            short = [item.product_id for item, update in zip(items, taken, strict=True) if update in refused]
            raise (OutOfStock(short) if short else Changed()) from cancelled

    def pay(self, invoice: Invoice, payment: Payment) -> None:
        """Book a payment; the one that settles the invoice makes its order ready to be shipped.

        Raises :class:`Changed` when another payment was booked, or the order cancelled, in between.
        """
        open_as_read = (Invoice.paid == invoice.paid) & Invoice.due_on.exists()
        booked = [Invoice.paid.set(invoice.paid + payment.amount)]
        settles = payment.amount == invoice.outstanding
        with _one_at_a_time(), self.client.transaction() as transaction:
            transaction.create(payment)
            if settles:
                booked.append(Invoice.due_on.remove())
                transaction.update(
                    Order.primary(Order.order_id == invoice.order_id),
                    Order.status.set(Status.PAID),
                    where=Order.status == Status.PLACED,
                )
            transaction.update(invoice, *booked, where=open_as_read)

    def ship(self, order: Order, shipments: Sequence[Shipment]) -> None:
        """Store the shipments of a paid order. Raises :class:`Changed` when it is shipped already."""
        with _one_at_a_time(), self.client.transaction() as transaction:
            transaction.update(order, Order.status.set(Status.SHIPPED), where=Order.status == Status.PAID)
            for shipment in shipments:
                transaction.create(shipment)

    def cancel(self, file: OrderFile) -> None:
        """Cancel an order for which nothing was paid, and put its items back into stock.

        Raises :class:`Changed` when something was paid in between.
        """
        with _one_at_a_time(), self.client.transaction() as transaction:
            transaction.update(
                file.order, Order.status.set(Status.CANCELLED), where=Order.status == Status.PLACED
            )
            for invoice in file.invoices:
                transaction.update(invoice, Invoice.due_on.remove(), where=Invoice.paid == Decimal(0))
            for item in file.items:
                transaction.update(_shelf(item), Stock.quantity.add(item.quantity))


def _take(item: OrderItem) -> Update[Stock]:
    return Update(_shelf(item), Stock.quantity.subtract(item.quantity), where=Stock.quantity >= item.quantity)


def _shelf(item: OrderItem) -> Query[Stock]:
    return Stock.primary(Stock.product_id == item.product_id, Stock.warehouse_id == item.warehouse_id)


def _refused(cancelled: TransactionCancelled) -> list[object]:
    """The operations whose conditions were false; none when the transaction only met another one.

    Whatever else cancelled it (no capacity, no permission) is raised again.
    """
    reasons = cancelled.reasons
    if {reason.code for reason in reasons} - {"None", "ConditionalCheckFailed", "TransactionConflict"}:
        raise cancelled
    return [reason.operation for reason in reasons if reason.code == "ConditionalCheckFailed"]


@contextmanager
def _one_at_a_time() -> Generator[None]:
    try:
        yield
    except TransactionCancelled as cancelled:
        _refused(cancelled)
        raise Changed from cancelled
