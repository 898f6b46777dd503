"""Rates: capacity units a second, held on average over the calls of one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from dynakit.errors import StatementError
from dynakit.operations.flow import Flow, Sleep
from dynakit.wire import Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

LONGEST_PAUSE = 1.0
"""Seconds slept at a time, so that what ends a flow does not wait long for it."""


class Budget:
    """A rate in capacity units per second; ``None`` for no limit.

    What a call costs is known only afterwards: a call is sent as soon as all before it are paid off, so one
    call alone may exceed the rate, and the average does not. Time that passes unused is not saved up.
    """

    def __init__(self, where: str, units_per_second: float | None) -> None:
        if units_per_second is not None and not units_per_second > 0:
            raise StatementError(
                f"{where}: got {units_per_second} capacity units per second; expected more than 0."
            )
        self._rate = units_per_second
        self._paid_at = float("-inf")

    @property
    def limited(self) -> bool:
        """Whether there is a limit."""
        return self._rate is not None

    def wait(self, environment: Environment) -> Flow[None]:
        """Wait until what was spent is paid off."""
        while (left := self._paid_at - environment.monotonic()) > 0:
            yield Sleep(min(left, LONGEST_PAUSE))

    def spend(self, units: float, environment: Environment) -> None:
        """Note what calls have cost. Not to be called by several workers at a time."""
        if self._rate is not None:
            self._paid_at = max(self._paid_at, environment.monotonic()) + units / self._rate


def units_used(reply: Payload, otherwise: float) -> float:
    """The capacity units that a reply reports, of all its tables; ``otherwise`` where it reports none."""
    reported = cast("Mapping[str, object] | list[Mapping[str, object]] | None", reply.get("ConsumedCapacity"))
    if not reported:
        return otherwise
    tables = reported if isinstance(reported, list) else [reported]
    return sum(float(str(table.get("CapacityUnits", 0))) for table in tables)
