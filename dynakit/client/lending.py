"""``db.lease(…)``, for both clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynakit.client.lease import LeaseHolder
    from dynakit.client.lease_aio import AsyncLeaseHolder
    from dynakit.client.running import Awaits, Executes
    from dynakit.operations.lease import Lease


class LendsLeases:
    """The verb of :class:`~dynakit.client.sync.Client`."""

    def lease(
        self: Executes, lease: Lease, *, wait: float | None = None, heartbeat: bool = True
    ) -> LeaseHolder:
        """Hold a lease for a ``with`` block: see :class:`~dynakit.operations.lease.Lease`.

        Waits for at most ``wait`` seconds, then raises :class:`~dynakit.errors.LeaseTaken`; ``None`` waits
        for ever. The lease is renewed in the background, unless ``heartbeat=False``. The end of the block
        raises :class:`~dynakit.errors.LeaseLost` when the lease was not held all the time.
        """
        from dynakit.client.lease import LeaseHolder

        return LeaseHolder(self, lease, wait, heartbeat)


class LendsLeasesAwaited:
    """The verb of :class:`~dynakit.client.aio.AsyncClient`."""

    def lease(
        self: Awaits, lease: Lease, *, wait: float | None = None, heartbeat: bool = True
    ) -> AsyncLeaseHolder:
        """Hold a lease for an ``async with`` block: see :meth:`LendsLeases.lease`."""
        from dynakit.client.lease_aio import AsyncLeaseHolder

        return AsyncLeaseHolder(self, lease, wait, heartbeat)
