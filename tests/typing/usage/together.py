"""What reading together gives: the type of each of up to five, in a tuple."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

from dynakit import AsyncClient, Client, Partial, TransactGet
from tests.typing.usage.entities import Customer, Order

ADA = Customer.primary(customer_id="c1")
ONE = Order.primary(customer_id="c1")


def together(db: Client, order: Order) -> None:
    assert_type(db.get_together((ADA, order)), tuple[Customer | None, Order | None])
    assert_type(db.get_together((ONE,)), tuple[Order | None])
    assert_type(db.get_together((ADA, ONE, order))[2], Order | None)
    assert_type(db.get_together((ONE.project(Order.total), ADA))[0], Partial[Order] | None)
    assert_type(db.get_together([ONE, ONE]), tuple[Order | None, ...])
    row = db.get_together((ONE.project(Order.total),))[0]
    if row is not None:
        assert_type(row[Order.total], Decimal)
    db.get_together((1, 2))  # E: no keys
    db.get_together(ADA)  # E: one key is no tuple
    customer, first = db.get_together((ADA, ONE))
    print(customer.customer_id)  # E: it may be missing
    print(first, TransactGet((ADA, order)))


async def awaited(db: AsyncClient, order: Order) -> None:
    assert_type(await db.get_together((ADA, order)), tuple[Customer | None, Order | None])
    assert_type(await db.get_together([ONE]), tuple[Order | None, ...])
