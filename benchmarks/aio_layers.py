"""Ways to send a signed request from asyncio: client CPU per exchange, to a stub server in another process.

``python -m benchmarks.aio_layers``; ``--uvloop`` for that loop. Minima over rounds, in microseconds of
process CPU, signing included, all layers interleaved. Layers that are not installed are left out. Those but
dynakit's own have neither time-outs nor a pool (aiohttp has a pool), so they cost a little more in earnest.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import platform
import ssl
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_address
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias, cast
from zlib import crc32

from msgspec.json import encode

from dynakit.transport.aio_pool import Pool
from dynakit.transport.credentials import AccessKeys, Credentials
from dynakit.transport.destination import destination_of
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http_head import parse_head
from dynakit.transport.http_reply import HttpReply, ReplyReader
from dynakit.transport.request import HttpRequest, prepare
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call

ROUNDS = 9
EXCHANGES = {"GetItem": 400, "Query": 150}
KEYS = AccessKeys("AKID", "secret")
ITEM = {f"attribute{number}": {"S": "x" * 20} for number in range(13)}
BODIES = {"GetItem": encode({"Item": ITEM}), "Query": encode({"Items": [ITEM] * 81})}

Exchange: TypeAlias = Callable[[HttpRequest], Awaitable[bytes]]
Layer: TypeAlias = Callable[[Endpoint, str], Awaitable[Exchange]]


def certificate(file: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(pem) + secret)


class Stub(asyncio.Protocol):
    """Answers by the action, from memory, with the headers that DynamoDB sends."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, end, body = self.data.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]):
            return
        self.data = b""
        reply = BODIES["Query" if b"20120810.Query" in head else "GetItem"]
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Tue, 24 Nov 2026 00:00:00 GMT\r\n"
            b"Content-Type: application/x-amz-json-1.0\r\nConnection: keep-alive\r\n"
            b"x-amzn-RequestId: ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\r\n"
            b"x-amz-crc32: %d\r\nContent-Length: %d\r\n\r\n%s" % (crc32(reply), len(reply), reply)
        )


def serve(pipe: Connection, file: str) -> None:
    async def main() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        loop = asyncio.get_running_loop()
        plain = await loop.create_server(Stub, "127.0.0.1", 0)
        secure = await loop.create_server(Stub, "127.0.0.1", 0, ssl=context)
        pipe.send([server.sockets[0].getsockname()[1] for server in (plain, secure)])
        await asyncio.Event().wait()

    asyncio.run(main())


def context_for(endpoint: Endpoint, file: str) -> ssl.SSLContext | None:
    return ssl.create_default_context(cafile=file) if endpoint.url.startswith("https") else None


async def with_aiohttp(endpoint: Endpoint, file: str) -> Exchange:
    aiohttp: Any = import_module("aiohttp")
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context_for(endpoint, file) or True),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )

    async def exchange(request: HttpRequest) -> bytes:
        async with session.post(request.url, data=request.body, headers=request.headers) as reply:
            body: bytes = await reply.read()
            return body

    return exchange


async def with_streams(endpoint: Endpoint, file: str) -> Exchange:
    to = destination_of(endpoint.url)
    reader, writer = await asyncio.open_connection(to.host, to.port, ssl=context_for(endpoint, file))

    async def exchange(request: HttpRequest) -> bytes:
        writer.write(request.head + request.body)
        head = parse_head((await reader.readuntil(b"\r\n\r\n"))[:-4])
        return await reader.readexactly(head.length or 0)

    return exchange


class Fed(asyncio.Protocol):
    """A protocol that feeds the reader of dynakit."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def expect(self) -> asyncio.Future[bytes]:
        self.reader = ReplyReader()
        self.reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        return self.reply

    def data_received(self, data: bytes) -> None:
        reply = self.reader.feed(data)
        if reply is not None:
            self.reply.set_result(reply.body)


class FedByHttptools(Fed):
    """The same, with the parser of Node.js."""

    def expect(self) -> asyncio.Future[bytes]:
        httptools: Any = import_module("httptools")
        self.parser = httptools.HttpResponseParser(self)
        self.headers: dict[str, str] = {}
        self.pieces: list[bytes] = []
        return super().expect()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.pieces.append(body)

    def on_message_complete(self) -> None:
        self.reply.set_result(b"".join(self.pieces))

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)


def with_protocol(kind: type[Fed]) -> Layer:
    async def layer(endpoint: Endpoint, file: str) -> Exchange:
        to = destination_of(endpoint.url)
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(kind, to.host, to.port, ssl=context_for(endpoint, file))

        async def exchange(request: HttpRequest) -> bytes:
            reply = protocol.expect()
            protocol.transport.write(request.head + request.body)
            return await reply

        return exchange

    return layer


async def with_dynakit(endpoint: Endpoint, file: str) -> Exchange:
    settings = HttpSettings(endpoint, Credentials(None, local=True), verify=file)
    pool = Pool(asyncio.get_running_loop(), destination_of(endpoint.url), settings, 100)

    async def exchange(request: HttpRequest) -> bytes:
        reply: HttpReply = await pool.exchange(request)
        return reply.body

    return exchange


LAYERS: dict[str, Layer] = {
    "aiohttp": with_aiohttp,
    "asyncio streams": with_streams,
    "asyncio.Protocol, httptools": with_protocol(FedByHttptools),
    "asyncio.Protocol": with_protocol(Fed),
    "dynakit: sockets, MemoryBIO": with_dynakit,
}
NEEDS = {"aiohttp": "aiohttp", "asyncio.Protocol, httptools": "httptools"}


async def cpu_of(exchange: Exchange, endpoint: Endpoint, action: str) -> float:
    call = Call(action, {"TableName": "shop", "Key": {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "ORDER#1"}}})
    begun = time.process_time()
    for _ in range(EXCHANGES[action]):
        body = await exchange(prepare(call, endpoint, KEYS, time.time()))
        assert body == BODIES[action]
    return (time.process_time() - begun) / EXCHANGES[action] * 1e6


async def measure(url: str, file: str) -> dict[tuple[str, str], float]:
    endpoint = Endpoint(url, "us-east-1")
    names = [name for name in LAYERS if name not in NEEDS or find_spec(NEEDS[name])]
    layers = {name: await LAYERS[name](endpoint, file) for name in names}
    best: dict[tuple[str, str], float] = {}
    for _ in range(ROUNDS):
        for action in EXCHANGES:
            for name, exchange in layers.items():
                used = await cpu_of(exchange, endpoint, action)
                best[name, action] = min(used, best.get((name, action), used))
    return best


def run(url: str, file: str) -> dict[tuple[str, str], float]:
    if "--uvloop" not in sys.argv:
        return asyncio.run(measure(url, file))
    uvloop: Any = import_module("uvloop")
    best: dict[tuple[str, str], float] = uvloop.run(measure(url, file))
    return best


def main() -> None:
    print(f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}, {platform.machine()}; µs of CPU")
    spawning = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.pem"
        certificate(file)
        here, there = spawning.Pipe()
        server = spawning.Process(target=serve, args=(there, str(file)), daemon=True)
        server.start()
        plain, secure = here.recv()
        found = [run(f"http://127.0.0.1:{plain}", str(file)), run(f"https://127.0.0.1:{secure}", str(file))]
        server.kill()
    print(f"{'':28}{'GetItem':>10}{'Query':>10}{'TLS: GetItem':>14}{'Query':>10}")
    for name in [name for name in LAYERS if (name, "Query") in found[0]]:
        a, b, c, d = [best[name, action] for best in found for action in EXCHANGES]
        print(f"{name:28}{a:10.0f}{b:10.0f}{c:14.0f}{d:10.0f}")


if __name__ == "__main__":
    main()
