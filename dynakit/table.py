"""What a table is: its keys, its indexes, what dynakit adds to its items.

Frozen values without behaviour of their own: entities are declared on them, requests are compiled
against them, and infrastructure is exported from them. What indexes are made of can be imported from here
too.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from dynakit.capacity import ON_DEMAND, AutoScaled, Capacity, OnDemand, Provisioned
from dynakit.errors import DefinitionError, did_you_mean
from dynakit.index import (
    ALL,
    KEYS_ONLY,
    MAX_INDEX_KEY_ATTRIBUTES,
    MAX_KEY_NAME_BYTES,
    Distance,
    Index,
    KeyAttribute,
    KeyDeclaration,
    Projection,
    VectorIndex,
    check_distinct,
    check_name,
    include,
    key_attribute,
    own_names,
)
from dynakit.limits import check_variable
from dynakit.values import dataclass
from dynakit.wire import ScalarType

__all__ = [
    "ALL",
    "KEYS_ONLY",
    "MAX_INDEX_KEY_ATTRIBUTES",
    "MAX_KEY_NAME_BYTES",
    "ON_DEMAND",
    "AutoScaled",
    "Capacity",
    "Distance",
    "Index",
    "KeyAttribute",
    "KeyDeclaration",
    "OnDemand",
    "Projection",
    "Provisioned",
    "StreamView",
    "Table",
    "VectorIndex",
    "include",
]

if TYPE_CHECKING:
    from dynakit.settings import Stage, TableSettings

MAX_GLOBAL_INDEXES = 20
MAX_PROJECTED_ATTRIBUTES = 100
"""The attributes that ``include(…)`` names, over all indexes."""

MAX_LOCAL_INDEXES = 5
MAX_VECTOR_INDEXES = 5
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"""


StreamView: TypeAlias = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
"""What a table's stream tells of each change, besides the key.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html"""


@dataclass(frozen=True, init=False, eq=False)
class Table:
    """A table and what dynakit adds to its items.

    ``type_attribute`` names the attribute that says which entity an item is, ``token_attribute`` the
    one that carries the random token of the last conditional write (how a lost reply is recognised);
    ``None`` switches either off, for tables that others own. ``time_to_live`` names the attribute by which
    DynamoDB deletes expired items, ``stream`` what the stream of its changes holds, ``None`` for no stream.
    ``settings`` are what else it has, ``stages`` in what it differs from stage to stage of deployment.
    The real name of the table is bound when connecting, or read from ``environment_variable``, or is the
    declared one. Two tables are the same only if they are the same object.
    """

    name: str
    partition: KeyAttribute
    sort: KeyAttribute | None
    indexes: tuple[Index, ...]
    vector_indexes: tuple[VectorIndex, ...]
    capacity: Capacity
    type_attribute: str | None
    token_attribute: str | None
    time_to_live: str | None
    stream: StreamView | None
    environment_variable: str | None
    settings: TableSettings | None
    stages: tuple[Stage, ...]

    def __init__(
        self,
        name: str,
        pk: str | KeyAttribute = "PK",
        sk: str | KeyAttribute | None = None,
        *,
        indexes: Iterable[Index] = (),
        vector_indexes: Iterable[VectorIndex] = (),
        capacity: Capacity = ON_DEMAND,
        type_attribute: str | None = "_type",
        token_attribute: str | None = "_w",
        time_to_live: str | None = None,
        stream: StreamView | None = None,
        environment_variable: str | None = None,
        settings: TableSettings | None = None,
        stages: Iterable[Stage] = (),
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "partition", key_attribute(pk))
        object.__setattr__(self, "sort", None if sk is None else key_attribute(sk))
        object.__setattr__(self, "indexes", tuple(indexes))
        object.__setattr__(self, "vector_indexes", tuple(vector_indexes))
        object.__setattr__(self, "capacity", capacity)
        object.__setattr__(self, "type_attribute", type_attribute)
        object.__setattr__(self, "token_attribute", token_attribute)
        object.__setattr__(self, "time_to_live", time_to_live)
        object.__setattr__(self, "stream", stream)
        object.__setattr__(self, "environment_variable", environment_variable)
        object.__setattr__(self, "settings", settings)
        object.__setattr__(self, "stages", tuple(stages))
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

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        """The names of the table's own key attributes: the partition key, then the sort key if any."""
        return (self.partition.name,) if self.sort is None else (self.partition.name, self.sort.name)

    def held_by(self, index: Index | VectorIndex | None) -> frozenset[str] | None:
        """The attributes that rows of an index have, by stored name; ``None`` for all of the item's."""
        if index is None or index.projection.type == "ALL":
            return None
        return frozenset((*self.key_names, *own_names(index), *index.projection.attributes))

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

    @property
    def typed_attributes(self) -> dict[str, KeyAttribute]:
        """Those, and the attributes that searches of vectors are narrowed by: all that have one type."""
        return {key.name: key for key in (*self._every_key(), *self._every_narrowing())}

    def _check(self) -> None:
        where = f"table {self.name!r}"
        check_name(where, self.name)
        check_variable(where, self.environment_variable)
        check_distinct(where, (self.partition, *self.sort_of(None)))
        names = [*(index.name for index in self.indexes), *(index.name for index in self.vector_indexes)]
        for name in names:
            if names.count(name) > 1:
                raise DefinitionError(f"{where}: two indexes are named {name!r}; give each its own name.")
        self._check_local(where)
        self._check_counts(where)
        self._check_projections(where)
        self._check_types()
        self._check_capacity(where)
        self._check_vectors(where)
        self._check_added(where)
        if self.stream is not None and self.stream not in get_args(StreamView):
            raise DefinitionError(
                f"{where}: got stream {self.stream!r}; expected one of {', '.join(get_args(StreamView))}."
            )
        if self.settings is not None or self.stages or any(index.settings for index in self.indexes):
            self._check_deployments(where)

    def _check_deployments(self, where: str) -> None:
        from dynakit.deployment import deployment

        names = [stage.name for stage in self.stages]
        for name in names:
            if names.count(name) > 1:
                raise DefinitionError(f"{where}: two stages are named {name!r}; give each its own name.")
        deployment(self)
        for name in names:
            deployment(self, name)

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
            check_distinct(f"index {index.name!r}", (self.partition, *index.sort))

    def _check_counts(self, where: str) -> None:
        count = sum(not index.local for index in self.indexes)
        if count > MAX_GLOBAL_INDEXES:
            raise DefinitionError(
                f"{where}: got {count} global indexes; DynamoDB allows {MAX_GLOBAL_INDEXES}. Overload them: "
                "one index can serve patterns of several entities."
            )

    def _check_projections(self, where: str) -> None:
        indexes: list[Index | VectorIndex] = [*self.indexes, *self.vector_indexes]
        for index in indexes:
            for name in index.projection.attributes:
                if name in (*self.key_names, *own_names(index)):
                    raise DefinitionError(
                        f"{where}: index {index.name!r} includes {name!r}, a key attribute, which it holds "
                        "anyway. Leave it out."
                    )
        projected = sum(len(index.projection.attributes) for index in indexes)
        if projected > MAX_PROJECTED_ATTRIBUTES:
            raise DefinitionError(
                f"{where}: its indexes include {projected} attributes; DynamoDB allows "
                f"{MAX_PROJECTED_ATTRIBUTES} over all of them. Project ALL, or fewer."
            )

    def _check_capacity(self, where: str) -> None:
        for index in self.indexes:
            if isinstance(index.capacity, Provisioned) and isinstance(self.capacity, OnDemand):
                raise DefinitionError(
                    f"{where}: index {index.name!r} has provisioned capacity, but the table is on demand. "
                    "Provision both, or none."
                )
            if isinstance(index.capacity, OnDemand) and isinstance(self.capacity, Provisioned):
                raise DefinitionError(
                    f"{where}: index {index.name!r} is on demand, but the table has provisioned capacity. "
                    "Provision both, or none."
                )

    def _check_vectors(self, where: str) -> None:
        count = len(self.vector_indexes)
        if count and not isinstance(self.capacity, OnDemand):
            raise DefinitionError(
                f"{where}: it has a vector index, which only tables on demand can have, and provisioned "
                "capacity. Leave capacity= out."
            )
        if count > MAX_VECTOR_INDEXES:
            raise DefinitionError(
                f"{where}: got {count} vector indexes; DynamoDB allows {MAX_VECTOR_INDEXES}. Make them fewer."
            )
        first: dict[str, VectorIndex] = {}
        for index in self.vector_indexes:
            if index.attribute in (*self.typed_attributes, self.time_to_live):
                raise DefinitionError(
                    f"{where}: vector index {index.name!r} is of {index.attribute!r}, which holds no vector: "
                    "it is a key attribute, narrows a search or is the time to live. Name them apart."
                )
            other = first.setdefault(index.attribute, index)
            if other.dimensions != index.dimensions:
                raise DefinitionError(
                    f"{where}: attribute {index.attribute!r} has {other.dimensions} dimensions in "
                    f"{other.name!r} and {index.dimensions} in {index.name!r}. Make them the same."
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
            if len(name.encode()) > MAX_KEY_NAME_BYTES and what == "time-to-live":
                raise DefinitionError(
                    f"{where}: the name of its time-to-live attribute has {len(name.encode())} bytes; "
                    f"expected 1 to {MAX_KEY_NAME_BYTES}."
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
        first: dict[str, ScalarType] = {}
        for key in (*self._every_key(), *self._every_narrowing()):
            if first.setdefault(key.name, key.type) != key.type:
                raise DefinitionError(
                    f"table {self.name!r}: key attribute {key.name!r} is declared as {first[key.name]} and "
                    f"as {key.type}; an attribute has one type. Declare it the same everywhere."
                )

    def _every_key(self) -> list[KeyAttribute]:
        return [
            self.partition,
            *self.sort_of(None),
            *(k for i in self.indexes for k in (*i.partition, *i.sort)),
        ]

    def _every_narrowing(self) -> list[KeyAttribute]:
        return [key for index in self.vector_indexes for key in index.narrowed_by]
