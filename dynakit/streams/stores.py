"""Where checkpoints are kept: in a file, or in a table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dynakit.operations.flow import Flow
from dynakit.operations.retry import request
from dynakit.schema.private import private_key
from dynakit.streams.checkpoint import Checkpoint
from dynakit.table import Table
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from dynakit.client.aio import AsyncClient
    from dynakit.client.sync import Client
    from dynakit.environment import Environment

_ATTRIBUTE = "checkpoint"


class FileCheckpoint:
    """A checkpoint in a file of its own; the folder must be there.

    It is written beside and then put in its place, so a crash leaves the last one or the new one. A blocking
    write of a few hundred bytes, also under asyncio.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def load(self) -> Checkpoint | None:
        """Read the file; ``None`` where there is none. Raises :class:`StatementError` for another file."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            text = ""
        return Checkpoint.from_json(text)

    def save(self, checkpoint: Checkpoint) -> None:
        """Put a new file in the place of the last one."""
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        with beside.open("w", encoding="utf-8") as file:
            file.write(checkpoint.to_json())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)


class TableCheckpoint:
    """A checkpoint in a table, under a name, as an item of dynakit's own.

    It may be the table of the stream. Raises :class:`StatementError` for a table with key attributes that are
    no text.
    """

    def __init__(self, client: Client, table: Table, name: str) -> None:
        self._client = client
        self._table, self._key = table, _key(table, name)

    def load(self) -> Checkpoint | None:
        """Read the item, consistently; ``None`` where there is none."""
        return self._client.run(_load(self._table, self._key, self._client.environment))

    def save(self, checkpoint: Checkpoint) -> None:
        """Write the item."""
        self._client.run(_save(self._table, self._key, checkpoint, self._client.environment))


class AsyncTableCheckpoint:
    """The same for asyncio."""

    def __init__(self, client: AsyncClient, table: Table, name: str) -> None:
        self._client = client
        self._table, self._key = table, _key(table, name)

    async def load(self) -> Checkpoint | None:
        """Read the item, consistently; ``None`` where there is none."""
        return await self._client.run(_load(self._table, self._key, self._client.environment))

    async def save(self, checkpoint: Checkpoint) -> None:
        """Write the item."""
        await self._client.run(_save(self._table, self._key, checkpoint, self._client.environment))


def _key(table: Table, name: str) -> Item:
    return private_key(f"checkpoint {name!r}", table, "checkpoint", name)


def _load(table: Table, key: Item, environment: Environment) -> Flow[Checkpoint | None]:
    payload = {"TableName": environment.table_name(table), "Key": key, "ConsistentRead": True}
    reply = yield from request(Call("GetItem", payload), environment, statement="load a checkpoint")
    item: Item | None = reply.payload.get("Item")
    return None if item is None else Checkpoint.from_json(item.get(_ATTRIBUTE, {}).get("S", ""))


def _save(table: Table, key: Item, checkpoint: Checkpoint, environment: Environment) -> Flow[None]:
    item: Item = {**key, _ATTRIBUTE: {"S": checkpoint.to_json()}}
    call = Call("PutItem", {"TableName": environment.table_name(table), "Item": item})
    yield from request(call, environment, statement="save a checkpoint")
