"""Pictures of tables: what they show, in each form, and that nothing overlaps on the page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dynakit import Attr, Entity, Index, Key, Table
from dynakit.diagram.html import html
from dynakit.diagram.markdown import markdown
from dynakit.diagram.mermaid import mermaid
from dynakit.diagram.picture import Collection, Pattern, Picture, picture_of
from dynakit.diagram.svg import svg
from schemas.backend import posts, users
from schemas.online_shop import shop
from schemas.task_manager import work

TABLES = (shop, users, posts, work)

small = Table(
    "small", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK"), Index("spare", pk="x")]
)


class Customer(Entity, table=small):
    primary = Key("CUSTOMER#{customer_id}", "CUSTOMER")
    customer_id: Attr[str]


class Order(Entity, table=small):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{number:05d}")
    by_state = Key("STATE#{state}", "{number:05d}", index="GSI1")
    customer_id: Attr[str]
    number: Attr[int]
    state: Attr[str]


def crowd(count: int) -> Table:
    """A table with so many entities, whose names and templates are long."""
    table = Table(
        "crowd", pk="PK", sk="SK", indexes=[Index(f"GSI{n}", pk=f"GSI{n}PK", sk=f"GSI{n}SK") for n in (1, 2)]
    )
    make: Any = type(Entity)
    for number in range(count):
        name = f"AnEntityWithARatherLongName{number}"
        body = {
            "__annotations__": {"the_identifier_of_the_owner": Attr[str], "a_second_identifier": Attr[str]},
            "__module__": __name__,
            "primary": Key(f"KIND{number}#{{the_identifier_of_the_owner}}", "AND#{a_second_identifier}"),
            "by_other": Key(
                f"K{number}#{{a_second_identifier}}", "{the_identifier_of_the_owner}", index="GSI1"
            ),
        }
        make(name, (Entity,), body, table=table)
    return table


def test_a_picture_has_every_pattern_where_it_is_found() -> None:
    picture = picture_of(small)
    assert picture.entities == ("Customer", "Order")
    assert [place.index for place in picture.places] == [None, "GSI1", "spare"]
    assert picture.patterns == (
        Pattern(
            "Customer", "primary", None, ("CUSTOMER#{customer_id}",), ("CUSTOMER",), ("customer_id",), ()
        ),
        Pattern(
            "Order",
            "primary",
            None,
            ("CUSTOMER#{customer_id}",),
            ("ORDER#{number:05d}",),
            ("customer_id",),
            ("number",),
        ),
        Pattern("Order", "by_state", "GSI1", ("STATE#{state}",), ("{number:05d}",), ("state",), ("number",)),
    )
    assert picture.collections == (
        Collection(None, ("CUSTOMER#{customer_id}",), ("Customer", "Order")),
        Collection("GSI1", ("STATE#{state}",), ("Order",)),
    )


ORDERS = (
    "`Order.primary(customer_id=…)`",
    "number",
    "the table",
    "`CUSTOMER#{customer_id}`",
    "`ORDER#{number:05d}`",
)


def test_access_patterns_are_a_table() -> None:
    assert markdown(picture_of(small)).splitlines()[2:] == [
        "| `Customer.primary(customer_id=…)` | — | the table | `CUSTOMER#{customer_id}` | `CUSTOMER` |",
        f"| {' | '.join(ORDERS)} |",
        "| `Order.by_state(state=…)` | number | index `GSI1` | `STATE#{state}` | `{number:05d}` |",
    ]


def test_a_flowchart_has_a_box_for_each_place_and_partition() -> None:
    text = mermaid(picture_of(small))
    assert text.startswith("flowchart LR\n")
    assert text.count("subgraph") == text.count("  end") == 5
    assert '["CUSTOMER#35;{customer_id}"]' in text
    assert '["Order<br/>ORDER#35;{number:05d}"]' in text


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_every_entity_and_pattern_is_in_every_form(table: Table) -> None:
    picture = picture_of(table)
    page, drawing = html([picture]), svg(picture)
    for pattern in picture.patterns:
        assert f'data-pattern="{pattern.entity}.{pattern.name}"' in page
        assert f">{pattern.entity}.{pattern.name}<" in drawing
        assert f"`{pattern.call}`" in markdown(picture)
    assert "http" not in page.replace("http-equiv", "")
    _Balanced().check(page)


class _Balanced(HTMLParser):
    """Holds that every element that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def check(self, page: str) -> None:
        self.feed(page)
        assert self.open == []


Box = tuple[float, float, float, float]


def box_of(rect: ET.Element) -> Box:
    x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return x, y, width, height


def overlap(first: Box, second: Box) -> bool:
    (x, y, width, height), (u, v, breadth, depth) = first, second
    return x < u + breadth and u < x + width and y < v + depth and v < y + height


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [(one, other) for n, one in enumerate(boxes) for other in boxes[n + 1 :] if overlap(one, other)]


@pytest.mark.parametrize("picture", [picture_of(shop), picture_of(crowd(30))], ids=["shop", "crowd"])
def test_boxes_of_a_drawing_do_not_overlap_and_hold_their_text(picture: Picture) -> None:
    tree = ET.fromstring(svg(picture))
    groups = [one for one in tree if one.tag.endswith("}g")]
    boxes = [box_of(group[0]) for group in groups]
    assert overlapping(boxes) == []
    for group, (x, y, width, height) in zip(groups, boxes, strict=True):
        for text in group[1:]:
            assert float(text.attrib["x"]) + 7.3 * len(text.text or "") <= x + width
            assert y < float(text.attrib["y"]) <= y + height


MEASURE = """<script>
const boxes = [...document.querySelectorAll(".card, .pattern")].map((one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return { box: [x, y, width, height], wide: one.scrollWidth > one.clientWidth + 1 };
});
const page = { boxes, width: document.documentElement.scrollWidth, window: window.innerWidth };
document.documentElement.innerHTML = "<body><pre>" + JSON.stringify(page) + "</pre></body>";
</script>"""


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is missing")
@pytest.mark.parametrize("width", [400, 1400])
def test_nothing_overlaps_or_overflows_in_a_browser(width: int, tmp_path: Path) -> None:
    pictures = [picture_of(table) for table in (*TABLES, crowd(30))]
    page = tmp_path / "page.html"
    # A window of Chromium is not narrower than 500 pixels; what stands in it is.
    narrow = f'<body style="width: {width}px; overflow-x: hidden">'
    frame = html(pictures).replace("<body>", narrow).replace("</body>", MEASURE + "</body>")
    page.write_text(frame, encoding="utf-8")
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    shown = subprocess.run(
        [*command, f"--window-size={width},2000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    found = re.search(r"<pre>(.*)</pre>", shown, re.DOTALL)
    assert found is not None
    measured = json.loads(found[1])
    boxes: list[Box] = [tuple(one["box"]) for one in measured["boxes"]]
    expected = sum(2 * len(one.patterns) + len(one.collections) for one in pictures)
    assert len(boxes) == expected
    assert overlapping(boxes) == []
    assert not [one for one in measured["boxes"] if one["wide"]]
    assert max(x + breadth for x, _, breadth, _ in boxes) <= width
