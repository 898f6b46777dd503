"""``dynakit items export`` and ``import`` at a terminal: a bar of progress, and an answered question."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.backends import Opener, only
from tests.integration.item_commands import ROOT, Box, many_items, open_box
from tests.unit.transfer.stored_items import BOX

pytestmark = [
    only("local"),
    pytest.mark.skipif(sys.platform == "win32", reason="only POSIX lets a program make a terminal"),
]


def at_terminal(box: Box, typed: str, verb: str, *arguments: str) -> tuple[int, str]:
    """Run a command whose standard input and error are a terminal; give its exit code and what it says."""
    ours, theirs = os.openpty()
    try:
        with subprocess.Popen(
            box.command(verb, *arguments),
            cwd=ROOT,
            env=box.environment | {"TERM": "xterm", "COLUMNS": "100"},
            stdin=theirs,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            os.write(ours, typed.encode())
            said = _said(ours)
        return process.returncode, said
    finally:
        os.close(ours)


def _said(ours: int) -> str:
    told = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # nobody has the other end any more
            block = b""
        if not block:
            return told.decode()
        told += block


def test_a_bar_shows_how_far_they_are_and_an_answer_lets_them_write(open_db: Opener, tmp_path: Path) -> None:
    path, source, copy = tmp_path / "items.jsonl", open_box(open_db, many_items(40)), open_box(open_db)
    code, said = at_terminal(source, "", "export", "--to", str(path))
    assert (code, "exporting" in said, "40/40" in said) == (0, True, True)
    code, said = at_terminal(copy, "n\n", "import", "--from", str(path))
    assert (code, "the answer was no. Nothing was done." in said, copy.items()) == (1, True, [])
    code, said = at_terminal(copy, "y\n", "import", "--from", str(path))
    assert f"import 40 items into table {copy.db.name(BOX)}? [y/N]" in said
    assert (code, "importing" in said, "40/40" in said) == (0, True, True)
    assert copy.items() == many_items(40)
