"""The life of a DynamoDB Local process."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator

import pytest

from dynakit.local import DynamoDBLocal, LocalServerError, requirements_missing
from dynakit.local import server as local_server
from tests.integration.servers import free_port
from tests.unit.support.unavailable import unavailable

STARTS_AND_WAITS = """
from dynakit.local import DynamoDBLocal
print(DynamoDBLocal.start().endpoint, flush=True)
input()
"""
FAILS_AFTER_STARTING = """
from dynakit.local import DynamoDBLocal
print(DynamoDBLocal.start().endpoint, flush=True)
raise SystemExit(1)
"""


@pytest.fixture(autouse=True, scope="module")
def can_run() -> None:
    if missing := requirements_missing():
        unavailable(missing)


@pytest.fixture
def taken_port() -> Generator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as another:
        yield another.getsockname()[1]


def port_of(endpoint: str) -> int:
    return int(endpoint.rpartition(":")[2])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def becomes(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_a_stopped_server_leaves_its_port_and_stops_twice_without_harm() -> None:
    with DynamoDBLocal.start() as local:
        assert not is_free(port_of(local.endpoint))
    assert is_free(port_of(local.endpoint))
    local.stop()


def test_a_taken_port_is_refused_at_once_when_it_was_asked_for(taken_port: int) -> None:
    with pytest.raises(LocalServerError, match=f"port {taken_port} is taken"):
        DynamoDBLocal.start(taken_port)


def test_a_free_port_that_is_taken_meanwhile_is_replaced_by_another(
    taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = free_port()
    offered = iter([taken_port, free])
    monkeypatch.setattr(local_server, "_free_port", lambda: next(offered))
    with DynamoDBLocal.start() as local:
        assert port_of(local.endpoint) == free


def test_another_dynamodb_local_on_the_port_is_not_mistaken_for_the_one_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with DynamoDBLocal.start() as another:
        monkeypatch.setattr(local_server, "_free_port", lambda: port_of(another.endpoint))
        monkeypatch.setattr(local_server, "START_ATTEMPTS", 1)
        with pytest.raises(LocalServerError, match="is taken"):
            DynamoDBLocal.start()


def test_a_server_that_cannot_start_shows_its_log() -> None:
    with pytest.raises(LocalServerError, match="Unrecognized VM option 'NoSuchOption'"):
        DynamoDBLocal.start(java_options=["-XX:+NoSuchOption"])


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe and a shell tie the two together on POSIX only")
def test_the_server_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        port = port_of(parent.stdout.readline().strip())
        assert not is_free(port)
        parent.kill()
        assert becomes(lambda: is_free(port))


def test_the_server_ends_when_its_parent_ends_without_stopping_it() -> None:
    parent = subprocess.run(
        [sys.executable, "-c", FAILS_AFTER_STARTING], stdout=subprocess.PIPE, text=True, check=False
    )
    assert parent.returncode == 1
    assert becomes(lambda: is_free(port_of(parent.stdout.strip())))
