"""The sweep: objects in the store that no item points to any more.

An object is uploaded before its item is written, and deleted after its item is overwritten. So a write that
failed, a process that died in between, a batch and a deletion by DynamoDB itself leave objects behind. The
sweep lists those of a table that are older than any write can take, then reads the whole table consistently,
and deletes what nothing points to. Pointers count wherever they stand, whether or not their entity is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from dynakit.errors import StatementError
from dynakit.operations.flow import Flow
from dynakit.operations.retry import request
from dynakit.operations.sealing_place import pointer_in, table_folder
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.operations.sealing_objects import ObjectStore

LEAST_AGE = timedelta(hours=1)
"""An object younger than this may belong to a write that is under way."""


@dataclass(frozen=True)
class Swept:
    """What a sweep found: the keys of objects that nothing points to, and their size in bytes.

    ``deleted`` says whether they were deleted; ``listed`` counts all objects of the table, ``items`` the
    items read.
    """

    orphans: tuple[str, ...]
    size: int
    deleted: bool
    listed: int
    items: int


def sweep(
    table: Table, environment: Environment, *, older_than: timedelta = timedelta(days=1), delete: bool = False
) -> Flow[Swept]:
    """Find the objects of a table that no item points to; with ``delete`` delete them.

    It reads the whole table, at twice the read units of a usual scan, when there is any object that is old
    enough; the keys of these are held in memory. Raises :class:`StatementError` for an age below one hour,
    and for a client without objects.
    """
    objects = _objects(table, environment)
    if older_than < LEAST_AGE:
        raise StatementError(
            f"sweep of {table.name}: older_than is {older_than}; expected {LEAST_AGE} or more, as younger "
            "objects may belong to writes that are under way."
        )
    listed, candidates = yield from _old(table, objects, environment, older_than)
    items = 0
    if candidates:
        items = yield from _strike_out(table, candidates, environment)
    orphans = tuple(sorted(candidates))
    if delete and orphans:
        yield from objects.delete(orphans, environment)
    return Swept(orphans, sum(candidates.values()), delete, listed, items)


def _objects(table: Table, environment: Environment) -> ObjectStore:
    if environment.objects is None:
        raise StatementError(
            f"sweep of {table.name}: the client has no objects; expected them. Connect with "
            "objects=S3Objects(bucket)."
        )
    return environment.objects


def _old(
    table: Table, objects: ObjectStore, environment: Environment, older_than: timedelta
) -> Flow[tuple[int, dict[str, int]]]:
    """How many objects of the table there are, and the sizes of the old ones by key."""
    prefix = table_folder(environment.table_name(table), objects)
    latest = environment.now() - older_than
    listed, old = 0, dict[str, int]()
    start: str | None = None
    while True:
        page = yield from objects.page(prefix, start, environment)
        listed += len(page.objects)
        old.update({one.key: one.size for one in page.objects if one.modified < latest})
        start = page.next
        if start is None:
            return listed, old


def _strike_out(table: Table, candidates: dict[str, int], environment: Environment) -> Flow[int]:
    """Take away the objects that items point to; gives the number of items read."""
    payload: Payload = {"TableName": environment.table_name(table), "ConsistentRead": True}
    read = 0
    while True:
        reply = yield from request(Call("Scan", payload), environment, statement=f"sweep of {table.name}")
        items: list[Item] = reply.payload.get("Items", [])
        read += len(items)
        for key in _pointed(items):
            candidates.pop(key, None)
        after: Item | None = reply.payload.get("LastEvaluatedKey")
        if after is None:
            return read
        payload = {**payload, "ExclusiveStartKey": after}


def _pointed(items: list[Item]) -> Iterator[str]:
    for item in items:
        values: list[AttributeValue] = list(item.values())
        yield from (pointer.key for value in values if (pointer := pointer_in(value)) is not None)
