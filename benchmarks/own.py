"""Client CPU per call, without network: flows, keys, expressions and codecs over replies from memory.

Minima over rounds, in microseconds of process CPU. Times depend on the machine; compare within one run.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pydantic
from msgspec.json import decode, encode

import dynakit
from dynakit import Attr, Client, Entity, Environment, Index, Key, Put, Repository, Table, Update, attr
from dynakit.schema.compiled import entity_reader, text_reader
from dynakit.schema.definition import definition_of
from dynakit.transport.page_body import unparsed_page
from dynakit.unparsed import UnparsedItems
from dynakit.wire import Call, Item, Payload

ROUNDS, SECONDS_A_ROUND = 7, 0.1

shop = Table("shop", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")])


class Address(Entity):
    city: Attr[str]
    street: Attr[str]


class Order(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}")
    by_status = Key("STATUS#{status}", "{placed_at}", index="GSI1")

    customer_id: Attr[str]
    order_id: Attr[str]
    placed_at: Attr[datetime]
    status: Attr[str] = attr(default="open")
    total: Attr[Decimal] = attr(default=Decimal(0))
    quantity: Attr[int] = attr(default=1)
    ship_to: Attr[Address]
    tags: Attr[set[str]] = attr(default_factory=set)


class Canned:
    """A transport that answers every call with the same reply."""

    def __init__(self, reply: Payload) -> None:
        self.reply = reply

    def send(self, call: Call) -> Payload:
        return self.reply

    def close(self) -> None:
        """Nothing is open."""


def order(number: int) -> Order:
    return Order(
        customer_id="c1",
        order_id=f"o{number}",
        placed_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number),
        total=Decimal("12.50"),
        ship_to=Address(city="Paris", street="Rue de Rivoli"),
        tags={"gift", "fragile"},
    )


def cases() -> dict[str, Callable[[], object]]:
    environment = Environment.simulated()
    items = [Put(order(number)).compile(environment).payload["Item"] for number in range(100)]
    one = Repository(Client(Canned({"Item": items[0]}), environment), Order)
    many = Repository(Client(Canned({"Items": items, "Count": 100, "ScannedCount": 100}), environment), Order)
    nothing = Repository(Client(Canned({}), environment), Order)
    made = order(1)
    change = Update(made, Order.status.set("paid"), Order.total.add(5), where=Order.status == "open")
    return {
        "get": lambda: one.get(made),
        "put": lambda: nothing.put(made),
        "compile an update": lambda: change.compile(environment),
        "query 100": lambda: many.all(Order.primary(customer_id="c1")),
        "count": lambda: many.count(Order.primary(customer_id="c1")),
        **parts_of_a_query(items),
    }


def parts_of_a_query(items: list[Item]) -> dict[str, Callable[[], object]]:
    """What is done with the bytes of a page: JSON alone, and what comes of it."""
    page = unparsed_page(encode({"Items": items, "Count": len(items), "ScannedCount": len(items)}))
    assert page is not None
    rows: UnparsedItems = page["Items"]
    texts, definition = list(rows.texts()), definition_of(Order)
    read, read_item = text_reader(definition), entity_reader(definition)
    values = [order(number).model_dump() for number in range(len(items))]
    validate = Order.__pydantic_validator__.validate_python
    return {
        "JSON of 100 items": lambda: [decode(text) and None for text in texts],
        "as models": lambda: [read(text, text) for text in texts],
        "as models, by way of dicts": lambda: [read_item(decode(text), text) for text in texts],
        "pydantic alone": lambda: [validate(one) for one in values],
    }


def cpu_per_call(run: Callable[[], object]) -> float:
    """Microseconds of process CPU for one call: the least of all rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        calls, begun = 0, time.process_time()
        while (used := time.process_time() - begun) < SECONDS_A_ROUND:
            run()
            calls += 1
        best = min(best, used / calls)
    return best * 1e6


def main() -> None:
    python, system = platform.python_version(), f"{platform.system()} {platform.machine()}"
    print(f"dynakit {dynakit.__version__}, pydantic {pydantic.VERSION}, Python {python}, {system}")
    for name, run in cases().items():
        print(f"{name:28} {cpu_per_call(run):10.1f} µs")


if __name__ == "__main__":
    main()
