"""Tables as they are deployed: stages over the declaration, and what cannot be deployed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dynakit import (
    AutoScaled,
    DefinitionError,
    ImportSource,
    Index,
    IndexSettings,
    OnDemand,
    Provisioned,
    Replica,
    Stage,
    Table,
    TableSettings,
    VectorIndex,
    WarmThroughput,
    include,
)
from dynakit.deployment import deployment

KEPT = TableSettings(deletion_protection=True, point_in_time_recovery=35, tags={"team": "core"})


def test_a_stage_differs_in_what_it_says_alone() -> None:
    loose = TableSettings(deletion_protection=False)
    table = Table("shop", settings=KEPT, stages=[Stage("dev", Provisioned(1, 1), loose, "shop-dev")])
    declared, dev = deployment(table), deployment(table, "dev")
    assert (declared.name, declared.capacity, declared.settings) == ("shop", OnDemand(), KEPT)
    assert (dev.name, dev.capacity) == ("shop-dev", Provisioned(1, 1))
    assert dev.settings == TableSettings(
        deletion_protection=False, point_in_time_recovery=35, tags={"team": "core"}
    )


def test_indexes_have_their_own_capacity_where_the_mode_is_the_same() -> None:
    indexes = [
        Index("own", "a", capacity=Provisioned(5, 5)),
        Index("shared", "b"),
        Index("near", sk="c", local=True),
    ]
    stages = [
        Stage("dev", Provisioned(1, 1)),
        Stage("live", OnDemand()),
        Stage("test", Provisioned(1, 1), indexes={"own": Provisioned(2, 2)}),
    ]
    table = Table("shop", sk="SK", indexes=indexes, capacity=Provisioned(3, 3), stages=stages)
    found = {name: deployment(table, name).capacities for name in (None, "dev", "live", "test")}
    assert found == {
        None: {"own": Provisioned(5, 5), "shared": Provisioned(3, 3)},
        "dev": {"own": Provisioned(5, 5), "shared": Provisioned(1, 1)},
        "live": {"own": OnDemand(), "shared": OnDemand()},
        "test": {"own": Provisioned(2, 2), "shared": Provisioned(1, 1)},
    }
    assert deployment(table, "live").on_demand


def test_auto_scaled_units_begin_with_the_seed_or_the_minimum() -> None:
    capacity = Provisioned(AutoScaled(2, 10), AutoScaled(2, 10, seed=5))
    assert (capacity.read_units, capacity.write_units) == (2, 5)


HERE, THERE = Replica(region="eu-central-1"), Replica(region="eu-west-1")
STRONG = TableSettings(replicas=[HERE, THERE], consistency="STRONG", witness="eu-west-2")

WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "unknown stage": (
        lambda: deployment(Table("tab", stages=[Stage("dev")]), "dv"),
        "table 'tab': it has no stage 'dv'; did you mean 'dev'",
    ),
    "no stages": (lambda: deployment(Table("t"), "dev"), "Declared are: none"),
    "two stages": (lambda: Table("t", stages=[Stage("dev"), Stage("dev")]), "two stages are named 'dev'"),
    "stage name": (lambda: Stage("dev 1"), "letters, digits and '-'"),
    "short table name": (
        lambda: Table("t", stages=[Stage("dev", table_name="td")]),
        "table 't', stage 'dev': expected a name of 3 to 255",
    ),
    "unknown index": (
        lambda: Table("tab", indexes=[Index("GSI1", "a")], stages=[Stage("d", indexes={"GSI2": OnDemand()})]),
        "stage 'd': it has no global index 'GSI2'; did you mean 'GSI1'",
    ),
    "modes": (
        lambda: Table(
            "tab", indexes=[Index("GSI1", "a")], stages=[Stage("dev", indexes={"GSI1": Provisioned(1, 1)})]
        ),
        "index 'GSI1' is provisioned, but the table is on demand",
    ),
    "index on demand": (
        lambda: Table("t", indexes=[Index("GSI1", "a", capacity=OnDemand(1, 1))], capacity=Provisioned(1, 1)),
        "index 'GSI1' is on demand, but the table has provisioned capacity",
    ),
    "vectors": (
        lambda: Table(
            "tab", vector_indexes=[VectorIndex("near", "v", 3)], stages=[Stage("dev", Provisioned(1, 1))]
        ),
        "stage 'dev': it has a vector index, which only tables on demand can have",
    ),
    "21 indexes": (
        lambda: Table("t", indexes=[Index(f"GSI{n}", "a") for n in range(21)]),
        "got 21 global indexes; DynamoDB allows 20",
    ),
    "101 attributes": (
        lambda: Table(
            "t",
            indexes=[
                Index(f"GSI{n}", "a", projection=include(*(f"p{m}" for m in range(51)))) for n in (1, 2)
            ],
        ),
        "include 102 attributes; DynamoDB allows 100",
    ),
    "local settings": (
        lambda: Index("near", sk="c", local=True, settings=IndexSettings()),
        "a local index has no settings of its own",
    ),
    "recovery": (lambda: TableSettings(point_in_time_recovery=36), "got 36 days; expected 1 to 35"),
    "regions": (
        lambda: TableSettings(replicas=[Replica(region="eu-west-1"), Replica(region="eu-west-1")]),
        "a region stands twice",
    ),
    "region": (lambda: Replica(region="Ireland"), "got region 'Ireland'"),
    "consistency": (lambda: TableSettings(consistency="STRONG"), "are of global tables"),
    "stream policy": (
        lambda: Table("t", settings=TableSettings(stream_policy={})),
        "a stream_policy and no stream",
    ),
    "imported with a local index": (
        lambda: Table(
            "t",
            sk="SK",
            indexes=[Index("near", sk="c", local=True)],
            settings=TableSettings(import_source=ImportSource("b", "ION")),
        ),
        "a local index, which imported tables cannot have",
    ),
    "replicas kept by another stream": (
        lambda: Table("t", stream="NEW_IMAGE", settings=TableSettings(replicas=[HERE, THERE])),
        "table 't': its replicas are kept by its stream, which is NEW_IMAGE. Declare",
    ),
    "a stage with replicas of an import": (
        lambda: Table(
            "tab",
            settings=TableSettings(import_source=ImportSource("b", "ION")),
            stages=[Stage("live", settings=TableSettings(replicas=[HERE]))],
        ),
        "stage 'live': it has replicas and an import source",
    ),
    "a witness": (
        lambda: Table("t", settings=TableSettings(replicas=[HERE, THERE], witness="eu-west-2")),
        "it has a witness, which is for strong consistency",
    ),
    "two regions, strongly consistent": (
        lambda: Table("t", settings=TableSettings(replicas=[HERE, THERE], consistency="STRONG")),
        "got eu-central-1, eu-west-1 for strong consistency; expected three different regions",
    ),
    "a witness beside itself": (
        lambda: Table(
            "t", settings=TableSettings(replicas=[HERE, THERE], consistency="STRONG", witness="eu-west-1")
        ),
        "expected three different regions",
    ),
    "strongly consistent expiry": (
        lambda: Table("t", time_to_live="gone", settings=STRONG),
        "has time to live, which strongly",
    ),
    "strongly consistent local indexes": (
        lambda: Table("t", sk="SK", indexes=[Index("near", sk="c", local=True)], settings=STRONG),
        "it has local indexes, which strongly",
    ),
    "warm on demand": (
        lambda: Table("t", settings=TableSettings(warm_throughput=WarmThroughput(12_000, 3_999))),
        "got a warm throughput of 12000 read and 3999 write units; on demand it has at least 12000 and",
    ),
    "an index warm on demand": (
        lambda: Table(
            "t", indexes=[Index("GSI1", "a", settings=IndexSettings(warm_throughput=WarmThroughput(1, 1)))]
        ),
        "table 't', index 'GSI1': got a warm throughput of 1 read and 1 write units; on demand",
    ),
    "warm in a stage": (
        lambda: Table(
            "tab",
            indexes=[Index("GSI1", "a", settings=IndexSettings(warm_throughput=WarmThroughput(9, 9)))],
            capacity=Provisioned(9, 9),
            stages=[Stage("live", indexes={"GSI1": Provisioned(10, 9)})],
        ),
        "stage 'live', index 'GSI1': got a warm throughput of 9 read and 9 write units; provisioned it has",
    ),
    "global stream": (
        lambda: Table(
            "t", capacity=Provisioned(1, 1), settings=TableSettings(replicas=[Replica(region="eu-west-1")])
        ),
        "needs a stream",
    ),
    "warm": (lambda: WarmThroughput(0, 1), "at least 1 unit"),
    "maximum": (lambda: OnDemand(0), "a maximum of at least 1"),
    "scaling": (lambda: AutoScaled(5, 1), "1 ≤ minimum ≤ seed ≤ maximum"),
    "target": (lambda: AutoScaled(1, 2, target=95), "20 to 90 percent"),
    "cooldown": (lambda: AutoScaled(1, 2, scale_in_cooldown=-1), "0 seconds or more"),
    "csv": (lambda: ImportSource("b", "ION", csv_delimiter=","), "goes with CSV only"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_deployed_is_refused_when_it_is_declared(case: str) -> None:
    make, message = WRONG[case]
    with pytest.raises(DefinitionError, match=message):
        make()
