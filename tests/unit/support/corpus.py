"""Statements of every kind, with everything in them whose order a hash could decide."""

from __future__ import annotations

import json

from dynakit import (
    Check,
    Collection,
    Create,
    Delete,
    Environment,
    Put,
    Replace,
    TransactWrite,
    Update,
    Upsert,
)
from tests.unit.support.checked import Compiled, checked
from tests.unit.support.models import NOON, Address, Customer, Invoice, Order, Status, an_order

TAGS = {"ä", "b", "c", "#", "🤑", "long " * 9, *map(str, range(20))}
LABELS = {tag: tag for tag in sorted(TAGS)}


def statements() -> list[Compiled]:
    """Every kind of statement."""
    order = an_order(tags=TAGS, labels=LABELS, ship_to=Address(city="Rome"))
    update = Update(
        order, Order.tags.add_to_set(*TAGS), Order.labels.set(LABELS), Order.status.set(Status.paid)
    )
    create = Create(Customer(customer_id="c1", email="a@b", visits=1))
    check = Check(Invoice.primary(customer_id="c1", number=1), Invoice.customer_id.exists())
    return [
        Put(order),
        Create(order),
        Replace(order, where=Order.tags.contains("b")),
        update,
        Upsert(order, Order.tags.delete_from_set(*TAGS), Order.total.set(1), Order.status.set(Status.paid)),
        Delete(order, where=Order.tags == TAGS),
        TransactWrite((create, update, check)),
        Order.primary(customer_id="c1").filter(Order.note.in_(sorted(TAGS)), Order.tags == TAGS),
        Order.by_status(Order.status == Status.open, Order.placed_at > NOON).project(Order.note, Order.total),
        Collection((Customer, Order), customer_id="c1"),
    ]


def written() -> str:
    """The requests of all, as text; the same in every process."""
    environment = Environment.simulated()
    calls = [checked(statement.compile(environment)) for statement in statements()]
    return json.dumps([[call.action, call.payload] for call in calls])
