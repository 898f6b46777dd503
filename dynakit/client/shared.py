"""What both clients have besides verbs that wait: who looks on, and clients that share their connections."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.telemetry.events import Observer
    from dynakit.telemetry.usage import Usage
    from dynakit.telemetry.watch import Watch


class Shared:
    """The base of :class:`~dynakit.client.sync.Client` and :class:`~dynakit.client.aio.AsyncClient`."""

    environment: Environment

    @property
    def _watch(self) -> Watch:
        raise NotImplementedError

    def _sharing(self, environment: Environment) -> Self:
        raise NotImplementedError

    @property
    def capacity(self) -> Usage:
        """The capacity used since connecting or ``capacity.reset()``, by all clients that share connections.

        Nothing is counted unless calls ask for it: with an observer, inside :meth:`measured`, or with
        ``connect(…, capacity=True)``.
        """
        return self._watch.usage

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Tell an observer of each call from here on; call what is returned to end that."""
        return self._watch.observe(observer)

    def measured(self) -> AbstractContextManager[Usage]:
        """Count the capacity used inside a ``with`` block, by this thread or task and those it starts."""
        return self._watch.measured()

    def named(self, name: str) -> AbstractContextManager[None]:
        """Call whatever is carried out inside a ``with`` block by this name, in totals, logs and traces."""
        from dynakit.telemetry.names import named

        return named(name)

    def within(self, *, deadline: float, attempts: int | None = None) -> Self:
        """This client with another deadline in seconds for each call, and at most so many attempts.

        The deadline bounds attempts and pauses; an attempt under way ends by the time-outs of the connection.
        Closing the client that is returned leaves the connections open: they belong to this one.
        """
        policy = self.environment.retry
        retry = replace(policy, deadline=deadline, attempts=attempts or policy.attempts)
        return self.using(replace(self.environment, retry=retry))

    def using(self, environment: Environment) -> Self:
        """This client under another environment: clock, randomness, table names, retries.

        It shares connections, retry quota, observers, middleware and totals; closing it leaves the
        connections open.
        """
        return self._sharing(replace(environment, quota=self.environment.quota))
