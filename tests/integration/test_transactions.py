"""Write transactions: all or nothing, one reason for each operation."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from dynakit import (
    Attr,
    Check,
    Create,
    Delete,
    EncodeError,
    Entity,
    Environment,
    Item,
    Key,
    Put,
    Query,
    Replace,
    RequestError,
    StatementError,
    Table,
    TransactionCancelled,
    TransactWrite,
    Update,
    Upsert,
    attr,
)
from dynakit.operations.member import Member
from dynakit.operations.reply import ServiceError
from dynakit.wire import Call
from tests.integration.backends import Database, Opener, each_store, everywhere
from tests.integration.shop import Customer, Invoice, Order, Status, day, order, shop

ADA: Query[Customer] = Customer.primary(customer_id="c1")
FIRST: Query[Order] = Order.primary(customer_id="c1", placed_at=day(1), order_id="o1")


letters = Table("letters", pk="id", sk=None)


class Letter(Entity, table=letters):
    primary = Key("{id}")
    id: Attr[str]
    text: Attr[str] = attr(default="")


@pytest.fixture
def db(open_db: Opener) -> Database:
    """Tokens are new in each test, because DynamoDB Local remembers them for all tables."""
    return open_db(shop, environment=Environment.simulated(uuid4().int))


def begin(db: Database) -> None:
    db.raw.execute(Put(Customer(customer_id="c1", name="Ada")))
    for number in (1, 2, 3):
        db.raw.execute(Put(order(number)))


def test_a_block_applies_all_its_writes_in_one_call(db: Database) -> None:
    begin(db)
    with db.client.transaction() as tx:
        tx.create(Invoice(customer_id="c1", number=1))
        tx.put(order(4, total=4))
        tx.replace(order(2, total=2))
        tx.update(FIRST, Order.note.set("paid"), Order.count.add(1), where=Order.status == Status.open)
        tx.upsert(Customer.primary(customer_id="c2"), Customer.name.set("Bea"), Customer.visits.add(1))
        tx.delete(order(3))
        tx.delete(order(30), missing_ok=True)
        tx.check(ADA, Customer.name == "Ada")
        assert db.wire.calls == []
    assert db.wire.actions == ["TransactWriteItems"]
    orders, customers = db.repository(Order), db.repository(Customer)
    assert orders.all(Order.primary(customer_id="c1")) == [
        order(1, note="paid", count=1),
        order(2, total=2),
        order(4, total=4),
    ]
    assert customers.require(Customer.primary(customer_id="c2")) == Customer(
        customer_id="c2", name="Bea", visits=1
    )
    assert db.repository(Invoice).exists(Invoice(customer_id="c1", number=1))


def test_a_block_that_raises_sends_nothing_and_an_empty_one_neither(db: Database) -> None:
    def fails() -> None:
        with db.client.transaction() as tx:
            tx.create(order(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with db.client.transaction():
        pass
    assert db.wire.calls == []


FAILING: list[tuple[Member, bool]] = [
    (Create(order(1)), True),
    (Put(order(1, total=9), Order.status == Status.paid), True),
    (Replace(order(9)), False),
    (Replace(order(1), Order.status == Status.paid), True),
    (Update(Order.primary(customer_id="c1", placed_at=day(9), order_id="o9"), Order.note.set("x")), False),
    (Update(FIRST, Order.note.set("x"), where=Order.status == Status.paid), True),
    (Upsert(ADA, Customer.name.set("x"), where=Customer.visits > 0), True),
    (Delete(order(9)), False),
    (Delete(FIRST, Order.status == Status.paid), True),
    (Check(FIRST, Order.status == Status.paid), True),
    (Check(order(9), Order.status == Status.open), False),
]


@each_store()
@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize(
    ("failing", "there"), FAILING, ids=lambda one: str(one) if isinstance(one, bool) else ""
)
def test_any_operation_cancels_all_and_is_named_with_the_item_found(
    db: Database, failing: Member, there: bool, at: int
) -> None:
    begin(db)
    before = db.everything(shop)
    others: list[Member] = [
        Create(Invoice(customer_id="c1", number=1)),
        Update(order(2), Order.note.set("x")),
    ]
    members: list[Member] = [*others[:at], failing, *others[at:]]
    with pytest.raises(TransactionCancelled) as raised:
        db.client.execute(TransactWrite(tuple(members)))
    reasons: Any = raised.value.reasons
    assert [reason.operation for reason in reasons] == members
    assert [reason.code for reason in reasons] == [
        "ConditionalCheckFailed" if member is failing else "None" for member in members
    ]
    item: Item | None = reasons[at].item
    assert (item is not None) is there
    if item is not None:
        assert item in before
    assert sorted(map(str, db.everything(shop))) == sorted(map(str, before))


def test_every_operation_that_fails_has_its_reason(db: Database) -> None:
    begin(db)
    members: list[Member] = [Create(order(1)), Create(order(2)), Create(order(8)), Delete(order(9))]
    with pytest.raises(TransactionCancelled) as raised:
        db.client.execute(TransactWrite(tuple(members)))
    reasons: Any = raised.value.reasons
    assert [reason.code == "None" for reason in reasons] == [False, False, True, False]
    assert "create Order" in str(raised.value)


def test_a_hundred_operations_are_taken_and_no_more(db: Database) -> None:
    invoices = [Invoice(customer_id="c1", number=number) for number in range(101)]
    with pytest.raises(StatementError, match="101 operations"):
        db.client.execute(TransactWrite(tuple(Create(invoice) for invoice in invoices)))
    with pytest.raises(StatementError, match="0 operations"):
        db.client.execute(TransactWrite(()))
    assert db.wire.calls == []
    db.client.execute(TransactWrite(tuple(Create(invoice) for invoice in invoices[:100])))
    assert len(db.everything(shop)) == 100


def test_two_operations_on_one_item_are_refused_and_nothing_is_sent(db: Database) -> None:
    for members in (
        (Create(order(1)), Delete(order(1))),
        (Update(FIRST, Order.note.set("x")), Check(FIRST, Order.note.exists())),
        (Put(order(1)), Create(order(2)), Put(order(1, total=1))),
    ):
        with pytest.raises(StatementError, match="one per item"):
            db.client.execute(TransactWrite(members))
    assert db.wire.calls == []


def test_an_operation_that_cannot_be_written_lets_nothing_be_sent(db: Database) -> None:
    with pytest.raises(EncodeError):
        db.client.execute(TransactWrite((Create(order(1)), Create(order(2, note="x" * 410_000)))))
    with pytest.raises(StatementError):
        db.client.execute(TransactWrite((Create(order(2)), Update(FIRST, Order.status.set(Status.paid)))))
    assert db.wire.calls == []


def test_every_transaction_has_a_token_of_its_own(db: Database) -> None:
    for number in (1, 2):
        db.client.execute(TransactWrite((Create(order(number)),)))
    first, second = (call.payload["ClientRequestToken"] for call in db.wire.calls)
    assert first != second
    assert len(first) == 36


def conflict(*codes: str) -> ServiceError:
    """The service cancelled a transaction for these reasons."""
    reasons = [{"Code": code} for code in codes]
    return ServiceError(400, "TransactionCanceledException", body={"CancellationReasons": reasons})


def test_a_transaction_is_tried_again_where_others_were_in_the_way(db: Database) -> None:
    answers = [conflict("TransactionConflict", "None"), conflict("None", "ThrottlingError")]

    def answer(_: Call) -> None:
        if answers:
            raise answers.pop()

    db.wire.before = answer
    with db.client.transaction(retry_conflicts=True) as tx:
        tx.create(order(1))
        tx.create(order(2))
    assert len(db.everything(shop)) == 2
    assert len({call.payload["ClientRequestToken"] for call in db.wire.calls}) == 1
    assert len(db.wire.calls) == 3


def test_a_conflict_beside_a_failed_condition_is_told_at_once(db: Database) -> None:
    def answer(_: Call) -> None:
        raise conflict("TransactionConflict", "ConditionalCheckFailed")

    db.wire.before = answer
    with pytest.raises(TransactionCancelled) as raised:
        db.client.execute(TransactWrite((Create(order(1)), Create(order(2)))))
    reasons: Any = raised.value.reasons
    assert [reason.code for reason in reasons] == ["TransactionConflict", "ConditionalCheckFailed"]
    assert len(db.wire.calls) == 1


def test_a_conflict_for_ever_ends_with_the_deadline(db: Database) -> None:
    def answer(_: Call) -> None:
        raise conflict("TransactionConflict")

    db.wire.before = answer
    with pytest.raises(TransactionCancelled), db.client.transaction() as tx:
        tx.create(order(1))
    assert db.environment.monotonic() <= db.environment.retry.deadline


def test_a_transaction_may_span_tables(open_db: Opener) -> None:
    db = open_db(shop, letters, environment=Environment.simulated(uuid4().int))
    again = Letter(id="1")
    with db.client.transaction() as tx:
        tx.create(order(1))
        tx.create(again)
    assert (len(db.everything(shop)), len(db.everything(letters))) == (1, 1)
    with pytest.raises(TransactionCancelled):
        db.client.execute(TransactWrite((Create(order(2)), Create(again))))
    assert len(db.everything(shop)) == 1


@everywhere(embedded="moto takes any size")
def test_a_transaction_of_more_than_4_mb_is_refused_in_one_line(open_db: Opener) -> None:
    db = open_db(letters)
    large = [Letter(id=f"{number}", text="x" * 300_000) for number in range(15)]
    with pytest.raises(RequestError) as raised:
        db.client.execute(TransactWrite(tuple(Create(one) for one in large)))
    assert "\n" not in str(raised.value)
    assert db.everything(letters) == []
