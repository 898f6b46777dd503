"""``dynakit items …`` in processes of their own, on a table of a server; some are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dynakit import Item
from dynakit.wire import AttributeValue
from tests.integration.backends import Database, Opener
from tests.unit.transfer.stored_items import BOX

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-c", "from dynakit.cli.main import main; main()", "items")
TARGET = "tests.unit.transfer.stored_items:BOX"


@dataclass(frozen=True)
class Box:
    """One table of the server, filled or not."""

    db: Database
    endpoint: str

    def command(self, verb: str, *arguments: str) -> list[str]:
        """The command on this table."""
        return [*PROGRAM, verb, TARGET, *arguments, "--endpoint", self.endpoint]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its process, which says what the table is called."""
        return {**os.environ, "PYTHONPATH": str(ROOT), "DYNAKIT_TABLE_BOX": self.db.name(BOX)}

    def run(self, verb: str, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run it to its end."""
        return subprocess.run(
            self.command(verb, *arguments),
            cwd=ROOT,
            env=self.environment,
            input=given,
            capture_output=True,
            check=False,
        )

    def start(self, verb: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it."""
        return subprocess.Popen(
            self.command(verb, *arguments), cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL
        )

    def kill_when(self, far_enough: Callable[[], bool], verb: str, *arguments: str) -> None:
        """Start it, and kill it once it is far enough."""
        with self.start(verb, *arguments) as process:
            while not far_enough():
                assert process.poll() is None, "it ended before it was killed"
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL

    def items(self) -> list[Item]:
        """All items of the table, in the order of their keys."""
        found, start = list[Item](), None
        while True:
            payload = {"TableName": self.db.name(BOX), **({"ExclusiveStartKey": start} if start else {})}
            reply = self.db.send_raw("Scan", payload)
            found += reply["Items"]
            start = reply.get("LastEvaluatedKey")
            if start is None:
                return in_order(found)


def open_box(open_db: Opener, items: list[Item] | None = None) -> Box:
    """A table with these items."""
    db = open_db(BOX)
    for start in range(0, len(items or ()), 25):
        requests = [{"PutRequest": {"Item": item}} for item in (items or [])[start : start + 25]]
        db.send_raw("BatchWriteItem", {"RequestItems": {db.name(BOX): requests}})
    return Box(db, open_db.endpoint)


def in_order(items: list[Item]) -> list[Item]:
    """Items in the order of their keys."""
    return sorted(items, key=lambda item: (str(item["PK"]), _number(item["number"])))


def _number(value: AttributeValue) -> float:
    return float(value.get("N", "nan"))


def many_items(count: int) -> list[Item]:
    """Items of all types, in several partitions."""
    return in_order([_item(number) for number in range(count)])


def _item(number: int) -> Item:
    shapes: list[Item] = [
        {"text": {"S": f'naïve "{number}",\nnext line'}, "_type": {"S": "Note"}},
        {"data": {"B": "AAH/"}, "parts": {"BS": ["AA==", "/w=="]}, "tags": {"SS": ["a", "true"]}},
        {"exact": {"N": f"0.{number:037d}1"}, "numbers": {"NS": ["-1.5", "7"]}, "GSI1PK": {"S": "12"}},
        {"nested": {"M": {"$binary": {"S": "x"}, "list": {"L": [{"NULL": True}, {"BOOL": False}]}}}},
    ]
    return {"PK": {"S": f"p{number % 11}"}, "number": {"N": str(number)}, **shapes[number % len(shapes)]}
