"""Tables as calls of boto3: what creates each, and the calls that give it what creating it cannot.

https://docs.aws.amazon.com/boto3/latest/reference/services/dynamodb.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Literal

from dynakit.deployment import Deployment
from dynakit.export.global_table import at_home, home_region, replicas
from dynakit.export.names import checked
from dynakit.export.printer import Document
from dynakit.export.scaling import NAMESPACE, Scaled, scaled, tracking
from dynakit.export.single_table import import_source
from dynakit.properties import (
    counted,
    create_table,
    insights,
    kinesis,
    recovery,
    streaming,
    tags,
    time_to_live,
)
from dynakit.settings import Policy, Replica, TableSettings
from dynakit.wire import Payload

_CREATED_BY_IMPORT = {
    "TableName",
    "KeySchema",
    "AttributeDefinitions",
    "BillingMode",
    "ProvisionedThroughput",
    "OnDemandThroughput",
    "SSESpecification",
    "GlobalSecondaryIndexes",
    "VectorIndexes",
}


def export(deployments: Sequence[Deployment]) -> Document:
    """``{"calls": [...]}``: what to call, in this order, waiting each time until the table is active.

    Each call has ``table`` (its name), ``service`` (as ``boto3.client`` takes it), ``region`` (``None`` for
    any; a table with replicas is made in the region of the first), ``operation`` and ``arguments``.
    What cannot be known before is in ``needs``: arguments, with the member of ``Table`` that they are in the
    reply of ``describe_table`` for that table in that region.

    Raises:
        DefinitionError: when there is no table.
    """
    checked(deployments)
    return {"calls": [{"table": made.name, **call} for made in deployments for call in calls(made)]}


def calls(made: Deployment) -> Iterator[Document]:
    """The calls of one table."""
    for call in _calls(made):
        yield call | {"region": call["region"] or home_region(made)}


def _calls(made: Deployment) -> Iterator[Document]:
    """The same; ``None`` stands for the region in which the table is made."""
    home = at_home(made)
    yield from _created(home)
    if made.table.time_to_live is not None:
        yield _call(made, "update_time_to_live", time_to_live(made.table.time_to_live))
    yield from _features(made, home.settings, None)
    for one in scaled(made):
        yield from _scaling(one, None)
    yield from _replicated(made)


def _call(made: Deployment, operation: str, arguments: Payload, region: str | None = None) -> Document:
    return {
        "service": "dynamodb",
        "region": region,
        "operation": operation,
        "arguments": {"TableName": made.name, **arguments},
    }


def _created(made: Deployment) -> Iterator[Document]:
    request = create_table(made)
    stream = made.stream
    if stream is not None:
        request |= streaming(stream)
    source = made.settings.import_source
    if source is None:
        yield _call(made, "create_table", request)
        return
    parameters = {name: value for name, value in request.items() if name in _CREATED_BY_IMPORT}
    imported = {**import_source(source), "TableCreationParameters": parameters}
    yield {"service": "dynamodb", "region": None, "operation": "import_table", "arguments": imported}
    yield from _after_import(made, request)


def _after_import(made: Deployment, request: Payload) -> Iterator[Document]:
    for name in ("StreamSpecification", "TableClass", "WarmThroughput", "DeletionProtectionEnabled"):
        if name in request:
            yield _call(made, "update_table", {name: request[name]})
    if "Tags" in request:
        yield _on_arn("tag_resource", {"Tags": request["Tags"]}, None)
    if made.settings.resource_policy is not None:
        yield _policy(made.settings.resource_policy, "TableArn", None)


def _features(made: Deployment, settings: TableSettings | Replica, region: str | None) -> Iterator[Document]:
    """What no creation of a table can give it: in each region."""
    if settings.point_in_time_recovery is not None:
        yield _call(made, "update_continuous_backups", recovery(settings.point_in_time_recovery), region)
    if settings.kinesis is not None:
        yield _call(made, "enable_kinesis_streaming_destination", kinesis(settings.kinesis), region)
    for index, mode in counted(made, settings).items():
        yield _call(made, "update_contributor_insights", insights(mode, index), region)
    if settings.stream_policy is not None:
        yield _policy(settings.stream_policy, "LatestStreamArn", region)


def _policy(policy: Policy, of: Literal["TableArn", "LatestStreamArn"], region: str | None) -> Document:
    return _on_arn("put_resource_policy", {"Policy": json.dumps(policy)}, region, of)


def _on_arn(operation: str, arguments: Payload, region: str | None, arn: str = "TableArn") -> Document:
    call: Document = {"service": "dynamodb", "region": region, "operation": operation, "arguments": arguments}
    return call | {"needs": {"ResourceArn": arn}}


def _scaling(one: Scaled, region: str | None) -> Iterator[Document]:
    about = {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": one.resource(one.made.name),
        "ScalableDimension": one.dimension,
    }
    target = {**about, "MinCapacity": one.by.minimum, "MaxCapacity": one.by.maximum}
    policy: Payload = {
        **about,
        "PolicyName": f"{one.made.name}{one.name}",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "PredefinedMetricSpecification": {"PredefinedMetricType": one.metric},
            **tracking(one.by),
        },
    }
    for operation, arguments in (("register_scalable_target", target), ("put_scaling_policy", policy)):
        yield {
            "service": "application-autoscaling",
            "region": region,
            "operation": operation,
            "arguments": arguments,
        }


def _replicated(made: Deployment) -> Iterator[Document]:
    """The other replicas: one a call, unless they are strongly consistent, which are made together."""
    others = replicas(made)[1:]
    updates = [{"Create": _replica(replica)} for replica in others]
    if made.settings.consistency == "STRONG":
        together: Payload = {"ReplicaUpdates": updates, "MultiRegionConsistency": "STRONG"}
        if made.settings.witness is not None:
            together["GlobalTableWitnessUpdates"] = [{"Create": {"RegionName": made.settings.witness}}]
        yield _call(made, "update_table", together)
    else:
        yield from (_call(made, "update_table", {"ReplicaUpdates": [update]}) for update in updates)
    for replica in others:
        yield from _own(made, replica)


def _replica(replica: Replica) -> Payload:
    found: Payload = {"RegionName": replica.region}
    if replica.encryption is not None and replica.encryption.key is not None:
        found["KMSMasterKeyId"] = replica.encryption.key
    if replica.table_class is not None:
        found["TableClassOverride"] = replica.table_class
    return found


def _own(made: Deployment, replica: Replica) -> Iterator[Document]:
    region = replica.region
    if replica.deletion_protection is not None:
        protected: Payload = {"DeletionProtectionEnabled": replica.deletion_protection}
        yield _call(made, "update_table", protected, region)
    if replica.tags:
        yield _on_arn("tag_resource", {"Tags": tags(replica.tags)}, region)
    if replica.resource_policy is not None:
        yield _policy(replica.resource_policy, "TableArn", region)
    yield from _features(made, replica, region)
    for one in scaled(made):
        if one.way == "Read":  # write units, and how they are scaled, are the same everywhere
            yield from _scaling(one, region)
