"""The entities of one table, found by what their primary keys begin with.

A declaration is held against those alone whose keys could be the same, so that a table with hundreds of
entities is declared as fast as one with a few, each for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from dynakit.keys.part import TemplatePart
from dynakit.schema.definition import Definition

_Class: TypeAlias = tuple[str, str]
"""Module and qualified name: the same for a class that is defined again."""

_Heads: TypeAlias = "dict[tuple[int, str], dict[_Class, Definition[Any]]]"
"""Definitions by which part of their key (0, 1) begins with which text."""


class Entities:
    """The definitions of one table, by class, in the order of declaration."""

    def __init__(self) -> None:
        self.by_class: dict[_Class, Definition[Any]] = {}
        self._types: dict[str, Definition[Any]] = {}
        self._heads: _Heads = {}
        self._beginnings: _Heads = {}

    def without(self, entity: type) -> Entities:
        """The same, but for an earlier one of this class."""
        name = class_name(entity)
        if name not in self.by_class:
            return self
        others = Entities()
        for other, definition in self.by_class.items():
            if other != name:
                others.add(definition)
        return others

    def add(self, definition: Definition[Any]) -> None:
        """Add one of another class and type."""
        name = class_name(definition.entity)
        self.by_class[name] = self._types[definition.type_name] = definition
        for place, head in _heads(definition):
            self._heads.setdefault((place, head), {})[name] = definition
            for length in range(len(head) + 1):
                self._beginnings.setdefault((place, head[:length]), {})[name] = definition

    def of_type(self, type_name: str) -> Definition[Any] | None:
        """The one of this type name."""
        return self._types.get(type_name)

    def like(self, definition: Definition[Any]) -> Iterator[Definition[Any]]:
        """Others whose primary key may be the same, by the literal text that the parts of both begin with."""
        found = [self._begun_like(place, head) for place, head in _heads(definition)]
        name = class_name(definition.entity)
        fewest: dict[_Class, Definition[Any]] = min(found, key=len) if found else {}
        for other, one in fewest.items():
            if other != name and all(other in those for those in found):
                yield one

    def _begun_like(self, place: int, head: str) -> dict[_Class, Definition[Any]]:
        """Those whose part begins with this text, or with a beginning of it."""
        found = dict(self._beginnings.get((place, head), {}))
        for length in range(len(head)):
            found |= self._heads.get((place, head[:length]), {})
        return found


def class_name(entity: type) -> _Class:
    """What a class keeps when it is defined again: a module reloaded, a notebook cell run twice."""
    return entity.__module__, entity.__qualname__


def _heads(definition: Definition[Any]) -> Iterator[tuple[int, str]]:
    """The place and text of what each part of the primary key begins with; none for a key never compared."""
    if definition.primary is None or definition.abstract:
        return
    for place, part in enumerate(definition.primary.parts):
        if isinstance(part, TemplatePart):
            yield place, part.template.template.head
