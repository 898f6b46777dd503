"""Reading a stream by its shards: in order, from a checkpoint on, past whatever expires on the way.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from dynakit.errors import StatementError, TableMissing
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.retry import Refused, request
from dynakit.streams.change import Change
from dynakit.streams.checkpoint import SHARD_END, SINCE, Checkpoint
from dynakit.streams.decode import Left
from dynakit.streams.reader import StreamReader
from dynakit.streams.record import RawRecord
from dynakit.streams.shards import Listing, latest_stream, list_shards
from dynakit.values import dataclass
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")

Start: TypeAlias = Literal["TRIM_HORIZON", "LATEST"]
"""Where a stream is begun: with the oldest record it has, or with what is written from now on."""

MAX_BATCH = 1000
"""Records in one reply of ``GetRecords``."""

LIST_AGAIN = 60.0
"""Seconds after which the shards are listed again though none of them has ended."""

_INTERPRETED = ("ExpiredIteratorException", "TrimmedDataAccessException", "ResourceNotFoundException")

_log = logging.getLogger("dynakit")


@dataclass(frozen=True)
class Gap:
    """Changes that were gone before they were read: trimmed after 24 hours, or with their stream.

    ``shard`` is ``None`` for a whole ``stream``; ``after`` is the last position that was handled there.
    """

    stream: str
    shard: str | None
    after: str | None

    def __str__(self) -> str:
        shard = "" if self.shard is None else f" of shard {self.shard}"
        after = "" if self.after is None else f" after {self.after}"
        return f"{self.stream}: changes{shard}{after} were gone before they were read"


@dataclass(frozen=True)
class Following:
    """How a stream is followed; see :meth:`dynakit.Client.stream`.

    Raises :class:`StatementError` for a batch that is none of 1 to 1,000, or a negative time.
    """

    start: Start = "TRIM_HORIZON"
    batch: int = MAX_BATCH
    pause: float = 1.0
    until_idle: float | None = None
    on_gap: Callable[[Gap], None] | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.batch <= MAX_BATCH:
            raise StatementError(f"stream: got batch={self.batch}; expected 1 to {MAX_BATCH:,}.")
        if min(self.pause, self.until_idle or 0.0) < 0:
            raise StatementError("stream: got a negative time; expected seconds, 0 or more.")
        if self.start not in ("TRIM_HORIZON", "LATEST"):
            raise StatementError(f"stream: got start={self.start!r}; expected TRIM_HORIZON or LATEST.")


@dataclass(frozen=True)
class Batch:
    """Records of one shard, in order; ``ended`` says that they are its last."""

    shard: str
    records: tuple[RawRecord, ...]
    ended: bool


class Consumer(Generic[E]):
    """One pass over a stream: what is read, and how far it was handled."""

    def __init__(
        self,
        reader: StreamReader[E],
        following: Following,
        environment: Environment,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self._reader, self._following, self._environment = reader, following, environment
        self._stream = None if checkpoint is None else checkpoint.stream
        self._positions = {} if checkpoint is None else dict(checkpoint.shards)
        self._listing: Listing | None = None
        self._list_at = 0.0
        self._iterators: dict[str, str] = {}
        self._new: set[str] = set()
        self._turn: deque[str] = deque()
        self._round: Literal["found", "disturbed", "empty"] = "found"
        self._idle_from = 0.0
        self.unsaved = False
        self._check_stream()

    @property
    def checkpoint(self) -> Checkpoint:
        """How far all was handled."""
        return Checkpoint(self._stream or "", dict(self._positions))

    def change(self, raw: RawRecord) -> Flow[Change[E] | Left]:
        """The change of one record of a batch, opened. Raises as ``StreamReader.opened_change``."""
        table = self._environment.table_name(self._reader.table)
        return (yield from self._reader.opened_change(raw, self._environment, table))

    def handled(self, batch: Batch, raw: RawRecord, change: Change[E] | Left) -> None:
        """Note that a record is done with."""
        self._positions[batch.shard] = raw.sequence_number or ""
        # A checkpoint that is kept in the same table is a record too, and must not cause the next one.
        self.unsaved = self.unsaved or change is not Left.private

    def finished(self, batch: Batch) -> None:
        """Note that all records of a batch are done with."""
        if batch.ended:
            self._positions[batch.shard] = SHARD_END
            self.unsaved = True

    def _check_stream(self) -> None:
        table = self._environment.table_name(self._reader.table)
        if self._stream is not None and f":table/{table}/" not in self._stream:
            raise StatementError(
                f"{self._reader}: the checkpoint is of {self._stream}; expected one of table {table!r}. "
                "Give each reader a checkpoint of its own."
            )

    def poll(self) -> Flow[Batch | None]:
        """The next records; ``None`` when there are none for as long as was asked for, or never will be."""
        self._idle_from = self._environment.monotonic()
        while True:
            while self._turn:
                batch = yield from self._read(self._turn.popleft())
                if batch is not None:
                    self._round = "found"
                    return batch
            if self._listing is not None and (yield from self._is_over()):
                return None
            yield from self._begin_round()

    def _is_over(self) -> Flow[bool]:
        idle, now = self._following.until_idle, self._environment.monotonic()
        if self._round == "empty" and idle is not None and now - self._idle_from >= idle:
            return True
        if self._round == "empty" and self._listing and not self._listing.on and not self._readable():
            return (yield from self._has_no_successor())
        if self._round != "found":
            yield Sleep(self._following.pause)
        return False

    def _begin_round(self) -> Flow[None]:
        now = self._environment.monotonic()
        if self._listing is None or now >= self._list_at or not self._readable():
            yield from self._list()
            self._list_at = now + LIST_AGAIN
        self._round = "empty"
        self._turn.extend(self._readable())

    def _readable(self) -> list[str]:
        return self._listing.readable(self._positions) if self._listing else []

    def _list(self) -> Flow[None]:
        fresh = self._stream is None
        if self._stream is None:
            self._stream = yield from latest_stream(self._reader.table, self._environment)
        try:
            listing = yield from list_shards(self._stream, self._environment)
        except Refused as refused:
            if (yield from self._has_no_successor()):
                raise TableMissing(
                    f"stream {self._stream}: it is gone, and table {self._reader.table.name!r} has no other. "
                    "Enable one.",
                    action="DescribeStream",
                    code=refused.error.code,
                ) from refused.error
            return (yield from self._list())
        self._listing = listing
        if fresh and self._following.start == "LATEST":
            self._begin_with_latest(listing)
        self._drop_trimmed(listing)

    def _begin_with_latest(self, listing: Listing) -> None:
        """Before its first record an open shard has no position but a time, by which it is found again.

        DynamoDB Local tells no more than the minute in which a record was made.
        """
        since = SINCE + self._environment.now().replace(second=0, microsecond=0).isoformat()
        ended = {name: shard.ended for name, shard in listing.shards.items()}
        self._positions = {name: SHARD_END if closed else since for name, closed in ended.items()}
        self._new = {name for name, closed in ended.items() if not closed}

    def _drop_trimmed(self, listing: Listing) -> None:
        for shard in self._positions.keys() - listing.shards.keys():
            position = self._positions.pop(shard)
            self._iterators.pop(shard, None)
            if position != SHARD_END:
                self._report(shard, position)

    def _has_no_successor(self) -> Flow[bool]:
        """Go over to the table's next stream, where this one is off or gone."""
        latest = yield from latest_stream(self._reader.table, self._environment)
        if latest == self._stream:
            return True
        self._report(None, None)
        self._stream, self._listing, self._positions = latest, None, {}
        self._iterators.clear()
        return False

    def _read(self, shard: str) -> Flow[Batch | None]:
        try:
            iterator = self._iterators.get(shard) or (yield from self._iterator(shard))
            payload = {"ShardIterator": iterator, "Limit": self._following.batch}
            reply = yield from self._request(Call("GetRecords", payload, "streams"))
        except Refused as refused:
            self._refused(shard, refused.error.code)
            return None
        following: str | None = reply.get("NextShardIterator")
        if following is None:
            self._iterators.pop(shard, None)
            self._list_at = 0.0
        else:
            self._iterators[shard] = following
        given = reply.get("Records", [])
        records = [RawRecord(number, content, shard) for number, content in enumerate(given, start=1)]
        wanted = tuple(raw for raw in records if not self._is_before(raw))
        return Batch(shard, wanted, following is None) if wanted or following is None else None

    def _iterator(self, shard: str) -> Flow[str]:
        position = self._positions.get(shard)
        payload: Payload = {"StreamArn": self._stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        if shard in self._new:
            self._new.remove(shard)
            payload["ShardIteratorType"] = "LATEST"
        elif position is not None and not position.startswith(SINCE):
            payload |= {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": position}
        reply = yield from self._request(Call("GetShardIterator", payload, "streams"))
        iterator: str = reply["ShardIterator"]
        return iterator

    def _request(self, call: Call) -> Flow[Payload]:
        reply = yield from request(
            call, self._environment, interprets=_INTERPRETED, statement=str(self._reader)
        )
        return reply.payload

    def _refused(self, shard: str, code: str) -> None:
        """An iterator lives for 15 minutes, a record for 24 hours."""
        self._iterators.pop(shard, None)
        self._round = "disturbed"
        if code != "ExpiredIteratorException":
            self._list_at = 0.0
        if code == "TrimmedDataAccessException":
            position = self._positions.pop(shard, None)
            if position is not None:
                self._report(shard, position)

    def _is_before(self, raw: RawRecord) -> bool:
        """Whether a record is from before the moment that its shard is read from."""
        position = self._positions.get(raw.shard or "", "")
        if not position.startswith(SINCE):
            return False
        created = raw.approximate_creation_time
        return created is not None and created < datetime.fromisoformat(position.removeprefix(SINCE))

    def _report(self, shard: str | None, after: str | None) -> None:
        gap = Gap(self._stream or "", shard, after)
        _log.warning("stream gap: %s", gap)
        if self._following.on_gap is not None:
            self._following.on_gap(gap)
