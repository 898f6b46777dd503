"""Tables as they are deployed: stages over the declaration, and what cannot be deployed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dynakit import (
    AutoScaled,
    DefinitionError,
    ImportSource,
    Index,
    IndexSettings,
    KinesisStream,
    OnDemand,
    Provisioned,
    Replica,
    Stage,
    Table,
    TableEncryption,
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
CHANGES = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*"}]}
VECTOR = VectorIndex("near", "v", 3)
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
        lambda: Table("t", settings=TableSettings(stream_policy=POLICY)),
        "a stream_policy and no stream",
    ),
    "imported with a local index": (
        lambda: Table(
            "t",
            sk="SK",
            indexes=[Index("near", sk="c", local=True)],
            settings=TableSettings(import_source=ImportSource("exports", "ION")),
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
            settings=TableSettings(import_source=ImportSource("exports", "ION")),
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
    "warm": (lambda: WarmThroughput(0, 1), "got 0; expected a whole number of at least 1"),
    "maximum": (lambda: OnDemand(0), "got 0; expected a whole number of at least 1"),
    "a fraction": (lambda: Provisioned(1.5, 1), "got 1.5; expected a whole number"),  # type: ignore[arg-type]
    "seed": (lambda: AutoScaled(1, 2, seed=0), "got 0; expected a whole number of at least 1"),
    "scaling": (lambda: AutoScaled(5, 1), "1 ≤ minimum ≤ seed ≤ maximum"),
    "target": (lambda: AutoScaled(1, 2, target=95), "20 to 90 percent"),
    "cooldown": (lambda: AutoScaled(1, 2, scale_in_cooldown=-1), "0 seconds or more"),
    "csv": (lambda: ImportSource("exports", "ION", csv_delimiter=","), "goes with CSV only"),
}

UNKNOWN: dict[str, tuple[Callable[[Any], object], str]] = {
    "table class": (
        lambda it: TableSettings(table_class=it),
        "table_class: got 'x'; expected one of STANDARD,",
    ),
    "class of a replica": (lambda it: Replica(region="eu-west-1", table_class=it), "table_class: got 'x'"),
    "insights": (lambda it: TableSettings(contributor_insights=it), "got 'x'; expected one of ACCESSED_AND_"),
    "insights of an index": (lambda it: IndexSettings(contributor_insights=it), "contributor_insights: got"),
    "consistency": (lambda it: TableSettings(replicas=[HERE], consistency=it), "expected one of EVENTUAL"),
    "deletion policy": (lambda it: TableSettings(deletion_policy=it), "expected one of Retain"),
    "precision": (lambda it: KinesisStream(CHANGES, it), "expected one of MILLISECOND"),
    "format": (
        lambda it: ImportSource("exports", it),
        "import from 'exports': format: got 'x'; expected one",
    ),
    "compression": (lambda it: ImportSource("exports", "ION", compression=it), "expected one of GZIP"),
    "delimiter": (lambda it: ImportSource("exports", "CSV", csv_delimiter=it), "csv_delimiter: got 'x'"),
    "header": (lambda it: ImportSource("exports", "CSV", csv_header=it), "csv_header as a tuple of names"),
    "bucket": (lambda it: ImportSource(it, "ION"), "import from 'x': expected the name of a bucket"),
    "owner": (lambda it: ImportSource("exports", "ION", bucket_owner=it), "an account of 12 digits"),
    "stream": (KinesisStream, "Kinesis stream 'x': expected its ARN"),
    "witness": (lambda it: TableSettings(replicas=[HERE], witness=it), "witness: got region 'x'"),
    "policy": (lambda it: TableSettings(resource_policy=it), "resource_policy: expected a policy document"),
    "variable": (lambda it: Table("t", environment_variable=it), "environment_variable 'x'; expected two"),
}
"""What another type would be, so that type checkers say it, too."""

TOO_MUCH: dict[str, tuple[Callable[[], object], str]] = {
    "51 tags": (lambda: tagged(**{f"k{n}": "" for n in range(51)}), "tags: got 51; DynamoDB allows 50"),
    "a long tag": (lambda: tagged(k="x" * 257), "tag 'k': got a key of 1 and a value of 257 characters"),
    "AWS's tags": (lambda: tagged(**{"aws:x": ""}), "tag 'aws:x': tags that begin with 'aws:'"),
    "a tag's characters": (lambda: tagged(k="{}"), "tag 'k': expected letters, digits, spaces and"),
    "recovery of a replica": (
        lambda: Replica(region="eu-west-1", point_in_time_recovery=36),
        "got 36 days; expected 1 to 35",
    ),
    "256 columns": (
        lambda: ImportSource("exports", "CSV", csv_header=tuple(map(str, range(256)))),
        "got a csv_header of 256 names; expected at most 255",
    ),
    "a column twice": (lambda: ImportSource("exports", "CSV", csv_header=("a", "a")), "all different"),
    "a large policy": (
        lambda: TableSettings(stream_policy={**POLICY, "Id": "x" * 20_480}),
        "stream_policy: it has 20[0-9]{3} bytes; DynamoDB allows 20480",
    ),
    "a policy that is no JSON": (
        lambda: TableSettings(stream_policy={**POLICY, "Id": object()}),
        "stream_policy: it cannot be written as JSON",
    ),
    "an empty policy": (lambda: TableSettings(stream_policy={}), "with at least one statement"),
    "an empty key": (lambda: TableEncryption(""), "got an empty key"),
    "a replica's policy of no stream": (
        lambda: Table(
            "t", settings=TableSettings(replicas=[Replica(region="eu-west-1", stream_policy=POLICY)])
        ),
        "a replica has a stream_policy, and the table no stream",
    ),
    "a Kinesis stream where no replica is": (
        lambda: Table("t", settings=TableSettings(kinesis=KinesisStream(CHANGES), replicas=[HERE, THERE])),
        "is in us-east-1; expected one in eu-central-1 or eu-west-1, where the table is",
    ),
    "a replica's Kinesis stream elsewhere": (
        lambda: Table(
            "t",
            settings=TableSettings(
                replicas=[HERE, Replica(region="eu-west-1", kinesis=KinesisStream(CHANGES))]
            ),
        ),
        "is in us-east-1; expected one in eu-west-1, where the table is",
    ),
    "strongly consistent over continents": (
        lambda: Table(
            "t", settings=TableSettings(replicas=[HERE, THERE], consistency="STRONG", witness="us-east-1")
        ),
        "within the regions of one continent",
    ),
    "a vector that is a key": (
        lambda: Table("t", pk="v", vector_indexes=[VECTOR]),
        "vector index 'near' is of 'v', which holds no vector",
    ),
    "a vector that is the time to live": (
        lambda: Table("t", vector_indexes=[VECTOR], time_to_live="v"),
        "vector index 'near' is of 'v', which holds no vector",
    ),
    "a vector index that includes its vector": (
        lambda: Table("t", vector_indexes=[VectorIndex("near", "v", 3, projection=include("v"))]),
        "index 'near' includes 'v', a key attribute, which it holds anyway",
    ),
}


def tagged(**tags: str) -> TableSettings:
    return TableSettings(tags=tags)


@pytest.mark.parametrize("case", UNKNOWN)
def test_values_that_aws_does_not_know_are_refused(case: str) -> None:
    make, message = UNKNOWN[case]
    with pytest.raises(DefinitionError, match=message):
        make("x")


@pytest.mark.parametrize("case", TOO_MUCH)
def test_limits_and_contradictions_of_settings_are_refused(case: str) -> None:
    make, message = TOO_MUCH[case]
    with pytest.raises(DefinitionError, match=message):
        make()


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_deployed_is_refused_when_it_is_declared(case: str) -> None:
    make, message = WRONG[case]
    with pytest.raises(DefinitionError, match=message):
        make()
