"""PartiQL on every backend."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dynakit import (
    ConditionFailed,
    ItemAlreadyExists,
    Partiql,
    PartiqlBatch,
    PartiqlTransaction,
    Put,
    StatementError,
    StatementsFailed,
    TransactionCancelled,
    typed,
)
from tests.integration.backends import Database, Opener, everywhere
from tests.integration.shop import Customer, Order, Status, day, order, shop

PARTITION = "CUSTOMER#c1"
INSERT = (
    "INSERT INTO {Customer} VALUE {'PK': ?, 'SK': 'PROFILE', '_type': 'Customer', "
    "'customer_id': ?, 'name': ?}"
)
ONE = 'SELECT * FROM {Customer} WHERE "PK" = ? AND "SK" = ?'


@pytest.fixture
def db(open_db: Opener) -> Database:
    db = open_db(shop)
    for number in (1, 2, 3):
        db.raw.execute(Put(order(number, total=Decimal(number))))
    db.raw.execute(Put(Customer(customer_id="c1", name="Ada")))
    return db


def one(customer_id: str) -> Partiql[Customer]:
    return Partiql(ONE, [f"CUSTOMER#{customer_id}", "PROFILE"], entity=Customer)


def insert(customer_id: str) -> Partiql[Customer]:
    values = [f"CUSTOMER#{customer_id}", customer_id, "Bea"]
    return Partiql(INSERT, values, entity=Customer, bypass_upkeep=True)


@everywhere(embedded="moto reads no functions in a WHERE")
def test_rows_are_read_as_entities(db: Database) -> None:
    text = 'SELECT * FROM {Order} WHERE "PK" = ? AND begins_with("SK", ?) AND "placed_at" >= ?'
    parameters = [PARTITION, "ORDER#", typed(Order.placed_at, day(2))]
    assert list(db.client.partiql(text, parameters, entity=Order)) == [
        order(2, total=Decimal(2)),
        order(3, total=Decimal(3)),
    ]


@everywhere(embedded="moto finds no index")
def test_an_index_is_read_by_its_pattern(db: Database) -> None:
    text = 'SELECT * FROM {Order.by_status} WHERE "GSI1PK" = ?'
    assert len(list(db.client.partiql(text, ["STATUS#open"], entity=Order))) == 3


@everywhere(embedded="moto drops attributes in quotation marks")
def test_rows_of_a_table_are_dicts(db: Database) -> None:
    text = 'SELECT "name", visits FROM {shop} WHERE "PK" = ? AND "SK" = ?'
    assert list(db.client.partiql(text, [PARTITION, "PROFILE"], table=shop)) == [{"name": "Ada", "visits": 0}]


def test_a_write_is_no_row(db: Database) -> None:
    with pytest.raises(StatementError, match="rows are read as they are asked for"):
        db.client.partiql('DELETE FROM {Order} WHERE "PK" = ?', ["x"], entity=Order)


@everywhere(embedded="moto reads no text among the parameters of an INSERT")
def test_an_insert_of_what_is_there_is_refused(db: Database) -> None:
    db.client.execute(insert("c2"))
    with pytest.raises(ItemAlreadyExists):
        db.client.execute(insert("c2"))
    assert db.client.execute(one("c2")) == [Customer(customer_id="c2", name="Bea")]


@everywhere(embedded="moto knows no RETURNING")
def test_an_update_can_return_the_item(db: Database) -> None:
    text = 'UPDATE {Customer} SET visits = ? WHERE "PK" = ? AND "SK" = ? RETURNING ALL NEW *'
    update = Partiql(text, [5, PARTITION, "PROFILE"], entity=Customer, bypass_upkeep=True)
    assert db.client.execute(update) == [Customer(customer_id="c1", name="Ada", visits=5)]


@everywhere(embedded="moto updates nothing and says so to nobody")
def test_an_update_of_what_is_not_there_fails_its_condition(db: Database) -> None:
    text = 'UPDATE {Customer} SET visits = ? WHERE "PK" = ? AND "SK" = ?'
    with pytest.raises(ConditionFailed):
        db.client.execute(Partiql(text, [5, "CUSTOMER#c9", "PROFILE"], entity=Customer, bypass_upkeep=True))


@everywhere(embedded="moto finds no table in quotation marks in a batch")
def test_a_batch_reads_each_item(db: Database) -> None:
    ada = Customer(customer_id="c1", name="Ada")
    assert db.client.execute(PartiqlBatch((one("c1"), one("c9")))) == [ada, None]


@everywhere(embedded="moto reads no text among the parameters of an INSERT")
def test_a_batch_writes_what_it_can_and_tells_of_the_rest(db: Database) -> None:
    batch = PartiqlBatch((insert("c2"), insert("c1"), insert("c3")))
    with pytest.raises(StatementsFailed) as raised:
        db.client.execute(batch)
    first, second, third = batch.statements
    assert raised.value.done == (first, third)
    assert raised.value.failed == (second,)
    assert isinstance(raised.value.errors[1], ItemAlreadyExists)


@everywhere(embedded="moto writes a transaction of PartiQL statement by statement")
def test_a_transaction_is_all_or_nothing(db: Database) -> None:
    transaction = PartiqlTransaction((insert("c2"), insert("c1")))
    with pytest.raises(TransactionCancelled) as raised:
        db.client.execute(transaction)
    first, second = raised.value.reasons
    assert (first.operation, first.code) == (transaction.statements[0], "None")
    assert second.code in {"DuplicateItem", "ConditionalCheckFailed"}
    assert db.client.execute(one("c2")) == []
    db.client.execute(PartiqlTransaction((insert("c2"), insert("c3"))))
    assert db.client.execute(PartiqlTransaction((one("c2"), one("c9")))) == [
        Customer(customer_id="c2", name="Bea"),
        None,
    ]


def test_a_value_that_is_a_statement_stays_a_value(db: Database) -> None:
    text = 'SELECT * FROM {shop} WHERE "PK" = ?'
    assert list(db.client.partiql(text, ["x' OR 'a' = 'a"], table=shop)) == []


@everywhere(embedded="moto reads no functions in a WHERE")
def test_typed_values_compare_as_they_are_stored(db: Database) -> None:
    text = 'SELECT * FROM {Order} WHERE "PK" = ? AND begins_with("SK", ?) AND status = ? AND total = ?'
    parameters = [PARTITION, "ORDER#", typed(Order.status, Status.open), typed(Order.total, Decimal(2))]
    assert [found.order_id for found in db.client.partiql(text, parameters, entity=Order)] == ["o2"]
