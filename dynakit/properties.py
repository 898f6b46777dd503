"""The properties of a table, as the API and templates of infrastructure alike write them.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dynakit.capacity import Capacity, OnDemand, Provisioned
from dynakit.index import Index, KeyAttribute, Projection, VectorIndex
from dynakit.wire import Payload

if TYPE_CHECKING:
    from dynakit.deployment import Deployment
    from dynakit.settings import (
        ContributorInsights,
        KinesisStream,
        Precision,
        Replica,
        TableEncryption,
        TableSettings,
        WarmThroughput,
    )
    from dynakit.table import StreamView


def create_table(made: Deployment) -> Payload:
    """The ``CreateTable`` request: attribute definitions hold exactly those that have one type."""
    settings = made.settings
    payload = {
        "TableName": made.name,
        **keys(made),
        **billing(made.capacity),
        **warm(settings.warm_throughput),
    }
    payload |= indexes(made)
    if made.table.stream is not None:
        payload |= streaming(made.table.stream)
    if settings.encryption is not None:
        payload |= encryption(settings.encryption)
    if settings.resource_policy is not None:
        import json

        payload["ResourcePolicy"] = json.dumps(settings.resource_policy)
    return payload | plain(settings)


def keys(made: Deployment) -> Payload:
    """Its key, and the attributes that have one type."""
    table = made.table
    return {
        "KeySchema": key_schema((table.partition,), table.sort_of(None)),
        "AttributeDefinitions": [
            {"AttributeName": key.name, "AttributeType": key.type} for key in table.typed_attributes.values()
        ],
    }


def indexes(made: Deployment) -> Payload:
    """Its indexes, each kind that it has, with their capacity."""
    kinds: Payload = {
        "GlobalSecondaryIndexes": [_global(made, index) for index in made.global_indexes],
        "LocalSecondaryIndexes": [index_keys(made, index) for index in made.local_indexes],
        "VectorIndexes": [vector_index(index) for index in made.table.vector_indexes],
    }
    return {kind: found for kind, found in kinds.items() if found}


def plain(settings: TableSettings | Replica) -> Payload:
    """What the API and templates write alike of the settings."""
    said = {
        "TableClass": settings.table_class,
        "DeletionProtectionEnabled": settings.deletion_protection,
        "Tags": tags(settings.tags or {}) or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def tags(of: Mapping[str, str]) -> list[Payload]:
    """Tags, in the order in which they are told."""
    return [{"Key": key, "Value": value} for key, value in of.items()]


def key_schema(partition: Iterable[KeyAttribute], sort: Iterable[KeyAttribute]) -> list[Payload]:
    """The key attributes: the partition key's first."""
    hashed = [{"AttributeName": key.name, "KeyType": "HASH"} for key in partition]
    return [*hashed, *({"AttributeName": key.name, "KeyType": "RANGE"} for key in sort)]


def index_keys(made: Deployment, index: Index) -> Payload:
    """An index's name, key and projection."""
    return {
        "IndexName": index.name,
        "KeySchema": key_schema(made.table.partition_of(index), made.table.sort_of(index)),
        "Projection": projected(index.projection),
    }


def _global(made: Deployment, index: Index) -> Payload:
    capacity = made.capacities[index.name]
    units = (
        most(capacity) if isinstance(capacity, OnDemand) else {"ProvisionedThroughput": units_of(capacity)}
    )
    return index_keys(made, index) | units | warm(made.settings_of(index).warm_throughput)


def vector_index(index: VectorIndex) -> Payload:
    """A vector index."""
    payload: Payload = {
        "IndexName": index.name,
        "VectorAttribute": {"AttributeName": index.attribute},
        "Dimensions": index.dimensions,
        "DistanceFunction": index.distance,
        "Projection": projected(index.projection),
    }
    schema = [
        {
            "AttributeName": key.name,
            "SearchSchemaElementType": "HASH" if key is index.partition else "INLINE_FILTER",
        }
        for key in index.narrowed_by
    ]
    return {**payload, "SearchSchema": schema} if schema else payload


def projected(projection: Projection) -> Payload:
    """What an index holds."""
    attributes = {"NonKeyAttributes": list(projection.attributes)} if projection.attributes else {}
    return {"ProjectionType": projection.type, **attributes}


def billing(capacity: Capacity) -> Payload:
    """How a table is paid for, and its units."""
    if isinstance(capacity, OnDemand):
        return {"BillingMode": "PAY_PER_REQUEST", **most(capacity)}
    return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": units_of(capacity)}


def units_of(capacity: Provisioned) -> Payload:
    """The units that it begins with."""
    return {"ReadCapacityUnits": capacity.read_units, "WriteCapacityUnits": capacity.write_units}


def most(capacity: OnDemand) -> Payload:
    """The most request units in a second, as far as they are limited."""
    limits = {"MaxReadRequestUnits": capacity.max_read, "MaxWriteRequestUnits": capacity.max_write}
    said = {name: limit for name, limit in limits.items() if limit is not None}
    return {"OnDemandThroughput": said} if said else {}


def warm(units: WarmThroughput | None) -> Payload:
    """The units that are served at once, where they are told."""
    if units is None:
        return {}
    return {"WarmThroughput": {"ReadUnitsPerSecond": units.read, "WriteUnitsPerSecond": units.write}}


def streaming(view: StreamView) -> Payload:
    """The stream, switched on."""
    return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}}


def encryption(by: TableEncryption) -> Payload:
    """Encryption under a key of AWS KMS."""
    key = {} if by.key is None else {"KMSMasterKeyId": by.key}
    return {"SSESpecification": {"Enabled": True, "SSEType": "KMS", **key}}


def time_to_live(attribute: str, *, on: bool = True) -> Payload:
    """Time to live by an attribute, switched on or off."""
    return {"TimeToLiveSpecification": {"Enabled": on, "AttributeName": attribute}}


def recovery(days: int) -> Payload:
    """Point-in-time recovery."""
    specification = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days}
    return {"PointInTimeRecoverySpecification": specification}


def kinesis(stream: KinesisStream) -> Payload:
    """The data stream that is told of each change."""
    if stream.precision is None:
        return {"StreamArn": stream.arn}
    configuration = {"ApproximateCreationDateTimePrecision": stream.precision}
    return {"StreamArn": stream.arn, "EnableKinesisStreamingConfiguration": configuration}


def precision(arn: str, of: Precision) -> Payload:
    """The precision of the times that a data stream is told, changed."""
    configuration = {"ApproximateCreationDateTimePrecision": of}
    return {"StreamArn": arn, "UpdateKinesisStreamingConfiguration": configuration}


def counted(made: Deployment, settings: TableSettings | Replica) -> dict[str, ContributorInsights]:
    """The modes of contributor insights that are declared: the table's under ``""``, and by index."""
    modes: dict[str, ContributorInsights | None] = {"": settings.contributor_insights}
    modes |= {index.name: made.settings_of(index).contributor_insights for index in made.global_indexes}
    return {name: mode for name, mode in modes.items() if mode is not None}


def insights(mode: ContributorInsights, index: str) -> Payload:
    """Contributor insights, switched on for an index; for the table with ``""``."""
    named = {"IndexName": index} if index else {}
    return {**named, "ContributorInsightsAction": "ENABLE", "ContributorInsightsMode": mode}
