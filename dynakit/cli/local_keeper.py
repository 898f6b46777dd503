"""The process that keeps DynamoDB Local running between commands, and what is asked of it.

DynamoDB Local ends with the process that started it. That is this one: it listens on a port of this machine
for ``status`` and ``stop``, and leaves in a file, which only its owner can read, where and with which key.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import Literal, TypeAlias

from dynakit.local import DynamoDBLocal, LocalServerError
from dynakit.local.package import cache_folder
from dynakit.values import dataclass

Request: TypeAlias = Literal["status", "stop"]

_HERE = "127.0.0.1"


@dataclass(frozen=True)
class Keeper:
    """Where the keeper listens, and the key that proves who asks."""

    port: int
    key: str


def state_file() -> Path:
    """Where the keeper leaves its address; one for each cache folder, so one server for each."""
    return cache_folder() / "dynamodb-local" / "running.json"


def start_keeper(port: int) -> str:
    """Start DynamoDB Local in the background, unless it runs; give its endpoint. Raises its errors."""
    running = ask_keeper("status")
    if running is not None:
        return running
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as told:
        outcome, _, text = told.readline().decode().strip().partition(" ")
    if outcome != "started":
        process.wait()
        raise LocalServerError(text or "DynamoDB Local: it did not start, and did not say why.")
    process.returncode = 0  # it goes on without this process, which is no reason for a warning
    return text


def ask_keeper(request: Request) -> str | None:
    """Ask the keeper; give the endpoint of its server, ``None`` where none is running."""
    with suppress(OSError, EOFError, AuthenticationError, ValueError, TypeError):
        keeper = Keeper(**json.loads(state_file().read_text(encoding="utf-8")))
        with Client((_HERE, keeper.port), authkey=keeper.key.encode()) as connection:
            connection.send_bytes(request.encode())
            return connection.recv_bytes().decode()
    return None


def keep(port: int) -> None:
    """Run DynamoDB Local until it is asked to stop; tell on standard output how it started."""
    try:
        with DynamoDBLocal.start(port) as local, _listening() as listener:
            _say(f"started {local.endpoint}")
            while _answer(listener, local.endpoint) != "stop":
                pass
            local.stop()
    except LocalServerError as error:
        _say("failed " + " ".join(str(error).split()))


@contextmanager
def _listening() -> Generator[Listener]:
    keeper_key = secrets.token_hex(16)
    path = state_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with Listener((_HERE, 0), authkey=keeper_key.encode()) as listener:
        keeper = Keeper(int(listener.address[1]), keeper_key)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(keeper), file)
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _answer(listener: Listener, endpoint: str) -> str | None:
    """Answer one request; whoever does not know the key gets nothing."""
    with suppress(OSError, EOFError, AuthenticationError), listener.accept() as connection:
        request = connection.recv_bytes(16).decode(errors="replace")
        connection.send_bytes(endpoint.encode())
        return request
    return None


def _say(line: str) -> None:
    """Tell who started this process, which reads one line and no more."""
    with suppress(OSError):
        os.write(1, f"{line}\n".encode())
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)


if __name__ == "__main__":
    keep(int(sys.argv[1]))
