"""Loaders: gets at about the same time go out together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from uuid import uuid4

import pytest

from dynakit import (
    AsyncClient,
    AsyncLoader,
    Client,
    Environment,
    Item,
    Loader,
    Put,
    Query,
    StatementError,
    connect,
)
from dynakit.errors import RequestError
from dynakit.operations.reply import ServiceError
from dynakit.transport.memory import AsyncMemoryTransport, MemoryTransport
from dynakit.wire import Call
from tests.integration.shop import Invoice, Order, order, shop
from tests.integration.wire import AsyncWiredTransport, Wire, WiredTransport

Work = Callable[[AsyncLoader, Wire], Awaitable[None]]


def invoice(number: int) -> Invoice:
    return Invoice(customer_id="c1", number=number)


@pytest.fixture
def store() -> str:
    """A store with invoices 0 to 149 and one order."""
    name = uuid4().hex
    db = connect(f"memory://{name}")
    db.tables.create(shop)
    for number in range(150):
        db.execute(Put(invoice(number)))
    db.execute(Put(order(1)))
    return name


def awaited(store: str, work: Work, *, cache: bool = False) -> Wire:
    wire = Wire()

    async def run() -> None:
        transport = AsyncWiredTransport(AsyncMemoryTransport(store), wire)
        async with AsyncClient(transport, Environment()) as db:
            await work(AsyncLoader(db, cache=cache), wire)

    asyncio.run(run())
    return wire


def asked(wire: Wire) -> list[int]:
    """How many keys each request had."""
    keys: list[list[Item]] = [call.payload["RequestItems"]["shop"]["Keys"] for call in wire.calls]
    return [len(one) for one in keys]


def test_gets_of_one_turn_of_the_loop_are_one_request(store: str) -> None:
    async def work(loader: AsyncLoader, _: Wire) -> None:
        keys: list[Invoice | Query[Invoice]] = [
            invoice(1),
            Invoice.primary(customer_id="c1", number=1),
            invoice(999),
        ]
        (first, second, none), other = await asyncio.gather(
            asyncio.gather(*(loader.get(key) for key in keys)), loader.get(order(1))
        )
        assert first == invoice(1)
        assert first is second
        assert none is None
        assert other == order(1)

    assert asked(awaited(store, work)) == [3]


def test_more_than_a_hundred_are_several_requests(store: str) -> None:
    async def work(loader: AsyncLoader, _: Wire) -> None:
        found = await asyncio.gather(*(loader.get(invoice(number)) for number in range(150)))
        assert found == [invoice(number) for number in range(150)]

    assert asked(awaited(store, work)) == [100, 50]


@pytest.mark.parametrize(("cache", "requests"), [(False, [1, 1, 1]), (True, [1, 1])])
def test_only_a_cache_remembers_and_only_until_it_is_cleared(
    store: str, cache: bool, requests: list[int]
) -> None:
    async def work(loader: AsyncLoader, _: Wire) -> None:
        first, second = await loader.get(invoice(1)), await loader.get(invoice(1))
        loader.clear(invoice(1))
        third = await loader.get(invoice(1))
        assert first == second == third

    assert asked(awaited(store, work, cache=cache)) == requests


@pytest.mark.parametrize("cache", [False, True])
def test_an_error_comes_to_all_who_wait_and_is_not_remembered(store: str, cache: bool) -> None:
    def refuse(_: Call) -> None:
        raise ServiceError(400, "ValidationException")

    async def work(loader: AsyncLoader, wire: Wire) -> None:
        wire.before = refuse
        both = await asyncio.gather(*map(loader.get, (invoice(1), invoice(2))), return_exceptions=True)
        assert all(isinstance(one, RequestError) for one in both)
        wire.before = None
        assert await loader.get(invoice(1)) == invoice(1)

    awaited(store, work, cache=cache)


def test_one_who_is_cancelled_takes_nothing_from_the_others(store: str) -> None:
    async def work(loader: AsyncLoader, _: Wire) -> None:
        given_up, kept = (asyncio.ensure_future(loader.get(invoice(1))) for _ in range(2))
        await asyncio.sleep(0)
        given_up.cancel()
        assert await kept == invoice(1)
        assert given_up.cancelled()

    awaited(store, work)


def test_a_key_that_names_no_item_is_refused_to_its_asker_alone(store: str) -> None:
    async def work(loader: AsyncLoader, _: Wire) -> None:
        several = Order.primary(Order.customer_id == "c1")
        wrong, right = await asyncio.gather(
            loader.get(several), loader.get(invoice(1)), return_exceptions=True
        )
        assert isinstance(wrong, StatementError)
        assert right == invoice(1)

    awaited(store, work)


def threaded(store: str, all_asked: Event, wire: Wire) -> Loader:
    """A loader whose window lasts until all have asked."""

    def wait(_: float) -> None:
        assert all_asked.wait(10)

    return Loader(Client(WiredTransport(MemoryTransport(store), wire), Environment(sleep=wait)))


def test_threads_that_ask_in_the_window_are_one_request(store: str) -> None:
    all_asked, wire = Event(), Wire()
    loader = threaded(store, all_asked, wire)
    numbers = [1, 2, 3, 3, 999]
    with ThreadPoolExecutor(len(numbers)) as pool:
        futures = [pool.submit(loader.get, invoice(number)) for number in numbers]
        while loader.asked < 4:
            sleep(0.001)
        all_asked.set()
        found = [future.result(10) for future in futures]
    assert found == [invoice(1), invoice(2), invoice(3), invoice(3), None]
    assert asked(wire) == [4]


def test_an_error_comes_to_all_threads(store: str) -> None:
    def refuse(_: Call) -> None:
        raise ServiceError(400, "ValidationException")

    all_asked, wire = Event(), Wire(before=refuse)
    loader = threaded(store, all_asked, wire)
    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(loader.get, invoice(number)) for number in range(3)]
        while loader.asked < 3:
            sleep(0.001)
        all_asked.set()
        assert [type(future.exception(10)) for future in futures] == [RequestError] * 3
    wire.before = None
    assert loader.get(invoice(1)) == invoice(1)
