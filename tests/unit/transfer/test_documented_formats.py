"""The examples of formats in the documentation are what is written, and all hold the same items."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from dynakit import Item
from dynakit.transfer.formats import Format, Lines, Reading, Writing
from tests.unit.transfer.stored_items import BOX

PAGE = Path(__file__).parents[3] / "docs" / "items.md"
COLUMNS = ("PK", "number", "title", "weight", "*")

ITEMS: list[Item] = [
    {
        "PK": {"S": "BOX#1"},
        "number": {"N": "1"},
        "title": {"S": "007"},
        "weight": {"N": "2.50"},
        "tags": {"SS": ["new", "red"]},
    },
    {
        "PK": {"S": "BOX#1"},
        "number": {"N": "2"},
        "title": {"S": "plain"},
        "photo": {"B": "/9j/"},
        "lid": {"M": {"closed": {"BOOL": True}}},
    },
]


@pytest.mark.parametrize("format", Format)
def test_an_example_is_what_is_written_and_read(format: Format) -> None:
    (text,) = re.findall(rf"^```{format}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    writing, reading = Writing(BOX, format, COLUMNS), Reading(BOX, format)
    assert (writing.head + writing.lines(ITEMS)).decode() == text
    lines = Lines("page", io.BytesIO(text.encode()))
    assert [one.item for one in reading.records(lines, reading.columns(lines))] == ITEMS
