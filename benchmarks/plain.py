"""What clients return, made comparable: the attributes of an order as JSON text would have them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from benchmarks import workload

NAMES = tuple(workload.order("n1", 0))


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of one order; numbers by their value, moments in UTC, whatever classes they came in."""
    return {name: normal(row[name]) for name in NAMES}


def plain_wide(row: object, width: int) -> list[Any]:
    """The attributes of one wide row, in the order of their names' numbers."""
    return [normal(value_of(row, name)) for name in workload.wide_attributes(width)]


def normal(value: Any) -> Any:
    """One value, without the class a client gave it."""
    match value:
        case bool() | None:
            return value
        case int() | float() | Decimal():
            return format(Decimal(str(value)).normalize(), "f")
        case datetime():
            return workload.instant(value.astimezone(UTC))
        case str():
            return value
        case Mapping():
            return {name: normal(one) for name, one in sorted(cast("Mapping[str, Any]", value).items())}
        case _:
            return [normal(one) for one in value]


def classes(found: object) -> dict[str, str]:
    """Of which classes an order and some of its attributes are, as a client gives them."""
    names = ("quantity", "total", "placed_at", "ship_to")
    return {"order": class_of(found)} | {name: class_of(value_of(found, name)) for name in names}


def value_of(found: object, name: str) -> object:
    """An attribute of an order, be it a model or a dictionary."""
    return cast("dict[str, object]", found)[name] if isinstance(found, dict) else getattr(found, name)


def class_of(value: object) -> str:
    """What a reader of the report would call it: an attribute value is the text in which it came."""
    if any(base.__name__ == "BaseModel" for base in type(value).__mro__):
        return "pydantic model"
    if type(value).__module__.startswith("benchmarks"):
        return "model"
    if isinstance(value, dict):
        names = list(cast("dict[str, object]", value))
        return f'{{"{names[0]}": …}}' if len(names) == 1 else "dict"
    return type(value).__name__


def expected(verb: str, size: int, customer: str, number: int) -> list[Any]:
    """What a client that returns right data gives for a case."""
    match verb:
        case "get":
            return [plain(workload.order(customer, number))]
        case "wide":
            rows = [workload.wide(size, row) for row in range(100)]
            return [plain_wide(row, size) for row in rows]
        case "crowded get":
            return [plain(workload.order("n100", number))]
        case "crowded query":
            return [plain(values) for values in workload.orders("n100", 100)]
        case "update":
            return [plain(workload.updated(customer, number))]
        case _:
            return [plain(values) for values in workload.orders(customer, size)]


def wrong_writes(
    verb: str, size: int, written: list[dict[str, Any]], customer: str, number: int
) -> str | None:
    """What is wrong with what the server was given to write; ``None`` if nothing is.

    A client may add attributes of its own; it may leave out none, and change no value.
    """
    if verb == "update":
        return None if {"S": "paid"} in written[0].values() else "the update does not set the status"
    single = verb == "put"
    orders = [workload.order(customer, number)] if single else list(workload.orders(customer, size))
    if len(written) != len(orders):
        return f"{len(written)} items were written, not {len(orders)}"
    by_key = {item["SK"]["S"]: item for item in written}
    for values in orders:
        differing = differences(
            by_key.get(workload.sort_key(values["order_id"]), {}), workload.stored(values)
        )
        if differing:
            return f"{', '.join(differing)} of order {values['order_id']} were written otherwise"
    return None


def differences(item: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """The attributes of an item that are missing or stored otherwise; the type is the client's own."""
    return [name for name, value in wanted.items() if name != "_type" and same(item.get(name)) != same(value)]


def same(value: Any) -> Any:
    """An attribute value in which spellings that mean the same are the same."""
    match value:
        case {"N": str(digits)}:
            return {"N": format(Decimal(digits).normalize(), "f")}
        case {"M": inner}:
            return {"M": {name: same(one) for name, one in cast("dict[str, Any]", inner).items()}}
        case {"S": str(text)} if text.endswith("+00:00"):
            return {"S": workload.instant(datetime.fromisoformat(text))}
        case _:
            return value
