"""What a table is: its keys, its indexes, what they project and what they cost.

Frozen values without behaviour of their own: entities are declared on them, requests are compiled
against them, and infrastructure is exported from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from dynakit.errors import DefinitionError, did_you_mean
from dynakit.wire import ScalarType

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,255}")
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html

That page demands 3 characters, also of a table; but a declared table may be bound to another name.
"""

_SHORTEST_INDEX_NAME = 3

MAX_KEY_NAME_BYTES = 255
MAX_LOCAL_INDEXES = 5
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"""

MAX_INDEX_KEY_ATTRIBUTES = 4
"""Partition or sort attributes of one global index.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html"""


@dataclass(frozen=True)
class KeyAttribute:
    """A key attribute and its type: ``S`` (text), ``N`` (number) or ``B`` (binary)."""

    name: str
    type: ScalarType = "S"

    def __post_init__(self) -> None:
        size = len(self.name.encode())
        if not 0 < size <= MAX_KEY_NAME_BYTES:
            raise DefinitionError(
                f"key attribute {self.name!r}: its name has {size} bytes; expected 1 to {MAX_KEY_NAME_BYTES}."
            )
        if self.type not in get_args(ScalarType):
            raise DefinitionError(f"key attribute {self.name!r}: got type {self.type!r}; expected S, N or B.")


KeyDeclaration: TypeAlias = "str | KeyAttribute | Sequence[str | KeyAttribute]"
"""One key attribute (a bare name means type ``S``), or up to four of them on a global index."""


@dataclass(frozen=True)
class OnDemand:
    """Pay per request (``PAY_PER_REQUEST``)."""


@dataclass(frozen=True)
class Provisioned:
    """Provisioned throughput, in read and write capacity units per second."""

    read: int
    write: int

    def __post_init__(self) -> None:
        if min(self.read, self.write) < 1:
            raise DefinitionError(
                f"{self}: expected at least 1 unit of each. Raise it, or leave it on demand."
            )


Capacity: TypeAlias = OnDemand | Provisioned

ON_DEMAND = OnDemand()

StreamView: TypeAlias = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
"""What a table's stream tells of each change, besides the key.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html"""


@dataclass(frozen=True)
class Projection:
    """Which attributes an index holds besides its own and the table's key attributes."""

    type: Literal["ALL", "KEYS_ONLY", "INCLUDE"] = "ALL"
    attributes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.type == "INCLUDE") != bool(self.attributes):
            raise DefinitionError(
                f"projection {self.type}: got {len(self.attributes)} attributes; expected at least one with "
                "INCLUDE, and none otherwise."
            )


ALL = Projection("ALL")
KEYS_ONLY = Projection("KEYS_ONLY")


def include(*attributes: str) -> Projection:
    """Project the key attributes and these stored attribute names (``INCLUDE``)."""
    return Projection("INCLUDE", attributes)


@dataclass(frozen=True, init=False)
class Index:
    """A secondary index: global, or local when ``local=True`` (it then shares the table's partition key).

    A global index may have up to four partition and four sort attributes
    (native multi-attribute keys); a local index has one sort attribute.
    """

    name: str
    partition: tuple[KeyAttribute, ...]
    sort: tuple[KeyAttribute, ...]
    projection: Projection
    local: bool
    capacity: Capacity | None

    def __init__(
        self,
        name: str,
        pk: KeyDeclaration | None = None,
        sk: KeyDeclaration | None = None,
        *,
        projection: Projection = ALL,
        local: bool = False,
        capacity: Provisioned | None = None,
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "partition", _key_attributes(pk))
        object.__setattr__(self, "sort", _key_attributes(sk))
        object.__setattr__(self, "projection", projection)
        object.__setattr__(self, "local", local)
        object.__setattr__(self, "capacity", capacity)
        self._check()

    def _check(self) -> None:
        where = f"index {self.name!r}"
        _check_name(where, self.name, _SHORTEST_INDEX_NAME)
        if self.local:
            self._check_local(where)
        elif not self.partition:
            raise DefinitionError(
                f"{where}: a global index needs a partition key. Declare pk=…, or local=True."
            )
        if max(len(self.partition), len(self.sort)) > MAX_INDEX_KEY_ATTRIBUTES:
            raise DefinitionError(
                f"{where}: at most {MAX_INDEX_KEY_ATTRIBUTES} partition and {MAX_INDEX_KEY_ATTRIBUTES} sort "
                f"attributes are allowed, got {len(self.partition)} and {len(self.sort)}."
            )
        _check_distinct(where, (*self.partition, *self.sort))

    @property
    def gives_whole_items(self) -> bool:
        """Whether its rows can be whole items: a local index fetches from the table what it does not hold."""
        return self.local or self.projection.type == "ALL"

    def _check_local(self, where: str) -> None:
        if self.partition or len(self.sort) != 1:
            raise DefinitionError(
                f"{where}: a local index has the table's partition key and one sort attribute. "
                "Declare it with sk=… and without pk=…."
            )
        if self.capacity is not None:
            raise DefinitionError(
                f"{where}: a local index has no capacity of its own. Declare it on the table."
            )


@dataclass(frozen=True, init=False, eq=False)
class Table:
    """A table and what dynakit adds to its items.

    ``type_attribute`` names the attribute that says which entity an item is, ``token_attribute`` the
    one that carries the random token of the last conditional write (how a lost reply is recognised);
    ``None`` switches either off, for tables that others own. ``time_to_live`` names the attribute by which
    DynamoDB deletes expired items, ``stream`` what the stream of its changes holds, ``None`` for no stream.
    The real name of the table is bound when connecting, or read from ``environment_variable``, or is the
    declared one. Two tables are the same only if they are the same object.
    """

    name: str
    partition: KeyAttribute
    sort: KeyAttribute | None
    indexes: tuple[Index, ...]
    capacity: Capacity
    type_attribute: str | None
    token_attribute: str | None
    time_to_live: str | None
    stream: StreamView | None
    environment_variable: str | None

    def __init__(
        self,
        name: str,
        pk: str | KeyAttribute = "PK",
        sk: str | KeyAttribute | None = None,
        *,
        indexes: Iterable[Index] = (),
        capacity: Capacity = ON_DEMAND,
        type_attribute: str | None = "_type",
        token_attribute: str | None = "_w",
        time_to_live: str | None = None,
        stream: StreamView | None = None,
        environment_variable: str | None = None,
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "partition", _key_attribute(pk))
        object.__setattr__(self, "sort", None if sk is None else _key_attribute(sk))
        object.__setattr__(self, "indexes", tuple(indexes))
        object.__setattr__(self, "capacity", capacity)
        object.__setattr__(self, "type_attribute", type_attribute)
        object.__setattr__(self, "token_attribute", token_attribute)
        object.__setattr__(self, "time_to_live", time_to_live)
        object.__setattr__(self, "stream", stream)
        object.__setattr__(self, "environment_variable", environment_variable)
        self._check()

    def index(self, name: str) -> Index:
        """Return the index of this name. Raises :class:`DefinitionError` for an unknown one."""
        for index in self.indexes:
            if index.name == name:
                return index
        raise DefinitionError(
            f"table {self.name!r}: it has no index "
            f"{name!r}{did_you_mean(name, (i.name for i in self.indexes))}"
        )

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names of the table's own key attributes: the partition key, then the sort key if any."""
        return (self.partition.name,) if self.sort is None else (self.partition.name, self.sort.name)

    def held_by(self, index: Index | None) -> frozenset[str] | None:
        """The attributes that rows of an index have, by stored name; ``None`` for all of the item's."""
        if index is None or index.projection.type == "ALL":
            return None
        own = (key.name for key in (*index.partition, *index.sort))
        return frozenset((*self.key_names, *own, *index.projection.attributes))

    def partition_of(self, index: Index | None) -> tuple[KeyAttribute, ...]:
        """The partition key attributes of the table (``None``) or of one of its indexes."""
        return (self.partition,) if index is None or index.local else index.partition

    def sort_of(self, index: Index | None) -> tuple[KeyAttribute, ...]:
        """The sort key attributes of the table (``None``) or of one of its indexes."""
        if index is None:
            return () if self.sort is None else (self.sort,)
        return index.sort

    @property
    def key_attributes(self) -> dict[str, KeyAttribute]:
        """Every key attribute of the table and its indexes, by name."""
        return {key.name: key for key in self._every_key()}

    def _check(self) -> None:
        where = f"table {self.name!r}"
        _check_name(where, self.name)
        _check_distinct(where, (self.partition, *self.sort_of(None)))
        names = [index.name for index in self.indexes]
        for name in names:
            if names.count(name) > 1:
                raise DefinitionError(f"{where}: two indexes are named {name!r}; give each its own name.")
        self._check_local(where)
        self._check_types()
        self._check_capacity(where)
        self._check_added(where)
        if self.stream is not None and self.stream not in get_args(StreamView):
            raise DefinitionError(
                f"{where}: got stream {self.stream!r}; expected one of {', '.join(get_args(StreamView))}."
            )

    def _check_local(self, where: str) -> None:
        local = [index for index in self.indexes if index.local]
        if local and self.sort is None:
            raise DefinitionError(
                f"{where}: local index {local[0].name!r} needs a sort key on the table. Declare sk=…, or "
                "make it "
                "a global index."
            )
        if len(local) > MAX_LOCAL_INDEXES:
            raise DefinitionError(
                f"{where}: got {len(local)} local indexes; DynamoDB allows {MAX_LOCAL_INDEXES}. "
                "Make some of them global."
            )
        for index in local:
            _check_distinct(f"index {index.name!r}", (self.partition, *index.sort))

    def _check_capacity(self, where: str) -> None:
        for index in self.indexes:
            if index.capacity is not None and isinstance(self.capacity, OnDemand):
                raise DefinitionError(
                    f"{where}: index {index.name!r} has provisioned capacity, but the table is on demand. "
                    "Provision both, or none."
                )

    def _check_added(self, where: str) -> None:
        added = {
            "type": self.type_attribute,
            "token": self.token_attribute,
            "time-to-live": self.time_to_live,
        }
        seen: dict[str, str] = {}
        for what, name in added.items():
            if name is None:
                continue
            if name == "":
                raise DefinitionError(
                    f"{where}: the {what} attribute has an empty name; expected a name, or None for none."
                )
            if name in self.key_attributes:
                raise DefinitionError(
                    f"{where}: {name!r} is a key attribute and cannot be the {what} attribute too."
                )
            if seen.setdefault(name, what) != what:
                raise DefinitionError(
                    f"{where}: {name!r} is both the {seen[name]} and the {what} attribute. Name them apart."
                )

    def _check_types(self) -> None:
        for index in self.indexes:
            for key in (*index.partition, *index.sort):
                first = next(k for k in self._every_key() if k.name == key.name)
                if first.type != key.type:
                    raise DefinitionError(
                        f"table {self.name!r}: key attribute {key.name!r} is declared as {first.type} and as "
                        f"{key.type}; an attribute has one type. Declare it the same everywhere."
                    )

    def _every_key(self) -> list[KeyAttribute]:
        return [
            self.partition,
            *self.sort_of(None),
            *(k for i in self.indexes for k in (*i.partition, *i.sort)),
        ]


def _check_name(where: str, name: str, shortest: int = 1) -> None:
    if not _NAME.fullmatch(name) or len(name) < shortest:
        raise DefinitionError(
            f"{where}: expected a name of {shortest} to 255 letters, digits, '_', '.' and '-'."
        )


def _check_distinct(where: str, keys: Sequence[KeyAttribute]) -> None:
    names = [key.name for key in keys]
    for name in names:
        if names.count(name) > 1:
            raise DefinitionError(
                f"{where}: {name!r} stands twice in its key; expected different attributes."
            )


def _key_attribute(declared: str | KeyAttribute) -> KeyAttribute:
    return KeyAttribute(declared) if isinstance(declared, str) else declared


def _key_attributes(declared: KeyDeclaration | None) -> tuple[KeyAttribute, ...]:
    if declared is None:
        return ()
    if isinstance(declared, str | KeyAttribute):
        return (_key_attribute(declared),)
    return tuple(_key_attribute(one) for one in declared)
