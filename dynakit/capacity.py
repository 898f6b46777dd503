"""What a table or an index may read and write in a second, and how that is paid for.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html
"""

from __future__ import annotations

from typing import TypeAlias

from dynakit.errors import DefinitionError
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
        if not 1 <= self.minimum <= (self.seed or self.minimum) <= self.maximum:
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
        if any(most is not None and most < 1 for most in (self.max_read, self.max_write)):
            raise DefinitionError(f"{self}: expected a maximum of at least 1. Raise it, or leave it out.")


@dataclass(frozen=True)
class Provisioned:
    """Provisioned throughput, in read and write capacity units per second; fixed, or auto-scaled."""

    read: int | AutoScaled
    write: int | AutoScaled

    def __post_init__(self) -> None:
        if min(self.read_units, self.write_units) < 1:
            raise DefinitionError(
                f"{self}: expected at least 1 unit of each. Raise it, or leave it on demand."
            )

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
