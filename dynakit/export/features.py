"""What templates say of a table besides keys, indexes and capacity; alike for tables and for replicas."""

from __future__ import annotations

from typing import TypeAlias

from dynakit.properties import plain
from dynakit.settings import ContributorInsights, KinesisStream, Policy, Replica, TableSettings
from dynakit.wire import Payload

Settings: TypeAlias = TableSettings | Replica


def insights(mode: ContributorInsights | None) -> Payload:
    """Which keys are counted, where any are."""
    return {} if mode is None else {"ContributorInsightsSpecification": {"Enabled": True, "Mode": mode}}


def recovery(days: int | None) -> Payload:
    """How far back it can be restored, where it can."""
    if days is None:
        return {}
    return {
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days}
    }


def kinesis(stream: KinesisStream | None) -> Payload:
    """The data stream that is told of changes, where one is."""
    if stream is None:
        return {}
    precision = {"ApproximateCreationDateTimePrecision": stream.precision} if stream.precision else {}
    return {"KinesisStreamSpecification": {"StreamArn": stream.arn, **precision}}


def time_to_live(attribute: str | None) -> Payload:
    """By which attribute items expire, where they do."""
    return (
        {}
        if attribute is None
        else {"TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": True}}
    )


def resource_policy(policy: Policy | None) -> Payload:
    """Who else may use it, where that is told."""
    return {} if policy is None else {"ResourcePolicy": {"PolicyDocument": policy}}


def features(settings: Settings) -> Payload:
    """What a table and a replica can have alike."""
    return {
        **recovery(settings.point_in_time_recovery),
        **kinesis(settings.kinesis),
        **insights(settings.contributor_insights),
        **resource_policy(settings.resource_policy),
        **plain(settings),
    }
