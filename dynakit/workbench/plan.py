"""A schema file before it is written: tables, entities, keys and attributes as text."""

from __future__ import annotations

from dynakit.values import dataclass
from dynakit.wire import Item
from dynakit.workbench.model import ModelTable

IMPORTED = frozenset(
    {
        *("Attr", "AutoScaled", "Entity", "Index", "Key", "KeyAttribute", "Provisioned", "Table"),
        *("KEYS_ONLY", "attr", "include", "iso_milliseconds", "naive_iso"),
        *("Decimal", "dt", "annotations", "object", "str", "int", "bool", "bytes"),
        *("dict", "list", "set"),
    }
)
"""The names that a schema file imports or means Python's own by."""


@dataclass(frozen=True)
class Annotation:
    """What values of an attribute are: the text of its type, and of its stored form if it has one."""

    text: str
    stored_as: str | None = None


@dataclass(frozen=True)
class FieldPlan:
    """An attribute: its Python name, its stored name, its type; ``optional`` where rows lack it."""

    name: str
    stored: str
    annotation: Annotation
    optional: bool = False
    key_only: bool = False


@dataclass(frozen=True)
class KeyPlan:
    """A pattern: its name, and its templates on the table or an index."""

    name: str
    partition: str
    sort: str | None
    index: str | None = None


@dataclass(frozen=True)
class NestedPlan:
    """An entity that stands within others."""

    name: str
    fields: tuple[FieldPlan, ...]


@dataclass(frozen=True)
class EntityPlan:
    """An entity of a table; ``rows`` are the sample rows that it is made from."""

    name: str
    type_name: str | None
    keys: tuple[KeyPlan, ...]
    fields: tuple[FieldPlan, ...]
    rows: tuple[Item, ...] = ()


@dataclass(frozen=True)
class TablePlan:
    """A table, its variable in the file, and its entities."""

    variable: str
    table: ModelTable
    type_attribute: str | None
    nested: tuple[NestedPlan, ...]
    entities: tuple[EntityPlan, ...]


@dataclass(frozen=True)
class SchemaPlan:
    """A schema file: what it is made from, and its tables."""

    name: str
    tables: tuple[TablePlan, ...]
