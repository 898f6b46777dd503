"""Tables as calls of boto3: what botocore's own models allow, in the order it has to be done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import get_session
from botocore.validate import ParamValidator

from dynakit import DefinitionError, ImportSource, Replica, Table, TableEncryption, TableSettings
from dynakit.deployment import deployment
from dynakit.export import boto3
from dynakit.export.printer import Document
from tests.unit.export.tables_of_every_kind import (
    EVERY_KIND,
    POLICY,
    imported,
    on_demand,
    provisioned,
    replicated,
    replicated_units,
    witnessed,
)


def exported(*tables: Table) -> list[Document]:
    calls: list[Document] = boto3.export([deployment(table) for table in tables])["calls"]
    return calls


def operations(table: Table) -> list[tuple[str | None, str]]:
    return [(call["region"], call["operation"]) for call in exported(table)]


def faults(call: Document) -> str:
    """What botocore says before it sends a call; what is known only later is left out."""
    model = get_session().get_service_model(call["service"])
    names = {xform_name(name): name for name in model.operation_names}
    shape: Any = model.operation_model(names[call["operation"]]).input_shape
    given = {
        **call["arguments"],
        **dict.fromkeys(call.get("needs", ()), "arn:aws:dynamodb:eu-west-1:1:table/x"),
    }
    report: str = ParamValidator().validate(given, shape).generate_report()
    return report


def test_botocore_accepts_the_arguments_of_every_call() -> None:
    assert [fault for call in exported(*EVERY_KIND) if (fault := faults(call))] == []


def test_what_creating_a_table_cannot_give_it_follows() -> None:
    assert operations(on_demand) == [
        (None, "create_table"),
        (None, "update_time_to_live"),
        (None, "update_continuous_backups"),
        (None, "enable_kinesis_streaming_destination"),
        (None, "update_contributor_insights"),
        (None, "update_contributor_insights"),
        (None, "put_resource_policy"),
    ]
    create, *_, policy = exported(on_demand)
    arguments: Any = create["arguments"]
    assert json.loads(arguments["ResourcePolicy"]) == POLICY
    assert arguments["SSESpecification"] == {
        "Enabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": "alias/tables",
    }
    assert arguments["WarmThroughput"] == {"ReadUnitsPerSecond": 15_000, "WriteUnitsPerSecond": 5_000}
    assert arguments["DeletionProtectionEnabled"] is True
    assert arguments["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert policy["needs"] == {"ResourceArn": "LatestStreamArn"}


def test_auto_scaling_is_registered_with_its_own_service() -> None:
    first, *others = exported(provisioned)
    assert (first["service"], first["operation"]) == ("dynamodb", "create_table")
    assert {(one["service"], one["operation"]) for one in others} == {
        ("application-autoscaling", "register_scalable_target"),
        ("application-autoscaling", "put_scaling_policy"),
    }
    assert [one["arguments"]["ResourceId"] for one in others[::2]] == [
        "table/provisioned",
        "table/provisioned",
        "table/provisioned/index/GSI1",
    ]


def test_an_imported_table_is_made_by_its_import() -> None:
    table = Table(
        "imported",
        stream="NEW_IMAGE",
        settings=TableSettings(
            import_source=ImportSource("exports", "ION"),
            tags={"a": "b"},
            resource_policy=POLICY,
            table_class="STANDARD",
        ),
    )
    assert operations(table) == [
        (None, "import_table"),
        (None, "update_table"),
        (None, "update_table"),
        (None, "tag_resource"),
        (None, "put_resource_policy"),
    ]
    assert [faults(call) for call in exported(table)] == [""] * 5
    assert exported(imported)[0]["arguments"]["InputFormatOptions"] == {
        "Csv": {"Delimiter": ";", "HeaderList": ["PK", "name"]}
    }


def test_replicas_follow_one_by_one_with_what_is_their_own() -> None:
    assert [operation for region, operation in operations(replicated) if region == "eu-central-1"] == [
        *(operation for _, operation in operations(on_demand)),
        "update_table",
    ]
    assert [operation for region, operation in operations(replicated) if region == "eu-west-1"] == [
        "update_table",
        "tag_resource",
        "put_resource_policy",
        "update_continuous_backups",
        "update_contributor_insights",
        "update_contributor_insights",
        "put_resource_policy",
    ]
    update = next(call for call in exported(replicated) if "ReplicaUpdates" in call["arguments"])
    create = {"RegionName": "eu-west-1", "KMSMasterKeyId": "alias/tables", "TableClassOverride": "STANDARD"}
    assert update["arguments"]["ReplicaUpdates"] == [{"Create": create}]


def test_whatever_makes_the_table_is_called_in_the_region_of_the_first_replica() -> None:
    assert {call["region"] for call in exported(replicated, replicated_units)} == {
        "eu-central-1",
        "eu-west-1",
    }


def test_where_one_replica_is_encrypted_the_table_is() -> None:
    replicas = [Replica(region="eu-central-1"), Replica(region="eu-west-1", encryption=TableEncryption())]
    create, _ = exported(Table("shop", settings=TableSettings(replicas=replicas)))
    assert create["arguments"]["SSESpecification"] == {"Enabled": True, "SSEType": "KMS"}


def test_strongly_consistent_replicas_and_their_witness_are_made_together() -> None:
    assert exported(witnessed)[-1]["arguments"] == {
        "TableName": "witnessed",
        "ReplicaUpdates": [{"Create": {"RegionName": "us-east-2"}}],
        "MultiRegionConsistency": "STRONG",
        "GlobalTableWitnessUpdates": [{"Create": {"RegionName": "us-west-2"}}],
    }


def test_replication_begins_with_the_stream_and_the_scaled_writes_it_needs() -> None:
    regions = [Replica(region="eu-central-1", table_class="STANDARD"), Replica(region="eu-west-1")]
    create, _ = exported(Table("shop", settings=TableSettings(replicas=regions)))
    assert create["arguments"]["StreamSpecification"] == {
        "StreamEnabled": True,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    assert create["arguments"]["TableClass"] == "STANDARD"
    scaled = [call["arguments"] for call in exported(replicated_units) if "MinCapacity" in call["arguments"]]
    assert [(one["ScalableDimension"], one["MinCapacity"]) for one in scaled[:2]] == [
        ("dynamodb:table:ReadCapacityUnits", 5),
        ("dynamodb:table:WriteCapacityUnits", 5),
    ]


def test_each_call_says_which_table_it_is_about() -> None:
    both = exported(on_demand, imported)
    assert list(dict.fromkeys(call["table"] for call in both)) == ["on-demand", "imported"]
    assert all(call["arguments"].get("TableName", call["table"]) == call["table"] for call in both)


def test_no_table_is_no_call() -> None:
    with pytest.raises(DefinitionError, match="got no table"):
        boto3.export([])
