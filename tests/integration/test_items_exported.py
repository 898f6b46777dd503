"""``dynakit items export`` of a table on a server: all items, exactly, also when it was killed in between."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest

from dynakit import Item
from dynakit.transfer.formats import Format, Lines, Reading
from tests.integration.backends import Opener, only
from tests.integration.item_commands import in_order, many_items, open_box
from tests.unit.transfer.stored_items import BOX

pytestmark = only("local")


def read(data: bytes, format: Format = Format.JSONL) -> list[Item]:
    lines, reading = Lines("file", io.BytesIO(data)), Reading(BOX, format)
    return [record.item for record in reading.records(lines, reading.columns(lines))]


@pytest.mark.parametrize("format", Format)
def test_every_format_holds_every_item(open_db: Opener, tmp_path: Path, format: Format) -> None:
    items, path = many_items(60), tmp_path / "items"
    box = open_box(open_db, items)
    done = box.run("export", "--to", str(path), "--format", format)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode() == f"exported 60 items to {path}\n"
    assert in_order(read(path.read_bytes(), format)) == items
    assert [one.name for one in tmp_path.iterdir()] == ["items"]


def test_without_a_file_they_go_into_a_pipe(open_db: Opener) -> None:
    items = many_items(30)
    done = open_box(open_db, items).run("export", "--segments", "1")
    assert (done.returncode, done.stderr) == (0, b"exported 30 items\n")
    assert in_order(read(done.stdout)) == items


def test_killed_half_way_and_run_again_it_holds_every_item_once(open_db: Opener, tmp_path: Path) -> None:
    items, path = many_items(600), tmp_path / "items.csv"
    box = open_box(open_db, items)
    arguments = ("--to", str(path), "--items-per-request", "5")
    for part in (1, 2):
        size = part * 15_000
        box.kill_when(lambda: path.exists() and path.stat().st_size > size, "export", *arguments)  # noqa: B023
        assert (tmp_path / "items.csv.checkpoint").stat().st_mode & 0o077 == 0
    with path.open("ab") as file:
        file.write(b"half a li")
    done = box.run("export", *arguments)
    assert done.returncode == 0
    assert done.stderr.startswith(b"going on behind ")
    assert done.stderr.endswith(f"exported 600 items to {path}\n".encode())
    found = read(path.read_bytes(), Format.CSV)
    assert in_order(found) == items
    assert max(Counter(map(str, found)).values()) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["items.csv"]
