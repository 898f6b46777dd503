"""Scans: segments read round by round, each page with a checkpoint behind what was handed over so far.

A round reads the next page of ``at_once`` segments together, and no more until all of its pages are taken:
so memory is bounded by one round, nothing runs between rounds, and a scan that is given up leaves nothing.
Items are decoded some at a time, and the rows they were are let go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from dynakit.errors import UnknownEntity
from dynakit.operations.checkpoint import Position, decode_checkpoint, encode_checkpoint
from dynakit.operations.flow import Flow, together
from dynakit.operations.limits import Budget, units_used
from dynakit.operations.retry import request
from dynakit.operations.sealing_open import has_sealed, opened_found
from dynakit.operations.taking import Rows
from dynakit.schema.item import is_of
from dynakit.schema.scanned import counts_rows, hides, likely_owner, owner
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.scan import Scan

R = TypeVar("R")

UNITS_PER_ITEM = 0.5
"""Read units counted for an item where a reply reports none: an item of up to 4 KB, read eventually."""


@dataclass(frozen=True)
class ScanProgress:
    """How far a scan is, since it began or was resumed.

    ``read`` counts items read, ``given`` those given, ``foreign`` those that came along and were none of the
    entities'; ``capacity`` are the read units used.
    """

    read: int
    given: int
    foreign: int
    capacity: float
    positions: tuple[Position, ...] = field(repr=False)
    bound: str = field(repr=False)

    @property
    def segments(self) -> int:
        """The number of segments."""
        return len(self.positions)

    @property
    def segments_done(self) -> int:
        """The number of segments that are read to their end."""
        return sum(position.done for position in self.positions)

    @property
    def done(self) -> bool:
        """Whether everything is read."""
        return self.segments_done == self.segments

    @cached_property
    def checkpoint(self) -> str:
        """Where to resume, as JSON text: behind the items given so far. It shows keys of items."""
        return encode_checkpoint(self.bound, self.positions)


OnProgress: TypeAlias = Callable[[ScanProgress], None]
"""Told how far a scan is, each time that the items of one more page were taken."""


@dataclass(frozen=True)
class ScanPage(Generic[R]):
    """The items of one request, perhaps none; ``progress`` is how far the scan is behind them."""

    items: list[R]
    segment: int
    progress: ScanProgress

    @property
    def checkpoint(self) -> str:
        """Where to resume once the items of this page, and of those before it, are done with."""
        return self.progress.checkpoint


@dataclass(slots=True)
class Fetched:
    """A page that was read and is not taken yet: how much of it is given, and how far its segment then is."""

    segment: int
    rows: Rows
    read: int
    capacity: float
    position: Position
    given: int = 0
    foreign: int = 0


class Scanner(Generic[R]):
    """A scan that is under way. Raises :class:`CheckpointError` for a checkpoint of another scan."""

    def __init__(self, scan: Scan[Any], environment: Environment, checkpoint: str | None = None) -> None:
        self._scan, self._environment = scan, environment
        # What is wrong with the statement is told now, not when the first page is asked for.
        scan.request(environment)
        self._budget = Budget(str(scan), scan.read_units)
        positions = (Position(),) * scan.total_segments
        if checkpoint is not None:
            positions = decode_checkpoint(scan, environment, checkpoint)
        self.progress = ScanProgress(0, 0, 0, 0.0, positions, scan.bound(environment))

    def round(self, *, count: bool = False) -> Flow[list[Fetched]]:
        """Read the next page of some segments. To be called until the progress is done.

        Its pages are to be taken in their order, each to its end.
        """
        yield from self._budget.wait(self._environment)
        positions = self.progress.positions
        open_ = (number for number, position in enumerate(positions) if not position.done)
        chosen = [number for number, _ in zip(open_, range(self._scan.at_once), strict=False)]
        fetched = yield from together((self._fetch(one, count) for one in chosen), most=len(chosen))
        self._budget.spend(sum(one.capacity for one in fetched), self._environment)
        return fetched

    def page(self, fetched: Fetched) -> Flow[ScanPage[R]]:
        """All of a page."""
        items: list[R] = []
        while not fetched.rows.ended:
            items += yield from self.take(fetched)
        return ScanPage(items, fetched.segment, self.progress)

    def take(self, fetched: Fetched) -> Flow[list[R]]:
        """The next items of a page, perhaps none; behind the last of them the progress is moved on."""
        items: list[R] = []
        scan, now = self._scan, self._environment.now()
        for row in fetched.rows.take():
            one = likely_owner(scan, row)
            if one is None or hides(scan, one, row, now):
                fetched.foreign += one is None or not is_of(one.definition, row)
                continue
            opened = row
            if has_sealed(one.definition):
                opened = yield from opened_found(one.definition, row, self._environment)
            try:
                result: Any = one.decode(scan, opened)
            except UnknownEntity:
                fetched.foreign += 1
            else:
                items.append(result)
        fetched.given += len(items)
        self._advance(fetched)
        return items

    def count(self, fetched: Fetched) -> None:
        """Take a page without decoding its items."""
        scan, now = self._scan, self._environment.now()
        while not fetched.rows.ended:
            for row in fetched.rows.take():
                one = owner(scan, row)
                fetched.foreign += one is None
                fetched.given += one is not None and not hides(scan, one, row, now)
        self._advance(fetched)

    def _fetch(self, segment: int, count: bool) -> Flow[Fetched]:
        scan, start = self._scan, self.progress.positions[segment].after
        call = scan.request(self._environment, segment, start=start, count=count)
        reply = (yield from request(call, self._environment, statement=scan)).payload
        found = int(reply.get("Count", 0))
        read = int(reply.get("ScannedCount", found))
        after: Item | None = reply.get("LastEvaluatedKey")
        capacity = units_used(reply, read * UNITS_PER_ITEM)
        position = Position(after, done=after is None)
        counted = found if count and counts_rows(scan) else 0
        return Fetched(segment, Rows(reply), read, capacity, position, counted)

    def _advance(self, fetched: Fetched) -> None:
        if not fetched.rows.ended:
            return
        before = self.progress
        positions = list(before.positions)
        positions[fetched.segment] = fetched.position
        self.progress = replace(
            before,
            read=before.read + fetched.read,
            given=before.given + fetched.given,
            foreign=before.foreign + fetched.foreign,
            capacity=before.capacity + fetched.capacity,
            positions=tuple(positions),
        )


def count_scan(scan: Scan[Any], environment: Environment) -> Flow[int]:
    """How many items a scan gives; costs the read units of reading all."""
    scanner: Scanner[Any] = Scanner(scan, environment)
    while not scanner.progress.done:
        for fetched in (yield from scanner.round(count=True)):
            scanner.count(fetched)
    return scanner.progress.given
