"""The properties of ``AWS::DynamoDB::GlobalTable``, for tables with replicas.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
"""

from __future__ import annotations

from dataclasses import replace

from dynakit.capacity import AutoScaled, Capacity, OnDemand
from dynakit.deployment import Deployment
from dynakit.export.features import features, insights, resource_policy, time_to_live
from dynakit.export.scaling import always, tracking
from dynakit.index import Index
from dynakit.properties import index_keys, keys, vector_index, warm
from dynakit.settings import KinesisStream, Replica, TableEncryption
from dynakit.wire import Payload

_OWN = (
    "point_in_time_recovery",
    "encryption",
    "table_class",
    "deletion_protection",
    "contributor_insights",
    "resource_policy",
    "stream_policy",
    "tags",
)
"""What a replica has of the table's settings unless it says otherwise."""


def global_table(made: Deployment) -> Payload:
    """The properties of a table in several regions."""
    return {
        "TableName": made.name,
        **keys(made),
        "BillingMode": "PAY_PER_REQUEST" if made.on_demand else "PROVISIONED",
        **_shared_capacity(made.capacity),
        **warm(made.settings.warm_throughput),
        **_indexes(made),
        **_stream(made),
        **time_to_live(made.table.time_to_live),
        **_consistency(made),
        **_encryption(made),
        "Replicas": [_replica(made, replica) for replica in replicas(made)],
    }


def replicas(made: Deployment) -> list[Replica]:
    """The replicas of a table, each with the table's settings where it says nothing of its own.

    A Kinesis stream is one region's: the table's is told of changes in that region only. Encryption with a
    key of AWS KMS is switched on for all of them together, for those that tell no key with AWS's own.
    """
    return [_whole(made, own) for own in made.settings.replicas or ()]


def home_region(made: Deployment) -> str | None:
    """The region of the first replica, in which calls make the table; ``None`` where they choose it."""
    return next((first.region for first in made.settings.replicas or ()), None)


def at_home(made: Deployment) -> Deployment:
    """A table with the settings of its first replica, in whose region it is made where calls make it."""
    for first in replicas(made)[:1]:
        own = {name: getattr(first, name) for name in (*_OWN, "kinesis")}
        return replace(made, settings=replace(made.settings, **own))
    return made


def _whole(made: Deployment, own: Replica) -> Replica:
    said = {name: getattr(own, name) for name in _OWN}
    whole = {name: getattr(made.settings, name) if value is None else value for name, value in said.items()}
    if whole["encryption"] is None and any(one.encryption for one in made.settings.replicas or ()):
        whole["encryption"] = TableEncryption()
    return Replica(
        region=own.region, kinesis=own.kinesis or _there(made.settings.kinesis, own.region), **whole
    )


def _there(stream: KinesisStream | None, region: str) -> KinesisStream | None:
    return stream if stream is not None and stream.region == region else None


def _stream(made: Deployment) -> Payload:
    return {} if made.stream is None else {"StreamSpecification": {"StreamViewType": made.stream}}


def _consistency(made: Deployment) -> Payload:
    found: Payload = {}
    if made.settings.consistency is not None:
        found["MultiRegionConsistency"] = made.settings.consistency
    if made.settings.witness is not None:
        found["GlobalTableWitnesses"] = [{"Region": made.settings.witness}]
    return found


def _encryption(made: Deployment) -> Payload:
    encrypted = any(replica.encryption for replica in replicas(made))
    return {"SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"}} if encrypted else {}


def _indexes(made: Deployment) -> Payload:
    found: Payload = {
        "GlobalSecondaryIndexes": [
            index_keys(made, index)
            | _shared_capacity(made.capacities[index.name])
            | warm(made.settings_of(index).warm_throughput)
            for index in made.global_indexes
        ],
        "LocalSecondaryIndexes": [index_keys(made, index) for index in made.local_indexes],
        "VectorIndexes": [vector_index(index) for index in made.table.vector_indexes],
    }
    return {kind: each for kind, each in found.items() if each}


def _shared_capacity(capacity: Capacity) -> Payload:
    """What all replicas share: maxima of request units, and write units, which are always auto-scaled."""
    if not isinstance(capacity, OnDemand):
        return {
            "WriteProvisionedThroughputSettings": {
                "WriteCapacityAutoScalingSettings": _scaling(capacity.write)
            }
        }
    if capacity.max_write is None:
        return {}
    return {"WriteOnDemandThroughputSettings": {"MaxWriteRequestUnits": capacity.max_write}}


def _read_capacity(capacity: Capacity) -> Payload:
    """What each replica has: maxima of request units, and read units, fixed or auto-scaled."""
    if isinstance(capacity, OnDemand):
        if capacity.max_read is None:
            return {}
        return {"ReadOnDemandThroughputSettings": {"MaxReadRequestUnits": capacity.max_read}}
    if isinstance(capacity.read, int):
        return {"ReadProvisionedThroughputSettings": {"ReadCapacityUnits": capacity.read}}
    return {"ReadProvisionedThroughputSettings": {"ReadCapacityAutoScalingSettings": _scaling(capacity.read)}}


def _scaling(units: int | AutoScaled) -> Payload:
    by = always(units)
    return {
        "MinCapacity": by.minimum,
        "MaxCapacity": by.maximum,
        "SeedCapacity": by.units,
        "TargetTrackingScalingPolicyConfiguration": tracking(by),
    }


def _replica(made: Deployment, replica: Replica) -> Payload:
    found = {"Region": replica.region, **_read_capacity(made.capacity), **features(replica)}
    if replica.encryption is not None and replica.encryption.key is not None:
        found["SSESpecification"] = {"KMSMasterKeyId": replica.encryption.key}
    if replica.stream_policy is not None:
        found["ReplicaStreamSpecification"] = resource_policy(replica.stream_policy)
    indexes = [one for index in made.global_indexes if len(one := _replica_index(made, index)) > 1]
    return found | ({"GlobalSecondaryIndexes": indexes} if indexes else {})


def _replica_index(made: Deployment, index: Index) -> Payload:
    mode = made.settings_of(index).contributor_insights
    return {"IndexName": index.name, **_read_capacity(made.capacities[index.name]), **insights(mode)}
