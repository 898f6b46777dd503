"""A process that scans is killed (SIGKILL) and started again: nothing is missed, nothing repeated.

``make torture`` runs it on 100,000 items.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.backends import Opener, only
from tests.integration.scan_worker import HERD, SEGMENTS, Sheep, lines

ITEMS = int(os.environ.get("DYNAKIT_TORTURE_ITEMS", "5000"))
PAGE = ITEMS // 250
ROOT = Path(__file__).parents[2]
MOST_GROWTH = 8_192
"""Kilobytes a process may grow by while it reads the second half of its pages."""


@contextmanager
def scanning(endpoint: str, table: str, path: Path) -> Generator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.integration.scan_worker", endpoint, table, str(path), str(PAGE)]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        try:
            yield process
        finally:
            process.kill()


@only("local")
def test_killed_at_each_quarter_and_resumed_it_misses_nothing_and_repeats_nothing(
    open_db: Opener, tmp_path: Path
) -> None:
    """Only on a server, which another process can reach."""
    db, path = open_db(HERD), tmp_path / "pages"
    table, sheep = db.name(HERD), db.repository(Sheep)
    for start in range(0, ITEMS, 1000):
        numbers = range(start, min(start + 1000, ITEMS))
        sheep.put_many(Sheep(number=number, name=f"sheep {number}") for number in numbers)
    for quarter in (1, 2, 3):
        with scanning(open_db.endpoint, table, path) as process:
            while sum(len(line.numbers) for line in lines(path)) < ITEMS * quarter // 4:
                assert process.poll() is None, "it ended before it was killed"
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
    before = len(lines(path))
    with scanning(open_db.endpoint, table, path) as process:
        assert process.wait() == 0
    pages = lines(path)
    seen = Counter(number for line in pages for number in line.numbers)
    assert seen == dict.fromkeys(range(ITEMS), 1)
    assert before < len(pages)
    assert before > SEGMENTS


@only("local")
def test_a_scan_takes_no_more_memory_the_longer_it_runs(open_db: Opener, tmp_path: Path) -> None:
    db, path = open_db(HERD), tmp_path / "pages"
    sheep = db.repository(Sheep)
    for start in range(0, ITEMS, 1000):
        numbers = range(start, min(start + 1000, ITEMS))
        sheep.put_many(Sheep(number=number, name=f"sheep {number}") for number in numbers)
    with scanning(open_db.endpoint, db.name(HERD), path) as process:
        assert process.wait() == 0
    pages = lines(path)
    assert sum(len(line.numbers) for line in pages) == ITEMS
    assert pages[-1].peak - pages[len(pages) // 2].peak < MOST_GROWTH
