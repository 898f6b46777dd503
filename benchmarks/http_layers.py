"""Ways to send a signed request from a thread, and to read and write JSON.

``python -m benchmarks.http_layers`` measures an exchange against the stub server, which is another process:
microseconds of this process's CPU, signing included; the least of all rounds, in each of which every layer
has its turn. All read status, headers and body. Only ``dynakit`` and ``urllib3`` have a pool and time-outs.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPResponse
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, TypeAlias

from benchmarks import workload
from benchmarks.machine import described
from benchmarks.processes import Stub
from dynakit.transport.credentials import AccessKeys, Credentials
from dynakit.transport.destination import Destination, destination_of
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http_reply import ReplyReader
from dynakit.transport.pool import Pool
from dynakit.transport.request import HttpRequest, prepare
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call, Payload

ROUNDS = 15
EXCHANGES = {"GetItem": 300, "Query": 100}
KEYS = AccessKeys("AKID", "secret")
PLACE = {"PK": {"S": "CUSTOMER#n100"}, "SK": {"S": "ORDER#7"}}
PAYLOADS: dict[str, Payload] = {
    "GetItem": {"TableName": workload.TABLE, "Key": PLACE},
    "Query": {
        "TableName": workload.TABLE,
        "KeyConditionExpression": "#p = :p",
        "ExpressionAttributeNames": {"#p": "PK"},
        "ExpressionAttributeValues": {":p": PLACE["PK"]},
    },
}

Exchange: TypeAlias = Callable[[HttpRequest], tuple[int, Mapping[str, str], bytes]]
Layer: TypeAlias = Callable[[Destination], Exchange]


def with_http_client(to: Destination) -> Exchange:
    connection = HTTPConnection(to.host, to.port)

    def exchange(request: HttpRequest) -> tuple[int, Mapping[str, str], bytes]:
        connection.request("POST", to.path, request.body, request.headers)
        reply = connection.getresponse()
        return reply.status, dict(reply.headers), reply.read()

    return exchange


class PlainHeaders(HTTPResponse):
    """A response whose headers are read into a dictionary, by this class and not by the parser of mails."""

    def begin(self) -> None:
        self.status = int(self.fp.readline().split(None, 2)[1])
        self.fields: dict[str, str] = {}
        while (line := self.fp.readline(65537)) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            self.fields[name.lower()] = value.strip()
        self.chunked = False
        self.length = int(self.fields["content-length"])
        self.will_close = False


class PlainConnection(HTTPConnection):
    response_class = PlainHeaders


def with_own_headers(to: Destination) -> Exchange:
    connection = PlainConnection(to.host, to.port)

    def exchange(request: HttpRequest) -> tuple[int, Mapping[str, str], bytes]:
        connection.request("POST", to.path, request.body, request.headers)
        reply: Any = connection.getresponse()
        return reply.status, reply.fields, reply.read()

    return exchange


def with_urllib3(to: Destination) -> Exchange:
    urllib3: Any = import_module("urllib3")
    pool = urllib3.HTTPConnectionPool(to.host, to.port, timeout=urllib3.Timeout(2, 5), retries=False)

    def exchange(request: HttpRequest) -> tuple[int, Mapping[str, str], bytes]:
        reply = pool.urlopen("POST", to.path, request.body, request.headers, decode_content=False)
        return reply.status, reply.headers, reply.data

    return exchange


def connected(to: Destination) -> socket.socket:
    made = socket.create_connection((to.host, to.port))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


class Parsed:
    """What the parser of Node.js tells of one reply."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.pieces: list[bytes] = []
        self.done = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.pieces.append(body)

    def on_message_complete(self) -> None:
        self.done = True


def with_httptools(to: Destination) -> Exchange:
    httptools: Any = import_module("httptools")
    stream = connected(to)

    def exchange(request: HttpRequest) -> tuple[int, Mapping[str, str], bytes]:
        stream.sendall(request.head + request.body)
        parsed = Parsed()
        parser = httptools.HttpResponseParser(parsed)
        while not parsed.done:
            parser.feed_data(stream.recv(65536))
        return parser.get_status_code(), parsed.headers, b"".join(parsed.pieces)

    return exchange


def with_h11(to: Destination) -> Exchange:
    h11: Any = import_module("h11")
    stream = connected(to)
    connection = h11.Connection(h11.CLIENT)

    def exchange(request: HttpRequest) -> tuple[int, Mapping[str, str], bytes]:
        head = h11.Request(method="POST", target=to.path, headers=list(request.headers.items()))
        events = (head, h11.Data(request.body), h11.EndOfMessage())
        stream.sendall(b"".join(map(connection.send, events)))
        pieces: list[bytes] = []
        reply: Any = None
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(stream.recv(65536))
            elif type(event) is h11.Response:
                reply = event
            elif type(event) is h11.Data:
                pieces.append(event.data)
            else:
                break
        connection.start_next_cycle()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reply.headers}
        return reply.status_code, headers, b"".join(pieces)

    return exchange


def with_own_reader(to: Destination) -> Exchange:
    stream = connected(to)

    def exchange(request: HttpRequest) -> tuple[int, Mapping[str, str], bytes]:
        stream.sendall(request.head + request.body)
        reader = ReplyReader()
        while (reply := reader.feed(stream.recv(65536))) is None:
            pass
        return reply.status, reply.headers, reply.body

    return exchange


def with_dynakit(to: Destination) -> Exchange:
    pool = Pool(HttpSettings(Endpoint(to.url, workload.REGION), Credentials(None, local=True)), 50)

    def exchange(request: HttpRequest) -> tuple[int, Mapping[str, str], bytes]:
        reply = pool.exchange(request)
        return reply.status, reply.headers, reply.body

    return exchange


LAYERS: dict[str, tuple[str | None, Layer]] = {
    "http.client": (None, with_http_client),
    "http.client, own headers": (None, with_own_headers),
    "urllib3": ("urllib3", with_urllib3),
    "socket, h11": ("h11", with_h11),
    "socket, httptools": ("httptools", with_httptools),
    "socket, dynakit's reader": (None, with_own_reader),
    "dynakit: its reader and pool": (None, with_dynakit),
}
"""The package each needs, and what makes an exchange of it."""

Read: TypeAlias = Callable[[bytes], Any]
Write: TypeAlias = Callable[[Any], bytes]


def compact(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


JSON: dict[str, tuple[str, str, str]] = {
    "orjson": ("orjson", "loads", "dumps"),
    "msgspec": ("msgspec.json", "decode", "encode"),
    "pydantic_core": ("pydantic_core", "from_json", "to_json"),
}
"""The module, and its functions."""


def json_layers() -> dict[str, tuple[Read, Write] | None]:
    """Readers and writers of JSON; ``None`` for what is not installed."""
    found: dict[str, tuple[Read, Write] | None] = {"json": (json.loads, compact)}
    for name, (module, read, write) in JSON.items():
        there: Any = import_module(module) if find_spec(name) else None
        found[name] = there and (getattr(there, read), getattr(there, write))
    return found


def cpu_of(work: Callable[[], object], times: int) -> float:
    """Microseconds of this process's CPU for one time."""
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) / times * 1e6


Cells: TypeAlias = dict[str, dict[str, float]]
"""The least µs, by the row and the column."""


def least(rows: Mapping[str, Mapping[str, tuple[Callable[[], object], int]]]) -> Cells:
    """Measure each cell once a round, one after the other."""
    found: Cells = {row: {} for row in rows}
    for _ in range(ROUNDS):
        for row, cells in rows.items():
            for column, (work, times) in cells.items():
                used = cpu_of(work, times)
                found[row][column] = min(used, found[row].get(column, used))
    return found


def signed(action: str, endpoint: Endpoint) -> HttpRequest:
    return prepare(Call(action, PAYLOADS[action]), endpoint, KEYS, time.time())


def exchanged(url: str) -> tuple[Cells, dict[str, bytes]]:
    """What exchanges cost, and the bodies of the replies."""
    endpoint, to = Endpoint(url, workload.REGION), destination_of(url)
    usual = with_own_reader(to)
    bodies = {action: usual(signed(action, endpoint))[2] for action in PAYLOADS}

    def checked(exchange: Exchange, action: str) -> Callable[[], object]:
        def work() -> None:
            status, headers, body = exchange(signed(action, endpoint))
            assert (status, len(headers) > 4, body) == (200, True, bodies[action])

        return work

    rows: dict[str, dict[str, tuple[Callable[[], object], int]]] = {
        "signing alone": {
            action: (lambda action=action: signed(action, endpoint), times)  # type: ignore[misc]
            for action, times in EXCHANGES.items()
        }
    }
    for name, (package, layer) in LAYERS.items():
        exchange = layer(to) if package is None or find_spec(package) else None
        rows[name] = {
            action: (checked(exchange, action), times) for action, times in EXCHANGES.items() if exchange
        }
    return least(rows), bodies


def parsed_and_written(bodies: Mapping[str, bytes]) -> Cells:
    """What reading the replies and writing requests costs."""
    put = {"TableName": workload.TABLE, "Item": json.loads(bodies["GetItem"])["Item"]}
    rows: dict[str, dict[str, tuple[Callable[[], object], int]]] = {}
    for name, both in json_layers().items():
        rows[name] = {}
        if both is not None:
            rows[name] = cells_of(*both, bodies, put)
    return least(rows)


def cells_of(
    read: Read, write: Write, bodies: Mapping[str, bytes], put: Payload
) -> dict[str, tuple[Callable[[], object], int]]:
    get, query = bodies["GetItem"], bodies["Query"]
    assert json.loads(write(put)) == put
    assert read(query) == json.loads(query)
    return {
        "read a get": (lambda: read(get), 2000),
        "read a query": (lambda: read(query), 40),
        "write a get": (lambda: write(PAYLOADS["GetItem"]), 4000),
        "write a put": (lambda: write(put), 2000),
    }


def shown(title: str, cells: Cells) -> None:
    columns = next(iter(cells.values()))
    print(f"\n{title:32}" + "".join(f"{column:>14}" for column in columns))
    for row, found in cells.items():
        text = "".join(f"{found[column]:14.1f}" for column in columns) if found else f"{'not installed':>14}"
        print(f"{row:32}{text}")


def main() -> None:
    told = described("python -m benchmarks.http_layers")
    packages = [name for name in ("urllib3", "h11", "httptools", *JSON) if find_spec(name)]
    print(f"{told['processor']}, {told['cores']} cores, Python {told['python']}, {told['date']};", end=" ")
    print(", ".join(f"{name} {version(name)}" for name in packages))
    with Stub() as stub:
        cells, bodies = exchanged(stub.endpoint)
    sizes = " and ".join(f"{len(body):,} bytes" for body in bodies.values())
    print(f"µs of CPU; the least of {ROUNDS} rounds; replies of {sizes}")
    shown("one exchange", cells)
    shown("JSON", parsed_and_written(bodies))


if __name__ == "__main__":
    main()
