"""What may be told of requests and replies: names, counts, options and units. Never a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, cast

from dynakit.operations.reply import is_read, tables_of
from dynakit.telemetry.events import Consumed, Option
from dynakit.wire import Call, Payload

CAPACITY_ACTIONS: Final = frozenset(
    {
        *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        *("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"),
        *("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction", "SearchVectors"),
    }
)
"""The actions that tell the capacity they used when asked to."""

_OPTIONS: Final = (
    *("Limit", "Select", "ConsistentRead", "ScanIndexForward", "Segment", "TotalSegments"),
    *("ReturnValues", "ReturnConsumedCapacity", "TopK"),
)
_MEMBERS: Final = ("TransactItems", "Statements", "TransactStatements")
_SCALAR: Final = (str, int, bool)


def with_capacity(call: Call) -> Call:
    """The call, asking for the capacity of table and indexes; the payload given stays as it is."""
    if call.action not in CAPACITY_ACTIONS or "ReturnConsumedCapacity" in call.payload:
        return call
    payload = {**call.payload, "ReturnConsumedCapacity": "INDEXES"}
    return replace(call, payload=payload)


def tables_named(call: Call) -> tuple[str, ...]:
    """The tables of a request, sorted. What a PartiQL statement names is not looked at."""
    return tuple(sorted(set(tables_of(call.payload))))


def index_named(call: Call) -> str | None:
    """The index of a request."""
    index = call.payload.get("IndexName")
    return index if isinstance(index, str) else None


def batch_size(call: Call) -> int | None:
    """How many operations a batch or transaction has; ``None`` for a request that is one operation."""
    for member in _MEMBERS:
        if member in call.payload:
            return len(call.payload[member])
    if "RequestItems" not in call.payload:
        return None
    tables = cast("Mapping[str, Payload | list[Payload]]", call.payload["RequestItems"])
    return sum(len(one["Keys"] if isinstance(one, dict) else one) for one in tables.values())


def options_of(call: Call) -> dict[str, Option]:
    """The options of a request, by their AWS names."""
    return {name: call.payload[name] for name in _OPTIONS if isinstance(call.payload.get(name), _SCALAR)}


def items_in(action: str, reply: Payload) -> int | None:
    """How many items a reply holds or counts; ``None`` where it could hold none."""
    if isinstance(reply.get("Count"), int):
        count: int = reply["Count"]
        return count
    for member in ("Items", "SearchResults", "Records"):
        if member in reply:
            return len(reply[member])
    if action == "GetItem":
        return int("Item" in reply)
    responses = reply.get("Responses")
    if isinstance(responses, dict):
        return sum(len(rows) for rows in cast("dict[str, list[Payload]]", responses).values())
    if isinstance(responses, list):
        return sum("Item" in row for row in cast("list[Payload]", responses))
    return None


def consumed(call: Call, reply: Payload) -> tuple[Consumed, ...]:
    """The capacity a reply tells, split by table and index where it tells so much."""
    told = reply.get("ConsumedCapacity")
    if not isinstance(told, dict | list):
        return ()
    tables = cast("list[Payload]", told if isinstance(told, list) else [told])
    reads = _reads(call)
    return tuple(one for table in tables for one in _of_table(table, reads=reads))


def _of_table(told: Payload, *, reads: bool) -> Iterable[Consumed]:
    name = str(told.get("TableName", ""))
    parts: list[tuple[str | None, Payload]] = [(None, told["Table"])] if "Table" in told else []
    for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        parts += cast("dict[str, Payload]", told.get(member) or {}).items()
    for index, part in parts or [(None, told)]:
        read, write = _units(part, reads=reads)
        if read or write:
            yield Consumed(name, index, read, write)


def _units(told: Payload, *, reads: bool) -> tuple[float, float]:
    """Read and write units; most actions tell one sum, which is of their own kind."""
    if "ReadCapacityUnits" in told or "WriteCapacityUnits" in told:
        return float(told.get("ReadCapacityUnits", 0)), float(told.get("WriteCapacityUnits", 0))
    units = float(told.get("CapacityUnits", 0))
    return (units, 0.0) if reads else (0.0, units)


def _reads(call: Call) -> bool:
    """Whether a request's units are read units. A PartiQL batch is of reads or of writes, never of both."""
    for member in ("Statements", "TransactStatements"):
        if call.payload.get(member):
            return _selects(call.payload[member][0])
    if "Statement" in call.payload:
        return _selects(call.payload)
    return is_read(call.action) or call.action == "SearchVectors"


def _selects(statement: Payload) -> bool:
    return str(statement.get("Statement", "")).lstrip()[:6].upper() == "SELECT"
