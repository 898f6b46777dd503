"""What a table has besides keys, indexes and capacity: the differences, and what takes them away.

``None`` in a declaration says nothing, so what it leaves open is neither read nor changed. Only the stream
and time to live are as declared, or off.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from dynakit.deployment import Deployment
from dynakit.management.change import Effect, TableChange
from dynakit.management.description import TableDescription, part, parts
from dynakit.properties import (
    counted,
    encryption,
    insights,
    kinesis,
    precision,
    recovery,
    streaming,
    tags,
    time_to_live,
)
from dynakit.wire import Call, Payload

_ON = {"ENABLED", "ENABLING", "ACTIVE", "UPDATING"}


def feature_changes(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    """All of them; what takes away stands before what adds the same in another form."""
    yield from _stream(made, live)
    yield from _plain(made, live)
    yield from _encryption(made, live)
    yield from _expiry(made, live)
    yield from _recovery(made, live)
    yield from _tags(made, live)
    yield from _kinesis(made, live)
    yield from _insights(made, live)
    yield from _policy(made, live)


def _change(
    live: TableDescription, effect: Effect, text: str, payload: Payload, action: str = "UpdateTable"
) -> TableChange:
    return TableChange(effect, text, Call(action, {"TableName": live.name, **payload}))


def _stream(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    if made.settings.replicas:
        return  # replicas are kept by the stream: it is made along with them
    now: Payload = part(live.table, "StreamSpecification")
    view = now.get("StreamViewType") if now.get("StreamEnabled") else None
    wanted = made.table.stream
    if view is not None and view != wanted:
        off: Payload = {"StreamSpecification": {"StreamEnabled": False}}
        yield _change(live, "removes", f"the stream ({view}) is switched off", off)
    if wanted is not None and view != wanted:
        yield _change(live, "adds", f"the stream ({wanted}) is switched on", streaming(wanted))


def _plain(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    protected = live.table.get("DeletionProtectionEnabled", False)
    wanted = made.settings.deletion_protection
    if wanted is not None and wanted != protected:
        text = f"deletion protection is switched {'on' if wanted else 'off'}"
        yield _change(live, "adds" if wanted else "removes", text, {"DeletionProtectionEnabled": wanted})
    now = part(live.table, "TableClassSummary").get("TableClass", "STANDARD")
    declared = made.settings.table_class
    if declared is not None and declared != now:
        text = f"the table class becomes {declared} (it is {now})"
        yield _change(live, "changes", text, {"TableClass": declared})


def _encryption(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    declared = made.settings.encryption
    if declared is None:
        return
    now: Payload = part(live.table, "SSEDescription")
    key = declared.key or ""
    # An alias says nothing about the key it stands for.
    same = key.startswith("alias/") or ":alias/" in key or str(now.get("KMSMasterKeyArn", "")).endswith(key)
    if now.get("Status") not in _ON or not same:
        yield _change(live, "changes", "encryption with a key of AWS KMS is set", encryption(declared))


def _expiry(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    told = live.told("DescribeTimeToLive")
    if told is None:
        return
    now: Payload = part(told, "TimeToLiveDescription")
    attribute = now.get("AttributeName") if now.get("TimeToLiveStatus") in _ON else None
    wanted = made.table.time_to_live
    action = "UpdateTimeToLive"
    if attribute is not None and attribute != wanted:
        text = f"time to live by {attribute!r} is switched off"
        yield _change(live, "removes", text, time_to_live(attribute, on=False), action)
    if wanted is not None and wanted != attribute:
        yield _change(
            live, "adds", f"time to live by {wanted!r} is switched on", time_to_live(wanted), action
        )


def _recovery(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    told, days = live.told("DescribeContinuousBackups"), made.settings.point_in_time_recovery
    if told is None or days is None:
        return
    now = part(part(told, "ContinuousBackupsDescription"), "PointInTimeRecoveryDescription")
    on = now.get("PointInTimeRecoveryStatus") in _ON
    if not on or now.get("RecoveryPeriodInDays", days) != days:
        text = f"point-in-time recovery over {days} days is set"
        effect: Effect = "changes" if on else "adds"
        yield _change(live, effect, text, recovery(days), "UpdateContinuousBackups")


def _tags(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    """Tags that AWS has set are left alone."""
    told, wanted = live.told("ListTagsOfResource"), made.settings.tags
    if told is None or wanted is None:
        return
    now: dict[str, str] = {tag["Key"]: tag["Value"] for tag in parts(told, "Tags")}
    arn = {"ResourceArn": live.arn}
    spare = sorted(key for key in now if key not in wanted and not key.startswith("aws:"))
    if spare:
        text = f"tags are taken off: {', '.join(spare)}"
        yield TableChange("removes", text, Call("UntagResource", {**arn, "TagKeys": spare}))
    missing = {key: value for key, value in wanted.items() if now.get(key) != value}
    if missing:
        text = f"tags are put on: {', '.join(missing)}"
        yield TableChange("changes", text, Call("TagResource", {**arn, "Tags": tags(missing)}))


def _kinesis(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    told, stream = live.told("DescribeKinesisStreamingDestination"), made.settings.kinesis
    if told is None or stream is None:
        return
    now = {
        each["StreamArn"]: each.get("ApproximateCreationDateTimePrecision")
        for each in parts(told, "KinesisDataStreamDestinations")
        if each.get("DestinationStatus") in _ON
    }
    for arn in sorted(now.keys() - {stream.arn}):
        text = f"Kinesis stream {arn} is told no more"
        yield _change(live, "removes", text, {"StreamArn": arn}, "DisableKinesisStreamingDestination")
    if stream.arn not in now:
        text = f"Kinesis stream {stream.arn} is told of each change"
        yield _change(live, "adds", text, kinesis(stream), "EnableKinesisStreamingDestination")
    elif stream.precision is not None and now[stream.arn] not in (stream.precision, None):
        text = f"Kinesis stream {stream.arn} is told times by {stream.precision}"
        payload = precision(stream.arn, stream.precision)
        yield _change(live, "changes", text, payload, "UpdateKinesisStreamingDestination")


def _insights(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    for index, wanted in counted(made, made.settings).items():
        told = live.told(insights_of(index))
        if told is None:
            continue
        on = told.get("ContributorInsightsStatus") in _ON
        if not on or told.get("ContributorInsightsMode", wanted) != wanted:
            text = f"contributor insights{f' of index {index!r}' if index else ''} count {wanted}"
            yield _change(live, "adds", text, insights(wanted, index), "UpdateContributorInsights")


def insights_of(index: str) -> str:
    """The fact that tells them."""
    return f"DescribeContributorInsights {index}".strip()


def _policy(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    told, wanted = live.told("GetResourcePolicy"), made.settings.resource_policy
    if told is None or wanted is None:
        return
    policy = json.dumps(wanted)
    if "Policy" not in told or json.loads(told["Policy"]) != json.loads(policy):
        call = Call("PutResourcePolicy", {"ResourceArn": live.arn, "Policy": policy})
        yield TableChange("changes", "the resource policy is set", call)
