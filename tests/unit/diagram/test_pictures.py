"""Pictures of tables: what they show, in each form, and that nothing overlaps on the page."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from dynakit import Attr, Entity, Key, Table
from dynakit.diagram.html import html
from dynakit.diagram.markdown import markdown
from dynakit.diagram.mermaid import mermaid
from dynakit.diagram.picture import Collection, Pattern, Picture, Search, picture_of
from dynakit.diagram.svg import svg
from schemas.backend import users
from schemas.online_shop import shop
from tests.unit.diagram.boxes import Box, overlapping
from tests.unit.diagram.drawn_tables import TABLES, crowd, odd, small


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


def test_a_vector_index_is_a_search_of_the_entities_that_have_its_attribute() -> None:
    picture = picture_of(odd)
    [search] = picture.searches
    assert search == Search(
        "by_meaning", ("Thing.content.near(…)",), ("tenant", "state"), "3 numbers, COSINE"
    )
    assert "| `Thing.content.near(…)` | tenant, state | vector index `by_meaning` | — | — |" in markdown(
        picture
    )
    assert 'subgraph v0["vector index by_meaning"]' in mermaid(picture)
    assert ">Thing.content.near(…)<" in svg(picture)
    assert "Vector index by_<wbr>meaning" in html([picture])


def test_only_the_primary_key_finds_surely_one_item() -> None:
    orders = {f"{one.entity}.{one.name}": one.order for one in picture_of(users).patterns}
    assert orders == {"User.primary": "by username", "User.by_cpf": "in no order"}
    assert picture_of(small).patterns[0].order == "one item"


def test_an_index_that_no_pattern_uses_is_said_to_have_none() -> None:
    picture = picture_of(small)
    assert '<h2>Index spare <span class="keys"><code class="pk">x</code></span> <small>no pattern' in html(
        [picture]
    )
    assert "no pattern" in mermaid(picture)
    assert "KEYS_<wbr>ONLY" not in html([picture_of(odd)])
    assert '<span class="tag">KEYS_ONLY</span>' in html([picture_of(odd)])


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


def test_a_cell_of_markdown_holds_bars_and_backticks() -> None:
    barred = Table("barred", pk="PK")

    class Odd(Entity, table=barred):
        primary = Key("A|`B``#{odd_id}")
        odd_id: Attr[str]

    row = markdown(picture_of(barred)).splitlines()[2]
    assert row.startswith(f"| `{Odd.__name__}.primary(odd_id=…)` | ")
    assert row.split(" | ")[3] == "``` A\\|`B``#{odd_id} ```"


def test_a_flowchart_has_a_box_for_each_place_and_partition() -> None:
    text = mermaid(picture_of(small))
    assert text.startswith("flowchart LR\n")
    assert text.count("subgraph") == text.count("  end") == 5
    assert '["CUSTOMER#35;{customer_id}"]' in text
    assert '["Order.primary<br/>ORDER#35;{number:05d}"]' in text


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


def box_of(rect: ET.Element) -> Box:
    x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return x, y, width, height


@pytest.mark.parametrize(
    "picture", [picture_of(shop), picture_of(odd), picture_of(crowd(30))], ids=["shop", "odd", "crowd"]
)
def test_boxes_of_a_drawing_do_not_overlap_and_hold_their_text(picture: Picture) -> None:
    tree = ET.fromstring(svg(picture))
    groups = [one for one in tree if one.tag.endswith("}g")]
    boxes = [box_of(group[0]) for group in groups]
    assert len(boxes) == len(picture.patterns) + len(picture.collections) + len(picture.searches)
    whole = box_of(ET.Element("rect", {"x": "0", "y": "0", **tree.attrib}))
    assert all(x + width <= whole[2] and y + height <= whole[3] for x, y, width, height in boxes)
    assert overlapping(boxes) == []
    for group, (x, y, width, height) in zip(groups, boxes, strict=True):
        for text in group[1:]:
            assert float(text.attrib["x"]) + 7.3 * len(text.text or "") <= x + width
            assert y < float(text.attrib["y"]) <= y + height
