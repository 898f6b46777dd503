"""A stream followed: its batches read, its changes given, its checkpoint saved; for both clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from inspect import isawaitable
from typing import TYPE_CHECKING, TypeVar

from dynakit.streams.consumer import Consumer, Following
from dynakit.streams.decode import Left

if TYPE_CHECKING:
    from dynakit.client.running import Awaits, Executes
    from dynakit.schema.entity import Entity
    from dynakit.streams.change import Change
    from dynakit.streams.checkpoint import AnyCheckpointStore, Checkpoint, CheckpointStore
    from dynakit.streams.reader import StreamReader

__all__ = ["Following", "follow", "follow_awaited"]

E = TypeVar("E", bound="Entity")


def follow(
    client: Executes, reader: StreamReader[E], store: CheckpointStore | None, following: Following
) -> Iterator[Change[E]]:
    """The changes of :meth:`FollowsStreams.stream`."""
    loaded = None if store is None else store.load()
    consumer = Consumer(reader, following, client.environment, loaded)
    while (batch := client.run(consumer.poll())) is not None:
        try:
            for raw in batch.records:
                change = client.run(consumer.change(raw))
                if not isinstance(change, Left):
                    yield change
                consumer.handled(batch, raw, change)
            consumer.finished(batch)
        finally:
            if store is not None and consumer.unsaved:
                store.save(consumer.checkpoint)
                consumer.unsaved = False


async def follow_awaited(
    client: Awaits,
    reader: StreamReader[E],
    store: AnyCheckpointStore | None,
    following: Following,
) -> AsyncIterator[Change[E]]:
    """The same, awaited."""
    consumer = Consumer(reader, following, client.environment, await _load(store))
    while (batch := await client.run(consumer.poll())) is not None:
        try:
            for raw in batch.records:
                change = await client.run(consumer.change(raw))
                if not isinstance(change, Left):
                    yield change
                consumer.handled(batch, raw, change)
            consumer.finished(batch)
        finally:
            if store is not None and consumer.unsaved:
                await _save(store, consumer.checkpoint)
                consumer.unsaved = False


async def _load(store: AnyCheckpointStore | None) -> Checkpoint | None:
    loaded = None if store is None else store.load()
    return await loaded if isawaitable(loaded) else loaded


async def _save(store: AnyCheckpointStore, checkpoint: Checkpoint) -> None:
    saved = store.save(checkpoint)
    if isawaitable(saved):
        await saved
