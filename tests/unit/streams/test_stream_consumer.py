"""A stream followed, against canned replies: shards in order, checkpoints, gaps, what expires on the way."""

from __future__ import annotations

import logging
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from dynakit import Environment, StatementError, StreamReader, TableMissing
from dynakit.client.sync import Client
from dynakit.operations.reply import ServiceError
from dynakit.streams.checkpoint import SHARD_END, SINCE, Checkpoint
from dynakit.streams.consumer import Gap
from dynakit.wire import Payload
from tests.unit.support.feed import CREATED, Order, record
from tests.unit.support.shards import ARN, GONE, Growing, Shard, Streams, numbered

NEXT_ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/feed/stream/2026-05-02T00:00:00.000"
READER = StreamReader(Order)
EXPIRED = ServiceError(400, "ExpiredIteratorException")
TRIMMED = ServiceError(400, "TrimmedDataAccessException")


@dataclass
class Kept:
    """A checkpoint in memory."""

    checkpoint: Checkpoint | None = None
    saved: int = 0

    def load(self) -> Checkpoint | None:
        return self.checkpoint

    def save(self, checkpoint: Checkpoint) -> None:
        self.checkpoint, self.saved = checkpoint, self.saved + 1


def followed(streams: Streams, kept: Kept | None = None, **options: Any) -> Generator[int]:
    """The numbers of the changes."""
    environment = options.pop("environment", None) or Environment.simulated()
    client = Client(streams, environment)
    given: dict[str, Any] = {"until_idle": 0, **options}
    return (int(change.sequence_number) for change in client.stream(READER, checkpoint=kept, **given))


def take(numbers: Generator[int], count: int) -> list[int]:
    return [next(numbers) for _ in range(count)]


FAMILY = {
    "grandchild": Shard([7, 8], parent="child-1"),
    "child-1": Shard([3, 4], parent="parent", ended=True),
    "child-2": Shard([5, 6], parent="parent", ended=True),
    "parent": Shard([1, 2], parent="long gone", ended=True),
}


def family() -> dict[str, Shard]:
    return {name: Shard(list(one.numbers), one.parent, one.ended) for name, one in FAMILY.items()}


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_a_shard_is_read_after_its_parent_and_each_change_once(batch: int) -> None:
    numbers = list(followed(Streams(family()), batch=batch))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert numbers[:2] == [1, 2]
    for first, second in ((3, 4), (5, 6), (7, 8), (4, 7)):
        assert numbers.index(first) < numbers.index(second)


def test_the_shards_are_listed_page_by_page_and_requests_are_as_the_service_wants_them() -> None:
    streams = Streams({"a": Shard([1]), "b": Shard([2])})
    assert sorted(followed(streams, batch=5)) == [1, 2]
    assert streams.asked("DescribeTable") == [{"TableName": "feed"}]
    assert streams.asked("DescribeStream") == [
        {"StreamArn": ARN},
        {"StreamArn": ARN, "ExclusiveStartShardId": "a"},
    ]
    first = {"StreamArn": ARN, "ShardId": "a", "ShardIteratorType": "TRIM_HORIZON"}
    assert streams.asked("GetShardIterator")[0] == first
    assert streams.asked("GetRecords")[0] == {"ShardIterator": "a:0", "Limit": 5}


def test_children_that_come_while_a_shard_is_read_are_followed() -> None:
    streams = Streams({"a": Shard([1])})
    numbers = followed(streams, until_idle=None)
    assert next(numbers) == 1
    streams.shards["a"].ended = True
    streams.shards["b"] = Shard([2, 3], parent="a")
    assert take(numbers, 2) == [2, 3]


def test_a_stream_that_gives_nothing_is_asked_again_after_the_pause_until_it_was_idle_long_enough() -> None:
    environment = Environment.simulated()
    streams = Streams({"a": Shard([1])})
    assert list(followed(streams, environment=environment, pause=2, until_idle=10)) == [1]
    assert environment.monotonic() == 10
    assert len(streams.asked("GetRecords")) == 7


def test_shards_are_listed_again_after_a_while() -> None:
    environment = Environment.simulated()
    streams = Streams({"a": Shard([1])})
    list(followed(streams, environment=environment, pause=50, until_idle=250))
    assert len(streams.asked("DescribeStream")) == 3


def test_what_was_handled_is_not_read_again() -> None:
    kept, streams = Kept(), Streams(family())
    assert sorted(followed(streams, kept)) == [1, 2, 3, 4, 5, 6, 7, 8]
    ended = dict.fromkeys(("parent", "child-1", "child-2"), SHARD_END)
    assert kept.checkpoint == Checkpoint(ARN, {**ended, "grandchild": "8"})
    assert list(followed(streams, kept)) == []
    streams.shards["grandchild"].numbers.append(9)
    assert list(followed(streams, kept)) == [9]


@pytest.mark.parametrize("batch", [1, 3, 1000])
@pytest.mark.parametrize("handled", range(8))
def test_a_loop_that_is_left_goes_on_with_the_change_it_was_left_at(batch: int, handled: int) -> None:
    kept, streams = Kept(), Streams(family())
    numbers = followed(streams, kept, batch=batch)
    first = take(numbers, handled + 1)
    numbers.close()
    rest = list(followed(streams, kept, batch=batch))
    assert sorted({*first, *rest}) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert set(first[:-1]).isdisjoint(rest)


def test_a_crash_repeats_at_most_what_was_read_since_the_last_checkpoint() -> None:
    """The loop is not left: it is gone, and nothing is saved at its end."""
    kept, streams = Kept(), Streams({"a": Shard([1, 2, 3, 4, 5])})
    numbers = followed(streams, kept, batch=2)
    assert take(numbers, 4) == [1, 2, 3, 4]
    at_the_crash = Kept(kept.checkpoint)
    assert list(followed(streams, at_the_crash)) == [3, 4, 5]


def test_a_record_that_cannot_be_read_ends_the_loop_behind_those_before_it() -> None:
    broken = {**numbered(2), "eventName": "?"}
    kept, streams = Kept(), Streams({"a": Shard([])}, replies=[{"Records": [numbered(1), broken]}])
    numbers = followed(streams, kept)
    assert next(numbers) == 1
    with pytest.raises(Exception, match="^record 2: 'eventName'"):
        next(numbers)
    assert kept.checkpoint == Checkpoint(ARN, {"a": "1"})


@pytest.mark.parametrize("numbers", [[1, 2, 3, 4], [1, 2]])
def test_an_expired_iterator_is_replaced_by_one_behind_the_last_change(numbers: list[int]) -> None:
    streams = Streams({"a": Shard(numbers)})
    changes = followed(streams, batch=2)
    assert take(changes, 2) == [1, 2]
    streams.shards["a"].refuses["records"] = [EXPIRED]
    assert list(changes) == numbers[2:]
    after = {
        "StreamArn": ARN,
        "ShardId": "a",
        "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
        "SequenceNumber": "2",
    }
    assert streams.asked("GetShardIterator")[-1] == after


@pytest.mark.parametrize("where", ["after", "records"])
def test_a_position_that_was_trimmed_is_reported_and_the_oldest_that_is_left_is_read(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    gaps: list[Gap] = []
    shards = {"a": Shard([5, 6], refuses={where: [TRIMMED]}), "b": Shard([7], parent="a")}
    kept = Kept(Checkpoint(ARN, {"a": "2"}))
    with caplog.at_level(logging.WARNING, "dynakit"):
        assert list(followed(Streams(shards), kept, on_gap=gaps.append)) == [5, 6]
    assert gaps == [Gap(ARN, "a", "2")]
    assert [one.getMessage() for one in caplog.records] == [
        f"stream gap: {ARN}: changes of shard a after 2 were gone before they were read"
    ]


def test_a_shard_that_is_gone_is_reported_unless_it_was_read_to_its_end() -> None:
    gaps: list[Gap] = []
    kept = Kept(Checkpoint(ARN, {"old": "2", "older": SHARD_END}))
    streams = Streams({"new": Shard([7, 8], parent="old")})
    assert list(followed(streams, kept, on_gap=gaps.append)) == [7, 8]
    assert gaps == [Gap(ARN, "old", "2")]
    assert kept.checkpoint == Checkpoint(ARN, {"new": "8"})


def test_a_shard_that_goes_while_it_is_read_is_reported_too() -> None:
    gaps: list[Gap] = []
    streams = Streams({"a": Shard([1]), "b": Shard([4], parent="a")})
    numbers = followed(streams, until_idle=None, on_gap=gaps.append)
    assert next(numbers) == 1
    streams.shards["a"].refuses["records"] = [GONE]
    assert next(numbers) == 4
    assert gaps == [Gap(ARN, "a", "1")]


def test_latest_begins_behind_what_is_there() -> None:
    streams = Streams({"old": Shard([1], ended=True), "open": Shard([2, 3], parent="old")})
    numbers = followed(streams, start="LATEST", until_idle=None)
    streams.shards["open"].numbers = grows = Growing([2, 3])
    grows.later = 4
    assert next(numbers) == 4
    streams.shards["child"] = Shard([5], parent="open")
    streams.shards["open"].ended = True
    assert next(numbers) == 5


def test_a_quiet_shard_that_was_begun_at_latest_loses_nothing_over_a_crash() -> None:
    """It has no position but a time; what is older is read again and left out."""
    kept = Kept()
    now = datetime.fromtimestamp(CREATED + 100, UTC)
    streams = Streams({"busy": Shard([1]), "quiet": Shard([2])})
    environment = Environment.simulated(now=now)
    assert list(followed(streams, kept, start="LATEST", environment=environment)) == []
    streams.shards["busy"].numbers.append(150)
    kept.checkpoint = Checkpoint(ARN, {"busy": "150", "quiet": f"{SINCE}{now.isoformat()}"})
    streams.shards["quiet"].numbers.append(160)
    assert list(followed(streams, kept, start="LATEST")) == [160]
    assert kept.checkpoint == Checkpoint(ARN, {"busy": "150", "quiet": "160"})


def test_the_time_of_a_shard_begun_at_latest_is_kept_until_its_first_record() -> None:
    kept = Kept()
    environment = Environment.simulated(now=datetime(2026, 5, 1, 12, 0, 30, 5, tzinfo=UTC))
    streams = Streams({"old": Shard([1], ended=True), "quiet": Shard([]), "busy": Shard(Growing([2]))})
    busy = streams.shards["busy"].numbers
    assert isinstance(busy, Growing)
    busy.later = 3
    assert list(followed(streams, kept, start="LATEST", environment=environment)) == [3]
    since = f"{SINCE}2026-05-01T12:00:00+00:00"
    assert kept.checkpoint == Checkpoint(ARN, {"old": SHARD_END, "quiet": since, "busy": "3"})


def test_a_stream_that_is_off_is_read_to_its_end_and_the_loop_ends() -> None:
    streams = Streams({"a": Shard([1, 2], ended=True)}, on=False)
    assert list(followed(streams, until_idle=None)) == [1, 2]


def test_the_stream_of_a_table_that_was_made_again_is_read_from_its_beginning_and_reported() -> None:
    gaps: list[Gap] = []
    kept = Kept(Checkpoint(ARN, {"a": "5"}))
    streams = Streams({"b": Shard([1])}, arn=NEXT_ARN, latest=NEXT_ARN)
    assert list(followed(streams, kept, on_gap=gaps.append)) == [1]
    assert gaps == [Gap(ARN, None, None)]
    assert kept.checkpoint == Checkpoint(NEXT_ARN, {"b": "1"})


def test_a_stream_that_was_switched_off_and_on_is_read_to_its_end_before_the_next_one() -> None:
    @dataclass
    class Switched(Streams):
        def describe(self, payload: Payload) -> Payload:
            self.arn, self.on = payload["StreamArn"], payload["StreamArn"] == NEXT_ARN
            self.shards = {"b": Shard([3])} if self.on else {"a": Shard([1, 2], ended=True)}
            return super().describe(payload)

    gaps: list[Gap] = []
    kept = Kept(Checkpoint(ARN, {"a": "1"}))
    switched = Switched({}, latest=NEXT_ARN)
    assert list(followed(switched, kept, on_gap=gaps.append, until_idle=5)) == [2, 3]
    assert gaps == [Gap(ARN, None, None)]


def test_a_stream_that_is_gone_without_a_next_one_is_missing() -> None:
    with pytest.raises(TableMissing, match="it is gone, and table 'feed' has no other"):
        list(followed(Streams({}, arn="other")))


def test_a_table_without_a_stream_is_told() -> None:
    with pytest.raises(StatementError, match=r"^table 'feed': it has no stream"):
        list(followed(Streams({}, latest=None)))


def test_the_checkpoint_of_another_table_is_refused() -> None:
    kept = Kept(Checkpoint(ARN.replace("feed", "food"), {}))
    with pytest.raises(
        StatementError, match=r"^stream of Order: the checkpoint is of arn:.* expected one of table 'feed'"
    ):
        list(followed(Streams({}), kept))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch": 0}, "got batch=0; expected 1 to 1,000"),
        ({"batch": 1001}, "got batch=1001"),
        ({"pause": -1}, "got a negative time"),
        ({"until_idle": -0.1}, "got a negative time"),
        ({"start": "NOW"}, "got start='NOW'"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(StatementError, match=f"^stream: {message}"):
        followed(Streams({}), **options)


def test_checkpoints_of_private_records_alone_are_not_saved() -> None:
    """Else a checkpoint in the table of the stream would cause the next one for ever."""
    own = {"PK": {"S": "$checkpoint#x"}, "SK": {"S": "$"}}
    given = [numbered(1), record("INSERT", keys=own, view="KEYS_ONLY", number=2)]
    replies: list[Payload] = [
        {"Records": given[:1], "NextShardIterator": "a:1"},
        {"Records": given[1:], "NextShardIterator": "a:2"},
    ]
    kept, streams = Kept(), Streams({"a": Shard([])}, replies=replies)
    assert list(followed(streams, kept)) == [1]
    assert kept.saved == 1
