"""``db.stream(…)``: a stream followed, and ``db.changes`` and ``db.handle`` for events; for both clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dynakit.client.running import Awaits, Executes
    from dynakit.schema.entity import Entity
    from dynakit.streams.change import Change
    from dynakit.streams.checkpoint import AnyCheckpointStore, CheckpointStore
    from dynakit.streams.consumer import Gap, Start
    from dynakit.streams.handle import BatchResponse
    from dynakit.streams.reader import Changes, StreamReader
    from dynakit.streams.record import Event

E = TypeVar("E", bound="Entity")
T = TypeVar("T")


class FollowsStreams:
    """The verb of :class:`~dynakit.client.sync.Client`."""

    def stream(
        self: Executes,
        reader: StreamReader[E],
        *,
        checkpoint: CheckpointStore | None = None,
        start: Start = "TRIM_HORIZON",
        batch: int = 1000,
        pause: float = 1.0,
        until_idle: float | None = None,
        on_gap: Callable[[Gap], None] | None = None,
    ) -> Iterator[Change[E]]:
        """The changes of a table, one by one, as they are made; each at least once.

        Those of one item come in order; those of different items may not. Without a saved ``checkpoint`` it
        begins at ``start``: with the oldest change there is (up to 24 hours), or with what is written from
        now on. A change is done when the next one is asked for: the checkpoint is saved behind each
        ``batch`` (1 to 1,000 records of one shard), and where the loop is left, before the change it was
        left at. Where nothing is new it waits ``pause`` seconds; with ``until_idle`` it ends when nothing
        was new for so many seconds, else when the stream is switched off and read.

        ``on_gap`` is told of changes that are gone unread, which are logged as warnings too. What is
        encrypted or offloaded is opened as by :meth:`changes`.
        Meant for tests, tools and DynamoDB Local: in production let Lambda, or the KCL, share the shards out.

        Raises :class:`~dynakit.errors.DecodeError` for a record that cannot be read;
        :class:`~dynakit.errors.StatementError` for a table without a stream.
        """
        from dynakit.client.following import Following, follow

        return follow(self, reader, checkpoint, Following(start, batch, pause, until_idle, on_gap))

    def changes(self: Executes, reader: StreamReader[E], event: Event) -> Changes[E]:
        """The changes in Lambda's event, as ``reader.changes(event)``, for entities with sealed attributes.

        What is encrypted or offloaded is opened first. An image with an offloaded value whose object is gone,
        as it was overwritten or deleted since, is ``None`` and named in ``change.gone``.

        Raises :class:`~dynakit.errors.DecodeError` that names the record's number;
        :class:`~dynakit.errors.StatementError` for a client without keys or objects;
        :class:`~dynakit.errors.RequestError`.
        """
        return self.run(reader.opened_changes(event, self.environment))

    def handle(
        self: Executes, reader: StreamReader[E], event: Event, handler: Callable[[Change[E]], None]
    ) -> BatchResponse:
        """Give each change of Lambda's event to ``handler``, opened as by :meth:`changes`.

        Replies as ``reader.handle``; a record that cannot be opened is one that failed.
        """
        from dynakit.streams.handle import handle
        from dynakit.streams.record import raw_records

        return handle(
            raw_records(event),
            lambda raw: self.run(reader.opened_change(raw, self.environment)),
            handler,
        )


class FollowsStreamsAwaited:
    """The verb of :class:`~dynakit.client.aio.AsyncClient`."""

    def stream(
        self: Awaits,
        reader: StreamReader[E],
        *,
        checkpoint: AnyCheckpointStore | None = None,
        start: Start = "TRIM_HORIZON",
        batch: int = 1000,
        pause: float = 1.0,
        until_idle: float | None = None,
        on_gap: Callable[[Gap], None] | None = None,
    ) -> AsyncIterator[Change[E]]:
        """The changes of a table; see :meth:`dynakit.Client.stream`.

        Close it (``aclose``) when the loop is left early.
        """
        from dynakit.client.following import Following, follow_awaited

        return follow_awaited(self, reader, checkpoint, Following(start, batch, pause, until_idle, on_gap))

    async def changes(self: Awaits, reader: StreamReader[E], event: Event) -> Changes[E]:
        """The changes in Lambda's event, opened; see :meth:`dynakit.Client.changes`."""
        return await self.run(reader.opened_changes(event, self.environment))

    async def handle(
        self: Awaits, reader: StreamReader[E], event: Event, handler: Callable[[Change[E]], Awaitable[None]]
    ) -> BatchResponse:
        """Give each change of Lambda's event to ``handler``, opened; see :meth:`dynakit.Client.handle`."""
        from dynakit.streams.handle import handle_async
        from dynakit.streams.record import raw_records

        return await handle_async(
            raw_records(event),
            lambda raw: self.run(reader.opened_change(raw, self.environment)),
            handler,
        )
