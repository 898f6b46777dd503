"""Declarations against descriptions of AWS's form: what differs, and the requests that take it away."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from dynakit import (
    AutoScaled,
    Index,
    IndexSettings,
    KinesisStream,
    OnDemand,
    Provisioned,
    Replica,
    Table,
    TableEncryption,
    TableSettings,
    WarmThroughput,
)
from dynakit.capacity import Capacity
from dynakit.deployment import deployment
from dynakit.management.change import TablePlan
from dynakit.management.comparison import compared, creation
from dynakit.management.description import TableDescription
from dynakit.wire import Payload
from tests.unit.support.checked import checked

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/box"
STREAM, OTHER_STREAM = (f"arn:aws:kinesis:eu-west-1:123456789012:stream/{name}" for name in "ab")
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*"}]}
INSIGHTS = "DescribeContributorInsights"


@dataclass(frozen=True)
class Case:
    """Settings, what AWS tells, and the plan: each line with the request that carries it out."""

    settings: TableSettings = field(default_factory=TableSettings)
    table: Payload = field(default_factory=dict[str, Any])
    facts: dict[str, Payload] = field(default_factory=dict[str, Payload])
    plan: dict[str, tuple[str, Payload]] = field(default_factory=dict[str, tuple[str, Payload]])
    capacity: Capacity = field(default_factory=OnDemand)


def recovery(status: str, days: int) -> dict[str, Payload]:
    described = {"PointInTimeRecoveryStatus": status, "RecoveryPeriodInDays": days}
    told = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": described}
    return {"DescribeContinuousBackups": {"ContinuousBackupsDescription": told}}


def told_streams(precision: str | None = None, **statuses: str) -> dict[str, Payload]:
    arns = {"a": STREAM, "b": OTHER_STREAM}
    by = {} if precision is None else {"ApproximateCreationDateTimePrecision": precision}
    found = [
        {"StreamArn": arns[name], "DestinationStatus": status, **by} for name, status in statuses.items()
    ]
    return {"DescribeKinesisStreamingDestination": {"KinesisDataStreamDestinations": found}}


def provisioned(read: int, write: int) -> Payload:
    return {
        "BillingModeSummary": {"BillingMode": "PROVISIONED"},
        "ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write},
    }


BY_A: Payload = {
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "a")],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "one",
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}

WEEK = TableSettings(point_in_time_recovery=7)
TO_A = TableSettings(kinesis=KinesisStream(STREAM, "MICROSECOND"))
TAGGED = TableSettings(tags={"team": "b", "cost": "1"})
OWN_KEY = TableSettings(encryption=TableEncryption("abc"))
THROTTLED = TableSettings(contributor_insights="THROTTLED_KEYS")
GUARDED = TableSettings(resource_policy=POLICY)
WARM = TableSettings(warm_throughput=WarmThroughput(13_000, 5_000))

SET_WEEK = {
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}
}
SET_KEY = {"SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "abc"}}
SET_POLICY = ("PutResourcePolicy", {"ResourceArn": ARN, "Policy": json.dumps(POLICY)})
COUNT_THROTTLED = {"ContributorInsightsAction": "ENABLE", "ContributorInsightsMode": "THROTTLED_KEYS"}
BEGIN_STREAM = {
    "StreamArn": STREAM,
    "EnableKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": "MICROSECOND"},
}

CASES: dict[str, Case] = {
    "recovery that is off": Case(
        WEEK,
        facts=recovery("DISABLED", 35),
        plan={"+ point-in-time recovery over 7 days is set": ("UpdateContinuousBackups", SET_WEEK)},
    ),
    "recovery over other days": Case(
        WEEK,
        facts=recovery("ENABLED", 35),
        plan={"~ point-in-time recovery over 7 days is set": ("UpdateContinuousBackups", SET_WEEK)},
    ),
    "recovery as declared": Case(WEEK, facts=recovery("ENABLED", 7)),
    "recovery that nobody declares": Case(facts=recovery("ENABLED", 7)),
    "Kinesis told of nothing": Case(
        TO_A,
        facts=told_streams(a="DISABLED"),
        plan={
            f"+ Kinesis stream {STREAM} is told of each change": (
                "EnableKinesisStreamingDestination",
                BEGIN_STREAM,
            )
        },
    ),
    "another Kinesis stream": Case(
        TO_A,
        facts=told_streams(a="ACTIVE", b="ENABLING"),
        plan={
            f"- Kinesis stream {OTHER_STREAM} is told no more": (
                "DisableKinesisStreamingDestination",
                {"StreamArn": OTHER_STREAM},
            )
        },
    ),
    "Kinesis told times of another precision": Case(
        TO_A,
        facts=told_streams(a="ACTIVE", precision="MILLISECOND"),
        plan={
            f"~ Kinesis stream {STREAM} is told times by MICROSECOND": (
                "UpdateKinesisStreamingDestination",
                {
                    "StreamArn": STREAM,
                    "UpdateKinesisStreamingConfiguration": {
                        "ApproximateCreationDateTimePrecision": "MICROSECOND"
                    },
                },
            )
        },
    ),
    "Kinesis as declared": Case(TO_A, facts=told_streams(a="ACTIVE", precision="MICROSECOND")),
    "tags: one more, one less, one other; AWS's own stay": Case(
        TAGGED,
        facts={
            "ListTagsOfResource": {
                "Tags": [
                    {"Key": "team", "Value": "a"},
                    {"Key": "old", "Value": "1"},
                    {"Key": "aws:cloudformation:stack-name", "Value": "s"},
                ]
            }
        },
        plan={
            "- tags are taken off: old": ("UntagResource", {"ResourceArn": ARN, "TagKeys": ["old"]}),
            "~ tags are put on: team, cost": (
                "TagResource",
                {"ResourceArn": ARN, "Tags": [{"Key": "team", "Value": "b"}, {"Key": "cost", "Value": "1"}]},
            ),
        },
    ),
    "encryption with AWS's own key": Case(
        OWN_KEY, plan={"~ encryption with a key of AWS KMS is set": ("UpdateTable", SET_KEY)}
    ),
    "encryption with another key": Case(
        OWN_KEY,
        {"SSEDescription": {"Status": "ENABLED", "KMSMasterKeyArn": "arn:aws:kms:x:1:key/xyz"}},
        plan={"~ encryption with a key of AWS KMS is set": ("UpdateTable", SET_KEY)},
    ),
    "encryption with the key": Case(
        OWN_KEY, {"SSEDescription": {"Status": "ENABLED", "KMSMasterKeyArn": "arn:aws:kms:x:1:key/abc"}}
    ),
    "encryption with an alias, which tells no key": Case(
        TableSettings(encryption=TableEncryption("alias/box")),
        {"SSEDescription": {"Status": "ENABLED", "KMSMasterKeyArn": "arn:aws:kms:x:1:key/abc"}},
    ),
    "another table class": Case(
        TableSettings(table_class="STANDARD_INFREQUENT_ACCESS"),
        plan={
            "~ the table class becomes STANDARD_INFREQUENT_ACCESS (it is STANDARD)": (
                "UpdateTable",
                {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
            )
        },
    ),
    "a table class that nobody declares": Case(
        table={"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"}}
    ),
    "insights of the table": Case(
        THROTTLED,
        facts={INSIGHTS: {"ContributorInsightsStatus": "DISABLED"}},
        plan={"+ contributor insights count THROTTLED_KEYS": ("UpdateContributorInsights", COUNT_THROTTLED)},
    ),
    "insights in another mode": Case(
        THROTTLED,
        facts={
            INSIGHTS: {
                "ContributorInsightsStatus": "ENABLED",
                "ContributorInsightsMode": "ACCESSED_AND_THROTTLED_KEYS",
            }
        },
        plan={"+ contributor insights count THROTTLED_KEYS": ("UpdateContributorInsights", COUNT_THROTTLED)},
    ),
    "no policy": Case(
        GUARDED, facts={"GetResourcePolicy": {}}, plan={"~ the resource policy is set": SET_POLICY}
    ),
    "a policy that says the same": Case(
        GUARDED, facts={"GetResourcePolicy": {"Policy": json.dumps(POLICY, indent=2)}}
    ),
    "warm throughput that has grown by itself": Case(
        WARM, {"WarmThroughput": {"ReadUnitsPerSecond": 20_000, "WriteUnitsPerSecond": 5_000}}
    ),
    "warm throughput too small on one side": Case(
        WARM,
        {"WarmThroughput": {"ReadUnitsPerSecond": 20_000, "WriteUnitsPerSecond": 4_000}},
        plan={
            "~ the table gets ReadUnitsPerSecond 20000, WriteUnitsPerSecond 5000": (
                "UpdateTable",
                {"WarmThroughput": {"ReadUnitsPerSecond": 20_000, "WriteUnitsPerSecond": 5_000}},
            )
        },
    ),
    "limits of a table on demand": Case(
        table={"OnDemandThroughput": {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 7}},
        capacity=OnDemand(max_read=6),
        plan={
            "~ the table gets MaxReadRequestUnits 6, MaxWriteRequestUnits unlimited": (
                "UpdateTable",
                {"OnDemandThroughput": {"MaxReadRequestUnits": 6, "MaxWriteRequestUnits": -1}},
            )
        },
    ),
    "units that follow the traffic, within their bounds": Case(
        table=provisioned(40, 3), capacity=Provisioned(AutoScaled(1, 50), 3)
    ),
    "units that follow the traffic, out of their bounds": Case(
        table=provisioned(51, 3),
        capacity=Provisioned(AutoScaled(2, 50), 3),
        plan={
            "~ the table gets ReadCapacityUnits 2, WriteCapacityUnits 3": (
                "UpdateTable",
                {"ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}},
            )
        },
    ),
    "another mode": Case(
        table=provisioned(5, 5),
        plan={"~ the table is paid per request": ("UpdateTable", {"BillingMode": "PAY_PER_REQUEST"})},
    ),
    "another mode, with limits, and warm": Case(
        WARM,
        table=provisioned(5, 5),
        capacity=OnDemand(6, 7),
        plan={
            "~ the table is paid per request": ("UpdateTable", {"BillingMode": "PAY_PER_REQUEST"}),
            "~ the table gets MaxReadRequestUnits 6, MaxWriteRequestUnits 7, ReadUnitsPerSecond 13000, "
            "WriteUnitsPerSecond 5000": (
                "UpdateTable",
                {
                    "OnDemandThroughput": {"MaxReadRequestUnits": 6, "MaxWriteRequestUnits": 7},
                    "WarmThroughput": {"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5_000},
                },
            ),
        },
    ),
}


def described(table: Payload, facts: dict[str, Payload]) -> TableDescription:
    plain: Payload = {
        "TableName": "box",
        "TableStatus": "ACTIVE",
        "TableArn": ARN,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
    }
    return TableDescription(plain | table, facts)


def lines(plan: TablePlan) -> dict[str, tuple[str, Payload]]:
    """Each line of a plan with its request, held to the service's model; the table's name is not repeated."""
    requests = [checked(change.call) for change in plan.changes]
    for call in requests:
        assert call.payload.pop("TableName", "box") == "box"
    return {
        str(change): (call.action, call.payload) for change, call in zip(plan.changes, requests, strict=True)
    }


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_differs_is_planned_with_its_request_and_nothing_else_is(case: Case) -> None:
    table = Table("box", pk="id", capacity=case.capacity, settings=case.settings)
    plan = compared(deployment(table), "box", described(case.table, case.facts))
    assert (lines(plan), plan.unchangeable) == (case.plan, ())


def test_all_units_are_given_along_with_the_mode_and_limits_of_an_index_after_it() -> None:
    def planned(capacity: Capacity, live: Payload) -> dict[str, tuple[str, Payload]]:
        table = Table("box", pk="id", capacity=capacity, indexes=[Index("one", pk="a", capacity=capacity)])
        return lines(compared(deployment(table), "box", described(BY_A | live, {})))

    units = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}
    update: Payload = {"Update": {"IndexName": "one", "ProvisionedThroughput": units}}
    assert planned(Provisioned(2, 3), {}) == {
        "~ the table is given provisioned capacity": (
            "UpdateTable",
            {
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": units,
                "GlobalSecondaryIndexUpdates": [update],
            },
        )
    }
    assert list(planned(OnDemand(max_read=6), provisioned(5, 5))) == [
        "~ the table is paid per request",
        "~ the table gets MaxReadRequestUnits 6",
        "~ index 'one' gets MaxReadRequestUnits 6",
    ]


def test_insights_of_an_index_are_its_own() -> None:
    index = Index("one", pk="a", settings=IndexSettings(contributor_insights="THROTTLED_KEYS"))
    table = Table("box", pk="id", indexes=[index])
    facts: dict[str, Payload] = {f"{INSIGHTS} one": {"ContributorInsightsStatus": "DISABLED"}}
    plan = compared(deployment(table), "box", described(BY_A, facts))
    assert lines(plan) == {
        "+ contributor insights of index 'one' count THROTTLED_KEYS": (
            "UpdateContributorInsights",
            {"IndexName": "one", **COUNT_THROTTLED},
        )
    }


def test_what_creating_a_table_cannot_give_it_follows() -> None:
    settings = TableSettings(
        kinesis=TO_A.kinesis,
        point_in_time_recovery=7,
        contributor_insights="THROTTLED_KEYS",
        encryption=OWN_KEY.encryption,
        resource_policy=POLICY,
        tags={"team": "a"},
        deletion_protection=True,
        table_class="STANDARD_INFREQUENT_ACCESS",
    )
    table = Table("box", pk="id", stream="KEYS_ONLY", time_to_live="gone", settings=settings)
    created, *rest = creation(deployment(table), "box").changes
    assert {"SSESpecification", "ResourcePolicy", "Tags", "TableClass", "StreamSpecification"} <= set(
        checked(created.call).payload
    )
    assert [checked(change.call).action for change in rest] == [
        "UpdateTimeToLive",
        "UpdateContinuousBackups",
        "EnableKinesisStreamingDestination",
        "UpdateContributorInsights",
    ]


def test_what_is_not_compared_is_said() -> None:
    settings = TableSettings(
        replicas=[Replica(region="eu-west-1")], stream_policy=POLICY, point_in_time_recovery=7
    )
    table = Table(
        "box",
        pk="id",
        capacity=Provisioned(AutoScaled(1, 9), 1),
        stream="NEW_AND_OLD_IMAGES",
        settings=settings,
    )
    live = TableDescription(
        described(provisioned(1, 1), {}).table, {}, frozenset({"DescribeContinuousBackups"})
    )
    plan = compared(deployment(table), "box", live)
    assert str(plan).splitlines() == [
        "box:",
        "  as declared",
        "  (replicas are not compared: deploy them by an export)",
        "  (the policy of the stream is not compared: deploy it by an export)",
        "  (auto scaling is not compared, only that units are in its bounds: deploy it by an export)",
        "  (DescribeContinuousBackups is unknown to this endpoint: what it tells is not compared)",
    ]
