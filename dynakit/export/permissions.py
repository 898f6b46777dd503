"""What a call needs to be allowed: IAM actions, on the table, an index or the stream.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from dynakit.wire import Call, Item, Payload

_PARTIQL = {verb.upper(): f"PartiQL{verb}" for verb in ("Select", "Insert", "Update", "Delete")}
_NAMED = re.compile(
    r'\b(?:FROM|INTO|UPDATE)\s+"?([A-Za-z0-9_.-]+?)"?(?:\."([A-Za-z0-9_.-]+)")?(?:\s|$)', re.IGNORECASE
)
_MEMBERS = {"Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}
_TABLE = re.compile(r":table/([^/]+)(/.+)?$")
_STREAM = re.compile(r":table/([^/]+)(/stream/[^|]+)")


class Permission(NamedTuple):
    """One action on one resource.

    ``part`` is empty for the table itself, else ``/index/NAME`` or ``/stream/LABEL`` below it. ``leading``
    are the partition keys that the call is about, as text; ``None`` where it does not tell.
    """

    action: str
    table: str
    part: str = ""
    leading: frozenset[str] | None = None


def permissions_of(call: Call, partition_keys: Mapping[str, str] | None = None) -> frozenset[Permission]:
    """What one call needs; nothing for calls to other services than DynamoDB and its streams.

    A transaction needs the actions it is made of. ``partition_keys`` gives the name of the partition key by
    table name, or ``TABLE/index/NAME``, for what is known of leading keys.
    """
    return frozenset(_permissions(call, partition_keys or {}))


def _permissions(call: Call, partition_keys: Mapping[str, str]) -> Iterator[Permission]:
    payload = call.payload
    if call.service == "streams":
        yield _of_stream(call)
    elif call.service in ("dynamodb", "search"):
        if "RequestItems" in payload:
            yield from _of_batch(call, partition_keys)
        elif "ResourceArn" in payload:
            yield _of_arn(call)
        elif "IndexName" in payload or call.action == "Query":
            yield _of_range(call, partition_keys)
        elif "Key" in payload or "Item" in payload or "TableName" in payload:
            yield _of_item(call.action, payload, partition_keys)
            if call.action == "CreateTable":
                yield from _of_creation(payload)
        else:
            yield from _of_several(payload, partition_keys)


def _of_several(payload: Payload, partition_keys: Mapping[str, str]) -> Iterator[Permission]:
    for member in cast("list[dict[str, Payload]]", payload.get("TransactItems", [])):
        for kind, operation in member.items():
            yield _of_item(_MEMBERS.get(kind, "ConditionCheckItem"), operation, partition_keys)
    yield from map(_of_statement, _statements(payload))


def _of_item(action: str, operation: Payload, partition_keys: Mapping[str, str]) -> Permission:
    table = str(operation.get("TableName", "*"))
    item: Item = operation.get("Key") or operation.get("Item") or {}
    return Permission(f"dynamodb:{action}", table, "", _leading([item], partition_keys.get(table)))


def _of_batch(call: Call, partition_keys: Mapping[str, str]) -> Iterator[Permission]:
    asked: Mapping[str, Payload | list[Payload]] = call.payload["RequestItems"]
    for table, part in asked.items():
        items: list[Item] = part["Keys"] if isinstance(part, dict) else [_written(one) for one in part]
        yield Permission(f"dynamodb:{call.action}", table, "", _leading(items, partition_keys.get(table)))


def _written(request: Payload) -> Item:
    item: Item = request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"]
    return item


def _of_range(call: Call, partition_keys: Mapping[str, str]) -> Permission:
    payload = call.payload
    table, index = str(payload["TableName"]), payload.get("IndexName")
    part = "" if index is None else f"/index/{index}"
    return Permission(
        f"dynamodb:{call.action}", table, part, _queried(payload, partition_keys.get(table + part))
    )


def _queried(payload: Payload, partition_key: str | None) -> frozenset[str] | None:
    """The partition key that a key condition demands."""
    names: Mapping[str, str] = payload.get("ExpressionAttributeNames", {})
    if partition_key is None:
        return None
    for name, operand in re.findall(r"(#?\w+) = (:\w+)", payload.get("KeyConditionExpression", "")):
        if names.get(name, name) == partition_key:
            return _leading([{partition_key: payload["ExpressionAttributeValues"][operand]}], partition_key)
    return None


def _leading(items: list[Item], partition_key: str | None) -> frozenset[str] | None:
    if partition_key is None or not all(partition_key in item for item in items):
        return None
    return frozenset(str(next(iter(item[partition_key].values()))) for item in items)


def _statements(payload: Payload) -> Iterator[str]:
    if "Statement" in payload:
        yield str(payload["Statement"])
    for member in ("Statements", "TransactStatements"):
        for one in payload.get(member, ()):
            yield str(one["Statement"])


def _of_statement(text: str) -> Permission:
    verb = text.lstrip().partition(" ")[0].upper()
    found = _NAMED.search(text.lstrip() + " ")
    table, index = found.groups() if found else ("*", None)
    return Permission(
        f"dynamodb:{_PARTIQL.get(verb, 'PartiQLSelect')}", table, f"/index/{index}" if index else ""
    )


def _of_creation(payload: Payload) -> Iterator[Permission]:
    """What a new table has, but has an action of its own."""
    for member, action in (("Tags", "TagResource"), ("ResourcePolicy", "PutResourcePolicy")):
        if member in payload:
            yield Permission(f"dynamodb:{action}", str(payload["TableName"]))


def _of_arn(call: Call) -> Permission:
    found = _TABLE.search(str(call.payload["ResourceArn"]))
    table, part = found.groups() if found else ("*", "")
    return Permission(f"dynamodb:{call.action}", table, part or "")


def _of_stream(call: Call) -> Permission:
    """An iterator of a shard begins with the stream's ARN."""
    found = _STREAM.search(str(call.payload.get("StreamArn") or call.payload.get("ShardIterator")))
    table, part = found.groups() if found else (str(call.payload.get("TableName", "*")), "/stream/*")
    return Permission(f"dynamodb:{call.action}", table, part)
