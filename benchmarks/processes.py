"""The processes of a run: the stub server, and one worker for each client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks import workload
from benchmarks.peer import Listed

ROOT = Path(__file__).parents[1]

AWS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_DEFAULT_REGION": workload.REGION,
    "AWS_REGION": workload.REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""The example key of the AWS documentation; every client finds it in the environment."""


def environment() -> dict[str, str]:
    """The variables of a measured process: no settings of AWS but ours, and compiled modules are kept."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, **AWS, "PYTHONPATH": str(ROOT)}


ENDED = "its process ended; its error is above"


class Stub(AbstractContextManager["Stub"]):
    """The stub server; ``endpoint`` is its address."""

    def __init__(self, scan_items: int = 1_000) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.stub", str(scan_items)],
            cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.endpoint = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def asked(self, path: str) -> Any:
        """What it tells of itself: ``items`` of the last write, or how many ``calls``."""
        with urllib.request.urlopen(f"{self.endpoint}/{path}") as reply:  # noqa: S310  its own address
            return json.load(reply)

    def written(self, verb: str, size: int, customer: str) -> list[dict[str, Any]]:
        """The items of the last write, whatever it was."""
        items: list[dict[str, Any]] = self.asked("items")
        return items

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


class WorkerProcess:
    """One client in a process of its own; each order is answered before the next is given.

    A client that cannot even be imported answers as one that fails at everything.
    """

    def __init__(self, listed: Listed, endpoint: str) -> None:
        self.listed = listed
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", listed.name, endpoint],
            cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._answer()

    def order(self, do: str, **options: Any) -> dict[str, Any]:
        """What the worker answers; ``{"failed": …}`` says what the client raised."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **options}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return {"failed": ENDED}
        return self._answer()

    def close(self) -> None:
        self.order("close")
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            return {"failed": ENDED}
        answer: dict[str, Any] = json.loads(line)
        return answer
