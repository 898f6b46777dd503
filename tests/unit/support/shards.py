"""A stream of shards, played: iterators are ``shard:place``, and what it refuses is said beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dynakit.operations.reply import ServiceError
from dynakit.wire import Call, Payload
from tests.unit.support.checked import checked
from tests.unit.support.feed import CREATED, order_image, record

ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/feed/stream/2026-05-01T00:00:00.000"
GONE = ServiceError(400, "ResourceNotFoundException")


@dataclass
class Shard:
    """A shard: the numbers of its records; the next refusals of ``after`` (an iterator) and ``records``."""

    numbers: list[int]
    parent: str | None = None
    ended: bool = False
    refuses: dict[str, list[ServiceError]] = field(default_factory=dict[str, list[ServiceError]])


@dataclass
class Streams:
    """A transport that plays the stream of table ``feed``; ``replies`` come before its records."""

    shards: dict[str, Shard]
    arn: str = ARN
    latest: str | None = ARN
    on: bool = True
    replies: list[Payload] = field(default_factory=list[Payload])
    calls: list[Call] = field(default_factory=list[Call])

    def send(self, call: Call) -> Payload:
        """Answer a call that the service would take."""
        checked(replace(call, payload=_spelled_out(call.payload)))
        self.calls.append(call)
        match call.action:
            case "DescribeTable":
                return {"Table": {"LatestStreamArn": self.latest} if self.latest else {}}
            case "DescribeStream":
                return self.describe(call.payload)
            case "GetShardIterator":
                return self.iterator(call.payload)
            case _:
                return self.replies.pop(0) if self.replies else self.records(call.payload)

    def close(self) -> None:
        """Do nothing."""

    def asked(self, action: str) -> list[Payload]:
        """The payloads of the calls of one action."""
        return [call.payload for call in self.calls if call.action == action]

    def describe(self, payload: Payload) -> Payload:
        """One shard a page."""
        if payload["StreamArn"] != self.arn:
            raise GONE
        names, after = list(self.shards), payload.get("ExclusiveStartShardId")
        place = 0 if after is None else names.index(after) + 1
        described: Payload = {"StreamStatus": "ENABLED" if self.on else "DISABLED", "Shards": []}
        described["Shards"] = [_described(name, self.shards[name]) for name in names[place : place + 1]]
        if place + 1 < len(names):
            described["LastEvaluatedShardId"] = names[place]
        return {"StreamDescription": described}

    def iterator(self, payload: Payload) -> Payload:
        """An iterator behind a place in a shard."""
        name, kind = payload["ShardId"], payload["ShardIteratorType"]
        if name not in self.shards:
            raise GONE
        shard = self.shards[name]
        if kind == "AFTER_SEQUENCE_NUMBER" and (refusals := shard.refuses.get("after")):
            raise refusals.pop(0)
        last = max(shard.numbers, default=0) if kind == "LATEST" else int(payload.get("SequenceNumber", 0))
        return {"ShardIterator": f"{name}:{last}"}

    def records(self, payload: Payload) -> Payload:
        """The records behind an iterator, and the next one unless the shard has ended."""
        name, _, after = payload["ShardIterator"].partition(":")
        shard = self.shards[name]
        if refusals := shard.refuses.get("records"):
            if refusals[0] is GONE:
                del self.shards[name]
            raise refusals.pop(0)
        numbers = [number for number in shard.numbers if number > int(after)][: payload["Limit"]]
        last = numbers[-1] if numbers else int(after)
        over = shard.ended and last >= max(shard.numbers, default=0)
        following = {} if over else {"NextShardIterator": f"{name}:{last}"}
        return {"Records": [numbered(number) for number in numbers], **following}


class Growing(list[int]):
    """The numbers of a shard, to which ``later`` is added once they were looked at."""

    later: int | None = None

    def __iter__(self) -> Iterator[int]:
        yield from list(super().__iter__())
        if self.later is not None:
            self.append(self.later)
            self.later = None


def numbered(number: int) -> Payload:
    """A record as the API gives it, made as many seconds after ``CREATED``."""
    raw = record("INSERT", new=order_image(f"o{number}"), number=number)
    del raw["eventSourceARN"]
    raw["dynamodb"]["ApproximateCreationDateTime"] = CREATED + number
    return raw


def _described(name: str, shard: Shard) -> Payload:
    end = {"EndingSequenceNumber": "9"} if shard.ended else {}
    parent = {"ParentShardId": shard.parent} if shard.parent else {}
    return {"ShardId": name, "SequenceNumberRange": {"StartingSequenceNumber": "1", **end}, **parent}


def _spelled_out(payload: Payload) -> Payload:
    """Shards and sequence numbers have short names here; the service's are longer."""
    longer = {name: str(value).ljust(28, "-") for name, value in payload.items() if name.endswith("ShardId")}
    number = payload.get("SequenceNumber")
    return {**payload, **longer, **({} if number is None else {"SequenceNumber": number.zfill(21)})}
