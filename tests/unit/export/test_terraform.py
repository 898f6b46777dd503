"""Terraform configurations: arguments that the provider knows, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dynakit import (
    DefinitionError,
    ImportSource,
    Index,
    KinesisStream,
    OnDemand,
    Provisioned,
    Replica,
    Table,
    TableEncryption,
    TableSettings,
    VectorIndex,
    include,
)
from dynakit.deployment import deployment
from dynakit.export import terraform
from dynakit.export.printer import Document, as_json
from schemas.backend import users
from tests.unit.export.provider_arguments import ARGUMENTS
from tests.unit.export.tables_of_every_kind import (
    EVERY_SETTING,
    INDEXES,
    POLICY,
    imported,
    provisioned,
    replicated_units,
    witnessed,
)

every_setting = Table(
    "every-setting",
    sk="SK",
    indexes=INDEXES,
    capacity=OnDemand(40_000, 10_000),
    time_to_live="expires",
    stream="KEYS_ONLY",
    settings=EVERY_SETTING,
)

everywhere = Table(
    "everywhere",
    stream="NEW_AND_OLD_IMAGES",
    settings=TableSettings(
        replicas=[
            Replica(region="eu-central-1", table_class="STANDARD_INFREQUENT_ACCESS"),
            Replica(
                region="eu-west-1",
                kinesis=KinesisStream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes"),
            ),
        ],
        consistency="EVENTUAL",
    ).over(EVERY_SETTING),
)

TABLES = [users, every_setting, everywhere, provisioned, imported, replicated_units, witnessed]


def exported(*tables: Table) -> Document:
    return terraform.export([deployment(table) for table in tables])


def arguments(table: Table) -> Any:
    return next(iter(exported(table)["resource"]["aws_dynamodb_table"].values()))


def blocks_in(value: Any) -> list[Any]:
    several: list[Any] = value
    return several if isinstance(value, list) else [value]


def places(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Each block of a resource and each argument in it; tags are the user's own."""
    for name, each in value.items():
        yield place, name
        for block in blocks_in(each):
            if isinstance(block, dict) and name != "tags":
                yield from places(block, f"{place}.{name}".lstrip("."))


def written(document: Document) -> Iterator[tuple[str, str, str]]:
    """Each kind of resource and of data source, each block in it, each argument."""
    for prefix, group in (("", document["resource"]), ("data.", document["data"])):
        for kind, labels in group.items():
            for resource in labels.values():
                yield from ((prefix + kind, place, name) for place, name in places(resource))


def test_every_argument_is_one_that_the_provider_knows() -> None:
    found = set(written(exported(*TABLES)))
    assert [each for each in sorted(found) if each[2] not in ARGUMENTS[each[0]].get(each[1], ())] == []


def test_the_tables_that_show_this_have_every_kind_of_resource_and_block() -> None:
    found = {(kind, place) for kind, place, _ in written(exported(*TABLES))}
    assert found == {(kind, place) for kind, blocks in ARGUMENTS.items() for place in blocks}


def test_the_users_table_is_the_one_that_was_planned() -> None:
    assert arguments(users) == {
        "name": "BackendUsersDev",
        "billing_mode": "PROVISIONED",
        "read_capacity": 1,
        "write_capacity": 1,
        "hash_key": "id",
        "range_key": "username",
        "attribute": [
            {"name": "id", "type": "S"},
            {"name": "username", "type": "S"},
            {"name": "cpf", "type": "S"},
        ],
        "global_secondary_index": [
            {
                "name": "cpfTesteIndex",
                "key_schema": [{"attribute_name": "cpf", "key_type": "HASH"}],
                "projection_type": "ALL",
                "read_capacity": 1,
                "write_capacity": 1,
            }
        ],
        "lifecycle": {"prevent_destroy": True},
    }


def test_a_table_has_every_setting_that_is_declared() -> None:
    found = arguments(every_setting)
    assert found["global_secondary_index"][1]["key_schema"] == [
        {"attribute_name": "country", "key_type": "HASH"},
        {"attribute_name": "city", "key_type": "HASH"},
        {"attribute_name": "opened", "key_type": "RANGE"},
        {"attribute_name": "street", "key_type": "RANGE"},
    ]
    assert found["local_secondary_index"] == [
        {"name": "near", "range_key": "opened_at", "projection_type": "KEYS_ONLY"}
    ]
    assert found["ttl"] == {"attribute_name": "expires", "enabled": True}
    assert (found["stream_enabled"], found["stream_view_type"]) == (True, "KEYS_ONLY")
    assert found["point_in_time_recovery"] == {"enabled": True, "recovery_period_in_days": 35}
    assert found["tags"] == {"team": "core", "cost": "shop"}
    assert found["server_side_encryption"]["kms_key_arn"] == "${data.aws_kms_key.everysetting.arn}"
    document = exported(every_setting)
    assert document["data"] == {"aws_kms_key": {"everysetting": {"key_id": "alias/tables"}}}
    policies = document["resource"]["aws_dynamodb_resource_policy"]
    assert {label: policy["resource_arn"] for label, policy in policies.items()} == {
        "everysetting": "${aws_dynamodb_table.everysetting.arn}",
        "everysettingStream": "${aws_dynamodb_table.everysetting.stream_arn}",
    }
    assert json.loads(policies["everysetting"]["policy"]) == POLICY


def test_a_replica_is_told_apart_by_its_region() -> None:
    found = exported(everywhere)
    assert arguments(everywhere)["replica"] == [
        {
            "region_name": "eu-west-1",
            "kms_key_arn": "${data.aws_kms_key.everywhereeuwest1.arn}",
            "point_in_time_recovery": True,
            "deletion_protection_enabled": True,
            "propagate_tags": True,
            "consistency_mode": "EVENTUAL",
        }
    ]
    assert found["data"]["aws_kms_key"]["everywhereeuwest1"] == {
        "region": "eu-west-1",
        "key_id": "alias/tables",
    }
    streams = found["resource"]["aws_dynamodb_kinesis_streaming_destination"]
    assert {label: one.get("region") for label, one in streams.items()} == {
        "everywhere": "eu-central-1",
        "everywhereeuwest1": "eu-west-1",
    }
    assert found["resource"]["aws_dynamodb_resource_policy"]["everywhereeuwest1Stream"]["resource_arn"] == (
        "${one([for one in aws_dynamodb_table.everywhere.replica : one.stream_arn "
        'if one.region_name == "eu-west-1"])}'
    )


def test_the_table_is_made_in_the_region_of_its_first_replica() -> None:
    found = exported(everywhere, replicated_units)
    assert arguments(everywhere)["region"] == "eu-central-1"
    assert found["data"]["aws_kms_key"]["everywhere"]["region"] == "eu-central-1"
    assert {
        (kind, one["region"])
        for kind, labelled in found["resource"].items()
        for label, one in labelled.items()
        if "euwest1" not in label
    } == {(kind, "eu-central-1") for kind in found["resource"]}


def test_what_scaling_changes_is_left_to_it() -> None:
    assert arguments(provisioned)["lifecycle"] == {
        "prevent_destroy": True,
        "ignore_changes": ["read_capacity", "write_capacity", "global_secondary_index"],
    }
    targets = exported(provisioned)["resource"]["aws_appautoscaling_target"]
    assert targets["provisionedGSI1ReadScaling"] == {
        "service_namespace": "dynamodb",
        "resource_id": "table/${aws_dynamodb_table.provisioned.name}/index/GSI1",
        "scalable_dimension": "dynamodb:index:ReadCapacityUnits",
        "min_capacity": 1,
        "max_capacity": 20,
    }


def test_read_units_of_replicas_are_scaled_in_each_region_and_write_units_in_one() -> None:
    targets = exported(replicated_units)["resource"]["aws_appautoscaling_target"]
    assert list(targets) == [
        "replicatedunitsReadScaling",
        "replicatedunitsWriteScaling",
        "replicatedunitsGSI1ReadScaling",
        "replicatedunitsGSI1WriteScaling",
        "replicatedunitseuwest1ReadScaling",
        "replicatedunitseuwest1GSI1ReadScaling",
    ]


def test_a_witness_stands_beside_one_replica() -> None:
    found = arguments(witnessed)
    assert found["replica"] == [{"region_name": "us-east-2", "consistency_mode": "STRONG"}]
    assert found["global_table_witness"] == {"region_name": "us-west-2"}
    assert list(exported(witnessed)["output"]) == ["witnessedName", "witnessedArn"]


def test_a_table_that_may_be_deleted_may_be_destroyed() -> None:
    assert "lifecycle" not in arguments(Table("shop", settings=TableSettings(deletion_policy="Delete")))


def test_text_of_users_is_never_evaluated() -> None:
    source = ImportSource("exports", "ION", "${aws:username} %{if x}/")
    table = Table("shop", settings=TableSettings(import_source=source))
    assert arguments(table)["import_table"]["s3_bucket_source"]["key_prefix"] == (
        "$${aws:username} %%{if x}/"
    )


def test_the_text_is_json() -> None:
    document = exported(*TABLES)
    assert json.loads(as_json(document)) == document


WEST = Replica(region="eu-west-1")
CENTRAL = Replica(region="eu-central-1")

REFUSED: dict[str, tuple[list[Table], str]] = {
    "none": ([], "got no table"),
    "alike": ([Table("my-shop"), Table("my_shop")], "two things are named 'myshop'"),
    "vectors": ([Table("shop", vector_indexes=[VectorIndex("near", "v", 3)])], "a vector index, which"),
    "tags": (
        [
            Table(
                "shop",
                settings=TableSettings(replicas=[CENTRAL, Replica(region="eu-west-1", tags={"a": "b"})]),
            )
        ],
        "replica in eu-west-1 has its own tags",
    ),
    "table class": (
        [
            Table(
                "shop",
                settings=TableSettings(
                    replicas=[CENTRAL, Replica(region="eu-west-1", table_class="STANDARD")]
                ),
            )
        ],
        "its own table class",
    ),
    "recovery": (
        [Table("shop", settings=TableSettings(replicas=[CENTRAL, WEST], point_in_time_recovery=7))],
        "its own days of recovery",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_provider_cannot_make_is_refused(case: str) -> None:
    tables, message = REFUSED[case]
    with pytest.raises(DefinitionError, match=message):
        exported(*tables)


def test_a_key_that_is_told_by_its_arn_is_not_looked_up() -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/1"
    table = Table("shop", settings=TableSettings(encryption=TableEncryption(key)))
    assert arguments(table)["server_side_encryption"] == {"enabled": True, "kms_key_arn": key}
    assert "data" not in exported(table)


def test_projected_attributes_and_capacity_of_an_index_are_its_own() -> None:
    index = Index("GSI1", "a", projection=include("b"), capacity=Provisioned(2, 3))
    (found,) = arguments(Table("shop", indexes=[index], capacity=Provisioned(1, 1)))["global_secondary_index"]
    assert found == {
        "name": "GSI1",
        "key_schema": [{"attribute_name": "a", "key_type": "HASH"}],
        "projection_type": "INCLUDE",
        "non_key_attributes": ["b"],
        "read_capacity": 2,
        "write_capacity": 3,
    }
