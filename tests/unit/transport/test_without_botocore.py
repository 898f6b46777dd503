"""What is imported until the first item is read, in an environment like that of a Lambda function."""

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
COSTLY = {"aiohttp", "boto3", "botocore", "certifi", "moto", "urllib3"}
LAMBDA = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "k",
    "AWS_SECRET_ACCESS_KEY": "s",
    "AWS_SESSION_TOKEN": "t",
}
READ = """
from dynakit import Attr, Entity, Key, Repository, Table, connect

class User(Entity, table=Table("users", pk="id")):
    primary = Key("{id}")
    id: Attr[str]

def read(**given):
    return Repository(connect(**given), User).get(User.primary(id="u1"))
"""
CONNECT = "from dynakit import connect; connect()"


class Answering(BaseHTTPRequestHandler):
    """Has an item for whoever asks."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"Item":{"id":{"S":"u1"},"_type":{"S":"User"}}}'
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


def loaded_by(program: str, home: Path, **variables: str) -> set[str]:
    """The packages that a new process with these variables alone has loaded after the program."""
    told = "\nimport json, sys; print(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", program + told],
        cwd=ROOT,
        env={"HOME": str(home), "PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("program", [CONNECT, "from dynakit import connect; connect('http://127.0.0.1:9')"])
def test_connecting_by_the_environment_needs_no_botocore(program: str, tmp_path: Path) -> None:
    assert loaded_by(program, tmp_path, **LAMBDA) & COSTLY == set()


def test_the_first_item_is_read_without_botocore(url: str, tmp_path: Path) -> None:
    program = f"{READ}\nassert read().id == 'u1'"
    assert loaded_by(program, tmp_path, AWS_ENDPOINT_URL=url, **LAMBDA) & COSTLY == set()


def test_an_emulator_on_this_machine_is_read_without_credentials_and_botocore(
    url: str, tmp_path: Path
) -> None:
    program = f"{READ}\nassert read(endpoint={url!r}).id == 'u1'"
    assert loaded_by(program, tmp_path) & COSTLY == set()


def test_a_configuration_file_is_read_by_the_parser_of_botocore_alone(url: str, tmp_path: Path) -> None:
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "config").write_text(f"[default]\nregion = eu-west-1\nendpoint_url = {url}\n")
    program = f"{READ}\nassert read().id == 'u1'\nimport sys; assert 'botocore.session' not in sys.modules"
    assert "botocore" in loaded_by(program, tmp_path, **LAMBDA)


def test_a_profile_still_gives_credentials_and_endpoint(url: str, tmp_path: Path) -> None:
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "config").write_text(f"[profile p]\nregion = eu-west-1\nendpoint_url = {url}\n")
    (folder / "credentials").write_text("[p]\naws_access_key_id = k\naws_secret_access_key = s\n")
    assert "botocore" in loaded_by(f"{READ}\nassert read().id == 'u1'", tmp_path, AWS_PROFILE="p")


def test_a_session_still_gives_credentials_and_endpoint(url: str, tmp_path: Path) -> None:
    program = (
        f"{READ}\nimport botocore.session; session = botocore.session.Session()\n"
        "session.set_credentials('k', 's'); session.set_config_variable('region', 'eu-west-1')\n"
        "assert read(session=session).id == 'u1'"
    )
    loaded_by(program, tmp_path, AWS_ENDPOINT_URL=url)


NOTED = """
import botocore.loaders
loaded = []
load_file = botocore.loaders.JSONFileLoader.load_file
def noted(self, path):
    loaded.append(path)
    return load_file(self, path)
botocore.loaders.JSONFileLoader.load_file = noted
"""


@pytest.mark.parametrize("region", ["eu-west-1", "eu-north-9"])
def test_no_model_of_a_service_is_read_where_botocore_finds_the_credentials(
    region: str, url: str, tmp_path: Path
) -> None:
    """Not that of DynamoDB either. A region that is new is looked up in botocore's data on regions."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "config").write_text(f"[profile p]\nregion = {region}\n")
    (folder / "credentials").write_text("[p]\naws_access_key_id = k\naws_secret_access_key = s\n")
    program = (
        f"{NOTED}{READ}\nassert read(endpoint={url!r}).id == 'u1'\nconnect()\n"
        "assert not [path for path in loaded if 'service-2' in path], loaded"
    )
    assert "botocore" in loaded_by(program, tmp_path, AWS_PROFILE="p")
