"""Which sample rows are of one entity: by facet, by an attribute that names types, by the shape of keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from dynakit.values import dataclass
from dynakit.wire import Item
from dynakit.workbench.alias import is_template
from dynakit.workbench.model import Facet, ModelTable
from dynakit.workbench.naming import class_name, words
from dynakit.workbench.segments import SEPARATOR, is_whole_word, is_word, label_of, plays_role
from dynakit.workbench.types import is_time, text_type

_TYPE_NAMES = re.compile(
    r"_{0,2}(type|et|typename|kind|entity|model|(entity|item|record|object)[_-]?(type|name))", re.IGNORECASE
)
_EMPTY_ROWS: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Kind:
    """The rows of one entity, its name, and the facet or type that they were found by."""

    name: str
    rows: tuple[Item, ...]
    facet: Facet | None = None
    type_name: str | None = None


@dataclass(frozen=True)
class Kinds:
    """The entities of a table, and the attribute that tells them apart if there is one."""

    kinds: tuple[Kind, ...]
    type_attribute: str | None = None


def kinds_of(table: ModelTable, names: set[str]) -> Kinds:
    """The entities of a table; ``names`` are the classes that there are so far, and those found are added."""
    named = _type_attribute(table)
    found = [each for facet, rows in _by_facet(table) for each in _sorted_out(table, facet, rows, named)]
    types = [kind.type_name for kind in found]
    tells = named is not None and None not in types and len(set(types)) == len(types)
    kinds = [
        Kind(_taken(kind, names), kind.rows, kind.facet, kind.type_name if tells else None) for kind in found
    ]
    return Kinds(tuple(kinds), named if tells else None)


def everything(table: ModelTable, names: set[str]) -> Kinds:
    """The rows of a table as those of one entity."""
    kind = Kind(table.name, table.sample_rows)
    return Kinds((Kind(_taken(kind, names), kind.rows),))


def shape_of(table: ModelTable, row: Item) -> tuple[str, ...]:
    """What the literal texts in a row's keys seem to be: rows of one shape are of one entity."""
    return tuple(_shape(table, row, key.name) for key in table.keys)


def _taken(kind: Kind, names: set[str]) -> str:
    name = class_name(kind.name, names)
    names.add(name)
    return name


def _by_facet(table: ModelTable) -> Iterable[tuple[Facet | None, tuple[Item, ...]]]:
    """The rows of each facet, each row in the first that has it; then the rows of none."""
    seen: set[str] = set()
    for facet in table.facets:
        rows = [row for row in facet.rows if table.key_of(row) not in seen]
        seen.update(map(table.key_of, rows))
        yield facet, tuple(rows)
    rest = tuple(row for row in table.rows if table.key_of(row) not in seen)
    if rest or not table.facets:
        yield None, rest


def _sorted_out(
    table: ModelTable, facet: Facet | None, rows: Sequence[Item], named: str | None
) -> Iterable[Kind]:
    """The entities among the rows of a facet, or among rows of none."""
    groups: defaultdict[tuple[str | None, tuple[str, ...]], list[Item]] = defaultdict(list)
    spelled = facet is not None and any(map(is_template, (facet.partition_alias, facet.sort_alias)))
    for row in rows:
        groups[_text(row, named), () if spelled else shape_of(table, row)].append(row)
    if not groups:
        yield Kind(facet.name if facet else table.name, _EMPTY_ROWS, facet)
    for (type_name, shape), group in groups.items():
        name = _name(table, facet, type_name, shape, alone=len(groups) == 1)
        if type_name is None and facet is None and len(groups) > 1:
            name = _told_by_attributes(table, group) or name
        yield Kind(name, tuple(group), facet, type_name)


def _name(
    table: ModelTable, facet: Facet | None, type_name: str | None, shape: tuple[str, ...], *, alone: bool
) -> str:
    """What a kind is called: its type, its facet, or the literal texts of its keys."""
    if type_name is not None:
        return type_name
    heads = [part.partition(SEPARATOR)[0] for part in shape if not part.startswith("*")]
    literals = [head for head in heads if words(head) and not is_whole_word(head)]
    if facet is not None:
        return facet.name if alone or not literals else f"{facet.name} {literals[-1]}"
    if alone and not (literals and len(words(literals[-1])[0]) > 2):
        return table.name
    return " ".join(dict.fromkeys(literals[-1:])) or table.name


def _told_by_attributes(table: ModelTable, rows: Sequence[Item]) -> str | None:
    """What rows are by their attributes: whose id the partition key is, or the one thing that they say.

    The first is asked of rows that describe their partition, the second of those that it has many of.
    """
    if table.sort is None:
        return None
    partition, sort = table.partition.name, table.sort.name
    others = [name for name in rows[0] if name not in (partition, sort)]
    if all(is_whole_word(_text(row, sort) or "") for row in rows):
        ids = [name for name in others if all(row.get(name) == row[partition] for row in rows)]
        found = [words(name)[:-1] for name in ids if words(name)[-1:] == ["id"]]
        return " ".join(found[0]) if found and found[0] else None
    said = {name for row in rows for name in row if name not in table.key_types}
    several = len({repr(row[partition]) for row in rows}) < len(rows)
    moments = is_time(text_type(_text(row, sort) or "" for row in rows))
    return said.pop() if several and moments and len(said) == 1 else None


def _type_attribute(table: ModelTable) -> str | None:
    """The attribute by whose name and values the rows say what they are."""
    rows = table.sample_rows
    if not rows:
        return None
    candidates = (name for name in rows[0] if _TYPE_NAMES.fullmatch(name) and name not in table.key_types)
    for name in candidates:
        if all(is_word(_text(row, name) or "#") for row in rows):
            return name
    return None


def _text(row: Item, name: str | None) -> str | None:
    return row[name].get("S") if name is not None and name in row else None


def _shape(table: ModelTable, row: Item, name: str) -> str:
    text = _text(row, name)
    if text is None:
        return "*"
    segments = text.split(SEPARATOR)
    if len(segments) > 1:
        if len(name.split(SEPARATOR)) == len(segments) or not _is_literal(row, segments[0]):
            return f"*{len(segments)}"
        return f"{next((one for one in segments if one), '')}#{len(segments)}"
    if is_whole_word(text) or _stands_alone(table, name, text):
        return text
    return label_of(text) or "*"


def _is_literal(row: Item, text: str) -> bool:
    return is_word(text) and all(value.get("S") != text for value in row.values())


def _stands_alone(table: ModelTable, name: str, text: str) -> bool:
    """Whether a whole sort key is a literal: a word, under several partition keys."""
    if table.sort is None or name != table.sort.name or not is_word(text) or not plays_role(name):
        return False
    partitions = [
        repr(row[table.partition.name]) for row in table.sample_rows if row.get(name) == {"S": text}
    ]
    return len(set(partitions)) > 1
