"""Hierarchies: what is read by a base is of the base, what is read by ``one_of`` is a closed union."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never, assert_type

from dynakit import Attr, Entity, Key, Query, Repository, Table, attr, explain, one_of

till = Table("till", pk="PK", sk="SK")


class Payment(Entity, table=till, abstract=True):
    primary = Key("CUSTOMER#{customer_id}", "PAYMENT#{payment_id}")
    customer_id: Attr[str]
    payment_id: Attr[str]
    amount: Attr[Decimal] = attr(default=Decimal(0))


class Card(Payment):
    brand: Attr[str]


class Bank(Payment):
    iban: Attr[str]


class Cash(Payment):
    pass


def read(payments: Repository[Payment], cards: Repository[Card]) -> None:
    every = Payment.primary(customer_id="c1")
    assert_type(every, Query[Payment])
    assert_type(payments.all(every.filter(Payment.amount > 5)), list[Payment])
    assert_type(cards.all(Card.primary(customer_id="c1").filter(Payment.amount > 5)), list[Card])
    assert_type(payments.get(every), Payment | None)
    payments.put(Card(customer_id="c1", payment_id="1", brand="visa"))
    assert_type(payments.all(one_of(every, Card, Bank)), list[Card | Bank])
    assert_type(payments.first(one_of(every, Card, Bank, Cash)), Card | Bank | Cash | None)
    assert_type(explain(one_of(every, Card)).read_units, float)


def told(payments: Repository[Payment]) -> None:
    for payment in payments.iterate(one_of(Payment.primary(customer_id="c1"), Card, Bank)):
        match payment:
            case Card():
                assert_type(payment.brand, str)
            case Bank():
                assert_type(payment.iban, str)
            case _:
                assert_never(payment)


def wrong(payments: Repository[Payment]) -> None:
    every = Payment.primary(customer_id="c1")
    every.filter(Card.brand == "visa")  # E: an attribute of a subclass only
    payments.all(one_of(every, Card, str))  # E: no entity
    payments.put(till)  # E: no entity
