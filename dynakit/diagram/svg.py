"""The picture of a table as SVG: a row for each entity, a column for the table and for each index."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from dynakit.diagram.picture import Pattern, Picture, Place

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


def svg(picture: Picture) -> str:
    """A picture with boxes that hold their text and do not overlap."""
    places = [place for place in picture.places if place.patterns or place.index is None]
    widths = [_width(place) for place in places]
    lefts = [_GAP + sum(widths[:number]) + _GAP * number for number in range(len(places))]
    drawn: list[str] = []
    top = float(_TOP)
    for entity in picture.entities:
        boxes = [[one for one in place.patterns if one.entity == entity] for place in places]
        height = max((len(_lines(patterns)) for patterns in boxes), default=0) * _LINE + 2 * _PAD
        for left, width, patterns in zip(lefts, widths, boxes, strict=True):
            if patterns:
                drawn.append(_box(left, top, width, height, _lines(patterns)))
        top += height + _GAP
    heads = [_head(left, picture, place) for left, place in zip(lefts, places, strict=True)]
    return _page(lefts[-1] + widths[-1] + _GAP, top, [*heads, *drawn])


def _title(picture: Picture, place: Place) -> str:
    return f"table {picture.table}" if place.index is None else f"index {place.index}"


def _width(place: Place) -> float:
    texts = [line.text for pattern in place.patterns for line in _lines([pattern])]
    longest = max(map(len, [*texts, ", ".join(place.keys), f"index {place.index}", "x" * 16]))
    return longest * _CHARACTER + 2 * _PAD


def _lines(patterns: list[Pattern]) -> list[_Line]:
    lines: list[_Line] = []
    for pattern in patterns:
        lines.append(_Line("name", f"{pattern.entity}.{pattern.name}"))
        lines += [_Line("pk", source) for source in pattern.partition]
        lines += [_Line("sk", source) for source in pattern.sort]
    return lines


def _head(left: float, picture: Picture, place: Place) -> str:
    return _text(left, 26, "name", _title(picture, place)) + _text(left, 46, "faint", ", ".join(place.keys))


def _box(left: float, top: float, width: float, height: float, lines: list[_Line]) -> str:
    texts = (
        _text(left + _PAD, top + _PAD + _LINE * number + 13, line.kind, line.text)
        for number, line in enumerate(lines)
    )
    rect = f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}" rx="8"/>'
    return f"<g>{rect}{''.join(texts)}</g>\n"


def _text(left: float, top: float, kind: str, text: str) -> str:
    return f'<text class="{kind}" x="{left:.0f}" y="{top:.0f}">{escape(text)}</text>'


def _page(width: float, height: float, drawn: list[str]) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>\n{_STYLE}</style>\n'
        f'<rect class="paper" width="100%" height="100%"/>\n{"".join(drawn)}</svg>\n'
    )
