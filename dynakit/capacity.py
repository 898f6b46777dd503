"""What a table or an index may read and write in a second, and how that is paid for.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html
"""

from __future__ import annotations

from typing import TypeAlias

from dynakit.errors import DefinitionError
from dynakit.limits import check_units
from dynakit.values import dataclass


@dataclass(frozen=True)
class AutoScaled:
    """Provisioned units that follow the traffic, from ``minimum`` to ``maximum``.

    ``target`` is the utilization in percent to keep to, 20 to 90; ``seed`` are the units to begin with, the
    minimum unless given. After each step up or down a cooldown in seconds may be demanded; with
    ``scale_in=False`` units are only ever added.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
    """

    minimum: int
    maximum: int
    target: float = 70
    seed: int | None = None
    scale_in: bool = True
    scale_in_cooldown: int | None = None
    scale_out_cooldown: int | None = None

    def __post_init__(self) -> None:
        check_units(self, (self.minimum, self.maximum, self.seed))
        if not self.minimum <= self.units <= self.maximum:
            raise DefinitionError(f"{self}: expected 1 ≤ minimum ≤ seed ≤ maximum. Put them in order.")
        if not 20 <= self.target <= 90:
            raise DefinitionError(f"{self}: expected a target of 20 to 90 percent.")
        if min(self.scale_in_cooldown or 0, self.scale_out_cooldown or 0) < 0:
            raise DefinitionError(f"{self}: expected cooldowns of 0 seconds or more.")

    @property
    def units(self) -> int:
        """The units it begins with."""
        return self.minimum if self.seed is None else self.seed


@dataclass(frozen=True)
class OnDemand:
    """Pay per request (``PAY_PER_REQUEST``), up to a maximum of request units in a second if one is given.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode-max-throughput.html
    """

    max_read: int | None = None
    max_write: int | None = None

    def __post_init__(self) -> None:
        check_units(self, (self.max_read, self.max_write))


@dataclass(frozen=True)
class Provisioned:
    """Provisioned throughput, in read and write capacity units per second; fixed, or auto-scaled."""

    read: int | AutoScaled
    write: int | AutoScaled

    def __post_init__(self) -> None:
        check_units(self, (each for each in (self.read, self.write) if not isinstance(each, AutoScaled)))

    @property
    def read_units(self) -> int:
        """The read units it begins with."""
        return self.read if isinstance(self.read, int) else self.read.units

    @property
    def write_units(self) -> int:
        """The write units it begins with."""
        return self.write if isinstance(self.write, int) else self.write.units


Capacity: TypeAlias = OnDemand | Provisioned

ON_DEMAND = OnDemand()
