"""Writes, played with canned replies: own successes are recognised, what cannot be known is told as such."""

from __future__ import annotations

from typing import Any

import pytest

from dynakit import (
    Attr,
    ConditionFailed,
    Create,
    Delete,
    Entity,
    Environment,
    ItemAlreadyExists,
    Key,
    NotFound,
    OutcomeUnknown,
    Put,
    Replace,
    Table,
    Throttled,
    Update,
    Upsert,
)
from dynakit.operations.member import Write
from dynakit.operations.reply import NotSent, ReplyLost, ServiceError
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.wire import Item
from tests.unit.support.models import Customer
from tests.unit.support.playing import Answer, Played, play

ANN = Customer(customer_id="c1", visits=1)
STORED = encode_item(definition_of(Customer), ANN)
OWN: Item = {"_w": {"S": Environment.simulated().write_token()}}
OTHERS: Item = {"_w": {"S": "another's"}}

LOST = ReplyLost("read time-out")
FAULT = ServiceError(500, "InternalServerError")
THROTTLED = ServiceError(400, "ProvisionedThroughputExceededException")


def refused(found: Item | None = None) -> ServiceError:
    """A condition that was false, with the item found."""
    body = {} if found is None else {"Item": found}
    return ServiceError(400, "ConditionalCheckFailedException", body=body)


def run(write: Write[Any], *answers: Answer) -> Played[Any]:
    environment = Environment.simulated()
    return play(write.flow(environment), answers, environment)


BUMP = Update(ANN, Customer.visits.add(1))
SET = Update(ANN, Customer.visits.set(2), Customer.email.set(None))
UPSERT = Upsert(ANN, Customer.visits.set(2), Customer.email.set(None))
WHERE = Customer.active.is_true()

SUCCESSES: dict[str, tuple[Write[Any], tuple[Answer, ...], object]] = {
    "create": (Create(ANN), ({},), ANN),
    "create, its own item found": (Create(ANN), (LOST, refused({**STORED, **OWN})), ANN),
    "create, its own item found without a lost reply": (Create(ANN), (refused({**STORED, **OWN}),), ANN),
    "put": (Put(ANN), ({},), ANN),
    "put, sent again": (Put(ANN), (LOST, {}), ANN),
    "put with a condition, its own item found": (
        Put(ANN, where=WHERE),
        (FAULT, refused({**STORED, **OWN})),
        ANN,
    ),
    "replace, its own item found": (Replace(ANN), (LOST, refused({**STORED, **OWN})), ANN),
    "update": (SET, ({"Attributes": {**STORED, **OWN}},), ANN),
    "update, its own item found: the item as it left it": (SET, (LOST, refused({**STORED, **OWN})), ANN),
    "update, sent again, not applied before": (SET, (LOST, {"Attributes": STORED}), ANN),
    "upsert": (UPSERT, (LOST, {"Attributes": STORED}), ANN),
    "delete": (Delete(ANN), ({},), None),
    "delete of nothing, allowed": (Delete(ANN, missing_ok=True), ({},), None),
    "delete with a condition on nothing, allowed": (
        Delete(ANN, where=WHERE, missing_ok=True),
        (refused(),),
        None,
    ),
    "delete with a condition, gone when sent again, allowed": (
        Delete(ANN, where=WHERE, missing_ok=True),
        (LOST, refused()),
        None,
    ),
    "arithmetic that was certainly not applied": (
        BUMP,
        (NotSent("no connection"), THROTTLED, {"Attributes": STORED}),
        ANN,
    ),
}

FAILURES: dict[str, tuple[Write[Any], tuple[Answer, ...], type[Exception], Item | None]] = {
    "create, an item is there": (Create(ANN), (refused({**STORED, **OTHERS}),), ItemAlreadyExists, OTHERS),
    "replace of nothing": (Replace(ANN), (refused(),), NotFound, None),
    "update of nothing": (SET, (refused(),), NotFound, None),
    "update, condition false": (
        Update(ANN, Customer.visits.set(2), Customer.email.set(None), where=WHERE),
        (refused({**STORED, **OTHERS}),),
        ConditionFailed,
        OTHERS,
    ),
    "delete of nothing": (Delete(ANN), (refused(),), NotFound, None),
    "delete, condition false": (Delete(ANN, where=WHERE), (refused(STORED),), ConditionFailed, {}),
    "put, condition false on nothing": (Put(ANN, where=WHERE), (refused(),), ConditionFailed, None),
    "create, reply lost, another's item found": (
        Create(ANN),
        (LOST, refused({**STORED, **OTHERS})),
        OutcomeUnknown,
        None,
    ),
    "update, reply lost, condition false for another's item": (
        SET,
        (LOST, refused({**STORED, **OTHERS})),
        OutcomeUnknown,
        None,
    ),
    "delete, reply lost, gone when sent again": (Delete(ANN), (LOST, refused()), OutcomeUnknown, None),
    "arithmetic, reply lost: never sent again": (BUMP, (LOST,), OutcomeUnknown, None),
    "arithmetic, fault of the server: never sent again": (BUMP, (FAULT,), OutcomeUnknown, None),
    "appending to a list of an upsert": (
        Upsert(ANN, Customer.visits.subtract(1), Customer.email.set(None)),
        (LOST,),
        OutcomeUnknown,
        None,
    ),
    "put that is not to be sent again": (Put(ANN, resend=False), (LOST,), OutcomeUnknown, None),
    "throttled to the end": (Put(ANN), (THROTTLED,) * 10, Throttled, None),
}


@pytest.mark.parametrize(("write", "answers", "expected"), SUCCESSES.values(), ids=SUCCESSES)
def test_a_success_is_never_reported_as_a_failure(
    write: Write[Any], answers: tuple[Answer, ...], expected: object
) -> None:
    assert run(write, *answers).result == expected


@pytest.mark.parametrize(("write", "answers", "kind", "found"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_told_by_what_is_known(
    write: Write[Any], answers: tuple[Answer, ...], kind: type[Exception], found: Item | None
) -> None:
    raised = run(write, *answers).raised
    assert type(raised) is kind
    assert getattr(raised, "statement", None) is write
    if isinstance(raised, ConditionFailed):
        assert raised.item == (None if found is None else {**STORED, **found})
        assert raised.attempts == len(answers)


def test_after_a_lost_reply_a_conditional_write_is_sent_unless_applied() -> None:
    first, second = run(SET, LOST, {"Attributes": STORED}).payloads
    assert first["ConditionExpression"] == "attribute_exists(#n3)"
    assert second["ConditionExpression"] == (
        "(attribute_exists(#n3)) AND (attribute_not_exists(#n2) OR #n2 <> :v1)"
    )
    assert second["ExpressionAttributeNames"]["#n2"] == "_w"
    assert second["ExpressionAttributeValues"][":v1"] == OWN["_w"]
    del first["ConditionExpression"], second["ConditionExpression"]
    assert first == second


def test_a_put_with_a_condition_is_sent_again_unless_applied() -> None:
    _, second = run(Put(ANN, where=Customer.visits == 1), LOST, {}).payloads
    assert second["ConditionExpression"] == "(#n0 = :v0) AND (attribute_not_exists(#n1) OR #n1 <> :v1)"


def test_a_create_is_sent_again_as_it_was() -> None:
    first, second = run(Create(ANN), LOST, {}).payloads
    assert first == second


def test_what_was_certainly_not_applied_is_sent_again_as_it_was_after_a_pause() -> None:
    played = run(BUMP, THROTTLED, NotSent("refused"), {"Attributes": STORED})
    assert len({str(payload) for payload in played.payloads}) == 1
    assert len(played.slept) == 2


def test_a_table_without_a_token_attribute_has_no_token_and_no_recognition() -> None:
    class Note(Entity, table=Table("notes", pk="id", type_attribute=None, token_attribute=None)):
        primary = Key("{id}")
        id: Attr[str]

    created = run(Create(Note(id="1")), LOST, refused({"id": {"S": "1"}}))
    assert created.payloads[0]["Item"] == {"id": {"S": "1"}}
    assert isinstance(created.raised, OutcomeUnknown)
    assert run(Create(Note(id="1")), LOST, {}).result == Note(id="1")


def test_each_write_carries_a_token_of_its_own() -> None:
    environment = Environment.simulated()
    tokens = {Create(ANN).compile(environment).payload["Item"]["_w"]["S"] for _ in range(9)}
    assert len(tokens) == 9


def test_the_entity_given_is_unchanged_and_the_updated_one_is_another() -> None:
    stored: Item = {**STORED, "visits": {"N": "9"}}
    updated = run(SET, {"Attributes": stored}).result
    assert (updated.visits, ANN.visits) == (9, 1)
