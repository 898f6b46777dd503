"""Changes of streams have the types of the entities asked for; a match over them can be exhaustive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_never, assert_type

from dynakit import (
    AsyncClient,
    AsyncTableCheckpoint,
    BatchResponse,
    Change,
    Changes,
    Client,
    FileCheckpoint,
    Inserted,
    Modified,
    Query,
    Removed,
    StreamReader,
    TableCheckpoint,
)
from tests.typing.usage.entities import Customer, Order, shop

ORDERS = StreamReader(Order)
BOTH = StreamReader(Order, Customer, foreign="refuse")


def readers() -> None:
    assert_type(ORDERS, StreamReader[Order])
    assert_type(BOTH, StreamReader[Order | Customer])
    StreamReader(Order, foreign="ignore")  # E: skip or refuse
    StreamReader(int)  # E: no entity


def changes(event: dict[str, Any]) -> None:
    read = BOTH.changes(event)
    assert_type(read, Changes[Order | Customer])
    for change in read:
        assert_type(change.key, Query[Order | Customer])
        assert_type(change.item, Order | Customer)
        match change:
            case Inserted(Order() as order):
                assert_type(order, Order)
            case Inserted(new):
                assert_type(new, Order | Customer | None)
            case Modified(old, new):
                assert_type(old, Order | Customer | None)
                assert_type(change.changed, frozenset[str] | None)
                assert_type(change.has_changed(Order.total), bool)
            case Removed(old):
                assert_type(change.expired, bool)
            case _:
                assert_never(change)


def absent(change: Change[Order]) -> None:
    match change:
        case Inserted(new):
            print(new.total)  # E: new may be None
            print(change.old)  # E: what is inserted has no old image
        case Modified():
            print(change.expired)  # E: only what is removed can have expired
        case Removed():
            print(change.changed)  # E: only what is modified has changed


def forgotten(change: Change[Order]) -> None:
    match change:
        case Inserted() | Modified():
            pass
        case _:
            assert_never(change)  # E: removals are forgotten


def on_order(change: Change[Order]) -> None: ...


async def on_order_later(change: Change[Order]) -> None: ...


def handling(event: dict[str, Any]) -> None:
    assert_type(ORDERS.handle(event, on_order), BatchResponse)
    ORDERS.handle(event, on_order_later)  # E: it would not be awaited
    BOTH.handle(event, on_order)  # E: it cannot handle customers


async def handling_later(event: dict[str, Any]) -> None:
    assert_type(await ORDERS.handle_async(event, on_order_later), BatchResponse)
    await ORDERS.handle_async(event, on_order)  # E: there is nothing to await


def following(db: Client, later: AsyncClient) -> None:
    file, kept = FileCheckpoint("orders.json"), TableCheckpoint(db, shop, "mailer")
    assert_type(db.stream(ORDERS, checkpoint=file, until_idle=0), Iterator[Change[Order]])
    assert_type(later.stream(ORDERS, checkpoint=file), AsyncIterator[Change[Order]])
    db.stream(ORDERS, checkpoint=kept, start="LATEST")
    later.stream(ORDERS, checkpoint=AsyncTableCheckpoint(later, shop, "mailer"))
    db.stream(ORDERS, checkpoint=AsyncTableCheckpoint(later, shop, "mailer"))  # E: it would not be awaited
    db.stream(ORDERS, start="OLDEST")  # E: no such start
