"""CloudFormation templates: what AWS's linter accepts, and what they say, property for property."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dynakit import (
    AutoScaled,
    DefinitionError,
    Index,
    KinesisStream,
    OnDemand,
    Provisioned,
    Replica,
    Stage,
    Table,
    TableSettings,
    VectorIndex,
)
from dynakit.deployment import deployment
from dynakit.export import cloudformation
from dynakit.export.printer import Document, as_json, as_yaml
from schemas.backend import posts, users
from schemas.online_shop import shop
from schemas.task_manager import work
from tests.unit.export.linting import faults
from tests.unit.export.tables_of_every_kind import (
    EVERY_KIND,
    KINESIS,
    imported,
    on_demand,
    provisioned,
    replicated,
    replicated_units,
    witnessed,
)

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = (users, posts, shop, work)


def exported(*tables: Table, stage: str | None = None) -> Document:
    return cloudformation.export([deployment(table, stage) for table in tables])


def resource(table: Table, stage: str | None = None) -> Any:
    return next(iter(exported(table, stage=stage)["Resources"].values()))


def test_the_users_table_is_the_one_that_was_written_by_hand() -> None:
    assert as_yaml(exported(users)) == (GOLDEN / "backend_users.yaml").read_text(encoding="utf-8")


def test_the_linter_finds_nothing_in_the_example_tables_and_in_tables_with_every_setting() -> None:
    assert faults(as_yaml(exported(*EXAMPLES, *EVERY_KIND))) == []


def test_the_linter_would_find_an_attribute_that_is_no_key() -> None:
    document = exported(users)
    document["Resources"]["BackendUsersDev"]["Properties"]["AttributeDefinitions"].append(
        {"AttributeName": "name", "AttributeType": "S"}
    )
    assert [fault for fault in faults(as_json(document)) if "E3039" in fault]


def test_yaml_and_json_say_the_same_in_the_same_order() -> None:
    document = exported(*EVERY_KIND)
    assert list(document) == ["AWSTemplateFormatVersion", "Resources", "Outputs"]
    assert json.dumps(yaml.safe_load(as_yaml(document))) == json.dumps(json.loads(as_json(document)))


def test_text_that_looks_like_something_else_stays_text_in_yaml() -> None:
    tags = {
        "answer": "yes",
        "count": "012",
        "day": "2026-01-01",
        "none": "null",
        "colon": "a: b",
        "line": "a\nb",
    }
    document = exported(Table("shop", settings=TableSettings(tags=tags)))
    found = yaml.safe_load(as_yaml(document))["Resources"]["shop"]["Properties"]["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in found} == tags


@pytest.mark.parametrize(
    "text", ["12e03", "1E5", "-4e2", "0o17", "1_000", "0x1F", ".5", "1.", "on", "~", "2026-01-01"]
)
def test_text_that_a_parser_of_yaml_1_1_or_1_2_takes_for_something_else_is_quoted(text: str) -> None:
    assert as_yaml({"x": text}) == f"x: '{text}'\n"


def test_numbers_are_numbers_in_yaml() -> None:
    assert as_yaml({"a": 12, "b": 70.5, "c": 1e30, "d": True}) == "a: 12\nb: 70.5\nc: 1.0e+30\nd: true\n"


def test_attribute_definitions_hold_exactly_the_attributes_of_keys_and_searches() -> None:
    for table in (*EXAMPLES, *EVERY_KIND):
        properties = resource(table)["Properties"]
        kinds = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        schemas = [
            properties["KeySchema"],
            *(i["KeySchema"] for kind in kinds for i in properties.get(kind, [])),
        ]
        schemas += [index.get("SearchSchema", []) for index in properties.get("VectorIndexes", [])]
        used = {key["AttributeName"] for schema in schemas for key in schema}
        assert {one["AttributeName"] for one in properties["AttributeDefinitions"]} == used
        assert len(properties["AttributeDefinitions"]) == len(used)


def test_a_table_has_every_setting_that_is_declared() -> None:
    found = resource(on_demand)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    properties = found["Properties"]
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert properties["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": "alias/tables",
    }
    assert properties["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }
    assert properties["KinesisStreamSpecification"] == {
        "StreamArn": KINESIS.arn,
        "ApproximateCreationDateTimePrecision": "MICROSECOND",
    }
    assert properties["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["Tags"] == [{"Key": "team", "Value": "core"}, {"Key": "cost", "Value": "shop"}]
    assert properties["StreamSpecification"]["ResourcePolicy"] == properties["ResourcePolicy"]
    assert properties["GlobalSecondaryIndexes"][0]["ContributorInsightsSpecification"] == {
        "Enabled": True,
        "Mode": "ACCESSED_AND_THROTTLED_KEYS",
    }


def test_a_stage_has_its_own_name_capacity_and_settings_under_the_same_logical_id() -> None:
    found = exported(on_demand, stage="dev")["Resources"]["ondemand"]
    assert found["Properties"]["TableName"] == "on-demand-dev"
    assert "OnDemandThroughput" not in found["Properties"]
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_units_that_are_auto_scaled_have_a_target_and_a_policy_each() -> None:
    found = exported(provisioned)["Resources"]
    scaled = ["ReadScaling", "WriteScaling", "GSI1ReadScaling"]
    assert list(found) == [
        "provisioned",
        *(f"provisioned{n}{e}" for n in scaled for e in ("Target", "Policy")),
    ]
    assert found["provisionedGSI1ReadScalingTarget"]["Properties"] == {
        "ServiceNamespace": "dynamodb",
        "ResourceId": {"Fn::Sub": "table/${provisioned}/index/GSI1"},
        "ScalableDimension": "dynamodb:index:ReadCapacityUnits",
        "MinCapacity": 1,
        "MaxCapacity": 20,
    }
    tracking = "TargetTrackingScalingPolicyConfiguration"
    assert found["provisionedWriteScalingPolicy"]["Properties"][tracking] == {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"},
        "TargetValue": 70,
        "ScaleInCooldown": 60,
        "ScaleOutCooldown": 0,
    }
    assert found["provisionedGSI1ReadScalingPolicy"]["Properties"][tracking]["DisableScaleIn"] is True


def test_an_import_says_where_its_files_are_and_what_they_are_like() -> None:
    assert resource(imported)["Properties"]["ImportSourceSpecification"] == {
        "S3BucketSource": {"S3Bucket": "exports", "S3KeyPrefix": "2026/", "S3BucketOwner": "123456789012"},
        "InputFormat": "CSV",
        "InputCompressionType": "GZIP",
        "InputFormatOptions": {"Csv": {"Delimiter": ";", "HeaderList": ["PK", "name"]}},
    }


def test_replicas_have_the_settings_of_the_table_and_their_own_over_them() -> None:
    first, second = resource(replicated)["Properties"]["Replicas"]
    assert (first["Region"], second["Region"]) == ("eu-central-1", "eu-west-1")
    assert (first["TableClass"], second["TableClass"]) == ("STANDARD_INFREQUENT_ACCESS", "STANDARD")
    assert second["Tags"] == [{"Key": "team", "Value": "west"}]
    assert first["KinesisStreamSpecification"]["StreamArn"] == KINESIS.arn
    assert "KinesisStreamSpecification" not in second
    assert second["DeletionProtectionEnabled"] is True
    assert second["SSESpecification"] == {"KMSMasterKeyId": "alias/tables"}


def test_a_global_tables_write_units_are_scaled_also_where_they_are_fixed() -> None:
    properties = resource(replicated_units)["Properties"]
    fixed = {
        "MinCapacity": 5,
        "MaxCapacity": 5,
        "SeedCapacity": 5,
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70},
    }
    assert properties["WriteProvisionedThroughputSettings"] == {"WriteCapacityAutoScalingSettings": fixed}
    assert resource(replicated_units, "dev")["Properties"]["Replicas"][0][
        "ReadProvisionedThroughputSettings"
    ] == {"ReadCapacityUnits": 2}
    assert list(exported(replicated_units)["Resources"]) == ["replicatedunits"]


def test_replication_has_the_stream_it_needs_unless_it_is_strongly_consistent() -> None:
    regions = [Replica(region="eu-central-1"), Replica(region="eu-west-1")]
    assert resource(Table("two", settings=TableSettings(replicas=regions)))["Properties"][
        "StreamSpecification"
    ] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    one = Table("one", settings=TableSettings(replicas=regions[:1]))
    assert "StreamSpecification" not in resource(one)["Properties"]
    assert "oneStreamArn" not in exported(one)["Outputs"]
    strong = resource(witnessed)["Properties"]
    assert "StreamSpecification" not in strong
    assert strong["GlobalTableWitnesses"] == [{"Region": "us-west-2"}]


def test_outputs_are_the_names_and_arns() -> None:
    assert exported(Table("my-shop", stream="NEW_IMAGE"), users)["Outputs"] == {
        "myshopName": {"Value": {"Ref": "myshop"}},
        "myshopArn": {"Value": {"Fn::GetAtt": ["myshop", "Arn"]}},
        "myshopStreamArn": {"Value": {"Fn::GetAtt": ["myshop", "StreamArn"]}},
        "BackendUsersDevName": {"Value": {"Ref": "BackendUsersDev"}},
        "BackendUsersDevArn": {"Value": {"Fn::GetAtt": ["BackendUsersDev", "Arn"]}},
    }


def test_the_linter_is_told_only_of_what_it_does_not_know() -> None:
    plain = Table("shop", vector_indexes=[VectorIndex("near", "v", 3)])
    assert "Metadata" not in resource(plain)
    assert resource(on_demand)["Metadata"] == {"cfn-lint": {"config": {"ignore_checks": ["E3039"]}}}


REFUSED: dict[str, tuple[Iterable[Table], str]] = {
    "none": ([], "got no table"),
    "alike": ([Table("my-shop"), Table("my_shop")], "two things are named 'myshop'"),
    "no letters": ([Table("...")], "neither letter nor digit"),
    "indexes alike": (
        [
            Table(
                "shop",
                indexes=[Index("by-a", "a"), Index("by_a", "b")],
                capacity=Provisioned(AutoScaled(1, 2), 1),
            )
        ],
        "two things are named 'shopbyaReadScalingTarget'",
    ),
    "a name that is short": ([Table("t")], "table 't': expected a name of 3 to 255"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_be_no_template_is_refused(case: str) -> None:
    tables, message = REFUSED[case]
    with pytest.raises(DefinitionError, match=message):
        exported(*tables)


def test_a_replica_has_its_own_kinesis_stream_before_the_tables() -> None:
    own = KinesisStream("arn:aws:kinesis:eu-central-1:123456789012:stream/own")
    settings = TableSettings(kinesis=KINESIS, replicas=[Replica(region="eu-central-1", kinesis=own)])
    (replica,) = resource(Table("shop", settings=settings))["Properties"]["Replicas"]
    assert replica["KinesisStreamSpecification"] == {"StreamArn": own.arn}


def test_on_demand_stages_of_provisioned_tables_scale_nothing() -> None:
    table = Table(
        "shop",
        indexes=[Index("GSI1", "a", capacity=Provisioned(AutoScaled(1, 2), 1))],
        capacity=Provisioned(AutoScaled(1, 2), 1),
        stages=[Stage("dev", OnDemand())],
    )
    assert list(exported(table, stage="dev")["Resources"]) == ["shop"]
