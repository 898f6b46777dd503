"""Targets: what a command is about, as ``module:object`` or ``path/to/file.py:object``."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from typing_extensions import TypeIs

from dynakit.cli.load import load
from dynakit.cli.usage import UsageError
from dynakit.errors import did_you_mean
from dynakit.schema.entity import Entity
from dynakit.schema.key import Pattern
from dynakit.schema.registry import entities_of
from dynakit.table import Table
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.schema.definition import Definition

_EXPECTED = "expected a module:object such as schemas.backend:users, or a path/to/file.py:object"


@dataclass(frozen=True)
class Target:
    """What a text names: ``value`` is the object, or the module where none was named."""

    text: str
    value: object

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables: the one, that of an entity or pattern, or all of a module, in their order there.

        Raises :class:`UsageError` where there is none.
        """
        found = dict.fromkeys(table for value in self._values() if (table := _table_of(value)) is not None)
        if not found:
            raise UsageError(
                f"target {self.text!r}: it holds no table; expected a Table, an Entity or a pattern, or a "
                "module with one."
            )
        return tuple(found)

    @property
    def table(self) -> Table:
        """The one table. Raises :class:`UsageError` for none and for several."""
        if len(self.tables) == 1:
            return self.tables[0]
        names = ", ".join(self._names_of(Table)) or ", ".join(table.name for table in self.tables)
        raise UsageError(
            f"target {self.text!r}: it holds {len(self.tables)} tables; one was expected. Name one of "
            f"{names} behind a colon."
        )

    @property
    def entities(self) -> tuple[type[Entity], ...]:
        """The entities: the one, that of a pattern, or all of the tables."""
        if is_entity(self.value):
            return (self.value,)
        if is_pattern(self.value):
            return (self.value.entity,)
        return tuple(entity for table in self.tables for entity in entities_of(table))

    @property
    def entity(self) -> type[Entity]:
        """The one entity. Raises :class:`UsageError` for none and for several."""
        if len(self.entities) == 1:
            return self.entities[0]
        names = ", ".join(entity.__name__ for entity in self.entities)
        raise UsageError(
            f"target {self.text!r}: it holds {len(self.entities)} entities; one was expected. Name one "
            f"behind a colon{f': {names}' if names else ''}."
        )

    @property
    def pattern(self) -> Pattern[Any]:
        """The pattern, or the primary one of the entity. Raises :class:`UsageError`."""
        if is_pattern(self.value):
            return self.value
        definition: Definition[Any] = self.entity.__define__()
        primary: Pattern[Any] = Pattern(self.entity, definition.primary_key.name)
        return primary

    def _values(self) -> Iterable[object]:
        if isinstance(self.value, ModuleType):
            return list(vars(self.value).values())
        return [self.value]

    def _names_of(self, kind: type) -> list[str]:
        if not isinstance(self.value, ModuleType):
            return []
        return [name for name, value in vars(self.value).items() if isinstance(value, kind)]


def find(text: str) -> Target:
    """The target of a text.

    Raises:
        UsageError: when there is no such module, file or object.
        DynakitError: when the module cannot be imported.
    """
    place, _, path = text.rpartition(":") if _has_object(text) else (text, "", "")
    if not place:
        raise UsageError(f"target {text!r}: it names no module; {_EXPECTED}.")
    value: object = load(text, place)
    for name in path.split(".") if path else ():
        value = _member(text, value, name)
    return Target(text, value)


def is_entity(value: object) -> TypeIs[type[Entity]]:
    """Whether a value is an entity that is stored in a table."""
    return isinstance(value, type) and issubclass(value, Entity) and value.__table__ is not None


def is_pattern(value: object) -> TypeIs[Pattern[Any]]:
    """Whether a value is a pattern of an entity."""
    return isinstance(value, Pattern)


def _has_object(text: str) -> bool:
    # The colon of C:\schemas.py is none that separates.
    last = text.rpartition(":")[2]
    return ":" in text and "/" not in last and "\\" not in last


def _member(text: str, value: object, name: str) -> object:
    try:
        return getattr(value, name)
    except AttributeError:
        known = [one for one in dir(value) if not one.startswith("_")]
        where = getattr(value, "__name__", type(value).__name__)
        hint = did_you_mean(name, known) or f". There are: {', '.join(_useful(value)) or 'none'}."
        raise UsageError(f"target {text!r}: {where} has no {name!r}{hint}") from None


def _useful(value: object) -> list[str]:
    if is_entity(value):
        return list(value.__define__().keys)
    return [
        name
        for name, one in getattr(value, "__dict__", {}).items()
        if not name.startswith("_") and (isinstance(one, Table) or is_entity(one))
    ]


def _table_of(value: object) -> Table | None:
    if isinstance(value, Table):
        return value
    if is_pattern(value):
        return _table_of(value.entity)
    return value.__table__ if isinstance(value, type) and issubclass(value, Entity) else None
