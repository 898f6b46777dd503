"""What observers are told of each call, and what they can never break."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from dynakit import AsyncClient, Call, Create, Environment, RequestError, TransactWrite
from dynakit.client.sender import AsyncSender
from dynakit.operations.reply import ReplyLost
from dynakit.telemetry.names import name_of, named
from dynakit.telemetry.watch import Watch
from dynakit.wire import Payload
from tests.unit.support.models import Customer, Order, Status, an_order
from tests.unit.support.scripted import Seen, scripted
from tests.unit.telemetry.samples import PAGE, THROTTLE

ORDER = an_order()


def test_an_observer_is_told_of_each_attempt_with_everything_but_values() -> None:
    seen = Seen()
    db, _ = scripted([THROTTLE, PAGE], observers=[seen])
    list(db.iterate(Order.by_status(status=Status.open).newest_first().limit(2)))
    first, second = [asdict(one) for one in seen.ended]
    shared = {
        "action": "Query",
        "service": "dynamodb",
        "tables": ("shop",),
        "index": "GSI1",
        "statement": "Order.by_status query",
        "batch": None,
        "options": {"ScanIndexForward": False, "Limit": 2},
        "address": "http://localhost:8000",
    }
    assert second.pop("number") > first.pop("number")
    assert first == {
        **shared,
        "attempt": 1,
        "seconds": pytest.approx(0.01),
        "items": None,
        "scanned": None,
        "capacity": (),
        "code": "ThrottlingException",
        "error": "ServiceError",
        "request_id": "request-1",
        "throttling_reasons": ({"reason": "TableReadKeyRange", "resource": "arn:aws:dynamodb:::table/shop"},),
    }
    assert second == {
        **shared,
        "attempt": 2,
        "seconds": pytest.approx(0.01),
        "items": 2,
        "scanned": 5,
        "capacity": ({"table": "shop", "index": "GSI1", "read_units": 1.5, "write_units": 0.0},),
        "code": None,
        "error": None,
        "request_id": None,
        "throttling_reasons": (),
    }


def test_before_and_after_pair_by_number_and_nest_like_brackets() -> None:
    told: list[tuple[str, str, int]] = []

    @dataclass
    class Named(Seen):
        name: str = ""

        def before(self, call: Any) -> None:
            told.append((self.name, "before", call.number))

        def after(self, call: Any) -> None:
            told.append((self.name, "after", call.number))

    db, _ = scripted([{}], observers=[Named(name="one"), Named(name="two")])
    db.execute(Create(ORDER))
    assert [(name, when) for name, when, _ in told] == [
        ("one", "before"),
        ("two", "before"),
        ("two", "after"),
        ("one", "after"),
    ]
    assert all(left[2] == right[2] for left, right in pairwise(told))


@dataclass
class Broken:
    """Raises whatever it is told."""

    told: list[str] = field(default_factory=list[str])

    def before(self, call: object) -> None:
        self.told.append("before")
        raise LookupError("in before")

    def after(self, call: object) -> None:
        self.told.append("after")
        raise LookupError("in after")


def test_what_an_observer_raises_is_logged_and_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    broken, seen = Broken(), Seen()
    db, _ = scripted([{}], observers=[broken, seen])
    db.execute(Create(ORDER))
    assert broken.told == ["before", "after"]
    assert len(seen.ended) == 1
    failures = [record for record in caplog.records if record.exc_info]
    assert [str(record.exc_info[1]) for record in failures if record.exc_info] == ["in before", "in after"]
    assert {record.name for record in failures} == {"dynakit"}


class Hanging:
    """A transport that never answers."""

    async def send(self, call: Call) -> Payload:
        raise await asyncio.sleep(3600, LookupError(call.action))

    async def close(self) -> None:
        """Nothing is open."""


def test_a_cancelled_task_is_told_too() -> None:
    seen, hanging = Seen(), Hanging()

    async def main() -> None:
        sender = AsyncSender(hanging, Watch([seen]))
        db = AsyncClient(hanging, Environment.simulated(), sender=sender)
        task = asyncio.create_task(db.execute(Create(ORDER)))
        await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert [one.error for one in seen.ended] == ["CancelledError"]


def test_an_observer_may_come_and_go() -> None:
    seen = Seen()
    db, _ = scripted([{}])
    db.execute(Create(ORDER))
    stop = db.observe(seen)
    db.execute(Create(ORDER))
    stop()
    stop()
    db.execute(Create(ORDER))
    assert len(seen.started) == len(seen.ended) == 1


def test_while_nobody_looks_calls_are_sent_as_they_are() -> None:
    """Not even a copy is made."""
    logging.getLogger("dynakit").setLevel(logging.WARNING)
    passed: list[Call] = []

    def through(call: Call, send: Any) -> Payload:
        passed.append(call)
        reply: Payload = send(call)
        return reply

    db, transport = scripted([{}], middleware=[through])
    db.execute(Create(ORDER))
    assert transport.calls[0] is passed[0]
    logging.getLogger("dynakit").setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("statement", "action", "name"),
    [
        (Order.by_status(status=Status.open), "Query", "Order.by_status query"),
        (Order.primary(customer_id="c1").project(Order.total), "Query", "Order.primary query"),
        (Order.primary(customer_id="c1"), "GetItem", "get Order"),
        (ORDER, "GetItem", "get Order"),
        (Create(ORDER), "PutItem", "create Order"),
        (TransactWrite((Create(ORDER), Create(Customer(customer_id="c1")))), "T", "transact write"),
        ("get_many", "BatchGetItem", "get_many"),
        (None, "ListTables", "ListTables"),
    ],
)
def test_the_name_of_a_statement_is_stable(statement: object, action: str, name: str) -> None:
    assert name_of(Call(action, {}, statement=statement)) == name
    with named("nightly report"):
        assert name_of(Call(action, {}, statement=statement)) == "nightly report"


BATCHES: list[tuple[str, Payload, int | None]] = [
    ("GetItem", {"TableName": "a"}, None),
    ("BatchGetItem", {"RequestItems": {"a": {"Keys": [{}, {}]}, "b": {"Keys": [{}]}}}, 3),
    ("BatchWriteItem", {"RequestItems": {"a": [{}, {}]}}, 2),
    ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "a"}}]}, 1),
    ("BatchExecuteStatement", {"Statements": [{"Statement": "SELECT"}, {"Statement": "SELECT"}]}, 2),
]


@pytest.mark.parametrize(("action", "payload", "size"), BATCHES)
def test_the_size_of_a_batch_is_told(action: str, payload: Payload, size: int | None) -> None:
    seen = Seen()
    db, _ = scripted([{}], observers=[seen])
    db.call(action, payload)
    assert seen.started[0].batch == size


REPLIES: list[tuple[str, Payload, int | None]] = [
    ("GetItem", {}, 0),
    ("GetItem", {"Item": {}}, 1),
    ("Query", {"Items": [{}], "Count": 1, "ScannedCount": 1}, 1),
    ("Scan", {"Count": 7, "ScannedCount": 9}, 7),
    ("BatchGetItem", {"Responses": {"a": [{}, {}], "b": [{}]}}, 3),
    ("TransactGetItems", {"Responses": [{"Item": {}}, {}]}, 1),
    ("ExecuteStatement", {"Items": [{}, {}]}, 2),
    ("SearchVectors", {"SearchResults": [{}, {}]}, 2),
    ("GetRecords", {"Records": [{}]}, 1),
    ("PutItem", {}, None),
]


@pytest.mark.parametrize(("action", "reply", "items"), REPLIES)
def test_items_that_came_back_are_counted(action: str, reply: Payload, items: int | None) -> None:
    seen = Seen()
    db, _ = scripted([reply], observers=[seen])
    db.call(action, {})
    assert seen.ended[0].items == items


def test_a_lost_reply_has_an_error_and_no_code() -> None:
    seen = Seen()
    db, _ = scripted([ReplyLost("the connection was reset")], observers=[seen])
    with pytest.raises(RequestError):
        db.call("PutItem", {"TableName": "shop"})
    assert [(one.error, one.code) for one in seen.ended] == [("ReplyLost", None)]
