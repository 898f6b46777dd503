"""The picture of a table as SVG: a row for each entity, a column for the table and for each index."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from dynakit.diagram.picture import Collection, Pattern, Picture, Place, Search

_CHARACTER = 7.3
"""Pixels of a character of the monospaced font at 12 pixels, at most."""
_LINE, _PAD, _GAP, _TOP = 18, 12, 14, 64

_STYLE = """\
text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1c2330 }
.name { font-weight: 700 } .pk { fill: #2563eb } .sk { fill: #0f8a5f } .faint { fill: #667085 }
rect { fill: #ffffff; stroke: #dfe3e8 } .paper { fill: #f6f7f9; stroke: none }
@media (prefers-color-scheme: dark) { text { fill: #e6e9ef } .pk { fill: #7aa7ff } .sk { fill: #5fd0a1 }
.faint { fill: #98a2b3 } rect { fill: #171b22; stroke: #2b313b } .paper { fill: #0e1116; stroke: none } }
"""


class _Line(NamedTuple):
    kind: str
    text: str


class _Box(NamedTuple):
    left: float
    top: float
    width: float
    lines: list[_Line]

    @property
    def height(self) -> float:
        return _height(self.lines)


def svg(picture: Picture) -> str:
    """A picture with boxes that hold their text and do not overlap; below them the item collections."""
    places = [place for place in picture.places if place.patterns or place.index is None]
    widths = [max(map(_width, _columns(picture, place))) for place in places]
    lefts = [_GAP + sum(widths[:number]) + _GAP * number for number in range(len(places))]
    drawn = [_head(left, picture, place) for left, place in zip(lefts, places, strict=True)]
    boxes, top = _grid(picture, places, lefts, widths)
    shared = [*map(_collection, picture.collections), *map(_search, picture.searches)]
    width = max(lefts[-1] + widths[-1], *(_GAP + _width(lines) for lines in shared), 0)
    if shared:
        drawn.append(_text(_GAP, top + 26, "name", _below(picture)))
        flowing, top = _flow(shared, top + 40, width)
        boxes += flowing
    return _page(width + _GAP, top, [*drawn, *map(_drawn, boxes)])


def _grid(
    picture: Picture, places: list[Place], lefts: list[float], widths: list[float]
) -> tuple[list[_Box], float]:
    """A row for each entity, and where the next would begin."""
    boxes: list[_Box] = []
    top = float(_TOP)
    for entity in picture.entities:
        row = [_lines([one for one in place.patterns if one.entity == entity]) for place in places]
        found = [_Box(left, top, width, lines) for left, width, lines in zip(lefts, widths, row, strict=True)]
        boxes += [box for box in found if box.lines]
        top += max(map(_height, row), default=0) + _GAP
    return boxes, top


def _flow(members: list[list[_Line]], top: float, width: float) -> tuple[list[_Box], float]:
    """Boxes beside each other as far as there is room, then below; and where the next would begin."""
    boxes: list[_Box] = []
    left, deepest = float(_GAP), 0.0
    for lines in members:
        if left > _GAP and left + _width(lines) > width:
            left, top, deepest = float(_GAP), top + deepest + _GAP, 0.0
        boxes.append(_Box(left, top, _width(lines), lines))
        left += _width(lines) + _GAP
        deepest = max(deepest, _height(lines))
    return boxes, top + deepest + _GAP


def _columns(picture: Picture, place: Place) -> list[list[_Line]]:
    """What stands below each other in the column of a place."""
    head = [_Line("name", _title(picture, place)), _Line("faint", ", ".join(place.keys))]
    return [head, *(_lines([pattern]) for pattern in place.patterns)]


def _width(lines: list[_Line]) -> float:
    return max(16, *(len(line.text) for line in lines)) * _CHARACTER + 2 * _PAD


def _height(lines: list[_Line]) -> float:
    return len(lines) * _LINE + 2 * _PAD


def _title(picture: Picture, place: Place) -> str:
    return f"table {picture.table}" if place.index is None else f"index {place.index}"


def _below(picture: Picture) -> str:
    return "item collections" + (", vector indexes" if picture.searches else "")


def _lines(patterns: list[Pattern]) -> list[_Line]:
    lines: list[_Line] = []
    for pattern in patterns:
        lines.append(_Line("name", f"{pattern.entity}.{pattern.name}"))
        lines += [_Line("pk", source) for source in pattern.partition]
        lines += [_Line("sk", source) for source in pattern.sort]
    return lines


def _collection(collection: Collection) -> list[_Line]:
    where = "table" if collection.index is None else f"index {collection.index}"
    partition = [_Line("pk", source) for source in collection.partition]
    return [_Line("faint", where), *partition, *(_Line("name", entity) for entity in collection.entities)]


def _search(search: Search) -> list[_Line]:
    narrowed = [_Line("pk", name) for name in search.narrowed_by]
    return [
        _Line("faint", f"vector index {search.index}"),
        *narrowed,
        *(_Line("name", one) for one in search.calls),
    ]


def _head(left: float, picture: Picture, place: Place) -> str:
    return _text(left, 26, "name", _title(picture, place)) + _keys(left, place)


def _keys(left: float, place: Place) -> str:
    """The key attributes in the colours of what they hold."""
    parts = [("pk", name) for name in place.partition] + [("sk", name) for name in place.sort]
    spans = ", ".join(f'<tspan class="{kind}">{escape(name)}</tspan>' for kind, name in parts)
    return f'<text class="faint" x="{left:.0f}" y="46">{spans}</text>'


def _drawn(box: _Box) -> str:
    texts = (
        _text(box.left + _PAD, box.top + _PAD + _LINE * number + 13, line.kind, line.text)
        for number, line in enumerate(box.lines)
    )
    size = f'width="{box.width:.0f}" height="{box.height:.0f}"'
    return f'<g><rect x="{box.left:.0f}" y="{box.top:.0f}" {size} rx="8"/>{"".join(texts)}</g>\n'


def _text(left: float, top: float, kind: str, text: str) -> str:
    return f'<text class="{kind}" x="{left:.0f}" y="{top:.0f}">{escape(text)}</text>'


def _page(width: float, height: float, drawn: list[str]) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>\n{_STYLE}</style>\n'
        f'<rect class="paper" width="100%" height="100%"/>\n{"".join(drawn)}</svg>\n'
    )
