"""Who looks on at calls, middleware around them, clients under other terms, spies."""

from __future__ import annotations

from typing import Any, assert_type

from dynakit import (
    AsyncClient,
    Call,
    CallEnd,
    CallStart,
    Client,
    OpenTelemetry,
    Repository,
    Spy,
    Units,
    Usage,
    connect,
    connect_async,
)
from dynakit.client.sender import AsyncSend, Send
from tests.typing.usage.entities import Order


class Observing:
    def before(self, call: CallStart) -> None:
        assert_type(call.index, str | None)

    def after(self, call: CallEnd) -> None:
        assert_type(call.read_units, float)


class HalfObserving:
    def before(self, call: CallStart) -> None:
        pass


def through(call: Call, send: Send) -> dict[str, Any]:
    return send(call)


async def through_awaited(call: Call, send: AsyncSend) -> dict[str, Any]:
    return await send(call)


def observed() -> None:
    db = connect("memory://", observers=[Observing(), OpenTelemetry()], middleware=[through])
    assert_type(db.capacity, Usage)
    assert_type(db.capacity.by_index, dict[tuple[str, str], Units])
    with db.measured() as usage, db.named("report"):
        assert_type(usage, Usage)
    assert_type(db.within(deadline=1.0), Client)
    assert_type(db.call("ListTables", {}), dict[str, Any])
    stop = db.observe(Observing())
    stop()
    orders = Repository(db, Order)
    assert_type(orders.using(db.within(deadline=1.0)), Repository[Order])


async def observed_awaited() -> None:
    adb = connect_async("memory://", observers=[Observing()], middleware=[through_awaited])
    assert_type(adb.within(deadline=1.0), AsyncClient)
    assert_type(await adb.call("ListTables", {}), dict[str, Any])


def spied(order: Order) -> None:
    spy = Spy([order, [order], 1, None, {"Items": []}, LookupError()])
    assert_type(spy.client, Client)
    assert_type(spy.async_client, AsyncClient)
    assert_type(spy.calls, list[Call])


def wrong(db: Client, adb: AsyncClient) -> None:
    db.observe(HalfObserving())  # E: it has no after
    connect("memory://", middleware=[through_awaited])  # E: to be awaited
    connect_async("memory://", middleware=[through])  # E: not to be awaited
    db.within(deadline="soon")  # E: no number
    db.within(0.5)  # E: by keyword
    db.call("Query", {}, service="sqs")  # E: no service of these
    Repository(db, Order).using(adb)  # E: the other client
    Spy([object()])  # E: no answer
