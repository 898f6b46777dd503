"""Items read together, on every backend."""

from __future__ import annotations

from threading import Thread

import pytest

from dynakit import Put, StatementError
from tests.integration.backends import Database, Opener, everywhere, only
from tests.integration.shop import Customer, Invoice, Order, order, shop


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(shop)


ADA = Customer.primary(customer_id="c1")


def test_entities_of_several_kinds_come_in_the_order_asked(db: Database) -> None:
    db.raw.execute(Put(Customer(customer_id="c1", name="Ada")))
    db.raw.execute(Put(order(1, total=5)))
    missing = Invoice.primary(customer_id="c1", number=1)
    first, none, customer = db.client.get_together((order(1), missing, ADA))
    assert (first, none, customer) == (order(1, total=5), None, Customer(customer_id="c1", name="Ada"))
    assert db.wire.actions == ["TransactGetItems"]


def test_a_projection_gives_a_row(db: Database) -> None:
    db.raw.execute(Put(Customer(customer_id="c1", name="Ada")))
    (row,) = db.client.get_together((ADA.project(Customer.name),))
    assert row is not None
    assert row[Customer.name] == "Ada"


@everywhere(embedded="moto takes 25, as DynamoDB did before 2022")
def test_a_hundred_are_taken_and_no_more(db: Database) -> None:
    invoices = [Invoice(customer_id="c1", number=number) for number in range(101)]
    db.repository(Invoice).put_many(invoices)
    assert list(db.client.get_together(invoices[:100])) == invoices[:100]
    with pytest.raises(StatementError, match="101"):
        db.client.get_together(invoices)


@only("local")
def test_a_write_of_two_items_is_never_seen_in_half(open_db: Opener) -> None:
    """On DynamoDB Local: the embedded store makes its calls one at a time."""
    db = open_db(shop)
    first, second = order(1), order(2)
    keys = (Order.primary(customer_id="c1", placed_at=first.placed_at, order_id="o1"), second)
    for one in (first, second):
        db.raw.execute(Put(one))

    def write() -> None:
        for count in range(1, 21):
            with db.raw.transaction(retry_conflicts=True) as tx:
                tx.update(first, Order.count.set(count))
                tx.update(second, Order.count.set(count))

    writer = Thread(target=write)
    writer.start()
    while writer.is_alive():
        pair = db.client.get_together(keys)
        assert len({found.count for found in pair if found is not None}) == 1
    writer.join()
