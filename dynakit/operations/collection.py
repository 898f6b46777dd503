"""Collections: one partition read once, several entities in it told apart.

What belongs to none of the entities asked for is *foreign*: counted and left out, or refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast

from dynakit.errors import StatementError, UnknownEntity
from dynakit.expressions.compile import Placeholders
from dynakit.keys.term import KeyPlan, KeyTerm
from dynakit.operations.cursor import check_start, decode_cursor, encode_cursor, refused_cursor
from dynakit.operations.flow import Flow
from dynakit.operations.retry import Refused, request
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.item import decode_item, is_of
from dynakit.table import Table
from dynakit.wire import AttributeValue, Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
U = TypeVar("U", bound="Entity")


@dataclass(frozen=True)
class Collected(Generic[U]):
    """The entities of one partition, in the order of the sort key.

    ``collected[Order]`` is the list of orders. ``foreign`` counts the items of other entities that were
    read and left out; ``cursor`` is behind the last item read, ``None`` at the end.
    """

    items: list[U]
    foreign: int
    cursor: str | None

    def __getitem__(self, entity: type[E]) -> list[E]:
        """The entities of one class, in order."""
        return [item for item in self.items if isinstance(item, entity)]


@dataclass(frozen=True)
class Collection(Generic[U]):
    """Read one partition of a table: the items of several entities, in the order of the sort key.

    ``equal`` gives the attributes of the partition key. With ``limit`` at most so many entities are given.
    ``foreign="refuse"`` raises :class:`UnknownEntity` for an item that is none of these entities'.
    """

    entities: tuple[type[U], ...]
    equal: tuple[tuple[str, object], ...]
    limit: int | None = None
    forward: bool = True
    consistent: bool = False
    foreign: Literal["skip", "refuse"] = "skip"

    @property
    def table(self) -> Table:
        """The one table. Raises :class:`StatementError` when the entities are not all on one."""
        tables = {definition.stored_in for definition in self._definitions}
        if len(tables) != 1:
            raise StatementError(f"{self}: expected entities of one table, got {len(tables)} tables.")
        return tables.pop()

    @property
    def plan(self) -> KeyPlan:
        """The partition. Raises :class:`StatementError` when the entities do not share it."""
        keys = [self._partition(definition) for definition in self._definitions]
        if any(key != keys[0] for key in keys):
            names = ", ".join(definition.name for definition in self._definitions)
            raise StatementError(f"{self}: {names} do not share a partition; their partition keys differ.")
        return KeyPlan((KeyTerm(self.table.partition.name, "=", (keys[0],)),), (), 0, whole=False)

    def compile(self, environment: Environment) -> Call:
        """The first request exactly as it is sent."""
        return self.request(environment, None, self.limit)

    def request(self, environment: Environment, start: Item | None, size: int | None) -> Call:
        """One request: from behind ``start``, reading at most ``size`` items."""
        term = self.plan.partition[0]
        placeholders = Placeholders()
        condition = f"{placeholders.name(term.attribute)} = {placeholders.value(term.values[0])}"
        payload: Payload = {
            "TableName": environment.table_name(self.table),
            "KeyConditionExpression": condition,
        }
        placeholders.add_to(payload)
        if not self.forward:
            payload["ScanIndexForward"] = False
        if self.consistent:
            payload["ConsistentRead"] = True
        payload |= {} if size is None else {"Limit": size}
        payload |= {} if start is None else {"ExclusiveStartKey": start}
        return Call("Query", payload)

    def identity(self, environment: Environment) -> str:
        """What a cursor is bound to."""
        types = sorted(definition.type_name for definition in self._definitions)
        value = self.plan.partition[0].values[0]
        return json.dumps([environment.table_name(self.table), types, value, self.forward], sort_keys=True)

    def decode(self, item: Item) -> U | None:
        """Read an item as the entity it is; ``None`` for a foreign one that is left out."""
        for definition in self._definitions:
            if is_of(definition, item):
                return cast("U", decode_item(definition, item))
        if self.foreign == "skip":
            return None
        name = self.table.type_attribute
        type_name = item.get(name, {}).get("S") if name else None
        key = {key: item[key] for key in self.table.key_names}
        raise UnknownEntity(
            f"{self}: an item of type {type_name!r} is in the partition; expected one of these entities. "
            'Add its entity, or pass foreign="skip".',
            type_name=type_name,
            key=key,
        )

    @property
    def _definitions(self) -> list[Definition[Any]]:
        return [definition_of(entity) for entity in self.entities]

    def _partition(self, definition: Definition[Any]) -> AttributeValue:
        part, values = definition.primary_key.partition[0], dict(self.equal)
        missing = [name for name in part.names if name not in values]
        unknown = [name for name in values if name not in part.names]
        if missing or unknown:
            raise StatementError(
                f"{self}: the partition key of {definition.name} is made of {', '.join(part.names)}; "
                f"got {', '.join(values) or 'nothing'}. A collection names a partition only."
            )
        return part.render(values)

    def __str__(self) -> str:
        names = ", ".join(entity.__name__ for entity in self.entities)
        return f"collect {names} by {', '.join(name for name, _ in self.equal)}"


def collect(
    collection: Collection[U], environment: Environment, cursor: str | None = None
) -> Flow[Collected[U]]:
    """Read a collection: all of it, or up to its limit."""
    start = _start(collection, environment, cursor)
    from_cursor = cursor is not None
    found, foreign = list[U](), 0
    while True:
        size = None if collection.limit is None else collection.limit - len(found)
        call = collection.request(environment, start, size)
        interprets: Sequence[str] = ("ValidationException",) if from_cursor else ()
        try:
            reply = yield from request(call, environment, interprets=interprets, statement=collection)
        except Refused as refused:
            raise refused_cursor() from refused.error
        for item in reply.payload.get("Items", []):
            entity = collection.decode(item)
            foreign += entity is None
            found += [] if entity is None else [entity]
        start, from_cursor = reply.payload.get("LastEvaluatedKey"), False
        if start is None or len(found) == collection.limit:
            after = None if start is None else encode_cursor(collection.identity(environment), start)
            return Collected(found, foreign, after)


def _start(collection: Collection[U], environment: Environment, cursor: str | None) -> Item | None:
    if cursor is None:
        return None
    start = decode_cursor(collection.identity(environment), cursor)
    check_start(collection.plan, start, set(collection.table.key_names))
    return start
