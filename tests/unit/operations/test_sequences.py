"""Sequences, played with canned replies."""

from __future__ import annotations

import pytest

from dynakit import Environment, KeyAttribute, OutcomeUnknown, Sequence, StatementError, Table
from dynakit.operations.reply import ReplyLost
from dynakit.wire import Payload
from tests.unit.support.models import shop
from tests.unit.support.playing import play

INVOICES = Sequence(shop, "invoice")


def behind(number: int) -> Payload:
    return {"Attributes": {"next": {"N": str(number)}}}


def test_a_number_is_taken_by_one_update() -> None:
    environment = Environment.simulated()
    played = play(INVOICES.next().flow(environment), [behind(8)], environment)
    assert played.result == 7
    assert played.payloads == [
        {
            "TableName": "shop",
            "Key": {"PK": {"S": "$sequence#invoice"}, "SK": {"S": "$sequence"}},
            "UpdateExpression": "SET #next = if_not_exists(#next, :start) + :count",
            "ExpressionAttributeNames": {"#next": "next"},
            "ExpressionAttributeValues": {":start": {"N": "1"}, ":count": {"N": "1"}},
            "ReturnValues": "UPDATED_NEW",
        }
    ]


def test_reserved_numbers_are_the_last_ones_before_the_next() -> None:
    environment = Environment.simulated()
    played = play(INVOICES.reserve(10).flow(environment), [behind(18)], environment)
    assert played.result == range(8, 18)


def test_it_is_sent_again_when_the_reply_is_lost() -> None:
    environment = Environment.simulated()
    played = play(INVOICES.next().flow(environment), [ReplyLost("reset"), behind(9)], environment)
    assert played.result == 8
    assert played.payloads[0] == played.payloads[1]


def test_replies_that_are_all_lost_leave_the_numbers_unknown() -> None:
    environment = Environment.simulated()
    played = play(INVOICES.next().flow(environment), [ReplyLost("reset")] * 10, environment)
    assert isinstance(played.raised, OutcomeUnknown)


@pytest.mark.parametrize("count", [0, -1])
def test_no_numbers_cannot_be_reserved(count: int) -> None:
    with pytest.raises(StatementError, match="expected 1 or more"):
        INVOICES.reserve(count)


def test_a_table_with_other_keys_is_refused_when_the_sequence_is_made() -> None:
    with pytest.raises(StatementError, match="sequence 'x': key attribute 'id' of table 't' is of type N"):
        Sequence(Table("t", pk=KeyAttribute("id", "N")), "x")


def test_statements_say_what_they_take() -> None:
    assert str(INVOICES.reserve(3)) == "take 3 of sequence 'invoice'"
