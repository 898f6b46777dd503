"""Transactions, played with canned replies: reasons, repetition, what may be in one."""

from __future__ import annotations

import pytest

from dynakit import (
    Check,
    Create,
    Delete,
    Environment,
    Put,
    StatementError,
    TransactionCancelled,
    TransactWrite,
    Update,
)
from dynakit.operations.member import Member
from dynakit.operations.reply import ReplyLost, ServiceError
from tests.unit.support.checked import compiled
from tests.unit.support.models import Customer, Invoice, an_order
from tests.unit.support.playing import Answer, Played, play

BILL = Invoice(customer_id="c1", number=7)
CREATE, DELETE = Create(BILL), Delete(an_order())
BOTH = TransactWrite((CREATE, DELETE))
PATIENT = TransactWrite((CREATE, DELETE), retry_conflicts=True)


def cancelled(*codes: str, item: bool = False) -> ServiceError:
    reasons = [{"Code": code, **({"Item": {"a": {"S": "x"}}} if item else {})} for code in codes]
    return ServiceError(400, "TransactionCanceledException", body={"CancellationReasons": reasons})


def run(transaction: TransactWrite, *answers: Answer) -> Played[None]:
    environment = Environment.simulated()
    return play(transaction.flow(environment), answers, environment)


def test_it_is_sent_again_as_it_was_with_its_idempotency_token() -> None:
    first, second = run(BOTH, ReplyLost("read time-out"), {}).payloads
    assert first == second
    assert first["ClientRequestToken"]


def test_a_cancellation_gives_one_reason_per_operation_in_order() -> None:
    played = run(BOTH, cancelled("None", "ConditionalCheckFailed", item=True))
    error = played.raised
    assert isinstance(error, TransactionCancelled)
    assert [(reason.operation, reason.code, reason.item) for reason in error.reasons] == [
        (CREATE, "None", {"a": {"S": "x"}}),
        (DELETE, "ConditionalCheckFailed", {"a": {"S": "x"}}),
    ]
    assert error.statement == BOTH
    assert str(error) == (
        "transaction of 2: nothing was written, because of `delete Order`: ConditionalCheckFailed. All "
        "reasons are on .reasons."
    )


@pytest.mark.parametrize(
    "codes",
    [
        ("None", "TransactionConflict"),
        ("ThrottlingError", "None"),
        ("ProvisionedThroughputExceeded", "TransactionConflict"),
    ],
)
def test_conflicts_and_throttling_pass_and_it_is_sent_again(codes: tuple[str, ...]) -> None:
    played = run(PATIENT, cancelled(*codes), cancelled(*codes), {})
    assert played.result is None
    assert len(played.slept) == 2
    assert played.payloads[0] == played.payloads[2]


def test_conflicts_end_it_unless_patience_is_asked_for() -> None:
    played = run(BOTH, cancelled("None", "TransactionConflict"))
    assert isinstance(played.raised, TransactionCancelled)
    assert [reason.code for reason in played.raised.reasons] == ["None", "TransactionConflict"]


@pytest.mark.parametrize(
    "codes", [("ConditionalCheckFailed", "TransactionConflict"), ("None", "ItemCollectionSizeLimitExceeded")]
)
def test_a_reason_that_does_not_pass_ends_it(codes: tuple[str, ...]) -> None:
    played = run(BOTH, cancelled(*codes))
    assert isinstance(played.raised, TransactionCancelled)
    assert played.slept == []


def test_conflicts_without_end_are_told_when_the_attempts_are_spent() -> None:
    played = run(PATIENT, *[cancelled("None", "TransactionConflict")] * 10)
    assert isinstance(played.raised, TransactionCancelled)
    assert played.raised.attempts == 10
    assert len(played.raised.reasons) == 2


REFUSED: dict[str, tuple[tuple[Member, ...], str]] = {
    "none": ((), "got 0 operations; expected 1 to 100"),
    "too many": (
        tuple(Put(Invoice(customer_id="c1", number=number)) for number in range(101)),
        "got 101 operations; expected 1 to 100. Split the work",
    ),
    "two on one item": (
        (Create(BILL), Check(Invoice.primary(customer_id="c1", number=7), Invoice.number.exists())),
        "`create Invoice` and another operation are on one item; a transaction has one per item",
    ),
}


@pytest.mark.parametrize(("members", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_one_transaction_is_refused_before_it_is_sent(
    members: tuple[Member, ...], message: str
) -> None:
    with pytest.raises(StatementError) as caught:
        compiled(TransactWrite(members))
    assert message in str(caught.value)


def test_it_is_a_value_that_can_be_listed() -> None:
    members: tuple[Member, ...] = (CREATE, Update(Customer.primary(customer_id="c1"), Customer.visits.add(1)))
    transaction = TransactWrite(members)
    assert (tuple(transaction), len(transaction)) == (members, 2)
    assert transaction == TransactWrite(members)
