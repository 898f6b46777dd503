"""DynamoDB Local as a process: started on a free port, answering, stopped."""

from __future__ import annotations

import atexit
import http.client
import os
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from dynakit.local.errors import LocalServerError
from dynakit.local.package import JAR, install, is_installed
from dynakit.local.tools import java, java_missing, npm_missing

START_SECONDS = 30.0
START_ATTEMPTS = 3
LOG_SECONDS = 0.5
"""How long the cause of an exception may be written after the exception itself."""
JAVA_OPTIONS = ("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""A small heap and only the quick compiler: ready in 1.2 s instead of 1.6 s, for half of the CPU time."""

_OPTIONS = ("-inMemory", "-sharedDb", "-disableTelemetry")

# The watcher ends the whole process group once the other end of standard input is closed: on `stop`,
# and by the operating system when this process is gone, however it ended. `exec` makes Java the
# process that was started, so its end is seen.
_WATCHED = 'exec 3<&0; { read -r _ <&3; kill -KILL 0; } & exec "$@" 3<&- </dev/null'


def requirements_missing() -> str | None:
    """Say in one line what DynamoDB Local lacks on this machine; ``None`` when it can be started.

    It needs Java 17 or newer, and npm until it is installed.
    """
    return java_missing() or (None if is_installed() else npm_missing())


class DynamoDBLocal:
    """A running DynamoDB Local, with an empty store in memory that all credentials and regions share.

    ``endpoint`` is its address, ``http://127.0.0.1:PORT``. DynamoDB Local itself listens on every
    interface of the machine and checks no credentials; it has no option to change that.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self._process = process
        atexit.register(self.stop)

    @classmethod
    def start(cls, port: int = 0, *, java_options: Sequence[str] = JAVA_OPTIONS) -> Self:
        """Install it where that is still to do, start it, and wait until it answers.

        Port 0 stands for any free port. ``java_options`` are given to Java as they are.
        Raises :class:`LocalServerError` when a requirement is missing, the port is taken, or there
        is no answer within 30 s.
        """
        if missing := requirements_missing():
            raise LocalServerError(missing)
        folder = install()
        if port:
            _refuse_taken(port)
        attempts = 1 if port else START_ATTEMPTS
        while True:
            attempts -= 1
            chosen = port or _free_port()
            try:
                return cls(_started(folder, chosen, java_options), chosen)
            except _PortTaken:
                if attempts == 0:
                    raise

    def stop(self) -> None:
        """End the process; what it stored is gone. Stopping twice does no harm."""
        _end(self._process)
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _PortTaken(LocalServerError):
    def __init__(self, port: int) -> None:
        super().__init__(f"DynamoDB Local: port {port} is taken. Give another one, or 0 for any free one.")


def _started(folder: Path, port: int, java_options: Sequence[str]) -> subprocess.Popen[bytes]:
    mark = f"http://{secrets.token_hex(8)}.invalid"
    # Append mode: reading the log must not move the place the child writes to.
    with tempfile.TemporaryFile("a+b") as log:
        process = subprocess.Popen(
            _command(port, mark, java_options),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_ready(process, port, mark, log)
        except BaseException:
            _end(process)
            raise
    return process


def _command(port: int, mark: str, java_options: Sequence[str]) -> list[str]:
    library = "-Djava.library.path=./DynamoDBLocal_lib"
    server = ["-jar", JAR, *_OPTIONS, "-port", str(port), "-cors", mark]
    command = [java() or "java", *java_options, library, *server]
    return ["/bin/sh", "-c", _WATCHED, "sh", *command] if os.name == "posix" else command


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, mark: str, log: IO[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port, mark):
        _raise_if_failed(process, port, log)
        if time.monotonic() > deadline:
            raise LocalServerError(
                f"DynamoDB Local: no answer on port {port} after {START_SECONDS:.0f} s. "
                f"The end of its log:\n{_tail(log)}"
            )
        time.sleep(0.02)


def _raise_if_failed(process: subprocess.Popen[bytes], port: int, log: IO[bytes]) -> None:
    """Look for a failure that has been written: with its port taken it says so, and then hangs."""
    signs = ("java.net.BindException", 'Exception in thread "main"')
    text = _tail(log)
    if process.poll() is None and not any(sign in text for sign in signs):
        return
    time.sleep(LOG_SECONDS)
    text = _tail(log)
    if "java.net.BindException" in text:
        raise _PortTaken(port)
    raise LocalServerError(f"DynamoDB Local: it did not start. The end of its log:\n{text}")


def _answers(port: int, mark: str) -> bool:
    """Tell whether the server started with this mark answers, and not another one on the same port.

    The mark is the one origin it was told to allow, and an allowed origin is named in the answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/", headers={"Origin": mark})
        return connection.getresponse().getheader("Access-Control-Allow-Origin") == mark
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tail(log: IO[bytes], size: int = 4000) -> str:
    log.seek(0)
    return log.read()[-size:].decode("utf-8", errors="replace").strip() or "(nothing)"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.settimeout(5)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise _PortTaken(port)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    process.kill()
    process.wait()
