"""What a table is, told twice: by botocore of the live one, and by plain Python of the declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from dynakit import Index, KeyAttribute, OnDemand, Projection, Provisioned, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Facts: TypeAlias = dict[str, object]
"""The facts of a table by what they are about: the key, an index's name, …"""


def live_facts(client: DynamoDBClient, name: str) -> Facts:
    """What ``DescribeTable`` and ``DescribeTimeToLive`` tell of a table."""
    table = cast("Mapping[str, Any]", client.describe_table(TableName=name)["Table"])
    expiry = cast("Mapping[str, Any]", client.describe_time_to_live(TableName=name)["TimeToLiveDescription"])
    on_demand = table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST"
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    stream: Mapping[str, Any] = table.get("StreamSpecification") or {}
    facts: Facts = {
        "types": types,
        "key": _schema(table),
        "units": None if on_demand else _units(table),
        "stream": stream.get("StreamViewType") if stream.get("StreamEnabled") else None,
        "expiry": expiry.get("AttributeName") if expiry["TimeToLiveStatus"] == "ENABLED" else None,
    }
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in table.get(kind) or ():
            units = None if on_demand or kind == "LocalSecondaryIndexes" else _units(index)
            facts[f"{kind} {index['IndexName']}"] = (_schema(index), _projection(index["Projection"]), units)
    return facts


def declared_facts(table: Table) -> Facts:
    """What they are to tell of it, by its declaration."""
    facts: Facts = {
        "types": {},
        "key": _key((table.partition,), [table.sort] if table.sort else []),
        "units": _declared_units(table.capacity),
        "stream": table.stream,
        "expiry": table.time_to_live,
    }
    types = {each.name: each.type for each in (table.partition, table.sort) if each}
    for index in table.indexes:
        types |= {key.name: key.type for key in (*index.partition, *index.sort)}
        facts[_named(index)] = _declared_index(table, index)
    return facts | {"types": types}


def _named(index: Index) -> str:
    return f"{'LocalSecondaryIndexes' if index.local else 'GlobalSecondaryIndexes'} {index.name}"


def _declared_index(table: Table, index: Index) -> tuple[object, ...]:
    partition = (table.partition,) if index.local else index.partition
    units = None if index.local else _declared_units(index.capacity or table.capacity)
    return _key(partition, index.sort), _declared_projection(index.projection), units


def _key(partition: Iterable[KeyAttribute], sort: Iterable[KeyAttribute]) -> list[tuple[str, str]]:
    return [*((key.name, "HASH") for key in partition), *((key.name, "RANGE") for key in sort)]


def _declared_projection(projection: Projection) -> tuple[str, set[str]]:
    return projection.type, set(projection.attributes)


def _declared_units(capacity: OnDemand | Provisioned) -> tuple[int, int] | None:
    return None if isinstance(capacity, OnDemand) else (capacity.read_units, capacity.write_units)


def _schema(described: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key["AttributeName"], key["KeyType"]) for key in described["KeySchema"]]


def _projection(described: Mapping[str, Any]) -> tuple[str, set[str]]:
    return described["ProjectionType"], set(described.get("NonKeyAttributes") or ())


def _units(described: Mapping[str, Any]) -> tuple[int, int]:
    units = described["ProvisionedThroughput"]
    return units["ReadCapacityUnits"], units["WriteCapacityUnits"]
