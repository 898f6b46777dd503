"""A table as it is deployed in one stage: the declaration, with what the stage says put over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynakit.capacity import Capacity, OnDemand
from dynakit.errors import DefinitionError, did_you_mean
from dynakit.index import Index, check_name
from dynakit.settings import IndexSettings, Stage, TableSettings
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.table import StreamView, Table

SHORTEST_TABLE_NAME = 3

_WARM_ON_DEMAND = (12_000, 4_000)
"""What tables and indexes on demand serve at once in any case.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html"""

_STRONG_REGIONS = 3
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html"""


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
    def stream(self) -> StreamView | None:
        """What its stream tells: as declared, else what replication between regions works by."""
        replicas, consistency = self.settings.replicas or (), self.settings.consistency
        replicated = len(replicas) > 1 and consistency != "STRONG"
        return self.table.stream or ("NEW_AND_OLD_IMAGES" if replicated else None)

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
    check_name(where, made.name, 1 if made.stage is None else SHORTEST_TABLE_NAME)
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
    if made.settings.stream_policy is not None and made.stream is None:
        raise DefinitionError(f"{where}: it has a stream_policy and no stream. Declare stream=…, too.")
    if made.settings.import_source is not None and made.local_indexes:
        raise DefinitionError(
            f"{where}: it is imported, and has a local index, which imported tables cannot have. Create it, "
            "and write the items."
        )
    _check_warm(where, made)
    if made.settings.replicas:
        _check_replicas(where, made)


def _check_warm(where: str, made: Deployment) -> None:
    """What is warm cannot be less than what there is anyway."""
    warm = {where: (made.settings.warm_throughput, made.capacity)}
    for index in made.global_indexes:
        own = made.settings_of(index).warm_throughput
        warm[f"{where}, index {index.name!r}"] = (own, made.capacities[index.name])
    for what, (units, capacity) in warm.items():
        read, write = _floor(capacity)
        if units is not None and (units.read < read or units.write < write):
            raise DefinitionError(
                f"{what}: got a warm throughput of {units.read} read and {units.write} write units; "
                f"{_mode(capacity)} it has at least {read} and {write}. Raise it, or leave it out."
            )


def _floor(capacity: Capacity) -> tuple[int, int]:
    return _WARM_ON_DEMAND if isinstance(capacity, OnDemand) else (capacity.read_units, capacity.write_units)


def _check_replicas(where: str, made: Deployment) -> None:
    settings, stream = made.settings, made.table.stream
    _check_kinesis(where, settings)
    if made.stream is None and any(replica.stream_policy for replica in settings.replicas or ()):
        raise DefinitionError(
            f"{where}: a replica has a stream_policy, and the table no stream. Declare stream=…, too."
        )
    if settings.import_source is not None:
        raise DefinitionError(
            f"{where}: it has replicas and an import source, which is for tables of one region. Import "
            "first, then add the replicas."
        )
    if settings.consistency == "STRONG":
        _check_strong(where, made)
    elif settings.witness is not None:
        raise DefinitionError(
            f"{where}: it has a witness, which is for strong consistency. Declare consistency='STRONG', or "
            "leave it out."
        )
    elif len(settings.replicas or ()) > 1 and stream not in (None, "NEW_AND_OLD_IMAGES"):
        raise DefinitionError(
            f"{where}: its replicas are kept by its stream, which is {stream}. Declare "
            "stream='NEW_AND_OLD_IMAGES', or none."
        )
    if not made.on_demand and stream is None:
        raise DefinitionError(
            f"{where}: a global table with provisioned capacity needs a stream. Declare "
            "stream='NEW_AND_OLD_IMAGES', or leave the capacity out."
        )


def _check_kinesis(where: str, settings: TableSettings) -> None:
    """A stream is one region's; that of none would be told of nothing."""
    replicas = settings.replicas or ()
    own = [(replica.kinesis, (replica.region,)) for replica in replicas]
    for stream, regions in ((settings.kinesis, tuple(each.region for each in replicas)), *own):
        if stream is not None and stream.region not in regions:
            raise DefinitionError(
                f"{where}: Kinesis stream {stream.arn} is in {stream.region}; expected one in "
                f"{' or '.join(regions)}, where the table is."
            )


def _check_strong(where: str, made: Deployment) -> None:
    regions = [replica.region for replica in made.settings.replicas or ()]
    regions += [] if made.settings.witness is None else [made.settings.witness]
    if not len(regions) == len({*regions}) == _STRONG_REGIONS:
        raise DefinitionError(
            f"{where}: got {', '.join(regions)} for strong consistency; expected three different regions: "
            "three replicas, or two and a witness."
        )
    if len({region.split("-")[0] for region in regions}) > 1:
        raise DefinitionError(
            f"{where}: got {', '.join(regions)} for strong consistency, which holds within the regions of "
            "one continent: us-…, eu-… or ap-…. Choose three of one, or declare consistency='EVENTUAL'."
        )
    unable = "time to live" if made.table.time_to_live else "local indexes" if made.local_indexes else None
    if unable is not None:
        raise DefinitionError(
            f"{where}: it has {unable}, which strongly consistent global tables cannot have. Leave them out, "
            "or declare consistency='EVENTUAL'."
        )


def _mode(capacity: Capacity) -> str:
    return "on demand" if isinstance(capacity, OnDemand) else "provisioned"
