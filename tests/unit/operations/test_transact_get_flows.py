"""Transactional gets, played with canned replies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dynakit import (
    Attr,
    Entity,
    Environment,
    Key,
    StatementError,
    Table,
    TransactGet,
    TransactionCancelled,
    deleted,
    expires,
)
from dynakit.operations.reply import ReplyLost, ServiceError
from dynakit.operations.transact_get import Keyed
from tests.unit.support.checked import compiled
from tests.unit.support.models import Customer, Invoice, Order, an_order
from tests.unit.support.playing import Answer, Played, play

ADA = Customer(customer_id="c1", active=False)
ADA_ITEM = {
    "PK": {"S": "CUSTOMER#c1"},
    "SK": {"S": "PROFILE"},
    "_type": {"S": "Customer"},
    "customer_id": {"S": "c1"},
    "active": {"BOOL": False},
}
BILL = Invoice.primary(customer_id="c1", number=7)
BILL_KEY = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000007"}}

notes = Table("notes", time_to_live="ttl")


class Note(Entity, table=notes):
    primary = Key("NOTE#{note_id}")
    note_id: Attr[str]
    text: Attr[str]
    until: Attr[datetime | None] = expires()
    gone: Attr[datetime | None] = deleted()


NOTE = Note.primary(note_id="n1")
NOTE_ITEM = {"PK": {"S": "NOTE#n1"}, "note_id": {"S": "n1"}, "text": {"S": "x"}}


def run(
    keys: tuple[Keyed, ...], *answers: Answer, environment: Environment | None = None
) -> Played[tuple[Any, ...]]:
    environment = environment or Environment.simulated()
    return play(TransactGet(keys).flow(environment), answers, environment)


def cancelled(*codes: str) -> ServiceError:
    reasons = [{"Code": code} for code in codes]
    return ServiceError(400, "TransactionCanceledException", body={"CancellationReasons": reasons})


def test_results_stand_in_the_order_asked_and_missing_ones_are_none() -> None:
    played = run((BILL, ADA), {"Responses": [{}, {"Item": ADA_ITEM}]})
    assert played.result == (None, ADA)
    assert played.payloads == [
        {
            "TransactItems": [
                {"Get": {"TableName": "shop", "Key": BILL_KEY}},
                {"Get": {"TableName": "shop", "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "PROFILE"}}}},
            ]
        }
    ]


def test_a_projection_asks_for_what_tells_the_item_and_whether_it_is_hidden() -> None:
    (item,) = compiled(TransactGet((NOTE.project(Note.text),)))["TransactItems"]
    assert item["Get"]["ProjectionExpression"] == "#n0, #n1, #n2, #n3, #n4"
    assert [*item["Get"]["ExpressionAttributeNames"].values()] == ["PK", "_type", "text", "ttl", "gone"]


def test_a_projected_row_has_the_attributes_asked_for() -> None:
    played = run((NOTE.project(Note.text),), {"Responses": [{"Item": NOTE_ITEM}]})
    assert played.result[0][Note.text] == "x"


@pytest.mark.parametrize(
    ("attributes", "asked", "seen"),
    [
        ({"ttl": {"N": "0"}}, {}, False),
        ({"ttl": {"N": "0"}}, {"expired": True}, True),
        ({"ttl": {"N": "0"}}, {"deleted": True}, False),
        ({"gone": {"S": "2026-01-01T00:00:00.000000Z"}}, {}, False),
        ({"gone": {"S": "2026-01-01T00:00:00.000000Z"}}, {"deleted": True}, True),
        ({"ttl": {"N": "99999999999"}}, {}, True),
    ],
)
def test_hidden_items_are_none_unless_asked_for(
    attributes: dict[str, dict[str, str]], asked: dict[str, bool], seen: bool
) -> None:
    environment = Environment.simulated()
    answer: Answer = {"Responses": [{"Item": {**NOTE_ITEM, **attributes}}]}
    played = play(TransactGet((NOTE,), **asked).flow(environment), [answer], environment)
    assert (played.result[0] is not None) is seen


def test_an_item_expires_while_the_call_is_under_way() -> None:
    """What counts is the time when the reply is read."""
    environment = Environment.simulated()
    soon = environment.now() + timedelta(seconds=0.001)
    answer: Answer = {"Responses": [{"Item": {**NOTE_ITEM, "ttl": {"N": str(int(soon.timestamp()))}}}]}
    assert run((NOTE,), cancelled("TransactionConflict"), answer, environment=environment).result == (None,)


@pytest.mark.parametrize("failure", [ReplyLost("reset"), cancelled("None", "TransactionConflict")])
def test_it_is_sent_again_after_a_lost_reply_or_a_conflict(failure: Answer) -> None:
    played = run((BILL, ADA), failure, {"Responses": [{}, {}]})
    assert played.result == (None, None)
    assert played.payloads[0] == played.payloads[1]


def test_conflicts_without_end_give_one_reason_per_key() -> None:
    played = run((BILL, ADA), *[cancelled("TransactionConflict", "None")] * 10)
    error = played.raised
    assert isinstance(error, TransactionCancelled)
    assert [(reason.operation, reason.code) for reason in error.reasons] == [
        (BILL, "TransactionConflict"),
        (ADA, "None"),
    ]
    assert "nothing was read, because of `Invoice.primary" in str(error)


REFUSED: dict[str, tuple[tuple[Keyed, ...], str]] = {
    "none": ((), "got 0 operations; expected 1 to 100"),
    "too many": (
        tuple(Invoice(customer_id="c1", number=number) for number in range(101)),
        "got 101 operations; expected 1 to 100",
    ),
    "the same twice": (
        (Invoice(customer_id="c1", number=7), BILL),
        "`Invoice` is asked for twice; a transaction reads an item once. Remove one of them.",
    ),
    "no single item": ((Order.primary(Order.customer_id == "c1"),), "it does not name one item"),
    "an index": ((Order.by_city(Order.city == "x"),), "it does not name one item"),
}


@pytest.mark.parametrize(("keys", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_one_get_is_refused_before_it_is_sent(keys: tuple[Keyed, ...], message: str) -> None:
    with pytest.raises(StatementError) as caught:
        compiled(TransactGet(keys))
    assert message in str(caught.value)


def test_it_is_a_value_that_can_be_listed() -> None:
    keys = (an_order(), BILL)
    assert (tuple(TransactGet(keys)), len(TransactGet(keys))) == (keys, 2)
