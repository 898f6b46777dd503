"""How far a stream was read: a value, and what keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, Protocol, TypeAlias, TypeGuard, cast

from dynakit.errors import StatementError
from dynakit.values import dataclass

SHARD_END: Final = "SHARD_END"
"""The position in a shard that is closed and read to its end."""

SINCE: Final = "SINCE "
"""Begins the position in a shard of which nothing was read yet but what comes from a moment on is wanted.

The moment follows, in ISO 8601."""

_VERSION = 1


@dataclass(frozen=True)
class Checkpoint:
    """How far the stream of this ARN was read, shard by shard.

    A position is the sequence number of the last record that was handled, or that the shard was read to its
    end. A shard that is not named is read from its beginning.
    """

    stream: str
    shards: Mapping[str, str]

    def to_json(self) -> str:
        """The checkpoint as text."""
        kept = {"version": _VERSION, "stream": self.stream, "shards": dict(self.shards)}
        return json.dumps(kept, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Checkpoint:
        """Read what :meth:`to_json` wrote. Raises :class:`StatementError` for anything else."""
        kept = _parsed(text)
        stream, shards = kept.get("stream"), kept.get("shards")
        if kept.get("version") == _VERSION and isinstance(stream, str) and _are_positions(shards):
            return cls(stream, shards)
        raise StatementError(
            f"checkpoint: {len(text)} characters were read that are none of version {_VERSION}; expected "
            "what dynakit wrote. Remove it to read the stream from its beginning."
        )


def _parsed(text: str) -> dict[str, object]:
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", parsed) if isinstance(parsed, dict) else {}


def _are_positions(shards: object) -> TypeGuard[dict[str, str]]:
    if not isinstance(shards, dict):
        return False
    return all(isinstance(value, str) for value in cast("dict[object, object]", shards).values())


class CheckpointStore(Protocol):
    """Keeps one checkpoint: that of one reader of one stream. One process at a time may read by it."""

    def load(self) -> Checkpoint | None:
        """What was saved last; ``None`` for nothing."""
        ...

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint in place of the last one: whole, or not at all."""
        ...


class AsyncCheckpointStore(Protocol):
    """The same, awaited."""

    async def load(self) -> Checkpoint | None: ...

    async def save(self, checkpoint: Checkpoint) -> None: ...


AnyCheckpointStore: TypeAlias = CheckpointStore | AsyncCheckpointStore
"""What an asynchronous client keeps checkpoints in."""
