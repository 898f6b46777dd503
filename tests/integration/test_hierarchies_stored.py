"""Hierarchies on every store: one range, several subclasses, and writes that take none for another."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dynakit import Attr, ConditionFailed, Entity, Index, Key, NotFound, Table, UnknownEntity, attr, one_of
from tests.integration.backends import Database, Opener, each_store, everywhere

till = Table("till", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")])


class Payment(Entity, table=till):
    primary = Key("CUSTOMER#{customer_id}", "PAYMENT#{payment_id}")
    by_day = Key("DAY#{day}", "{payment_id}", index="GSI1")
    customer_id: Attr[str] = attr(default="c1")
    payment_id: Attr[str]
    day: Attr[str] = attr(default="monday")
    amount: Attr[Decimal] = attr(default=Decimal(1))


class Card(Payment):
    brand: Attr[str]


class Bank(Payment):
    iban: Attr[str]


class Premium(Card):
    points: Attr[int] = attr(default=0)


CARD, BANK = Card(payment_id="1", brand="visa"), Bank(payment_id="2", iban="X")
PREMIUM = Premium(payment_id="3", brand="visa")
PLAIN = Payment(payment_id="4")
EVERY = Payment.primary(customer_id="c1")


@pytest.fixture
def db(open_db: Opener) -> Database:
    db = open_db(till)
    db.repository(Payment).put_many([CARD, BANK, PREMIUM, PLAIN])
    return db


@everywhere()
def test_each_entity_reads_its_own_and_its_subclasses_items(db: Database) -> None:
    payments, cards = db.repository(Payment), db.repository(Card)
    assert payments.all(EVERY) == [CARD, BANK, PREMIUM, PLAIN]
    assert payments.all(Payment.by_day(day="monday").newest_first()) == [PLAIN, PREMIUM, BANK, CARD]
    assert cards.all(Card.primary(customer_id="c1")) == [CARD, PREMIUM]
    assert cards.count(Card.by_day(day="monday")) == 2
    assert payments.all(one_of(EVERY, Bank, Premium)) == [BANK, PREMIUM]
    assert payments.get_many([CARD, BANK]) == [CARD, BANK]
    assert db.client.collect([Payment], customer_id="c1")[Card] == [CARD, PREMIUM]
    rows = payments.all(EVERY.project(Payment.amount))
    assert [row[Payment.amount] for row in rows] == [Decimal(1)] * 4


@each_store()
def test_a_key_of_one_entity_finds_no_other(db: Database) -> None:
    cards = db.repository(Card)
    bank = Card.primary(customer_id="c1", payment_id="2")
    assert not cards.exists(bank)
    assert cards.exists(Card.primary(customer_id="c1", payment_id="3"))
    with pytest.raises(UnknownEntity):
        cards.get(bank)
    with pytest.raises(NotFound):
        cards.update(bank, Card.amount.set(Decimal(2)))
    with pytest.raises(NotFound):
        cards.delete(bank)
    cards.delete(bank, missing_ok=True)
    with pytest.raises(ConditionFailed):
        cards.upsert(bank, Card.brand.set("visa"), Card.day.set("x"))
    assert db.repository(Bank).get(BANK) == BANK


@each_store()
def test_an_update_by_a_base_gives_the_subclass_and_keeps_its_type(db: Database) -> None:
    found = db.repository(Payment).update(
        Payment.primary(customer_id="c1", payment_id="3"), Payment.amount.set(Decimal(9))
    )
    assert found == Premium(payment_id="3", brand="visa", amount=Decimal(9))
    assert db.stored(PREMIUM) is not None
