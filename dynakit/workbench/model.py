"""What a model of NoSQL Workbench holds, as values: tables, their facets, their sample rows.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/workbench.html
"""

from __future__ import annotations

from dynakit.capacity import ON_DEMAND, Capacity
from dynakit.index import Index, KeyAttribute
from dynakit.values import dataclass
from dynakit.wire import Item


@dataclass(frozen=True)
class ModelAttribute:
    """An attribute besides the table's key, with the type that the model gives it: ``S``, ``SS``."""

    name: str
    type: str


@dataclass(frozen=True)
class Facet:
    """A kind of item of a table: what its keys are called, which attributes it has, its sample rows."""

    name: str
    partition_alias: str | None = None
    sort_alias: str | None = None
    attributes: tuple[str, ...] = ()
    rows: tuple[Item, ...] = ()


@dataclass(frozen=True)
class ModelTable:
    """A table of a model. ``rows`` are the sample rows that stand in no facet."""

    name: str
    partition: KeyAttribute
    sort: KeyAttribute | None = None
    attributes: tuple[ModelAttribute, ...] = ()
    indexes: tuple[Index, ...] = ()
    facets: tuple[Facet, ...] = ()
    rows: tuple[Item, ...] = ()
    capacity: Capacity = ON_DEMAND

    @property
    def keys(self) -> tuple[KeyAttribute, ...]:
        """The partition key, and the sort key if there is one."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)

    @property
    def key_types(self) -> dict[str, str]:
        """The type of every key attribute of the table and its indexes, by name."""
        index_keys = (key for index in self.indexes for key in (*index.partition, *index.sort))
        return {key.name: key.type for key in (*self.keys, *index_keys)}

    @property
    def sample_rows(self) -> tuple[Item, ...]:
        """Every sample row once: those of the facets in their order, then the others.

        Facets may share a row, which then is the same in each.
        """
        every = (*(row for facet in self.facets for row in facet.rows), *self.rows)
        return tuple({self.key_of(row): row for row in every}.values())

    def key_of(self, row: Item) -> str:
        """The key of a row as text, to tell rows apart."""
        return repr([row.get(key.name) for key in self.keys])


@dataclass(frozen=True)
class Model:
    """A model: its name, its tables, and what it tells of itself."""

    name: str
    tables: tuple[ModelTable, ...]
    author: str = ""
    description: str = ""
