"""The shards of a stream, and in which order they may be read.

A shard is closed after some hours, or when it is split; its records go on in its children. What happened to
one item stays in order only if a parent is read to its end before its children.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dynakit.errors import StatementError
from dynakit.operations.flow import Flow
from dynakit.operations.retry import request
from dynakit.streams.checkpoint import SHARD_END
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment


@dataclass(frozen=True)
class Shard:
    """A shard as listed; ``ended`` says that no more records will come into it."""

    parent: str | None
    ended: bool


@dataclass(frozen=True)
class Listing:
    """The shards of a stream by id, as far as they are not trimmed; ``on`` says that it records changes."""

    shards: Mapping[str, Shard]
    on: bool

    def readable(self, positions: Mapping[str, str]) -> list[str]:
        """The shards that are not read to their end and whose parents are, or are trimmed."""
        ended = {shard for shard, position in positions.items() if position == SHARD_END}
        return [
            name
            for name, shard in self.shards.items()
            if name not in ended and (shard.parent not in self.shards or shard.parent in ended)
        ]


def latest_stream(table: Table, environment: Environment) -> Flow[str]:
    """The ARN of the table's stream, or of its last one.

    Raises :class:`StatementError` for a table that never had any.
    """
    call = Call("DescribeTable", {"TableName": environment.table_name(table)})
    reply = yield from request(call, environment, statement=f"stream of table {table.name!r}")
    found: str | None = reply.payload["Table"].get("LatestStreamArn")
    if found is None:
        raise StatementError(f"table {table.name!r}: it has no stream. Declare stream=…, or enable it.")
    return found


def list_shards(stream: str, environment: Environment) -> Flow[Listing]:
    """List the shards of a stream.

    Raises :class:`~dynakit.operations.retry.Refused` for a stream that is gone.
    """
    shards: dict[str, Shard] = {}
    after: Payload = {}
    while True:
        call = Call("DescribeStream", {"StreamArn": stream, **after}, "streams")
        reply = yield from request(
            call, environment, interprets=("ResourceNotFoundException",), statement="read a stream"
        )
        described: Payload = reply.payload["StreamDescription"]
        for shard in described.get("Shards", []):
            ended = "EndingSequenceNumber" in (shard.get("SequenceNumberRange") or {})
            shards[shard["ShardId"]] = Shard(shard.get("ParentShardId"), ended)
        last = described.get("LastEvaluatedShardId")
        if last is None:
            return Listing(shards, described.get("StreamStatus") in ("ENABLED", "ENABLING"))
        after = {"ExclusiveStartShardId": last}
