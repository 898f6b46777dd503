"""The servers that tests talk to: each runs at most once a test run, shared by all its workers.

A test asks for a server by the fixture of its name and gets the endpoint. An endpoint that stands in
the environment (``DYNAKIT_TEST_ENDPOINT``, ``DYNAKIT_TEST_MINISTACK``) is used instead of a new server.
What a machine cannot run is skipped with its reason; where ``CI`` is ``true`` that is a failure.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from dynakit.local import DynamoDBLocal, LocalServerError, requirements_missing
from tests.unit.support.unavailable import unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DYNAMODB_LOCAL = "DYNAKIT_TEST_ENDPOINT"
MINISTACK = "DYNAKIT_TEST_MINISTACK"
MINISTACK_FOLDER = Path(sys.prefix) / "ministack"
MINISTACK_SECONDS = 30.0


@pytest.fixture(scope="session")
def dynamodb_local() -> Generator[str]:
    """The endpoint of DynamoDB Local, the real one; give each test a table of its own (7 ms)."""
    if missing := DYNAMODB_LOCAL not in os.environ and requirements_missing():
        unavailable(missing)
    with shared_or_started(DYNAMODB_LOCAL, start_dynamodb_local) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def ministack() -> Generator[str]:
    """The endpoint of MiniStack: DynamoDB with multi-attribute keys and vectors, Cognito, CloudFormation."""
    if missing := MINISTACK not in os.environ and ministack_missing():
        unavailable(missing)
    with shared_or_started(MINISTACK, start_ministack) as endpoint:
        yield endpoint


def botocore_client(endpoint: str) -> DynamoDBClient:
    """Return botocore's own client: the second opinion on what was really stored."""
    return boto3.client("dynamodb", endpoint_url=endpoint)  # pyright: ignore[reportUnknownMemberType]


def start_shared(stack: ExitStack, environment: pytest.MonkeyPatch) -> None:
    """Start every server this machine can run, and leave its endpoint in the environment for workers.

    One that fails to start is left out: the fixture tries again, and tells why.
    """
    if DYNAMODB_LOCAL not in os.environ and requirements_missing() is None:
        with suppress(LocalServerError):
            environment.setenv(DYNAMODB_LOCAL, stack.enter_context(start_dynamodb_local()))
    if MINISTACK not in os.environ and ministack_missing() is None:
        environment.setenv(MINISTACK, stack.enter_context(start_ministack()))


@contextmanager
def shared_or_started(name: str, start: Callable[[], AbstractContextManager[str]]) -> Generator[str]:
    """Give the endpoint in the environment variable ``name``, or that of a server started for now."""
    if shared := os.environ.get(name):
        if not shared.startswith("http"):
            pytest.fail(f"{name} is {shared!r}; an endpoint as http://127.0.0.1:8000 was expected")
        yield shared
    else:
        with start() as endpoint:
            yield endpoint


@contextmanager
def start_dynamodb_local() -> Generator[str]:
    """Run DynamoDB Local."""
    with DynamoDBLocal.start() as local:
        yield local.endpoint


def ministack_missing() -> str | None:
    """Say why MiniStack cannot run here; ``None`` when it can."""
    if (MINISTACK_FOLDER / "ministack").is_dir():
        return None
    return f"MiniStack is not in {MINISTACK_FOLDER}; `make test` installs it."


@contextmanager
def start_ministack() -> Generator[str]:
    """Run MiniStack out of its own folder, with a home that is removed afterwards."""
    with tempfile.TemporaryDirectory() as home, (Path(home) / "log").open("wb") as log:
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env=os.environ | ministack_environment(home, port),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_for_ministack(process, port, Path(log.name))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def ministack_environment(home: str, port: int) -> dict[str, str]:
    """Write the settings of MiniStack, which it reads from the environment only."""
    return {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "HOME": home,
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(MINISTACK_FOLDER),
        "SERVICES": "cloudformation,cognito-idp,dynamodb",
        "TMPDIR": home,
    }


def wait_for_ministack(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until MiniStack says it is ready."""
    deadline = time.monotonic() + MINISTACK_SECONDS
    while not says_ready(port):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"MiniStack did not start. The end of its log:\n{log.read_text()[-4000:]}")
        time.sleep(0.05)


def says_ready(port: int) -> bool:
    """Tell whether a MiniStack answers on this port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
