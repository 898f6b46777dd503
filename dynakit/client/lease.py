"""``with db.lease(…)``: a lease held for a block, kept alive by a thread."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dynakit.errors import DynakitError, LeaseLost, RequestError
from dynakit.operations.lease import Held, Lease, Seen, acquire, release, renew, try_acquire

if TYPE_CHECKING:
    from dynakit.client.running import Executes
    from dynakit.environment import Environment

_BEATS = 3
"""How often a lease is renewed in its duration."""


class LeaseState:
    """What is known of a lease without asking: whether it is held, and its fencing number."""

    def __init__(self, environment: Environment, lease: Lease) -> None:
        self.lease = lease
        self._environment = environment
        self._held: Held | None = None
        self._seen: Seen | None = None
        self._lost: LeaseLost | None = None

    @property
    def still_held(self) -> bool:
        """Whether the lease is surely this holder's, by its own monotonic clock; once lost, always lost.

        Work that takes long should look again before each step that must not be done twice.
        """
        if self._held is None or self._lost is not None:
            return False
        if self._environment.monotonic() >= self._held.until:
            self._lost = LeaseLost(
                f"{self.lease}: it was lost, because it was not renewed in time; another may have worked at "
                "the same time. Refuse what carries an older fencing number than the last.",
                lease=self.lease,
                fence=self._held.fence,
            )
        return self._lost is None

    @property
    def fence(self) -> int:
        """The fencing number: greater each time that anybody takes the lease."""
        return self._taken().fence

    def check(self) -> None:
        """Raise :class:`LeaseLost` unless the lease is still held."""
        self._taken()
        if not self.still_held and self._lost is not None:
            raise self._lost

    def _taken(self) -> Held:
        if self._held is None:
            raise DynakitError(f"{self.lease}: it is not taken. Call acquire, or use it in a with block.")
        return self._held

    def _check_free(self) -> None:
        if self._held is not None:
            raise DynakitError(f"{self.lease}: this object has taken it already. Release it first.")

    def _begin(self, held: Held) -> None:
        self._held, self._seen, self._lost = held, None, None

    def _found(self, found: Held | Seen | None) -> bool:
        if isinstance(found, Held):
            self._begin(found)
            return True
        self._seen = found
        return False

    def _renewable(self) -> Held:
        self.check()
        return self._taken()

    @property
    def _interval(self) -> float:
        return (self.lease.duration - self.lease.safety).total_seconds() / _BEATS


class LeaseHolder(LeaseState):
    """Takes a lease and gives it back: by ``with``, or by its verbs. For one thread and its heartbeat."""

    def __init__(self, client: Executes, lease: Lease, wait: float | None, heartbeat: bool) -> None:
        super().__init__(client.environment, lease)
        self._client = client
        self._wait = wait
        self._heartbeat = heartbeat
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self) -> None:
        """Take the lease, waiting as long as it was told to. Raises :class:`LeaseTaken`."""
        self._check_free()
        self._begin(self._client.run(acquire(self.lease, self._environment, self._wait)))
        self._start()

    def try_acquire(self) -> bool:
        """Take the lease if it is free, or if this object saw its holder silent for its whole duration."""
        self._check_free()
        taken = self._found(self._client.run(try_acquire(self.lease, self._environment, self._seen)))
        if taken:
            self._start()
        return taken

    def renew(self) -> None:
        """Begin the duration anew; the heartbeat does that. Raises :class:`LeaseLost`."""
        try:
            self._held = self._client.run(renew(self._renewable(), self._environment))
        except LeaseLost as lost:
            self._lost = lost
            raise

    def release(self) -> None:
        """Give the lease back. Raises :class:`LeaseLost` when it was not held to the end."""
        self._end()
        held, held_to_the_end = self._taken(), self.still_held
        lost, self._held = self._lost, None
        try:
            self._client.run(release(held, self._environment))
        except LeaseLost as error:
            raise lost or error from None
        if not held_to_the_end and lost is not None:
            raise lost

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.release()
            return
        # The error of the block says more.
        with suppress(DynakitError):
            self.release()

    def _start(self) -> None:
        if self._heartbeat:
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._beat, name=str(self.lease), daemon=True)
            self._thread.start()

    def _end(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _beat(self) -> None:
        while not self._stop.wait(self._interval) and self.still_held:
            try:
                self.renew()
            except LeaseLost:
                return
            except RequestError:
                # It is tried again while the lease lasts; then it is lost.
                continue
