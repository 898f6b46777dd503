"""What observers are told of a call, before and after it. It never holds a value, a key or an expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol, TypeAlias

from dynakit.operations.reply import ThrottlingReason
from dynakit.values import dataclass
from dynakit.wire import Service

Option: TypeAlias = str | int | bool
"""The value of a request's option."""


@dataclass(frozen=True, slots=True)
class Consumed:
    """Capacity that a call used of one table, or of one of its indexes.

    In read and write units; ``index`` is ``None`` for the table itself, and for all of it where the service
    tells no more.
    """

    table: str
    index: str | None
    read_units: float
    write_units: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStart:
    """A call that is about to be sent.

    ``action`` and ``service`` are AWS's; ``tables`` the real table names; ``index`` is ``None`` for a table;
    ``statement`` the stable name of what is being carried out (:func:`~dynakit.telemetry.names.name_of`);
    ``attempt`` counts from 1; ``batch`` is the number of operations in a batch or transaction, else ``None``.
    ``options`` are the request's options by their AWS names (``Limit``, ``Select``, ``ConsistentRead``…),
    ``address`` is the URL calls go to, where it is known. ``number`` is this call's in the process.
    """

    number: int
    action: str
    service: Service
    tables: tuple[str, ...]
    index: str | None
    statement: str
    attempt: int
    batch: int | None = None
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnd(CallStart):
    """The same call, when its reply came or did not.

    ``seconds`` is how long it took; ``items`` how many came back or matched, ``scanned`` how many were read,
    ``None`` where that means nothing. ``capacity`` is empty unless it was asked for and told. ``code`` is the
    service's error code; ``error`` the kind of failure (its class name), ``None`` for success.
    """

    seconds: float
    items: int | None = None
    scanned: int | None = None
    capacity: tuple[Consumed, ...] = ()
    code: str | None = None
    error: str | None = None
    request_id: str | None = None
    throttling_reasons: tuple[ThrottlingReason, ...] = ()

    @property
    def read_units(self) -> float:
        """All read units this call used."""
        return sum(one.read_units for one in self.capacity)

    @property
    def write_units(self) -> float:
        """All write units this call used."""
        return sum(one.write_units for one in self.capacity)


class Observer(Protocol):
    """Is told of each call, in the thread or task that makes it.

    What it raises is logged and breaks no call. Every ``before`` is followed by its ``after``, with the same
    ``number``, also when the call is cancelled.
    """

    def before(self, call: CallStart) -> None: ...

    def after(self, call: CallEnd) -> None: ...
