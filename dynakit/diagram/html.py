"""The picture of tables as one page that needs nothing else: light and dark, on any width."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from dynakit.diagram.page import STYLE
from dynakit.diagram.picture import Collection, Pattern, Picture, Place, Search


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
    parts = [
        f'<section class="table">\n<h1>{_broken(picture.table)} <small>{counts}</small></h1>\n{_LEGEND}',
        *(_place(place) for place in picture.places),
        *(_search(search) for search in picture.searches),
        _part("Item collections", "cards", [_collection(one) for one in picture.collections]),
        _part("Access patterns", "patterns", [_HEADINGS, *_patterns(picture)]),
    ]
    return "\n".join([*filter(None, parts), "</section>"])


_LEGEND = (
    '<p class="legend"><span class="template pk">partition key</span> '
    '<span class="template sk">sort key</span> <code><i>{attribute}</i></code></p>'
)
_HEADINGS = (
    '<div class="headings"><span>in code</span><span>narrowed and sorted</span><span>served by</span></div>'
)


def _part(title: str, kind: str, members: list[str]) -> str:
    """A heading with what stands below it; nothing where there is nothing."""
    inside = "\n".join(members)
    return f'<h2>{title}</h2>\n<div class="{kind}">\n{inside}\n</div>' if members else ""


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _place(place: Place) -> str:
    name = "Table" if place.index is None else f"Index {_broken(place.index)}"
    notes = "".join(f' <span class="tag">{escape(note)}</span>' for note in place.notes)
    keys = [f'<code class="pk">{_broken(key)}</code>' for key in place.partition]
    keys += [f'<code class="sk">{_broken(key)}</code>' for key in place.sort]
    entities = "\n".join(_entity(pattern) for pattern in place.patterns)
    unused = "" if entities else " <small>no pattern</small>"
    head = f'<h2>{name}{notes} <span class="keys">{" ".join(keys)}</span>{unused}</h2>'
    return f'{head}\n<div class="cards">\n{entities}\n</div>' if entities else head


def _search(search: Search) -> str:
    calls = "".join(f"<div><code>{_broken(call)}</code></div>" for call in search.calls)
    narrowed = f"<br>narrowed by {_broken(', '.join(search.narrowed_by))}" if search.narrowed_by else ""
    return (
        f'<h2>Vector index {_broken(search.index)}</h2>\n<div class="cards">\n'
        f'<article class="card search">{calls}<small>{escape(search.vectors)}{narrowed}</small></article>\n'
        "</div>"
    )


def _entity(pattern: Pattern) -> str:
    templates = [_template(source, "pk") for source in pattern.partition]
    templates += [_template(source, "sk") for source in pattern.sort]
    head = f"<h3>{_broken(pattern.entity)} <small>{_broken(pattern.name)}</small></h3>"
    where = f"{escape(pattern.entity)}.{escape(pattern.name)}"
    return f'<article class="card entity" data-pattern="{where}">{head}{"".join(templates)}</article>'


def _template(source: str, kind: str) -> str:
    return f'<div class="template {kind}"><code>{_coloured(source)}</code></div>'


def _coloured(source: str) -> str:
    """A template with its placeholders marked."""
    pieces = re.split(r"(\{[^}]*\})", source)
    return "".join(f"<i>{_broken(one)}</i>" if one.startswith("{") else _broken(one) for one in pieces)


def _broken(text: str) -> str:
    """Text that may be broken behind a separator and before the words of a name, and elsewhere if it must."""
    words = re.split(r"(?<=[#_.(,:|])(?=.)|(?<=[a-z0-9])(?=[A-Z])", text)
    return "<wbr>".join(map(escape, words))


def _collection(collection: Collection) -> str:
    where = "table" if collection.index is None else collection.index
    entities = "".join(f"<li>{_broken(entity)}</li>" for entity in collection.entities)
    partition = "".join(_template(source, "pk") for source in collection.partition)
    return (
        f'<article class="card collection"><h3><small>{_broken(where)}</small></h3>{partition}'
        f"<ul>{entities}</ul></article>"
    )


def _patterns(picture: Picture) -> list[str]:
    rows = [_row(one.call, one.order, one.index or "table") for one in picture.patterns]
    nearest = [(call, search.index) for search in picture.searches for call in search.calls]
    return rows + [_row(call, "the nearest first", index) for call, index in nearest]


def _row(call: str, order: str, served: str) -> str:
    return (
        f'<div class="pattern"><code>{_broken(call)}</code><span>{_broken(order)}</span>'
        f'<span class="tag">{_broken(served)}</span></div>'
    )
