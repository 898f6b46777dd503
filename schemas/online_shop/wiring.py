"""The shop put together on one client."""

from __future__ import annotations

from dynakit import Client

from .orders import Orders
from .repositories import Customers, Invoices, OrderItems, Payments, Products, Shipments, Stocks, Warehouses
from .use_cases import CancelOrder, PayInvoice, PlaceOrder, ShipOrder


class Shop:
    """The repositories of the shop, and its use cases on them."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.customers = Customers(client)
        self.products = Products(client)
        self.warehouses = Warehouses(client)
        self.stocks = Stocks(client)
        self.orders = Orders(client)
        self.order_items = OrderItems(client)
        self.invoices = Invoices(client)
        self.payments = Payments(client)
        self.shipments = Shipments(client)
        self.place_order = PlaceOrder(self.products, self.stocks, self.orders)
        self.pay_invoice = PayInvoice(self.orders)
        self.ship_order = ShipOrder(self.orders)
        self.cancel_order = CancelOrder(self.orders)
