"""What a transport is."""

from __future__ import annotations

from typing import Protocol

from dynakit.values import dataclass
from dynakit.wire import Call, Payload


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, TLS included, and for each piece of a reply.

    They stay below the time-outs of the functions this runs in; a reply that trickles in is not cut short
    by ``read``.
    """

    connect: float = 2.0
    read: float = 5.0


class Transport(Protocol):
    """Sends one call at a time; may be shared by threads.

    ``send`` returns the parsed reply of a call that succeeded, proved complete, and raises a
    :class:`~dynakit.operations.reply.Failure` otherwise. It never sends a call twice. ``Items`` of a call
    that is ``item_by_item`` may be :class:`~dynakit.unparsed.UnparsedItems`.
    """

    def send(self, call: Call) -> Payload: ...

    def close(self) -> None: ...


class AsyncTransport(Protocol):
    """The same, awaited. Cancelling ``send`` closes its connection and leaves the outcome unknown."""

    async def send(self, call: Call) -> Payload: ...

    async def close(self) -> None: ...
