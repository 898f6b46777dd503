"""Declarations taken apart: every field that one can have, and tables that differ in a single field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeAlias, cast, get_args, get_type_hints

import dynakit.settings
import dynakit.table
from dynakit import DefinitionError, Table

Alternatives: TypeAlias = Mapping[str, Sequence[object]]
"""Values that a field can have, by ``Class.field``: no two of them mean the same."""

Make: TypeAlias = Callable[[], Any]

_SCOPE = {**vars(dynakit.settings), **vars(dynakit.table)}
_ARGUMENTS = {
    "Table": {"partition": "pk", "sort": "sk"},
    "Index": {"partition": "pk", "sort": "sk"},
}
"""What a field is called where the class is called, if not by its own name."""


@dataclass(frozen=True)
class Differing:
    """Tables that differ in one field, which stands at a path from the table, such as ``Table.sort.type``."""

    path: str
    tables: tuple[Table, ...]


def every_path(of: type[Any] = Table, path: str = "Table") -> Iterator[tuple[str, str]]:
    """Each field that a table can be declared with, by its path and by its class: by their types alone."""
    types = get_type_hints(of, localns=_SCOPE)
    for field in fields(of):
        yield f"{path}.{field.name}", f"{of.__name__}.{field.name}"
        for inner in _classes(types[field.name]):
            yield from every_path(inner, f"{path}.{field.name}")


def _classes(hint: object) -> list[type[Any]]:
    """The classes of declarations that a type is made of."""
    if isinstance(hint, type) and is_dataclass(hint):
        return [hint]
    return [found for part in get_args(hint) for found in _classes(part)]


def differing(table: Table, alternatives: Alternatives) -> Iterator[Differing]:
    """For each field in a table, the tables that have an alternative in it and can be declared."""
    found: defaultdict[tuple[str, str], list[Table]] = defaultdict(list)
    for place, path, make in _variants(table, "Table", "Table", alternatives):
        tables = found[place, path]
        try:
            tables.append(cast("Table", make()))
        except DefinitionError:
            continue  # it does not go with the rest of this table
    for (_, path), tables in found.items():
        yield Differing(path, tuple(tables))


def _variants(
    value: Any, place: str, path: str, alternatives: Alternatives
) -> Iterator[tuple[str, str, Make]]:
    """``place`` tells apart what stands in one sequence, ``path`` does not."""
    for field in fields(value):
        where, what = f"{place}.{field.name}", f"{path}.{field.name}"
        for other in alternatives[f"{type(value).__name__}.{field.name}"]:
            yield where, what, _with(value, field.name, _always(other))
        for position, inner, put in _within(getattr(value, field.name)):
            for deep_place, deep, make in _variants(inner, where + position, what, alternatives):
                yield deep_place, deep, _with(value, field.name, _through(put, make))


def _within(value: object) -> Iterator[tuple[str, object, Callable[[Any], object]]]:
    """The declarations in the value of a field, and how another is put in the place of each."""
    if is_dataclass(value):
        yield "", value, _itself
    elif isinstance(value, list | tuple):
        sequence = cast("Sequence[object]", value)
        for number, one in enumerate(sequence):
            if is_dataclass(one):
                yield f"[{number}]", one, _at(sequence, number)
    elif isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        for key, one in mapping.items():
            if is_dataclass(one):
                yield f"[{key}]", one, _under(mapping, key)


def _with(value: Any, name: str, make: Make) -> Make:
    renamed = _ARGUMENTS.get(type(value).__name__, {})
    return lambda: type(value)(
        **{
            renamed.get(each.name, each.name): make() if each.name == name else getattr(value, each.name)
            for each in fields(value)
        }
    )


def _always(value: object) -> Make:
    return lambda: value


def _through(put: Callable[[Any], object], make: Make) -> Make:
    return lambda: put(make())


def _itself(value: object) -> object:
    return value


def _at(sequence: Sequence[object], number: int) -> Callable[[Any], object]:
    return lambda value: (*sequence[:number], value, *sequence[number + 1 :])


def _under(mapping: Mapping[str, object], key: str) -> Callable[[Any], object]:
    return lambda value: {**mapping, key: value}
