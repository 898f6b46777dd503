"""Middleware around calls, raw calls, and clients that share one connection under other terms."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dynakit import (
    AsyncRepository,
    Create,
    Environment,
    OutcomeUnknown,
    Put,
    Repository,
    Throttled,
    ThrottlingReason,
    connect,
    connect_async,
)
from dynakit.operations.reply import ReplyLost, ServiceError
from dynakit.wire import Call, Payload
from tests.unit.support.models import Order, an_order
from tests.unit.support.scripted import Seen, scripted, scripted_async

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynakit.client.sender import AsyncSend, Send
    from dynakit.client.shared import Shared

THROTTLE = ServiceError(400, "ThrottlingException", "slow down")
READ = ("Query", {"TableName": "shop"})
WRITE = ("PutItem", {"TableName": "shop"})


class Note:
    """Middleware that writes down when it runs."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self.name, self.notes = name, notes

    def __call__(self, call: Call, send: Send, /) -> Payload:
        self.notes.append(f"{self.name} in")
        reply = send(call)
        self.notes.append(f"{self.name} out")
        return reply


class AsyncNote(Note):
    async def __call__(self, call: Call, send: AsyncSend, /) -> Payload:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        self.notes.append(f"{self.name} in")
        reply = await send(call)
        self.notes.append(f"{self.name} out")
        return reply


def test_the_first_middleware_is_the_outermost() -> None:
    notes: list[str] = []
    db, _ = scripted([{}], middleware=[Note("one", notes), Note("two", notes)])
    db.call(*READ)
    assert notes == ["one in", "two in", "two out", "one out"]


def test_asynchronous_middleware_nests_alike() -> None:
    notes: list[str] = []
    db, _ = scripted_async([{}], middleware=[AsyncNote("one", notes), AsyncNote("two", notes)])
    asyncio.run(db.call(*READ))
    assert notes == ["one in", "two in", "two out", "one out"]


def test_middleware_runs_for_each_attempt_and_its_failures_are_sent_again() -> None:
    """So faults can be injected."""
    attempts: list[int] = []

    def faulty(call: Call, send: Send, /) -> Payload:
        attempts.append(call.attempt)
        if call.attempt < 3:
            raise THROTTLE
        return send(call)

    db, transport = scripted([{"Item": 1}], middleware=[faulty])
    assert db.call(*READ) == {"Item": 1}
    assert attempts == [1, 2, 3]
    assert len(transport.calls) == 1


def test_observers_see_what_is_sent_not_what_middleware_answers_by_itself() -> None:
    seen, kept = Seen(), dict[str, Payload]()

    def cache(call: Call, send: Send, /) -> Payload:
        key = repr(call)
        if key not in kept:
            kept[key] = send(call)
        return kept[key]

    db, transport = scripted([{"Items": [], "Count": 0}], middleware=[cache], observers=[seen])
    assert db.call(*READ) == db.call(*READ)
    assert len(seen.ended) == len(transport.calls) == 1


def test_a_call_that_middleware_changes_keeps_its_statement() -> None:
    seen = Seen()

    def elsewhere(call: Call, send: Send, /) -> Payload:
        return send(replace(call, payload={**call.payload, "TableName": "other"}))

    db, transport = scripted([{}], middleware=[elsewhere], observers=[seen], capacity=False)
    db.execute(Create(an_order()))
    assert transport.calls[0].payload["TableName"] == "other"
    assert [(one.tables, one.statement) for one in seen.ended] == [(("other",), "create Order")]


def test_a_raw_call_gives_the_whole_reply_with_retries_and_errors_as_usual() -> None:
    db, transport = scripted([THROTTLE, {"Anything": [1]}])
    assert db.call(*READ) == {"Anything": [1]}
    assert [call.action for call in transport.calls] == ["Query", "Query"]
    refused, _ = scripted([ServiceError(400, "ThrottlingException", body={"throttlingReasons": REASONS})])
    with pytest.raises(Throttled, match="Query on 'shop': throttled to the end") as caught:
        refused.call(*READ)
    assert caught.value.throttling_reasons == (ThrottlingReason("HotKey", "arn:table"),)


REASONS = [{"reason": "HotKey", "resource": "arn:table"}]


def test_a_raw_write_whose_reply_was_lost_is_sent_again_only_if_that_is_asked_for() -> None:
    lost = ReplyLost("the connection was reset")
    db, transport = scripted([lost, {}])
    with pytest.raises(OutcomeUnknown):
        db.call(*WRITE)
    assert len(transport.calls) == 1
    db, transport = scripted([lost, {"a": 1}])
    assert db.call(*WRITE, resend=True) == {"a": 1}
    db, transport = scripted([lost, {"a": 1}])
    assert db.call(*READ) == {"a": 1}


def test_a_raw_call_goes_to_its_service() -> None:
    db, transport = scripted([{}])
    db.call("ListStreams", {}, service="streams")
    assert [call.service for call in transport.calls] == ["streams"]


def test_a_client_within_a_deadline_gives_up_sooner_and_shares_all_else() -> None:
    seen = Seen()
    db, transport = scripted([THROTTLE], observers=[seen])
    soon = db.within(deadline=0.5, attempts=3)
    with pytest.raises(Throttled) as caught:
        soon.call(*READ)
    assert caught.value.attempts == len(transport.calls) == len(seen.ended) == 3
    assert soon.capacity is db.capacity
    assert db.environment.retry == Environment.simulated().retry
    with pytest.raises(Throttled):
        db.within(deadline=0.1).call(*READ)
    assert transport.environment.monotonic() < 1


def test_closing_a_client_that_shares_leaves_the_connections_open() -> None:
    db, transport = scripted([{}])
    with db.within(deadline=1.0) as soon, soon.using(soon.environment):
        pass
    assert transport.closed == 0
    db.close()
    assert transport.closed == 1


def test_closing_an_asynchronous_client_that_shares_leaves_the_connections_open() -> None:
    async def main() -> list[int]:
        db, transport = scripted_async([{}])
        await db.within(deadline=1.0).close()
        closed = [transport.closed]
        await db.close()
        return [*closed, transport.closed]

    assert asyncio.run(main()) == [0, 1]


def test_a_client_under_another_environment_uses_its_table_names() -> None:
    db, transport = scripted([{}])
    db.using(replace(db.environment, tables={"shop": "shop-test"})).execute(Put(an_order()))
    assert transport.calls[0].payload["TableName"] == "shop-test"


def test_a_repository_may_be_used_on_another_client() -> None:
    class Orders(Repository[Order]):
        pass

    db, _ = scripted([THROTTLE])
    orders = Orders(db)
    soon = orders.using(db.within(deadline=0.1, attempts=1))
    assert type(soon) is Orders
    assert orders.client is db
    with pytest.raises(Throttled) as caught:
        soon.get(an_order())
    assert caught.value.attempts == 1


def test_an_asynchronous_repository_may_be_used_on_another_client() -> None:
    async def main() -> bool:
        db, _ = scripted_async([{}])
        other = db.within(deadline=1.0)
        return AsyncRepository(db, Order).using(other).client is other

    assert asyncio.run(main())


@pytest.mark.parametrize("opener", [connect, connect_async])
def test_observers_are_told_where_calls_go(opener: Callable[..., Shared]) -> None:
    db = opener("http://localhost:8000")
    assert db._watch.begin(Call("Query", {})).start.address == "http://localhost:8000"  # pyright: ignore[reportPrivateUsage]
    assert db._watch.begin(Call("Query", {}, "search")).start.address is None  # pyright: ignore[reportPrivateUsage]


def test_both_ways_to_connect_take_observers_and_middleware() -> None:
    notes: list[str] = []
    seen = Seen()
    with connect("memory://", observers=[seen], middleware=[Note("one", notes)]) as db:
        db.call("ListTables", {})

    async def main() -> None:
        async with connect_async(
            "memory://", observers=[seen], middleware=[AsyncNote("two", notes)]
        ) as awaited:
            await awaited.call("ListTables", {})

    asyncio.run(main())
    assert notes == ["one in", "one out", "two in", "two out"]
    assert [one.error for one in seen.ended] == [None, None]
