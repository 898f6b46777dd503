"""What a start loads: importing dynakit, declaring an entity, connecting by HTTP and the first get."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

FOREIGN = {
    *("aiohttp", "asyncio", "boto3", "botocore", "concurrent", "cryptography", "difflib", "http", "moto"),
    *("multiprocessing", "opentelemetry", "rich", "ssl", "subprocess", "typer", "urllib3", "yaml"),
    *("pydantic.root_model", "pydantic.type_adapter", "zstandard"),
}
OURS = {
    *("cli", "explanation", "identifiers", "lifecycle", "local", "streams", "testing"),
    *("client.aio", "client.following", "client.lease", "client.loader", "client.transaction"),
    *("codec.choices", "codec.compressed", "codec.discriminated", "codec.packed"),
    *("expressions.compile", "expressions.near", "expressions.size", "expressions.text"),
    *("expressions.update", "keys.bounds", "keys.hull", "keys.neighbour", "keys.overlap", "keys.plan"),
    *("operations.batch", "operations.collection", "operations.hydrate", "operations.lease"),
    *("operations.move", "operations.paging", "operations.partiql", "operations.raw", "operations.read"),
    *("operations.save", "operations.scan", "operations.sealing", "operations.sealing_cipher"),
    *("operations.sealing_keys", "operations.sealing_objects", "operations.search", "operations.sweep"),
    *("management", "operations.transact", "operations.transact_get", "operations.transaction"),
    *("operations.unique_check", "operations.update", "operations.write"),
    *("repositories.aio", "repositories.source", "schema.collection", "schema.one_of", "schema.request"),
    *("schema.resolver", "schema.scan", "schema.validate", "telemetry.events", "telemetry.otel"),
    *("telemetry.watched", "transport.aio", "transport.aws_services", "transport.botocore"),
    *("transport.memory",),
}
UNWANTED = FOREIGN | {f"dynakit.{name}" for name in OURS}

PROGRAM = """
import sys

class Noting:
    importers = {}

    def find_spec(self, name, path=None, target=None):
        frame = sys._getframe(1)
        while "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        self.importers.setdefault(name, f"{frame.f_globals.get('__name__')}, line {frame.f_lineno}")

sys.meta_path.insert(0, Noting())
"""
START = """
from dynakit import Attr, Entity, Key, Repository, Table, connect

class Address(Entity):
    city: Attr[str]

class User(Entity, table=Table("users", pk="PK", sk="SK")):
    primary = Key("USER#{id}", "PROFILE")
    id: Attr[str]
    name: Attr[str]
    addresses: Attr[list[Address]]

users = Repository(connect(sys.argv[1], region="eu-west-1"), User)
found = users.get(User.primary(id="u1"))
assert found is not None and found.addresses[0].city == "Oslo", found
"""
ITEM = {
    "PK": {"S": "USER#u1"},
    "SK": {"S": "PROFILE"},
    "_type": {"S": "User"},
    "id": {"S": "u1"},
    "name": {"S": "Ann"},
    "addresses": {"L": [{"M": {"city": {"S": "Oslo"}}}]},
}


class Answering(BaseHTTPRequestHandler):
    """Has the item for whoever asks."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"Item": ITEM}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def importers(program: str, url: str, home: Path) -> dict[str, str]:
    """The modules that a new process loads for a program, and which line of which module asked for each."""
    told = "\nimport json; print(json.dumps({**dict.fromkeys(sys.modules, ''), **Noting.importers}))"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + program + told, url],
        cwd=ROOT,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_the_first_get_loads_nothing_it_does_not_need(url: str, tmp_path: Path) -> None:
    """Its verb and the form of its attributes decide: each further module makes every start slower."""
    before = importers("", url, tmp_path)
    loaded = importers(START, url, tmp_path)
    needless = [
        f"{name} (imported by {importer})"
        for name, importer in loaded.items()
        if name in UNWANTED and name not in before
    ]
    assert needless == [], "import it where it is used, in the function, or under TYPE_CHECKING"


def test_the_first_put_loads_neither_ciphers_nor_other_verbs(url: str, tmp_path: Path) -> None:
    loaded = importers(f"{START}\nusers.put(found)", url, tmp_path)
    ours = ("batch", "paging", "partiql", "scan", "sealing_cipher", "sealing_place", "update")
    unwanted = FOREIGN | {f"dynakit.operations.{name}" for name in ours}
    assert {name: loaded[name] for name in unwanted & loaded.keys()} == {}


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_module_that_is_not_loaded_exists(name: str) -> None:
    """So that a module which moves stays on the list."""
    path = ROOT / "dynakit" / name.replace(".", "/")
    assert path.with_suffix(".py").exists() or (path / "__init__.py").exists()
