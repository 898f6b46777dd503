"""Collections: one partition read once, several entities in it told apart.

What belongs to none of the entities asked for is *foreign*: counted and left out, or refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from dynakit.errors import StatementError, UnknownEntity
from dynakit.expressions.compile import Placeholders
from dynakit.keys.given import KeyConditions
from dynakit.keys.plan import plan
from dynakit.keys.term import KeyPlan
from dynakit.operations.cursor import check_start, decode_cursor, encode_cursor, refused_cursor
from dynakit.operations.flow import Flow
from dynakit.operations.retry import Refused, request
from dynakit.schema.definition import Definition, EntityKey, definition_of
from dynakit.schema.item import decode_item, is_of
from dynakit.schema.request import missing_from
from dynakit.table import Table
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


@dataclass(frozen=True)
class Collected:
    """The entities of one partition, in the order of the sort key.

    ``collected[Order]`` is the list of orders. ``foreign`` counts the items of other entities that were
    read and left out; ``cursor`` is behind the last item read, ``None`` at the end.
    """

    items: list[Entity]
    foreign: int
    cursor: str | None

    def __getitem__(self, entity: type[E]) -> list[E]:
        """The entities of one class, in order."""
        return [item for item in self.items if isinstance(item, entity)]


@dataclass(frozen=True)
class Collection:
    """Read one partition of a table or index: items of several entities, in the order of the sort key.

    ``equal`` gives the attributes of the partition key. With ``limit`` at most so many entities are given.
    Raises :class:`StatementError` for no entity, and for a limit below 1.
    ``foreign="refuse"`` raises :class:`UnknownEntity` for an item that is none of these entities'.
    """

    entities: tuple[type[Entity], ...]
    equal: tuple[tuple[str, object], ...]
    limit: int | None = None
    forward: bool = True
    consistent: bool = False
    foreign: Literal["skip", "refuse"] = "skip"
    index: str | None = None

    def __post_init__(self) -> None:
        if not self.entities:
            raise StatementError("collect: got no entity; expected at least one.")
        if self.limit is not None and self.limit < 1:
            raise StatementError(f"{self}: limit: got {self.limit}; expected 1 or more.")

    @property
    def table(self) -> Table:
        """The one table. Raises :class:`StatementError` when the entities are not all on one."""
        tables = {definition.stored_in for definition in self._definitions}
        if len(tables) != 1:
            raise StatementError(f"{self}: expected entities of one table, got {len(tables)} tables.")
        return tables.pop()

    @cached_property
    def plan(self) -> KeyPlan:
        """The partition.

        Raises :class:`StatementError` when the entities do not share it, or are to be read consistently on
        a global index, which has no consistent reads.
        """
        plans = [self._plan(definition) for definition in self._definitions]
        if any(other != plans[0] for other in plans):
            names = ", ".join(definition.name for definition in self._definitions)
            raise StatementError(f"{self}: {names} do not share a partition; their partition keys differ.")
        if self.consistent and self.index is not None and not self.table.index(self.index).local:
            raise StatementError(
                f"{self}: global index {self.index!r} has no consistent reads. Leave out consistent=True."
            )
        return plans[0]

    def compile(self, environment: Environment) -> Call:
        """The first request exactly as it is sent."""
        return self.request(environment, None, self.limit)

    def request(self, environment: Environment, start: Item | None, size: int | None) -> Call:
        """One request: from behind ``start``, reading at most ``size`` items."""
        placeholders = Placeholders()
        terms = [
            f"{placeholders.name(term.attribute)} = {placeholders.value(term.values[0])}"
            for term in self.plan.partition
        ]
        payload: Payload = {
            "TableName": environment.table_name(self.table),
            "KeyConditionExpression": " AND ".join(terms),
        }
        if self.index is not None:
            index = self.table.index(self.index)
            partial = index.local and self.table.held_by(index) is not None
            payload |= {"IndexName": index.name, **({"Select": "ALL_ATTRIBUTES"} if partial else {})}
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
        values = [term.values[0] for term in self.plan.partition]
        bound = [environment.table_name(self.table), self.index, types, values, self.forward]
        return json.dumps(bound, sort_keys=True)

    @property
    def key_names(self) -> set[str]:
        """The attributes of a start key: the table's key, and the index's."""
        keys = (self._key(definition) for definition in self._definitions)
        return {*self.table.key_names, *(part.attribute for key in keys for part in key.parts)}

    def decode(self, item: Item) -> Entity | None:
        """Read an item as the entity it is; ``None`` for a foreign one that is left out."""
        for definition in self._definitions:
            if is_of(definition, item):
                whole = self._key(definition).gives_whole_items
                entity: Entity = decode_item(definition, item, whole=whole)
                return entity
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

    def _key(self, definition: Definition[Any]) -> EntityKey:
        if self.index is None:
            return definition.primary_key
        for key in definition.keys.values():
            if key.index is not None and key.index.name == self.index:
                return key
        raise StatementError(f"{self}: {definition.name} has no pattern on index {self.index!r}.")

    def _plan(self, definition: Definition[Any]) -> KeyPlan:
        key, values = self._key(definition), dict(self.equal)
        names = [name for part in key.partition for name in part.names]
        if set(names) != set(values):
            raise StatementError(
                f"{self}: the partition key of {definition.name} is made of {', '.join(names)}; "
                f"got {', '.join(values) or 'nothing'}. A collection names a partition only."
            )
        missing = [] if key.gives_whole_items else missing_from(definition, key)
        if missing:
            raise StatementError(
                f"{self}: index {self.index!r} does not hold {', '.join(missing)}, which a whole "
                f"{definition.name} has. Query {definition.name}.{key.name} with .project(…)."
            )
        return replace(plan(str(self), key.partition, (), KeyConditions(values, None)), whole=False)

    def __str__(self) -> str:
        names = ", ".join(entity.__name__ for entity in self.entities)
        index = "" if self.index is None else f" on {self.index}"
        return f"collect {names} by {', '.join(name for name, _ in self.equal)}{index}"


def collect(collection: Collection, environment: Environment, cursor: str | None = None) -> Flow[Collected]:
    """Read a collection: all of it, or up to its limit."""
    if collection.plan.empty:
        return Collected([], 0, None)
    start = _start(collection, environment, cursor)
    from_cursor = cursor is not None
    found: list[Entity] = []
    foreign = 0
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


def _start(collection: Collection, environment: Environment, cursor: str | None) -> Item | None:
    if cursor is None:
        return None
    start = decode_cursor(collection.identity(environment), cursor)
    check_start(collection.plan, start, collection.table, collection.key_names)
    return start
