"""The page in a browser: whatever the width, all of it is visible, and nothing overlaps or overflows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from dynakit.diagram.html import html
from dynakit.diagram.picture import picture_of
from tests.unit.diagram.boxes import Box, overlapping
from tests.unit.diagram.drawn_tables import TABLES, crowd, odd, small
from tests.unit.support.unavailable import unavailable

PICTURES = [picture_of(table) for table in (*TABLES, small, odd, crowd(30))]

# A window of Chromium is not narrower than 500 pixels; a frame in it is.
FRAME = """<!doctype html><meta charset="utf-8"><body>
<iframe scrolling="no" style="width: {width}px; height: 2000px; border: 0" srcdoc="{page}"></iframe>
<script>addEventListener("load", () => {{
  const shown = document.querySelector("iframe").contentDocument;
  const all = (selector) => [...shown.querySelectorAll(selector)];
  const box = ({{ x, y, width, height }}) => [x, y, width, height];
  const boxes = (selector) => all(selector).map((one) => box(one.getBoundingClientRect()));
  // Where there is one column, it needs no headings.
  const parts = all("main *:not(.headings, .headings *, wbr, br)");
  const told = {{
    boxes: boxes(".card, .pattern"),
    texts: boxes("h1, h2, h3, code, li, small, .tag, .pattern span"),
    wide: parts.filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1).length,
    hidden: parts.filter((one) => !one.checkVisibility()).length,
    seen: all(".entity").map((one) => one.dataset.pattern),
    asked: all(".pattern code").map((one) => one.textContent),
    width: shown.documentElement.scrollWidth,
  }};
  document.body.textContent = JSON.stringify(told);
}});</script>"""


@cache
def chromium() -> str:
    """The browser; the tests are skipped where it is missing, and fail where ``CI`` is ``true``."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or unavailable("chromium is not installed; pages are opened in it.")


def measured(page: str, width: int, folder: Path) -> Any:
    """What a browser tells of a page in a frame of this width."""
    file = folder / "frame.html"
    file.write_text(FRAME.format(width=width, page=escape(page)), encoding="utf-8")
    shown = subprocess.run(
        [chromium(), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
         "--window-size=1600,2200", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    found = re.search(r"<body>(\{.*\})</body>", shown, re.DOTALL)
    assert found is not None, shown[-2000:]
    return json.loads(unescape(found[1]))


@pytest.mark.parametrize("width", [400, 1400])
def test_all_is_visible_and_nothing_overlaps_or_overflows(width: int, tmp_path: Path) -> None:
    told = measured(html(PICTURES), width, tmp_path)
    patterns = [pattern for picture in PICTURES for pattern in picture.patterns]
    assert sorted(told["seen"]) == sorted(f"{one.entity}.{one.name}" for one in patterns)
    calls = [call for picture in PICTURES for search in picture.searches for call in search.calls]
    assert sorted(told["asked"]) == sorted([*(pattern.call for pattern in patterns), *calls])
    boxes: list[Box] = [tuple(one) for one in told["boxes"]]
    shared = sum(len(one.collections) + len(one.searches) for one in PICTURES)
    assert len(boxes) == 2 * len(patterns) + shared + len(calls)
    assert overlapping(boxes) == []
    texts: list[Box] = [tuple(one) for one in told["texts"]]
    assert all(breadth > 0 and height > 0 for _, _, breadth, height in (*boxes, *texts))
    assert max(x + breadth for x, _, breadth, _ in (*boxes, *texts)) <= width
    assert (told["hidden"], told["wide"], told["width"]) == (0, 0, width)
