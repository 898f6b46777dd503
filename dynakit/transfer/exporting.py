"""Reading a whole table: every item as it is stored, in segments, with checkpoints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from dynakit.operations.flow import Flow
from dynakit.operations.scan import Fetched, Scanner
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.scan import Scan


@dataclass(frozen=True)
class TableScan:
    """Read every item of a table: those of all entities, dynakit's own, and those that are nobody's.

    ``total_segments``, ``at_once``, ``read_units`` (a second) and ``page_size`` mean what they mean on a
    :class:`~dynakit.schema.scan.Scan`.
    """

    table: Table
    total_segments: int = 4
    at_once: int = 4
    consistent_read: bool = False
    read_units: float | None = None
    page_size: int | None = None

    index = None
    """The table itself is read."""

    def bound(self, environment: Environment) -> str:
        """What a checkpoint is bound to: the table's name, and the number of segments."""
        return json.dumps(["items", environment.table_name(self.table), self.total_segments])

    def request(
        self, environment: Environment, segment: int = 0, *, start: Item | None = None, count: bool = False
    ) -> Call:
        """One request of this segment, from behind ``start``; with ``count`` without items."""
        payload: Payload = {"TableName": environment.table_name(self.table)}
        if self.total_segments > 1:
            payload |= {"Segment": segment, "TotalSegments": self.total_segments}
        payload |= {"ConsistentRead": True} if self.consistent_read else {}
        payload |= {} if self.page_size is None else {"Limit": self.page_size}
        payload |= {} if start is None else {"ExclusiveStartKey": start}
        payload |= {"Select": "COUNT"} if count else {}
        return Call("Scan", {**payload, "ReturnConsumedCapacity": "TOTAL"}, item_by_item=True)

    def __str__(self) -> str:
        return f"scan of all items of table {self.table.name!r}"


class TableScanner(Scanner[Item]):
    """A scan of all items that is under way. Raises as :class:`~dynakit.operations.scan.Scanner`."""

    def __init__(self, scan: TableScan, environment: Environment, checkpoint: str | None = None) -> None:
        # It is asked for the same as a scan of entities, but for what only the decoding of items asks.
        super().__init__(cast("Scan[Any]", scan), environment, checkpoint)

    def take(self, fetched: Fetched) -> Flow[list[Item]]:
        """The next items of a page, as they are stored."""
        yield from ()
        items = list(fetched.rows.take())
        fetched.given += len(items)
        self._advance(fetched)
        return items
