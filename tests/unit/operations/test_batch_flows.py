"""Batches, played with canned replies and virtual time: nothing is lost, whatever the service leaves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynakit import EncodeError, Environment, RetryPolicy, StatementError, Unprocessed
from dynakit.operations import batch
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.reply import Failure, NotSent, ReplyLost, ServiceError
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.wire import Call, Payload
from tests.unit.support.models import Customer, Invoice
from tests.unit.support.playing import play

LOST = ReplyLost("read time-out")
THROTTLED = ServiceError(400, "ThrottlingException")
MISSING = ServiceError(400, "ResourceNotFoundException")


def bills(count: int) -> list[Invoice]:
    return [Invoice(customer_id="c1", number=number) for number in range(count)]


def put_of(bill: Invoice) -> Payload:
    return {"PutRequest": {"Item": encode_item(definition_of(Invoice), bill)}}


def left_over(*given: Invoice) -> Payload:
    return {"UnprocessedItems": {"shop": [put_of(bill) for bill in given]}}


def sizes(calls: Sequence[Call]) -> list[int]:
    """Members of each request."""
    requests = [(call.action, call.payload["RequestItems"]["shop"]) for call in calls]
    members: list[Sequence[object]] = [
        request["Keys"] if action == "BatchGetItem" else request for action, request in requests
    ]
    return [len(one) for one in members]


def put(items: Sequence[Invoice], environment: Environment, *, last_wins: bool = False) -> Flow[None]:
    return batch.put_many(items, environment, last_wins=last_wins)


def test_writes_go_in_chunks_of_25() -> None:
    environment = Environment.simulated()
    played = play(put(bills(60), environment), [{}, {}, {}], environment)
    assert (sizes(played.calls), played.slept) == ([25, 25, 10], [])


def test_leftovers_fill_the_next_chunk_after_a_pause() -> None:
    environment, given = Environment.simulated(), bills(30)
    played = play(put(given, environment), [left_over(given[3], given[7]), {}], environment)
    assert sizes(played.calls) == [25, 7]
    assert played.calls[1].payload["RequestItems"]["shop"][:2] == [put_of(given[3]), put_of(given[7])]
    assert len(played.slept) == 1


def test_the_deadline_counts_from_the_last_progress() -> None:
    """A batch that advances by one item a time takes as long as it takes; one that stands still ends."""
    environment, given = Environment.simulated(retry=RetryPolicy(deadline=1, cap=0.9)), bills(25)
    answers = [left_over(*given[done:]) for done in range(1, 25)]
    played = play(put(given, environment), [*answers, {}], environment)
    assert played.raised is None
    assert sum(played.slept) > 1


def test_what_the_service_leaves_to_the_end_comes_back_with_the_callers_own_objects() -> None:
    environment, given = Environment.simulated(retry=RetryPolicy(deadline=0.4, cap=0.1)), bills(27)

    def replies() -> Iterator[Payload]:
        yield left_over(*given[2:25])
        yield from itertools.repeat(left_over(*given[2:27]), 100)

    played = play(put(given, environment), replies(), environment, all_used=False)
    error = played.raised
    assert isinstance(error, Unprocessed)
    assert [id(one) for one in (*error.done, *error.unprocessed)] == [id(one) for one in given]
    assert (len(error.done), error.failed, error.unknown) == (2, (), ())
    assert str(error) == (
        "put_many: 25 unprocessed, 2 done. The objects are on the attributes of these names; send those "
        "again that are not done."
    )


OUTCOMES: list[tuple[Failure, str]] = [
    (LOST, "unknown"),
    (THROTTLED, "unprocessed"),
    (MISSING, "failed"),
    (NotSent("x"), "unprocessed"),
]


@pytest.mark.parametrize(("failure", "name"), OUTCOMES)
def test_a_chunk_that_fails_is_told_by_what_is_known_of_it(failure: Failure, name: str) -> None:
    environment, given = Environment.simulated(retry=RetryPolicy(attempts=1)), bills(60)
    raised = play(put(given, environment), [{}, failure], environment).raised
    assert isinstance(raised, Unprocessed)
    lists = {each: list(getattr(raised, each)) for each in ("done", "unprocessed", "failed", "unknown")}
    assert lists["done"] == given[:25]
    assert given[25] in lists[name]
    assert sorted(one.number for objects in lists.values() for one in objects) == list(range(60))
    assert "The cause: BatchWriteItem on 'shop'" in str(raised)


@settings(max_examples=100)
@given(st.data(), st.integers(0, 130))
def test_whatever_is_left_every_item_is_written_once(data: st.DataObject, count: int) -> None:
    environment, given = Environment.simulated(), bills(count)
    flow = put(given, environment)
    by_text = {str(put_of(bill)): bill for bill in given}
    written: list[Invoice] = []
    reply: Payload | None = None
    try:
        while True:
            step = flow.send(reply)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
            if isinstance(step, Sleep):
                environment.sleep(step.seconds)
                reply = {}
                continue
            assert isinstance(step, Call)
            sent = [by_text[str(body)] for body in step.payload["RequestItems"]["shop"]]
            done = data.draw(st.integers(1, len(sent)))
            written += sent[:done]
            reply = left_over(*sent[done:]) if sent[done:] else {}
    except StopIteration:
        assert sorted(one.number for one in written) == list(range(count))


def test_all_are_checked_before_the_first_is_sent() -> None:
    environment = Environment.simulated()
    wrong = Invoice.model_construct(customer_id=None, number=1)
    played = play(put([*bills(30), wrong], environment), [], environment)
    assert isinstance(played.raised, EncodeError)
    assert played.calls == []


def test_two_of_one_key_are_refused_unless_the_last_wins() -> None:
    environment = Environment.simulated()
    first, last = (Customer(customer_id="c1", visits=visits) for visits in (1, 2))
    played = play(batch.put_many([first, last], environment), [], environment)
    assert isinstance(played.raised, StatementError)
    assert "1 of 2 share a primary key with another one" in str(played.raised)
    won = play(batch.put_many([first, last], environment, last_wins=True), [{}], environment)
    [body] = won.calls[0].payload["RequestItems"]["shop"]
    assert body["PutRequest"]["Item"]["visits"] == {"N": "2"}


def test_deletes_go_by_key_in_chunks_of_25() -> None:
    environment = Environment.simulated()
    played = play(batch.delete_many(bills(26), environment), [{}, {}], environment)
    assert sizes(played.calls) == [25, 1]
    assert played.calls[1].payload["RequestItems"]["shop"] == [
        {"DeleteRequest": {"Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000025"}}}}
    ]


def test_gets_go_in_chunks_of_100_and_keep_the_order_asked() -> None:
    environment, given = Environment.simulated(), bills(150)
    keys = [Invoice.primary(customer_id="c1", number=bill.number) for bill in reversed(given)]
    responses: list[Payload] = [
        {"Responses": {"shop": [put_of(bill)["PutRequest"]["Item"] for bill in part if bill.number % 7]}}
        for part in (given[50:], given[:50])
    ]
    played = play(batch.get_many(keys, environment, consistent=True), responses, environment)
    assert played.result == [bill if bill.number % 7 else None for bill in reversed(given)]
    assert sizes(played.calls) == [100, 50]
    assert played.calls[0].payload["RequestItems"]["shop"]["ConsistentRead"] is True


def test_gets_of_one_key_are_merged_and_answered_each() -> None:
    environment, [bill] = Environment.simulated(), bills(1)
    item = put_of(bill)["PutRequest"]["Item"]
    played = play(batch.get_many([bill, bill], environment), [{"Responses": {"shop": [item]}}], environment)
    assert played.result == [bill, bill]
    assert sizes(played.calls) == [1]


def test_gets_left_over_are_asked_again() -> None:
    environment, given = Environment.simulated(), bills(2)
    key = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000001"}}
    answers: list[Payload] = [
        {
            "Responses": {"shop": [put_of(given[0])["PutRequest"]["Item"]]},
            "UnprocessedKeys": {"shop": {"Keys": [key]}},
        },
        {"Responses": {"shop": [put_of(given[1])["PutRequest"]["Item"]]}},
    ]
    played = play(batch.get_many(given, environment), answers, environment)
    assert played.result == given
    assert played.calls[1].payload["RequestItems"]["shop"]["Keys"] == [key]


def test_nothing_is_sent_for_nothing() -> None:
    environment, nothing = Environment.simulated(), list[Invoice]()
    assert play(batch.put_many(nothing, environment), [], environment).calls == []
    assert play(batch.get_many(nothing, environment), [], environment).calls == []
    assert play(batch.delete_many(nothing, environment), [], environment).calls == []
