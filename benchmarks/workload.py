"""The one workload of all clients: orders of customers, as Python values and as stored items.

Order number N of customer ``n100`` is the same everywhere: in the stub server, in DynamoDB Local, and in what
a client is expected to return. An item has 13 attributes and about 450 bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, cast

TABLE, REGION = "orders", "eu-central-1"
TIMEOUT_SECONDS = 60.0

Order: TypeAlias = dict[str, Any]
"""The values of one order, by attribute."""
StoredItem: TypeAlias = dict[str, dict[str, Any]]

EXACT, EXACT_TOTAL = "exact1", Decimal("12345678901234567890.123456789012345678")
"""A customer all of whose orders have a total of as many digits as DynamoDB keeps."""

FIRST = datetime(2026, 1, 1, 8, 30, 15, 250_000, tzinfo=UTC)
STREETS = ("Rue de Rivoli", "Via della Conciliazione", "Gran Vía", "Königsallee", "Royal Mile")


def order(customer: str, number: int) -> Order:
    """The values of an order; some differ from one order to the next, as real ones do."""
    return {
        "customer_id": customer,
        "order_id": f"{number:08d}",
        "email": f"{customer}@example.com",
        "status": "open",
        "placed_at": FIRST + timedelta(minutes=number),
        "quantity": number % 7 + 1,
        "total": EXACT_TOTAL if customer == EXACT else Decimal(1999 + number) / 100,
        "paid": number % 2 == 1,
        "tags": ["gift", "fragile", f"c-{number % 13}"],
        "ship_to": {
            "street": f"{number % 90 + 1} {STREETS[number % 5]}",
            "city": "Paris",
            "postcode": f"{75000 + number % 20}",
            "country": "FR",
        },
    }


def updated(customer: str, number: int) -> Order:
    """The same order after the update of the workload: paid, and one more of it."""
    before = order(customer, number)
    return {**before, "status": "paid", "quantity": before["quantity"] + 1}


def orders(customer: str, count: int) -> Iterator[Order]:
    """The first orders of a customer, in the order of their sort key."""
    return (order(customer, number) for number in range(count))


WIDE_CLASSES: tuple[type, ...] = (str, int, Decimal, bool)


def wide_attributes(width: int) -> dict[str, type]:
    """The attributes of a row that has so many besides those of its key."""
    return {f"a{number + 1}": WIDE_CLASSES[number % 4] for number in range(width)}


def wide(width: int, number: int) -> Order:
    """A row with many attributes: text, numbers and booleans in turns."""
    values = (f"value {number}", number, Decimal(number) / 4, number % 2 == 1)
    named = {name: values[index % 4] for index, name in enumerate(wide_attributes(width))}
    return {"width": str(width), "row": f"{number:08d}", **named}


def wide_item(values: Order) -> StoredItem:
    """The same as DynamoDB keeps it."""
    keys = {"PK": f"WIDE#{values['width']}", "SK": f"ROW#{values['row']}", "_type": "Wide"}
    return {name: attribute_value(value) for name, value in (keys | values).items()}


def partition_key(customer: str) -> str:
    return f"CUSTOMER#{customer}"


def sort_key(order_id: str) -> str:
    return f"ORDER#{order_id}"


def item(values: Order) -> Order:
    """The values with the two keys and the type, for clients that are given whole items."""
    keys = {"PK": partition_key(values["customer_id"]), "SK": sort_key(values["order_id"])}
    return {**keys, "_type": "Order", **values, "placed_at": instant(values["placed_at"])}


def instant(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def stored(values: Order) -> StoredItem:
    """The item as DynamoDB keeps it."""
    return {name: attribute_value(value) for name, value in item(values).items()}


def attribute_value(value: object) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [attribute_value(one) for one in cast("list[object]", value)]}
        case dict():
            inner = cast("dict[str, object]", value)
            return {"M": {name: attribute_value(one) for name, one in inner.items()}}
        case _:
            raise TypeError(f"attribute_value: {type(value).__name__} is no value of an order")
