"""What dynakit knows of an entity: its attributes, its keys, how they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dynakit.codec.codec import Codec
from dynakit.errors import DecodeError, StatementError, UnknownAttribute, did_you_mean
from dynakit.expressions.operand import AttributePath
from dynakit.keys.part import KeyPart, PlainPart
from dynakit.schema.lifecycle import Lifecycle
from dynakit.schema.unique import Constraint
from dynakit.table import Index, Table
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


@dataclass(frozen=True)
class Attribute:
    """One attribute of an entity: its Python name, its stored name, how its values are stored.

    ``None`` and empty sets are stored as absent. Where the attribute has another default, absent would
    read as that default, so there they are stored as ``NULL`` (``writes_null``).
    """

    name: str
    stored: str
    codec: Codec
    required: bool
    key_only: bool
    writes_null: bool

    def encode(self, value: object) -> AttributeValue | None:
        """The value as it is stored; ``None`` for absent. Raises :class:`EncodeError`."""
        encoded = self.codec.encode(value, self.name)
        return {"NULL": True} if encoded is None and self.writes_null else encoded

    def decode(self, stored: AttributeValue) -> object:
        """The value of what is stored. Raises :class:`DecodeError`."""
        if self.writes_null and "NULL" in stored and self.codec.absent is not None:
            return self.codec.absent()
        return self.codec.decode(stored, self.name)

    def missing(self) -> dict[str, object]:
        """What a missing attribute stands for, where no default does."""
        return {self.name: self.codec.absent()} if self.required and self.codec.absent is not None else {}


@dataclass(frozen=True)
class EntityKey:
    """A pattern of an entity: what each key attribute of the table or of an index holds."""

    name: str
    index: Index | None
    partition: tuple[KeyPart, ...]
    sort: tuple[KeyPart, ...]

    def __str__(self) -> str:
        return " / ".join(repr(part.source) for part in self.parts)

    @cached_property
    def gives_whole_items(self) -> bool:
        """Whether rows that are read through it can be whole items."""
        return self.index is None or self.index.gives_whole_items

    @cached_property
    def parts(self) -> tuple[KeyPart, ...]:
        """Partition parts, then sort parts."""
        return (*self.partition, *self.sort)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every attribute in the key, once, from its left."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.names))

    @cached_property
    def folded(self) -> tuple[frozenset[str], ...]:
        """For each part the attributes of which it writes several values alike, as ``{x:lower}`` does."""
        return tuple(_folded(part) for part in self.parts)

    @cached_property
    def told(self) -> frozenset[str]:
        """The attributes whose values the key gives back as they were."""
        parts = zip(self.parts, self.folded, strict=True)
        return frozenset(name for part, folded in parts for name in part.names if name not in folded)

    def read(self, item: Item) -> dict[str, object] | None:
        """The values an item's key was made of; ``None`` when it is no key of this pattern.

        It is none either when an attribute that stands in it twice would have two values.
        """
        values: dict[str, object] = {}
        lowered: dict[str, object] = {}
        for part, folded in zip(self.parts, self.folded, strict=True):
            read = _read_part(part, item)
            if read is None:
                return None
            for name, value in read.items():
                known = lowered if name in folded else values
                if known.setdefault(name, value) != value:
                    return None
        return {**lowered, **values} if lowered else values


def _folded(part: KeyPart) -> frozenset[str]:
    if isinstance(part, PlainPart):
        return frozenset()
    placeholders = part.template.placeholders
    return frozenset(one.name for one in placeholders if not one.segment.invertible)


def _read_part(part: KeyPart, item: Item) -> dict[str, object] | None:
    if part.attribute not in item:
        return None
    try:
        return part.read(item[part.attribute])
    except DecodeError:
        return None


@dataclass(frozen=True)
class Definition(Generic[E]):
    """An entity as declared, checked and compiled; one that is ``abstract`` has no items of its own."""

    entity: type[E]
    name: str
    type_name: str
    attributes: Mapping[str, Attribute]
    by_stored: Mapping[str, Attribute]
    keys: Mapping[str, EntityKey]
    table: Table | None
    primary: EntityKey | None
    lifecycle: Lifecycle
    constraints: tuple[Constraint, ...]
    calculations: Mapping[str, Callable[..., Any]]
    read_only: frozenset[str]
    hidden: frozenset[str]
    abstract: bool = False
    functions: dict[str, Callable[..., Any]] = field(
        default_factory=dict[str, Callable[..., Any]], compare=False, repr=False
    )
    """What :mod:`dynakit.schema.compiled` has generated."""

    def attribute(self, name: str) -> Attribute:
        """The attribute of this Python name. Raises :class:`UnknownAttribute`."""
        found = self.attributes.get(name)
        if found is None:
            hint = did_you_mean(name, self.attributes)
            raise UnknownAttribute(f"{self.name}: it has no attribute {name!r}{hint or '.'}")
        return found

    def owned(self, path: AttributePath) -> Attribute:
        """The attribute a path begins with. Raises :class:`StatementError` for another entity's path."""
        if path.entity is self.entity:
            found = self.attributes.get(path.name)
            if found is not None:
                return found
        elif not issubclass(self.entity, path.entity):
            raise StatementError(
                f"{self.name}: {path.entity.__name__}.{path} belongs to another entity. Use a path of "
                f"{self.name}."
            )
        return self.attribute(path.name)

    def key(self, name: str) -> EntityKey:
        """The pattern of this name."""
        return self.keys[name]

    @cached_property
    def known_names(self) -> frozenset[str]:
        """Every stored attribute that the entity, its keys or dynakit itself writes."""
        rendered = (part.attribute for key in self.keys.values() for part in key.parts)
        table = self.stored_in
        added = (table.type_attribute, table.token_attribute)
        return frozenset((*self.by_stored, *rendered, *(name for name in added if name is not None)))

    @cached_property
    def in_keys(self) -> frozenset[str]:
        """The attributes that its keys are made of, by Python name."""
        return frozenset(name for key in self.keys.values() for name in key.names)

    @cached_property
    def key_only(self) -> frozenset[str]:
        """The attributes that stand only inside keys, by Python name."""
        return frozenset(attribute.name for attribute in self.attributes.values() if attribute.key_only)

    @cached_property
    def index_only(self) -> frozenset[str]:
        """Those of them that the primary key does not tell."""
        return self.key_only.difference(self.primary.told if self.primary else ())

    @cached_property
    def sealed(self) -> tuple[Attribute, ...]:
        """The attributes that are encrypted or offloaded, which a flow seals and opens."""
        return tuple(one for one in self.by_stored.values() if one.codec.seal is not None)

    def telling_keys(self, names: Iterable[str]) -> tuple[EntityKey, ...]:
        """The index keys that tell one of these attributes, where no other place does."""
        sought = self.index_only.intersection(names)
        return tuple(key for key in self.keys.values() if sought.intersection(key.told))

    @cached_property
    def stored_in(self) -> Table:
        """The table. Raises :class:`StatementError` for an entity that is only nested in others."""
        if self.table is None:
            raise StatementError(
                f"{self.name}: it is stored in no table. Declare it as `class {self.name}(Entity, table=…)`."
            )
        return self.table

    @cached_property
    def primary_key(self) -> EntityKey:
        """The primary key. Raises :class:`StatementError` for an entity that is only nested in others."""
        if self.primary is None:
            raise StatementError(f"{self.name}: it has no primary key, because it is stored in no table.")
        return self.primary


def definition_of(entity: type[E]) -> Definition[E]:
    """The definition of an entity; made, and the declaration checked, on first use.

    Raises:
        DefinitionError: for whatever is wrong in the declaration.
        StatementError: for a class that is no entity.
    """
    known: Definition[E] | None = vars(entity).get("__dynakit__")
    if known is not None:
        return known
    if not hasattr(entity, "__define__"):
        raise StatementError(
            f"{entity.__name__}: it is no entity; expected one, or its primary pattern called with the whole "
            "key, as Order.primary(order_id=…)."
        )
    return entity.__define__()
