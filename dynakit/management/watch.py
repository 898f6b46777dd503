"""Looks at a table while it changes, and tells how far that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from dynakit.deployment import Deployment
from dynakit.errors import RequestError
from dynakit.management.change import TableChange, TablePlan
from dynakit.management.comparison import compared
from dynakit.management.reading import live_name, live_or_none, standing
from dynakit.operations.flow import Flow, Sleep
from dynakit.values import dataclass

if TYPE_CHECKING:
    from datetime import timedelta

    from dynakit.environment import Environment

FIRST_POLL = 0.05
POLL = 5.0
"""The pauses in seconds between two looks: they double, from the first to this."""


@dataclass(frozen=True)
class TableProgress:
    """Where ``tables.apply`` is: ``busy`` names what is waited for, such as ``"byStatus is CREATING"``."""

    change: TableChange | None
    done: int
    changes: int
    busy: tuple[str, ...] = ()


Progress: TypeAlias = Callable[[TableProgress], None]


class Watch:
    """Looks at the table, and tells how far a plan is."""

    def __init__(
        self,
        made: Deployment,
        environment: Environment,
        progress: Progress | None = None,
        changes: int = 0,
        wait: timedelta | None = None,
    ) -> None:
        self.made = made
        self.environment = environment
        self.done = 0
        self._progress = progress
        self._changes = changes
        self._longest = None if wait is None else wait.total_seconds()

    @property
    def where(self) -> str:
        """The table, for messages."""
        return f"table {self.made.table.name!r}"

    def tell(self, change: TableChange | None, busy: tuple[str, ...] = ()) -> None:
        """Tell of a change that begins, or of what is waited for."""
        if self._progress is not None:
            self._progress(TableProgress(change, self.done, self._changes, busy))

    def compared(self) -> Flow[TablePlan]:
        """What there is to do now."""
        live = yield from live_or_none(self.made, self.environment)
        return compared(self.made, live_name(self.made, self.environment), live)

    def settled(self, change: TableChange | None = None, *, created: bool = False) -> Flow[bool]:
        """Wait until the table and its indexes are active; whether there was a need to.

        A table that was just created may still be missing: reading about tables is eventually consistent.
        """
        pause, waited, began = FIRST_POLL, False, self.environment.monotonic()
        while True:
            live = yield from standing(self.made, self.environment)
            if live is None and not created:
                return waited
            busy = ("the table is not there yet",) if live is None else live.busy
            if not busy:
                return waited
            if self._longest is not None and self.environment.monotonic() - began >= self._longest:
                raise RequestError(
                    f"{self.where}: after {self._longest:.0f} s, {', '.join(busy)}; all was expected to be "
                    "active. It may still become so: wait, or look at it."
                )
            waited = True
            self.tell(change, busy)
            yield Sleep(pause)
            pause = min(pause * 2, POLL)
