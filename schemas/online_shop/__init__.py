"""A shop on one table: customers, products, warehouses, stock, orders, invoices, payments and shipments.

Read it in this order: :mod:`~.values`, :mod:`~.entities` (with the map of all keys), :mod:`~.repositories`
and :mod:`~.orders` (the access patterns), :mod:`~.use_cases`; :mod:`~.wiring` puts them together on a client.
:mod:`~.sample` makes up some weeks of business with :mod:`~.ledger`, the double of the repositories;
:mod:`~.tour` asks each access pattern of it once, :mod:`~.story` follows one order.
"""

from __future__ import annotations

from .entities import Customer, Invoice, Order, OrderItem, Payment, Product, Shipment, Stock, Warehouse, shop

__all__ = [
    "Customer",
    "Invoice",
    "Order",
    "OrderItem",
    "Payment",
    "Product",
    "Shipment",
    "Stock",
    "Warehouse",
    "shop",
]
