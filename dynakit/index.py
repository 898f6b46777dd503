"""What an index is: its key attributes, what it projects, what it costs. Also of vectors.

Frozen values without behaviour of their own; :class:`~dynakit.table.Table` is made of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from dynakit.capacity import Capacity
from dynakit.errors import DefinitionError
from dynakit.values import dataclass
from dynakit.wire import ScalarType

if TYPE_CHECKING:
    from dynakit.settings import IndexSettings

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,255}")
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html

That page demands 3 characters, also of a table; but a declared table may be bound to another name.
"""

_SHORTEST_INDEX_NAME = 3

MAX_DIMENSIONS = 4096
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_VectorIndex.html"""

MAX_KEY_NAME_BYTES = 255
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


ProjectionType: TypeAlias = Literal["ALL", "KEYS_ONLY", "INCLUDE"]


@dataclass(frozen=True)
class Projection:
    """Which attributes an index holds besides its own and the table's key attributes."""

    type: ProjectionType = "ALL"
    attributes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"projection {self.type}"
        if self.type not in get_args(ProjectionType):
            raise DefinitionError(f"{where}: expected one of {', '.join(get_args(ProjectionType))}.")
        if (self.type == "INCLUDE") != bool(self.attributes):
            raise DefinitionError(
                f"{where}: got {len(self.attributes)} attributes; expected at least one with "
                "INCLUDE, and none otherwise."
            )
        for name in self.attributes:
            if not 0 < len(name.encode()) <= MAX_KEY_NAME_BYTES:
                raise DefinitionError(
                    f"{where}: attribute {name!r}: its name has {len(name.encode())} bytes; expected 1 to "
                    f"{MAX_KEY_NAME_BYTES}."
                )
            if self.attributes.count(name) > 1:
                raise DefinitionError(f"{where}: {name!r} stands twice; expected different attributes.")


ALL = Projection("ALL")
KEYS_ONLY = Projection("KEYS_ONLY")


def include(*attributes: str) -> Projection:
    """Project the key attributes and these stored attribute names (``INCLUDE``)."""
    return Projection("INCLUDE", attributes)


@dataclass(frozen=True, init=False)
class Index:
    """A secondary index: global, or local when ``local=True`` (it then shares the table's partition key).

    A global index may have up to four partition and four sort attributes
    (native multi-attribute keys); a local index has one sort attribute. ``capacity`` is its own where it
    differs from the table's; ``settings`` are what else it has.
    """

    name: str
    partition: tuple[KeyAttribute, ...]
    sort: tuple[KeyAttribute, ...]
    projection: Projection
    local: bool
    capacity: Capacity | None
    settings: IndexSettings | None

    def __init__(
        self,
        name: str,
        pk: KeyDeclaration | None = None,
        sk: KeyDeclaration | None = None,
        *,
        projection: Projection = ALL,
        local: bool = False,
        capacity: Capacity | None = None,
        settings: IndexSettings | None = None,
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "partition", key_attributes(pk))
        object.__setattr__(self, "sort", key_attributes(sk))
        object.__setattr__(self, "projection", projection)
        object.__setattr__(self, "local", local)
        object.__setattr__(self, "capacity", capacity)
        object.__setattr__(self, "settings", settings)
        self._check()

    def _check(self) -> None:
        where = f"index {self.name!r}"
        check_name(where, self.name, _SHORTEST_INDEX_NAME)
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
        check_distinct(where, (*self.partition, *self.sort))

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
        if self.capacity is not None or self.settings is not None:
            what = "settings" if self.capacity is None else "capacity"
            raise DefinitionError(
                f"{where}: a local index has no {what} of its own. Declare it on the table."
            )


Distance: TypeAlias = Literal["COSINE", "EUCLIDEAN", "DOT_PRODUCT"]
"""How the nearness of two vectors is scored: of the first two the smallest scores come first, of the last
the greatest. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchVectors.html"""


@dataclass(frozen=True, init=False)
class VectorIndex:
    """A vector index: items in the order of how near a list of numbers in them is to a given one.

    ``attribute`` is the stored name of the attribute of that type (:data:`dynakit.Vector`), with as many
    ``dimensions``, 1 to 4,096. A search may narrow the items by equality only: with the attribute
    ``partition`` it must, with those in ``filters`` it can. A bare name means type ``S``.
    """

    name: str
    attribute: str
    dimensions: int
    distance: Distance
    partition: KeyAttribute | None
    filters: tuple[KeyAttribute, ...]
    projection: Projection

    def __init__(
        self,
        name: str,
        attribute: str,
        dimensions: int,
        *,
        distance: Distance = "COSINE",
        partition: str | KeyAttribute | None = None,
        filters: Iterable[str | KeyAttribute] = (),
        projection: Projection = ALL,
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "attribute", attribute)
        object.__setattr__(self, "dimensions", dimensions)
        object.__setattr__(self, "distance", distance)
        object.__setattr__(self, "partition", None if partition is None else key_attribute(partition))
        object.__setattr__(self, "filters", tuple(map(key_attribute, filters)))
        object.__setattr__(self, "projection", projection)
        self._check()

    @property
    def narrowed_by(self) -> tuple[KeyAttribute, ...]:
        """The attributes a search may be narrowed by: the partition attribute first."""
        return self.filters if self.partition is None else (self.partition, *self.filters)

    def _check(self) -> None:
        where = f"vector index {self.name!r}"
        check_name(where, self.name, _SHORTEST_INDEX_NAME)
        if not 0 < len(self.attribute.encode()) <= MAX_KEY_NAME_BYTES:
            raise DefinitionError(f"{where}: its attribute has no name of 1 to {MAX_KEY_NAME_BYTES} bytes.")
        if not 1 <= self.dimensions <= MAX_DIMENSIONS:
            raise DefinitionError(
                f"{where}: got {self.dimensions} dimensions; DynamoDB allows 1 to {MAX_DIMENSIONS}."
            )
        if self.distance not in get_args(Distance):
            raise DefinitionError(
                f"{where}: got distance {self.distance!r}; expected {', '.join(get_args(Distance))}."
            )
        check_distinct(where, (KeyAttribute(self.attribute), *self.narrowed_by))


def check_name(where: str, name: str, shortest: int = 1) -> None:
    """Refuse what is no name of a table or index."""
    if not _NAME.fullmatch(name) or len(name) < shortest:
        raise DefinitionError(
            f"{where}: expected a name of {shortest} to 255 letters, digits, '_', '.' and '-'."
        )


def check_distinct(where: str, keys: Sequence[KeyAttribute]) -> None:
    """Refuse an attribute that stands twice in one key."""
    names = [key.name for key in keys]
    for name in names:
        if names.count(name) > 1:
            raise DefinitionError(
                f"{where}: {name!r} stands twice in its key; expected different attributes."
            )


def key_attribute(declared: str | KeyAttribute) -> KeyAttribute:
    """A key attribute as declared; a bare name means type ``S``."""
    if not isinstance(declared, str | KeyAttribute):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(
            f"key {declared!r}: expected one attribute, by its name or as KeyAttribute(…). Only global "
            "indexes have keys of several."
        )
    return KeyAttribute(declared) if isinstance(declared, str) else declared


def key_attributes(declared: KeyDeclaration | None) -> tuple[KeyAttribute, ...]:
    """The key attributes of one part of a key, none to four."""
    if declared is None:
        return ()
    if isinstance(declared, str | KeyAttribute):
        return (key_attribute(declared),)
    return tuple(key_attribute(one) for one in declared)


def own_names(index: Index | VectorIndex) -> tuple[str, ...]:
    """The attributes by which an index finds its rows; it holds them whatever it projects."""
    if isinstance(index, VectorIndex):
        return (index.attribute, *(key.name for key in index.narrowed_by))
    return tuple(key.name for key in (*index.partition, *index.sort))
