"""What code does with entities, and which actions that takes on which table or index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar, get_args

from dynakit.errors import DefinitionError, did_you_mean
from dynakit.index import Index
from dynakit.schema.definition import Definition, EntityKey, definition_of
from dynakit.schema.key import Pattern
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity
    from dynakit.table import Table

E = TypeVar("E", bound="Entity")

Verb: TypeAlias = Literal[
    "get",
    "get_many",
    "transact_get",
    "query",
    "hydrate",
    "scan",
    "put",
    "update",
    "delete",
    "check",
    "put_many",
    "delete_many",
    "move",
    "search",
    "follow",
    "select",
    "insert",
    "partiql_update",
    "partiql_delete",
]
"""What code does: by the verbs of repositories and statements, those that come to the same left out.

``put`` is create and replace, too, ``update`` upsert, save_changes and restore, ``query`` first, one, all,
page, count and collect, ``follow`` reads the table's stream. ``check`` is a condition on an item in a
transaction. The last four are PartiQL's.
"""

VERBS: tuple[Verb, ...] = get_args(Verb)

_READS_AFTER_LOST_REPLY = "GetItem"
"""A conditional write whose reply was lost, and that is refused when sent again, is told apart by reading."""

_ON_ITEMS: dict[Verb, tuple[str, ...]] = {
    "get": ("GetItem",),
    "get_many": ("BatchGetItem",),
    "transact_get": ("GetItem",),
    "put": ("PutItem", _READS_AFTER_LOST_REPLY),
    "update": ("UpdateItem", _READS_AFTER_LOST_REPLY),
    "delete": ("DeleteItem", _READS_AFTER_LOST_REPLY),
    "check": ("ConditionCheckItem",),
    "put_many": ("BatchWriteItem",),
    "delete_many": ("BatchWriteItem",),
    "move": ("GetItem", "PutItem", "DeleteItem"),
    "hydrate": ("BatchGetItem",),
}
_ON_RANGES: dict[Verb, str] = {
    "query": "Query",
    "hydrate": "Query",
    "scan": "Scan",
    "select": "PartiQLSelect",
    "search": "SearchVectors",
}
_PARTIQL_WRITES: dict[Verb, str] = {
    "insert": "PartiQLInsert",
    "partiql_update": "PartiQLUpdate",
    "partiql_delete": "PartiQLDelete",
}
_STREAM_ACTIONS = frozenset({"DescribeStream", "GetRecords", "GetShardIterator"})
_ON_GUARDS = frozenset({"GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"})
_WRITES = ("put", "update", "delete", "move", "put_many", "delete_many")


@dataclass(frozen=True)
class Grant:
    """Actions, without their prefix, on a table or what stands below it.

    ``name`` is whose items they are about: an entity's, or the table's. ``part`` is empty for the table, else
    ``/index/NAME`` or ``/stream/*``; ``key`` is the pattern that the items are found by, ``None`` where no
    key counts; ``kept`` is what the partition keys begin with where items that dynakit keeps for itself are
    meant, and they alone.
    """

    table: Table
    name: str
    actions: frozenset[str]
    part: str
    key: EntityKey | None = None
    kept: str | None = None


@dataclass(frozen=True, init=False)
class Access(Generic[E]):
    """That code uses these verbs on an entity, or ``query``, ``hydrate`` or ``scan`` on one of its patterns.

    ``Access(Order, "get", "put")`` is about single items, ``Access(Order.by_status, "query")`` about a
    pattern; ``Access(Order, "query")`` queries the primary key. Raises :class:`DefinitionError` for an
    unknown verb, and for single items by an index.
    """

    entity: type[E]
    pattern: str | None
    verbs: tuple[Verb, ...]

    def __init__(self, target: type[E] | Pattern[E], *verbs: Verb) -> None:
        entity, pattern = (target.entity, target.name) if isinstance(target, Pattern) else (target, None)
        object.__setattr__(self, "entity", entity)
        object.__setattr__(self, "pattern", pattern)
        object.__setattr__(self, "verbs", verbs)
        self._check()

    def _check(self) -> None:
        where = f"access to {self.entity.__name__}"
        if not self.verbs:
            raise DefinitionError(f"{where}: got no verb; expected some of {', '.join(VERBS)}.")
        for verb in self.verbs:
            if verb not in VERBS:
                raise DefinitionError(f"{where}: got {verb!r}{did_you_mean(verb, VERBS) or '.'}")
            if self._key.index is not None and verb not in _ON_RANGES:
                raise DefinitionError(
                    f"{where}: {verb} goes by the primary key, not by index {self._key.index.name!r}. Say "
                    f"Access({self.entity.__name__}, {verb!r})."
                )

    @property
    def _key(self) -> EntityKey:
        definition = definition_of(self.entity)
        return definition.primary_key if self.pattern is None else definition.key(self.pattern)

    def grants(self) -> list[Grant]:
        """The actions that it takes."""
        definition, key = definition_of(self.entity), self._key
        items = {action for verb in self.verbs for action in _ON_ITEMS.get(verb, ())}
        items |= {_PARTIQL_WRITES[verb] for verb in self.verbs if verb in _PARTIQL_WRITES}
        if definition.lifecycle.deleted is not None and "delete" in self.verbs:
            items.add("UpdateItem")
        found = [_grant(definition, items, "", definition.primary_key)] if items else []
        ranges = {action for verb, action in _ON_RANGES.items() if verb in self.verbs and verb != "search"}
        if any(verb in _WRITES for verb in self.verbs):
            found += _guards(definition)
        if ranges:
            found.append(_grant(definition, ranges, _part(key.index), key))
        if "search" in self.verbs:
            found += _searches(definition)
        if "follow" in self.verbs:
            # The table tells which stream is its.
            found.append(_grant(definition, {"DescribeTable"}, ""))
            found.append(_grant(definition, _STREAM_ACTIONS, "/stream/*"))
        return found


def _guards(definition: Definition[Any]) -> Iterator[Grant]:
    """The guards of unique constraints, which each write keeps in the same transaction."""
    for constraint in definition.constraints:
        yield Grant(definition.stored_in, definition.name, _ON_GUARDS, "", kept=constraint.prefix)


def _searches(definition: Definition[Any]) -> list[Grant]:
    indexes = definition.stored_in.vector_indexes
    return [_grant(definition, {"SearchVectors"}, f"/index/{index.name}") for index in indexes]


def _grant(
    definition: Definition[Any], actions: Iterable[str], part: str, key: EntityKey | None = None
) -> Grant:
    return Grant(definition.stored_in, definition.name, frozenset(actions), part, key)


def _part(index: Index | None) -> str:
    return "" if index is None else f"/index/{index.name}"
