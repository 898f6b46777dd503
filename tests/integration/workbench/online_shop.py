"""Entities for the model "AnOnlineShop", as the table is: nothing of dynakit's in it, numbers kept as text.

Nine entities share the table and are told apart by their keys. What an order item, an invoice or a payment
belongs to stands only inside the keys, of the table or of an index.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from dynakit import Attr, Entity, Index, Key, Table, attr, naive_iso, number_text
from tests.integration.workbench.readings import Domain, Readings, Row, amount, moment, part, text, whole

shop = Table(
    "OnlineShop",
    pk="PK",
    sk="SK",
    indexes=[Index("GSI1", pk="GSI1-PK", sk="GSI1-SK"), Index("GSI2", pk="GSI2-PK", sk="GSI2-SK")],
    type_attribute=None,
    token_attribute=None,
)


class Address(Entity):
    country: Attr[str] = attr(name="Country")
    county: Attr[str] = attr(name="County")
    city: Attr[str] = attr(name="City")
    street: Attr[str] = attr(name="Street")
    number: Attr[str] = attr(name="Number")
    zip_code: Attr[str] = attr(name="ZipCode")


class Detail(Entity):
    name: Attr[str] = attr(name="Name")
    description: Attr[str] = attr(name="Description")


class Customer(Entity, table=shop):
    primary = Key("c#{customer_id:raw}", "c#{customer_id:raw}")

    customer_id: Attr[str] = attr(key_only=True)
    entity_type: Attr[Literal["customer"]] = attr(name="EntityType", default="customer")
    email: Attr[str] = attr(name="Email")
    name: Attr[str] = attr(name="Name")


class Product(Entity, table=shop):
    primary = Key("p#{product_id:raw}", "p#{product_id:raw}")

    product_id: Attr[str] = attr(key_only=True)
    entity_type: Attr[Literal["product"]] = attr(name="EntityType", default="product")
    detail: Attr[Detail] = attr(name="Detail")
    price: Attr[Decimal] = attr(name="Price", stored_as=number_text)


class Warehouse(Entity, table=shop):
    primary = Key("w#{warehouse_id:raw}", "w#{warehouse_id:raw}")

    warehouse_id: Attr[str] = attr(key_only=True)
    entity_type: Attr[Literal["warehouse"]] = attr(name="EntityType", default="warehouse")
    address: Attr[Address] = attr(name="Address")


class WarehouseItem(Entity, table=shop):
    primary = Key("p#{product_id:raw}", "w#{warehouse_id:raw}")
    by_warehouse = Key("w#{warehouse_id:raw}", "p#{product_id:raw}", index="GSI2")

    product_id: Attr[str] = attr(key_only=True)
    warehouse_id: Attr[str] = attr(key_only=True)
    entity_type: Attr[Literal["warehouseItem"]] = attr(name="EntityType", default="warehouseItem")
    quantity: Attr[int] = attr(name="Quantity", stored_as=number_text)


class OrderItem(Entity, table=shop):
    primary = Key("o#{order_id:raw}", "p#{product_id:raw}")
    by_product = Key("p#{product_id:raw}", "{ordered_at:raw}", index="GSI1")
    by_customer = Key("c#{customer_id:raw}", "p#{ordered_at:raw}", index="GSI2")

    order_id: Attr[str] = attr(key_only=True)
    product_id: Attr[str] = attr(key_only=True)
    customer_id: Attr[str] = attr(key_only=True)
    ordered_at: Attr[datetime] = attr(key_only=True, stored_as=naive_iso)
    entity_type: Attr[Literal["orderItem"]] = attr(name="EntityType", default="orderItem")
    quantity: Attr[int] = attr(name="Quantity", stored_as=number_text)
    price: Attr[Decimal] = attr(name="Price", stored_as=number_text)


class Shipment(Entity, table=shop):
    primary = Key("o#{order_id:raw}", "sh#{shipment_id:raw}")
    by_number = Key("sh#{shipment_id:raw}", "sh#{shipment_id:raw}", index="GSI1")
    by_warehouse = Key("w#{warehouse_id:raw}", "sh#{shipment_id:raw}", index="GSI2")

    order_id: Attr[str] = attr(key_only=True)
    shipment_id: Attr[str] = attr(key_only=True)
    warehouse_id: Attr[str] = attr(key_only=True)
    entity_type: Attr[Literal["shipment"]] = attr(name="EntityType", default="shipment")
    address: Attr[Address] = attr(name="Address")
    type: Attr[str] = attr(name="Type")
    shipped_at: Attr[datetime] = attr(name="Date", stored_as=naive_iso)


class ShipmentItem(Entity, table=shop):
    primary = Key("o#{order_id:raw}", "shp#{shipment_item_id:raw}")
    by_shipment = Key("sh#{shipment_id:raw}", "p#{product_id:raw}", index="GSI1")

    order_id: Attr[str] = attr(key_only=True)
    shipment_item_id: Attr[str] = attr(key_only=True)
    shipment_id: Attr[str] = attr(key_only=True)
    product_id: Attr[str] = attr(key_only=True)
    entity_type: Attr[Literal["shipmentItem"]] = attr(name="EntityType", default="shipmentItem")
    quantity: Attr[int] = attr(name="Quantity", stored_as=number_text)


class Invoice(Entity, table=shop):
    primary = Key("o#{order_id:raw}", "i#{invoice_id:raw}")
    by_number = Key("i#{invoice_id:raw}", "i#{invoice_id:raw}", index="GSI1")
    by_customer = Key("c#{customer_id:raw}", "i#{invoiced_at:raw}", index="GSI2")

    order_id: Attr[str] = attr(key_only=True)
    invoice_id: Attr[str] = attr(key_only=True)
    customer_id: Attr[str] = attr(key_only=True)
    invoiced_at: Attr[datetime] = attr(key_only=True, stored_as=naive_iso)
    entity_type: Attr[Literal["invoice"]] = attr(name="EntityType", default="invoice")
    amount: Attr[Decimal] = attr(name="Amount", stored_as=number_text)


class Payment(Entity, table=shop):
    primary = Key("o#{order_id:raw}", "pmn#{payment_id:raw}")
    by_invoice = Key("i#{invoice_id:raw}", "pmn#{payment_id:raw}", index="GSI1")

    order_id: Attr[str] = attr(key_only=True)
    payment_id: Attr[str] = attr(key_only=True)
    invoice_id: Attr[str] = attr(key_only=True)
    entity_type: Attr[Literal["payment"]] = attr(name="EntityType", default="payment")
    type: Attr[str] = attr(name="Type")
    amount: Attr[Decimal] = attr(name="Amount", stored_as=number_text)
    paid_at: Attr[datetime] = attr(name="Date", stored_as=naive_iso)


_ADDRESS = {
    "country": "Country",
    "county": "County",
    "city": "City",
    "street": "Street",
    "number": "Number",
    "zip_code": "ZipCode",
}
_TYPE = {"entity_type": text("EntityType")}
_ORDER = {**_TYPE, "order_id": text("PK", "o#")}

READINGS: Readings = {
    Customer: {**_TYPE, "customer_id": text("PK", "c#"), "email": text("Email"), "name": text("Name")},
    Product: {
        **_TYPE,
        "product_id": text("PK", "p#"),
        "detail": part("Detail", Detail, {"name": "Name", "description": "Description"}),
        "price": amount("Price"),
    },
    Warehouse: {
        **_TYPE,
        "warehouse_id": text("PK", "w#"),
        "address": part("Address", Address, _ADDRESS),
    },
    WarehouseItem: {
        **_TYPE,
        "product_id": text("PK", "p#"),
        "warehouse_id": text("SK", "w#"),
        "quantity": whole("Quantity"),
    },
    OrderItem: {
        **_ORDER,
        "product_id": text("SK", "p#"),
        "customer_id": text("GSI2-PK", "c#"),
        "ordered_at": moment("GSI1-SK"),
        "quantity": whole("Quantity"),
        "price": amount("Price"),
    },
    Shipment: {
        **_ORDER,
        "shipment_id": text("SK", "sh#"),
        "warehouse_id": text("GSI2-PK", "w#"),
        "address": part("Address", Address, _ADDRESS),
        "type": text("Type"),
        "shipped_at": moment("Date"),
    },
    ShipmentItem: {
        **_ORDER,
        "shipment_item_id": text("SK", "shp#"),
        "shipment_id": text("GSI1-PK", "sh#"),
        "product_id": text("GSI1-SK", "p#"),
        "quantity": whole("Quantity"),
    },
    Invoice: {
        **_ORDER,
        "invoice_id": text("SK", "i#"),
        "customer_id": text("GSI2-PK", "c#"),
        "invoiced_at": moment("GSI2-SK", "i#"),
        "amount": amount("Amount"),
    },
    Payment: {
        **_ORDER,
        "payment_id": text("SK", "pmn#"),
        "invoice_id": text("GSI1-PK", "i#"),
        "type": text("Type"),
        "amount": amount("Amount"),
        "paid_at": moment("Date"),
    },
}

_KINDS: dict[str, type[Entity]] = {
    "customer": Customer,
    "product": Product,
    "warehouse": Warehouse,
    "warehouseItem": WarehouseItem,
    "orderItem": OrderItem,
    "shipment": Shipment,
    "shipmentItem": ShipmentItem,
    "invoice": Invoice,
    "payment": Payment,
}


def kind(row: Row) -> type[Entity]:
    """Tell by the table's own type attribute, which dynakit is not told of."""
    return _KINDS[row["EntityType"]["S"]]


ONLINE_SHOP = Domain(
    "amazon-dynamodb-design-patterns/examples/an-online-shop/json/AnOnlineShop_facets.json",
    "amazon-dynamodb-design-patterns/examples/an-online-shop/README.md",
    shop,
    READINGS,
    kind,
)
