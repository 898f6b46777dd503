"""An order from basket to parcel, on the sample: for the demo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from .refusals import OutOfStock
from .sample import Sample
from .use_cases import filed
from .values import Card, Carrier, GiftCard, Status
from .wiring import Shop

BASKET = {"kitchen-chair": 4, "desk-lamp": 1}
TOO_MANY = {"rocking-chair": 500}


def story(shop: Shop, sample: Sample) -> Iterator[tuple[str, str]]:
    """Do one thing after another; say what is done, and how it came out."""
    customer, now = sample.customers[-1], sample.now
    order = shop.place_order(customer.customer_id, BASKET, customer.address, now)
    yield f"{customer.name} orders four chairs and a lamp", f"{order.total:.2f} € to pay"

    gift = GiftCard(code="GIFT-2026", balance=Decimal(30))
    invoice = filed(shop.orders, order.order_id, Status.PLACED).invoices[0]
    shop.pay_invoice(invoice, gift, Decimal(50), now)
    invoice = filed(shop.orders, order.order_id, Status.PLACED).invoices[0]
    yield "pays 50 € with a gift card", f"{invoice.outstanding:.2f} € left to pay"

    shop.pay_invoice(invoice, Card(last_digits="4242", expires="12/29"), invoice.outstanding, now)
    order = filed(shop.orders, order.order_id, Status.PAID).order
    yield "pays the rest by card", f"the order is {order.status}"

    shipments = shop.ship_order(order.order_id, Carrier.POST, now + timedelta(hours=3))
    yield "the order is shipped", f"a parcel from {' and one from '.join(s.warehouse_id for s in shipments)}"

    try:
        shop.place_order(customer.customer_id, TOO_MANY, customer.address, now)
    except OutOfStock as refusal:
        yield f"{customer.name} orders 500 rocking chairs", f"refused: {refusal}"
