"""PartiQL: rows have the type of the entity, or are dicts; parameters the type of their attribute."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import assert_type

from dynakit import Client, Partiql, PartiqlBatch, Sequence, Table, typed
from tests.typing.usage.entities import Customer, Order


def rows(db: Client, table: Table) -> None:
    assert_type(db.partiql("SELECT * FROM {Order}", entity=Order), Iterator[Order])
    assert_type(db.partiql("SELECT * FROM {t}", table=table), Iterator[dict[str, object]])
    one = Partiql("SELECT * FROM {Customer}", entity=Customer)
    assert_type(one, Partiql[Customer])
    assert_type(db.execute(one), list[Customer])
    assert_type(db.execute(PartiqlBatch((one,))), list[Customer | None])
    db.partiql("SELECT * FROM {Order}")  # E: an entity or a table
    print(typed(Order.total, Decimal(1)))
    print(typed(Order.total, "1"))  # E: a total is no text


def numbers(db: Client, table: Table) -> None:
    invoices = Sequence(table, "invoice")
    assert_type(db.execute(invoices.next()), int)
    assert_type(db.execute(invoices.reserve(3)), range)
