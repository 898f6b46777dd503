"""The picture of tables as one page that needs nothing else: light and dark, on any width."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from dynakit.diagram.page import STYLE
from dynakit.diagram.picture import Collection, Pattern, Picture, Place


def html(pictures: Iterable[Picture], title: str = "Schema") -> str:
    """A page with a part for each table: keys, item collections, access patterns."""
    parts = "\n".join(_table(picture) for picture in pictures)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{parts}\n</main>\n</body>\n</html>\n"
    )


def _table(picture: Picture) -> str:
    counts = (
        f"{_count(len(picture.entities), 'entity', 'entities')}, {_count(len(picture.patterns), 'pattern')}"
    )
    places = "\n".join(_place(place) for place in picture.places if place.patterns or place.index is None)
    collections = "\n".join(_collection(one) for one in picture.collections)
    patterns = "\n".join(_pattern(one) for one in picture.patterns)
    return (
        f'<section class="table">\n<h1>{escape(picture.table)} <small>{counts}</small></h1>\n{places}\n'
        f'<h2>Item collections</h2>\n<div class="cards">\n{collections}\n</div>\n'
        f'<h2>Access patterns</h2>\n<div class="patterns">\n{patterns}\n</div>\n</section>'
    )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _place(place: Place) -> str:
    name = "Table" if place.index is None else f"Index <b>{escape(place.index)}</b>"
    keys = " · ".join(f"<code>{escape(key)}</code>" for key in place.keys)
    projection = "" if place.projection == "ALL" else f' <span class="tag">{place.projection}</span>'
    entities = "\n".join(_entity(pattern) for pattern in place.patterns)
    head = f'<h2>{name}{projection} <span class="keys">{keys}</span></h2>'
    return f'{head}\n<div class="cards">\n{entities}\n</div>'


def _entity(pattern: Pattern) -> str:
    templates = [_template(source, "pk") for source in pattern.partition]
    templates += [_template(source, "sk") for source in pattern.sort]
    head = f"<h3>{escape(pattern.entity)} <small>{escape(pattern.name)}</small></h3>"
    where = f"{escape(pattern.entity)}.{escape(pattern.name)}"
    return f'<article class="card entity" data-pattern="{where}">{head}{"".join(templates)}</article>'


def _template(source: str, kind: str) -> str:
    return f'<div class="template {kind}"><code>{_coloured(source)}</code></div>'


def _coloured(source: str) -> str:
    """A template with its placeholders marked; it may be broken behind each separator."""
    pieces = re.split(r"(\{[^}]*\})", source)
    marked = (
        f"<i>{escape(one)}</i>" if one.startswith("{") else escape(one).replace("#", "#<wbr>")
        for one in pieces
    )
    return "".join(marked)


def _collection(collection: Collection) -> str:
    where = "table" if collection.index is None else collection.index
    entities = "".join(f"<li>{escape(entity)}</li>" for entity in collection.entities)
    partition = "".join(_template(source, "pk") for source in collection.partition)
    return (
        f'<article class="card collection"><h3><small>{escape(where)}</small></h3>{partition}'
        f"<ul>{entities}</ul></article>"
    )


def _pattern(pattern: Pattern) -> str:
    served = "table" if pattern.index is None else pattern.index
    ordered = f"by {', '.join(pattern.ordered)}" if pattern.ordered else "one item"
    return (
        f'<div class="pattern"><code>{escape(pattern.call)}</code><span>{escape(ordered)}</span>'
        f'<span class="tag">{escape(served)}</span></div>'
    )
