"""What stands between a client and the service: proxies, hosts reached without them, compression, resets."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TypeAlias

import pytest
from msgspec.json import encode

from dynakit import (
    AsyncRepository,
    Attr,
    Entity,
    Key,
    Repository,
    RetryPolicy,
    Scan,
    Table,
    connect,
    connect_async,
)
from dynakit.wire import Payload
from tests.unit.support.faulty_server import FaultyServer, reply

NO_RETRY = RetryPolicy(attempts=1)
DONE: Payload = {"TableNames": []}


class Order(Entity, table=Table("shop", pk="customer", sk="number")):
    primary = Key("{customer}", "{number}")
    customer: Attr[str]
    number: Attr[str]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with closing(FaultyServer()) as running:
        running.answers = [reply(encode(DONE))]
        yield running


@pytest.fixture
def proxy() -> Iterator[FaultyServer]:
    with closing(FaultyServer()) as running:
        running.answers = [reply(encode(DONE))]
        yield running


Between: TypeAlias = Callable[[], object]


def call_sync(url: str, between: Between | None = None) -> list[Payload]:
    with connect(url, retry=NO_RETRY) as db:
        replies = [db.call("ListTables", {})]
        if between is not None:
            between()
            replies.append(db.call("ListTables", {}))
        return replies


def call_async(url: str, between: Between | None = None) -> list[Payload]:
    async def main() -> list[Payload]:
        async with connect_async(url, retry=NO_RETRY) as db:
            replies = [await db.call("ListTables", {})]
            if between is not None:
                await asyncio.to_thread(between)
                replies.append(await db.call("ListTables", {}))
            return replies

    return asyncio.run(main())


Call: TypeAlias = Callable[..., list[Payload]]
both = pytest.mark.parametrize("call", [call_sync, call_async], ids=["sync", "async"])


@both
@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
@pytest.mark.parametrize(
    ("listed", "direct"),
    [
        ("127.0.0.1", True),
        ("example.com, 127.0.0.1", True),
        ("127.0.0.1:{port}", True),
        ("*", True),
        ("127.0.0.1:1", False),
        ("27.0.0.1", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_hosts_that_are_listed_are_reached_without_the_proxy(
    call: Call,
    name: str,
    listed: str,
    direct: bool,
    *,
    server: FaultyServer,
    proxy: FaultyServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv(name, listed.format(port=server.url.rpartition(":")[2]))
    assert call(server.url) == [DONE]
    assert (len(server.requests), proxy.connections) == ((1, 0) if direct else (0, 1))


@both
def test_a_connection_that_is_reset_while_it_is_idle_costs_no_call(call: Call, server: FaultyServer) -> None:
    body = encode(DONE)
    server.answers = [reply(body, x_how="reset-now"), reply(body)]
    assert call(server.url, lambda: server.closed.acquire(timeout=10)) == [DONE, DONE]
    assert (server.connections, len(server.requests)) == (2, 2)


ALL = Order.primary(customer="c")
ITEMS: list[Payload] = [
    {"customer": {"S": "c"}, "number": {"S": f"{number:05}"}, "_type": {"S": "Order"}, "x": {"S": "y" * 50}}
    for number in range(1000)
]


def compressed(coding: str, body: bytes) -> bytes:
    packed = gzip.compress(body, mtime=0) if coding == "gzip" else zlib.compress(body)
    return reply(packed, content_encoding=coding, x_amz_crc32=str(zlib.crc32(packed)))


def chunked(whole: bytes) -> bytes:
    head, _, body = whole.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", chunks + b"0\r\n\r\n"])


def read_sync(url: str) -> list[Order | None]:
    with connect(url, retry=NO_RETRY) as db:
        orders = Repository(db, Order)
        first = orders.get(Order.primary(customer="c", number="00000"))
        return [first, *orders.all(ALL), *orders.scan(Scan(Order))]


def read_async(url: str) -> list[Order | None]:
    async def main() -> list[Order | None]:
        async with connect_async(url, retry=NO_RETRY) as db:
            orders = AsyncRepository(db, Order)
            first = await orders.get(Order.primary(customer="c", number="00000"))
            return [first, *await orders.all(ALL), *[one async for one in orders.scan(Scan(Order))]]

    return asyncio.run(main())


@pytest.mark.parametrize("read", [read_sync, read_async], ids=["sync", "async"])
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("framed", [bytes, chunked], ids=["length", "chunks"])
def test_compressed_replies_are_read(
    read: Callable[[str], list[Order | None]],
    coding: str,
    framed: Callable[[bytes], bytes],
    server: FaultyServer,
) -> None:
    page = {"Items": ITEMS, "Count": len(ITEMS), "ScannedCount": len(ITEMS)}
    documents = [{"Item": ITEMS[0]}, page, page]
    server.answers = [framed(compressed(coding, encode(document))) for document in documents]
    numbers = [order and order.number for order in read(server.url)]
    each = [f"{number:05}" for number in range(1000)]
    assert numbers == ["00000", *each, *each]
    assert server.connections == 1
