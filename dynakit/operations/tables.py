"""Tables as requests: create one from its declaration and wait for it, delete one.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias

from dynakit.errors import RequestError, TableMissing
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.retry import request
from dynakit.table import Capacity, Index, KeyAttribute, OnDemand, Projection, Provisioned, Table, VectorIndex
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

WAIT = 120.0
"""Longest time in seconds a table is waited for."""

_POLL = 1.0
_FIRST_POLL = 0.05

State: TypeAlias = Literal["active", "changing", "missing"]


def create_call(table: Table, environment: Environment) -> Call:
    """The ``CreateTable`` request: attribute definitions hold exactly those that have one type."""
    payload: Payload = {
        "TableName": environment.table_name(table),
        "KeySchema": _key_schema((table.partition,), table.sort_of(None)),
        "AttributeDefinitions": [
            {"AttributeName": key.name, "AttributeType": key.type} for key in table.typed_attributes.values()
        ],
        **_billing(table.capacity),
    }
    for member, local in (("GlobalSecondaryIndexes", False), ("LocalSecondaryIndexes", True)):
        indexes = [_index(table, index) for index in table.indexes if index.local is local]
        if indexes:
            payload[member] = indexes
    if table.vector_indexes:
        payload["VectorIndexes"] = [_vector_index(index) for index in table.vector_indexes]
    if table.stream is not None:
        payload["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": table.stream}
    return Call("CreateTable", payload)


def create(table: Table, environment: Environment) -> Flow[None]:
    """Create a table and its indexes, and wait until all are active."""
    yield from request(create_call(table, environment), environment, statement=f"create table {table.name!r}")
    yield from _wait_until(table, "active", environment)


def delete(table: Table, environment: Environment) -> Flow[None]:
    """Delete a table with all its items, and wait until it is gone."""
    call = Call("DeleteTable", {"TableName": environment.table_name(table)})
    yield from request(call, environment, statement=f"delete table {table.name!r}")
    yield from _wait_until(table, "missing", environment)


def exists(table: Table, environment: Environment) -> Flow[bool]:
    """Whether the table is there, active or not."""
    return (yield from _state(table, environment)) != "missing"


def _wait_until(table: Table, wanted: State, environment: Environment) -> Flow[None]:
    """A table that was just made may still be missing: reading about tables is eventually consistent."""
    until, pause = environment.monotonic() + WAIT, _FIRST_POLL
    while (yield from _state(table, environment)) != wanted:
        if environment.monotonic() >= until:
            raise RequestError(
                f"table {table.name!r}: it is not {wanted} after {WAIT:.0f} s. It may still become so; wait, "
                "or look at it."
            )
        yield Sleep(pause)
        pause = min(pause * 2, _POLL)


def _state(table: Table, environment: Environment) -> Flow[State]:
    """A table is active when all its indexes are, too."""
    call = Call("DescribeTable", {"TableName": environment.table_name(table)})
    try:
        reply = yield from request(call, environment, statement=f"describe table {table.name!r}")
    except TableMissing:
        return "missing"
    described: Payload = reply.payload["Table"]
    kinds = ("GlobalSecondaryIndexes", "VectorIndexes")
    indexes: list[Payload] = [index for kind in kinds for index in described.get(kind, [])]
    statuses = [described["TableStatus"], *(index.get("IndexStatus", "ACTIVE") for index in indexes)]
    return "active" if all(status == "ACTIVE" for status in statuses) else "changing"


def _key_schema(partition: Iterable[KeyAttribute], sort: Iterable[KeyAttribute]) -> list[Payload]:
    hashed = [{"AttributeName": key.name, "KeyType": "HASH"} for key in partition]
    return [*hashed, *({"AttributeName": key.name, "KeyType": "RANGE"} for key in sort)]


def _index(table: Table, index: Index) -> Payload:
    payload: Payload = {
        "IndexName": index.name,
        "KeySchema": _key_schema(table.partition_of(index), table.sort_of(index)),
        "Projection": _projection(index.projection),
    }
    capacity = index.capacity or table.capacity
    if index.local:
        return payload
    if isinstance(capacity, OnDemand):
        return {**payload, **_most(capacity)}
    return {**payload, "ProvisionedThroughput": _throughput(capacity)}


def _vector_index(index: VectorIndex) -> Payload:
    payload: Payload = {
        "IndexName": index.name,
        "VectorAttribute": {"AttributeName": index.attribute},
        "Dimensions": index.dimensions,
        "DistanceFunction": index.distance,
        "Projection": _projection(index.projection),
    }
    schema = [
        {
            "AttributeName": key.name,
            "SearchSchemaElementType": "HASH" if key is index.partition else "INLINE_FILTER",
        }
        for key in index.narrowed_by
    ]
    return {**payload, "SearchSchema": schema} if schema else payload


def _projection(projection: Projection) -> Payload:
    attributes = {"NonKeyAttributes": list(projection.attributes)} if projection.attributes else {}
    return {"ProjectionType": projection.type, **attributes}


def _billing(capacity: Capacity) -> Payload:
    if isinstance(capacity, OnDemand):
        return {"BillingMode": "PAY_PER_REQUEST", **_most(capacity)}
    return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": _throughput(capacity)}


def _throughput(capacity: Provisioned) -> Payload:
    return {"ReadCapacityUnits": capacity.read_units, "WriteCapacityUnits": capacity.write_units}


def _most(capacity: OnDemand) -> Payload:
    """The most request units in a second, as far as they are limited."""
    limits = {"MaxReadRequestUnits": capacity.max_read, "MaxWriteRequestUnits": capacity.max_write}
    said = {name: limit for name, limit in limits.items() if limit is not None}
    return {"OnDemandThroughput": said} if said else {}
