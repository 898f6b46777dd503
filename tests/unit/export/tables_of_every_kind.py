"""Tables that between them use every setting there is."""

from __future__ import annotations

from dynakit import (
    KEYS_ONLY,
    AutoScaled,
    ImportSource,
    Index,
    IndexSettings,
    KeyAttribute,
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

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": ["dynamodb:GetItem"],
            "Resource": "*",
        }
    ],
}

KINESIS = KinesisStream("arn:aws:kinesis:eu-central-1:123456789012:stream/changes", "MICROSECOND")

EVERY_SETTING = TableSettings(
    warm_throughput=WarmThroughput(15_000, 5_000),
    kinesis=KINESIS,
    point_in_time_recovery=35,
    encryption=TableEncryption("alias/tables"),
    table_class="STANDARD_INFREQUENT_ACCESS",
    deletion_protection=True,
    contributor_insights="THROTTLED_KEYS",
    resource_policy=POLICY,
    stream_policy=POLICY,
    tags={"team": "core", "cost": "shop"},
    deletion_policy="RetainExceptOnCreate",
)

INDEX_SETTINGS = IndexSettings(
    warm_throughput=WarmThroughput(13_000, 5_000), contributor_insights="ACCESSED_AND_THROTTLED_KEYS"
)

INDEXES = [
    Index("GSI1", "GSI1PK", "GSI1SK", settings=INDEX_SETTINGS),
    Index(
        "by-place",
        ["country", "city"],
        [KeyAttribute("opened", "N"), "street"],
        projection=include("name", "owner"),
    ),
    Index("near", sk="opened_at", local=True, projection=KEYS_ONLY),
]

on_demand = Table(
    "on-demand",
    sk="SK",
    indexes=INDEXES,
    vector_indexes=[
        VectorIndex("alike", "embedding", 3, partition="tenant", filters=["kind"], projection=include("name"))
    ],
    capacity=OnDemand(40_000, 10_000),
    time_to_live="expires",
    stream="NEW_AND_OLD_IMAGES",
    settings=EVERY_SETTING,
    environment_variable="ON_DEMAND_TABLE",
    stages=[Stage("dev", OnDemand(), TableSettings(deletion_policy="Delete"), "on-demand-dev")],
)

provisioned = Table(
    "provisioned",
    indexes=[Index("GSI1", "GSI1PK", capacity=Provisioned(AutoScaled(1, 20, 50, scale_in=False), 5))],
    capacity=Provisioned(
        AutoScaled(5, 100, seed=10), AutoScaled(5, 50, scale_in_cooldown=60, scale_out_cooldown=0)
    ),
)

imported = Table(
    "imported",
    settings=TableSettings(
        encryption=TableEncryption(),
        import_source=ImportSource(
            "exports", "CSV", "2026/", "GZIP", "123456789012", csv_delimiter=";", csv_header=("PK", "name")
        ),
    ),
)

replicated = Table(
    "replicated",
    sk="SK",
    indexes=INDEXES,
    vector_indexes=[VectorIndex("alike", "embedding", 3, filters=["kind"])],
    capacity=OnDemand(40_000, 10_000),
    time_to_live="expires",
    stream="NEW_AND_OLD_IMAGES",
    settings=TableSettings(
        replicas=[
            Replica(region="eu-central-1"),
            Replica(region="eu-west-1", table_class="STANDARD", tags={"team": "west"}),
        ],
        consistency="EVENTUAL",
    ).over(EVERY_SETTING),
)

replicated_units = Table(
    "replicated-units",
    indexes=[Index("GSI1", "GSI1PK", settings=INDEX_SETTINGS)],
    capacity=Provisioned(AutoScaled(5, 100), 5),
    stream="NEW_AND_OLD_IMAGES",
    stages=[Stage("dev", Provisioned(2, AutoScaled(1, 5)))],
    settings=TableSettings(replicas=[Replica(region="eu-central-1"), Replica(region="eu-west-1")]),
)

witnessed = Table(
    "witnessed",
    settings=TableSettings(
        replicas=[Replica(region="us-east-1"), Replica(region="us-east-2")],
        consistency="STRONG",
        witness="us-west-2",
    ),
)

EVERY_KIND = (on_demand, provisioned, imported, replicated, replicated_units, witnessed)
