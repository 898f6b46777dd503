"""Writing items as they are stored: batches of 25, some at a time, the last of equal keys winning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dynakit.codec.number import canonical
from dynakit.operations.batch import MAX_WRITES, put_stored
from dynakit.operations.flow import Flow, together
from dynakit.operations.limits import Budget
from dynakit.table import Table
from dynakit.transfer.formats import Record
from dynakit.wire import AttributeValue

if TYPE_CHECKING:
    from dynakit.environment import Environment


class Importer:
    """Puts items into a table, round by round: nothing of a round is under way when the next one begins.

    ``at_once`` batches are written at a time, with at most ``write_units`` a second over all of them, by the
    capacity that replies report.
    """

    def __init__(self, table: Table, *, at_once: int = 4, write_units: float | None = None) -> None:
        self._table = table
        # One for each batch under way, as a budget is spent by one worker at a time.
        share = None if write_units is None else write_units / at_once
        self._budgets = [Budget("import", share) for _ in range(at_once)]

    @property
    def round_size(self) -> int:
        """The number of records in a full round."""
        return MAX_WRITES * len(self._budgets)

    def round(self, records: Iterable[Record], environment: Environment) -> Flow[None]:
        """Put at most a full round of records; of those with equal keys the last.

        Raises :class:`~dynakit.errors.Unprocessed` with the records of one batch that were not all written.
        """
        last = [*{self._identity(one): one for one in records}.values()]
        batches = [last[start : start + MAX_WRITES] for start in range(0, len(last), MAX_WRITES)]
        yield from together(
            (
                put_stored(self._table, [(one, one.item) for one in batch], environment, budget=budget)
                for batch, budget in zip(batches, self._budgets, strict=False)
            ),
            most=len(self._budgets),
        )

    def _identity(self, record: Record) -> tuple[object, ...]:
        return tuple(_plain(record.item[name]) for name in self._table.key_names)


def _plain(value: AttributeValue) -> object:
    return canonical(value["N"]) if "N" in value else next(iter(value.values()))
