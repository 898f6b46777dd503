"""A program that scans a table and keeps what it is given in a file, with the checkpoint of each page.

It is killed by a test, and started again on the same file. A page and its checkpoint are one line, so that
a line that was not written whole is a page that was not done.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

from dynakit import Attr, Client, Entity, Environment, Key, Scan, Table
from dynakit.client.connect import open_transport

HERD = Table("herd", pk="PK")
SEGMENTS = 8


class Sheep(Entity, table=HERD):
    primary = Key("SHEEP#{number:07d}")
    number: Attr[int]
    name: Attr[str]


@dataclass(frozen=True)
class Line:
    """A page that is done; ``peak`` is the most memory the process has had, in kilobytes."""

    numbers: list[int]
    checkpoint: str
    peak: int


def lines(path: Path) -> list[Line]:
    """The pages that are done: the lines that are whole."""
    text = path.read_text() if path.exists() else ""
    return [Line(**json.loads(line)) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def main(endpoint: str, table: str, path: Path, page_size: int) -> None:
    """Scan on from where the file ends."""
    done = lines(path)
    # What was written of a line when the process was killed is no page.
    whole = path.read_text().rpartition("\n")[:2] if path.exists() else ("", "")
    path.write_text("".join(whole))
    scan = Scan(Sheep).segments(SEGMENTS).items_per_request(page_size)
    environment = Environment(tables={HERD.name: table})
    with Client(open_transport(endpoint), environment) as db, path.open("a") as file:
        for page in db.scan_pages(scan, checkpoint=done[-1].checkpoint if done else None):
            numbers = [sheep.number for sheep in page.items]
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            file.write(json.dumps({"numbers": numbers, "checkpoint": page.checkpoint, "peak": peak}) + "\n")
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
