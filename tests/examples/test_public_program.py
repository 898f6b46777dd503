"""The program that shows what dynakit is for, from the first line to the last, on the embedded store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest

from dynakit import (
    Attr,
    Check,
    ConditionFailed,
    Delete,
    Entity,
    Index,
    Key,
    Repository,
    Table,
    TransactionCancelled,
    TransactWrite,
    attr,
    connect,
    ulid,
)


class Status(StrEnum):
    open = "open"
    paid = "paid"


shop = Table("shop", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")])


class Customer(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "PROFILE")

    customer_id: Attr[str]
    active: Attr[bool] = attr(default=True)


class Order(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}")
    by_status = Key("STATUS#{status}", "{placed_at}", index="GSI1")

    customer_id: Attr[str]
    order_id: Attr[str] = attr(default_factory=ulid)
    placed_at: Attr[datetime]
    status: Attr[Status] = attr(default=Status.open)
    total: Attr[Decimal] = attr(default=Decimal(0))


class Payment(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "PAYMENT#{order_id}")

    customer_id: Attr[str]
    order_id: Attr[str]
    amount: Attr[Decimal]


def test_the_program() -> None:
    """Every kind of statement does what it reads as, and what follows sees it."""
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    monday = datetime(2026, 3, 2, tzinfo=UTC)

    db = connect("memory://")
    db.tables.create(shop)
    orders = Repository(db, Order)
    customer = Repository(db, Customer).create(Customer(customer_id="c1"))

    order = orders.create(Order(customer_id="c1", placed_at=now, total=Decimal("12.50")))
    later = orders.create(Order(customer_id="c1", placed_at=now + timedelta(hours=1), total=Decimal(20)))
    orders.create(Order(customer_id="c1", placed_at=now, total=Decimal(5)))
    orders.create(Order(customer_id="c1", placed_at=monday - timedelta(days=1), total=Decimal(99)))
    recent = (
        Order.primary(Order.customer_id == "c1", Order.placed_at >= monday)
        .filter(Order.total > Decimal(10))
        .newest_first()
    )
    assert list(orders.iterate(recent)) == [later, order]

    page = orders.page(recent.limit(1))
    assert page.items == [later]
    assert orders.page(recent.limit(1), cursor=page.cursor).items == [order]

    changes = (Order.status.set(Status.paid), Order.total.add(5))
    paid = orders.update(order, *changes, where=Order.status == Status.open)
    assert paid == order.model_copy(update={"status": Status.paid, "total": Decimal("17.50")})
    assert orders.all(Order.by_status(status=Status.paid)) == [paid]
    with pytest.raises(ConditionFailed):
        orders.update(order, *changes, where=Order.status == Status.open)

    with db.transaction() as tx:
        tx.create(Payment(customer_id="c1", order_id=later.order_id, amount=later.total))
        tx.update(later, Order.status.set(Status.paid))
        tx.check(customer, Customer.active.is_true())
    assert orders.count(Order.by_status(status=Status.paid)) == 2

    with pytest.raises(TransactionCancelled):
        db.execute(TransactWrite((Delete(paid), Check(customer, Customer.active.is_false()))))
    assert orders.exists(paid)

    mixed = db.collect([Customer, Order], customer_id="c1")
    assert mixed[Customer] == [customer]
    assert [found.placed_at for found in mixed[Order]] == sorted(found.placed_at for found in mixed[Order])
    assert len(mixed[Order]) == 4
    assert mixed.foreign == 1
