"""A server that answers like DynamoDB, from memory: ``python -m benchmarks.stub`` prints its port.

It is a process of its own, so its CPU time is not its clients'. It computes what it answers from the key
(:mod:`benchmarks.workload`) and keeps the answer, so that it is not what is waited for. A partition
``CUSTOMER#n100`` holds 100 orders. It checks no signature.

``GET /items`` asks for what the last write held, ``GET /calls`` for how many calls it answered.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import zlib
from collections.abc import Callable
from typing import Any

from benchmarks import workload

PAGE_BYTES = 1_000_000
"""DynamoDB reads up to 1 MB a page."""
WIDE_ROWS = 100
CACHE_BYTES = 200_000_000

Payload = dict[str, Any]


class Answers:
    """What each action answers; the last write and the number of calls are remembered."""

    def __init__(self, scan_items: int) -> None:
        self.scan_items = scan_items
        self.calls = 0
        self.written: list[Payload] = []
        self._kept: dict[bytes, bytes] = {}
        self._kept_bytes = 0

    def answer(self, action: str, body: bytes) -> bytes:
        """The whole HTTP reply to a call."""
        self.calls += 1
        key = action.encode() + body
        if (found := self._kept.get(key)) is not None:
            return found
        made = reply(json.dumps(self.compute(action, json.loads(body)), separators=(",", ":")).encode())
        if action in READS and self._kept_bytes < CACHE_BYTES:
            self._kept[key] = made
            self._kept_bytes += len(made)
        return made

    def compute(self, action: str, asked: Payload) -> Payload:
        handler: Callable[[Payload], Payload] | None = getattr(self, f"_{action}", None)
        if handler is None:
            raise ValueError(f"stub: {action} is not answered")
        return handler(asked)

    def _GetItem(self, asked: Payload) -> Payload:  # noqa: N802
        return {"Item": item_of(asked["Key"])}

    def _BatchGetItem(self, asked: Payload) -> Payload:  # noqa: N802
        found = {
            table: [item_of(key) for key in part["Keys"]] for table, part in asked["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def _PutItem(self, asked: Payload) -> Payload:  # noqa: N802
        self.written = [asked["Item"]]
        return {}

    def _UpdateItem(self, asked: Payload) -> Payload:  # noqa: N802
        self.written = [asked["ExpressionAttributeValues"]]
        if asked.get("ReturnValues") != "ALL_NEW":
            return {}
        return {"Attributes": workload.stored(workload.updated(*place(asked["Key"])))}

    def _BatchWriteItem(self, asked: Payload) -> Payload:  # noqa: N802
        requests = [request for part in asked["RequestItems"].values() for request in part]
        self.written = [request["PutRequest"]["Item"] for request in requests]
        return {"UnprocessedItems": {}}

    def _TransactWriteItems(self, asked: Payload) -> Payload:  # noqa: N802
        self.written = [part["Put"]["Item"] for part in asked["TransactItems"]]
        return {}

    def _Query(self, asked: Payload) -> Payload:  # noqa: N802
        if (width := asked_width(asked)) is not None:
            items = [workload.wide_item(workload.wide(width, number)) for number in range(WIDE_ROWS)]
            return {"Items": items, "Count": len(items), "ScannedCount": len(items)}
        customer = asked_customer(asked)
        return page(customer, range(int(re.sub(r"\D", "", customer))), asked)

    def _Scan(self, asked: Payload) -> Payload:  # noqa: N802
        segment, segments = asked.get("Segment", 0), asked.get("TotalSegments", 1)
        return page("scan", range(segment, self.scan_items, segments), asked)

    def _DescribeTable(self, asked: Payload) -> Payload:  # noqa: N802
        names = {"PK": "HASH", "SK": "RANGE"}
        return {
            "Table": {
                "TableName": asked["TableName"],
                "TableStatus": "ACTIVE",
                "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in names.items()],
                "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
            }
        }


READS = {"GetItem", "BatchGetItem", "Query", "DescribeTable"}
"""Actions whose answers are kept; writes are remembered instead, and a scan is too large."""


def item_of(key: Payload) -> Payload:
    return workload.stored(workload.order(*place(key)))


def place(key: Payload) -> tuple[str, int]:
    """The customer and the number of the order that a key is of."""
    return key["PK"]["S"].removeprefix("CUSTOMER#"), int(key["SK"]["S"].removeprefix("ORDER#"))


def asked_customer(asked: Payload) -> str:
    """The customer of a query, whatever the client calls its placeholders."""
    return next(text for text in texts_of(asked) if text.startswith("CUSTOMER#")).removeprefix("CUSTOMER#")


def asked_width(asked: Payload) -> int | None:
    """How many attributes the rows have that a query asks for; ``None`` if it asks for orders."""
    found = [text for text in texts_of(asked) if text.startswith("WIDE#")]
    return int(found[0].removeprefix("WIDE#")) if found else None


def texts_of(asked: Payload) -> list[str]:
    return [value.get("S", "") for value in asked["ExpressionAttributeValues"].values()]


def page(customer: str, numbers: range, asked: Payload) -> Payload:
    """One page of orders, of 1 MB or ``Limit`` items, behind ``ExclusiveStartKey``."""
    if (start := asked.get("ExclusiveStartKey")) is not None:
        numbers = numbers[numbers.index(place(start)[1]) + 1 :]
    items: list[Payload] = []
    size = 0
    for number in numbers[: asked.get("Limit")]:
        items.append(workload.stored(workload.order(customer, number)))
        size += 450
        if size >= PAGE_BYTES:
            break
    found: Payload = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    if len(items) < len(numbers):
        found["LastEvaluatedKey"] = {name: items[-1][name] for name in ("PK", "SK")}
    return found


def reply(body: bytes, status: str = "200 OK") -> bytes:
    """An HTTP reply with the headers that DynamoDB sends."""
    head = (
        f"HTTP/1.1 {status}\r\nServer: Server\r\nDate: Thu, 01 Jan 2026 08:30:15 GMT\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n"
        "Connection: keep-alive\r\nx-amzn-RequestId: 5F2RKO9MUD2A0VN1CQ0G1DDUSBVV4KQNSO5AEMVJF66Q9ASUAAJG\r\n"
        f"x-amz-crc32: {zlib.crc32(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection of a client, kept alive."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].decode("latin-1")
            length = re.search(r"(?i)\r\ncontent-length: *(\d+)", head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._received) < whole:
                return
            body, self._received = self._received[end + 4 : whole], self._received[whole:]
            self._transport.write(self._answer(head, body))

    def _answer(self, head: str, body: bytes) -> bytes:
        if target := re.search(r"(?i)\r\nx-amz-target: *DynamoDB_20120810\.(\w+)", head):
            return self._answers.answer(target[1], body)
        if head.startswith("GET /items "):
            return reply(json.dumps(self._answers.written).encode())
        if head.startswith("GET /calls "):
            return reply(json.dumps(self._answers.calls).encode())
        return reply(b"{}", "404 Not Found")


async def serve(scan_items: int) -> None:
    """Answer on a free port of this machine until standard input is closed."""
    loop = asyncio.get_running_loop()
    answers = Answers(scan_items)
    server = await loop.create_server(lambda: Connection(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
