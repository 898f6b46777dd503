"""A shop on one table: customers, products, warehouses, stock, orders, invoices, payments and shipments.

Read it in this order: :mod:`~.values`, :mod:`~.entities` (with the map of all keys), :mod:`~.repositories`
and :mod:`~.orders` (the access patterns), :mod:`~.use_cases`. :mod:`~.sample` fills the shop with made-up
business, :mod:`~.tour` runs each access pattern on it once.
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
