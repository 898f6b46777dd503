"""A table as it is deployed in one stage: the declaration, with what the stage says put over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynakit.capacity import Capacity, OnDemand
from dynakit.errors import DefinitionError, did_you_mean
from dynakit.index import Index, check_name
from dynakit.settings import IndexSettings, Stage, TableSettings
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.table import Table

_SHORTEST_TABLE_NAME = 3


@dataclass(frozen=True, eq=False)
class Deployment:
    """What is deployed. ``capacities`` are those of the global indexes, by name."""

    table: Table
    stage: str | None
    name: str
    capacity: Capacity
    capacities: dict[str, Capacity]
    settings: TableSettings

    @property
    def on_demand(self) -> bool:
        """Whether it is paid per request."""
        return isinstance(self.capacity, OnDemand)

    @property
    def global_indexes(self) -> tuple[Index, ...]:
        """The global indexes."""
        return tuple(index for index in self.table.indexes if not index.local)

    @property
    def local_indexes(self) -> tuple[Index, ...]:
        """The local indexes."""
        return tuple(index for index in self.table.indexes if index.local)

    def settings_of(self, index: Index) -> IndexSettings:
        """What an index has of its own."""
        return index.settings or IndexSettings()


def deployment(table: Table, stage: str | None = None) -> Deployment:
    """The table as it is deployed in a stage, or as declared.

    Raises:
        DefinitionError: for a stage that is not declared, and for what cannot be deployed.
    """
    chosen = Stage("declared") if stage is None else _stage(table, stage)
    capacity = chosen.capacity or table.capacity
    made = Deployment(
        table,
        stage,
        chosen.table_name or table.name,
        capacity,
        {index.name: _capacity_of(index, chosen, capacity) for index in table.indexes if not index.local},
        chosen.settings.over(table.settings or TableSettings()),
    )
    _check(made, chosen)
    return made


def _stage(table: Table, name: str) -> Stage:
    for stage in table.stages:
        if stage.name == name:
            return stage
    names = [stage.name for stage in table.stages]
    raise DefinitionError(
        f"table {table.name!r}: it has no stage {name!r}{did_you_mean(name, names) or '.'} "
        f"Declared are: {', '.join(names) or 'none'}."
    )


def _capacity_of(index: Index, stage: Stage, capacity: Capacity) -> Capacity:
    """The stage's for the index, else the index's own unless the stage has another mode, else the table's."""
    own = stage.indexes.get(index.name)
    if own is None and index.capacity is not None and type(index.capacity) is type(capacity):
        own = index.capacity
    return own or capacity


def _check(made: Deployment, stage: Stage) -> None:
    where = f"table {made.table.name!r}" + (f", stage {made.stage!r}" if made.stage else "")
    check_name(where, made.name, 1 if made.stage is None else _SHORTEST_TABLE_NAME)
    unknown = sorted(set(stage.indexes) - set(made.capacities))
    if unknown:
        raise DefinitionError(
            f"{where}: it has no global index "
            f"{unknown[0]!r}{did_you_mean(unknown[0], made.capacities) or '.'}"
        )
    for name, capacity in made.capacities.items():
        if type(capacity) is not type(made.capacity):
            raise DefinitionError(
                f"{where}: index {name!r} is {_mode(capacity)}, but the table is {_mode(made.capacity)}. "
                "Give both the same."
            )
    _check_settings(where, made)


def _check_settings(where: str, made: Deployment) -> None:
    if made.table.vector_indexes and not made.on_demand:
        raise DefinitionError(
            f"{where}: it has a vector index, which only tables on demand can have, and provisioned "
            "capacity. Leave the capacity out."
        )
    if made.settings.stream_policy is not None and made.table.stream is None:
        raise DefinitionError(f"{where}: it has a stream_policy and no stream. Declare stream=…, too.")
    if made.settings.import_source is not None and made.local_indexes:
        raise DefinitionError(
            f"{where}: it is imported, and has a local index, which imported tables cannot have. Create it, "
            "and write the items."
        )
    if made.settings.replicas and not made.on_demand and made.table.stream is None:
        raise DefinitionError(
            f"{where}: a global table with provisioned capacity needs a stream. Declare "
            "stream='NEW_AND_OLD_IMAGES', or leave the capacity out."
        )


def _mode(capacity: Capacity) -> str:
    return "on demand" if isinstance(capacity, OnDemand) else "provisioned"
