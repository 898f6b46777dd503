"""The entities of each table: who can meet whom in a partition.

Looking at all entities of a table is how a query knows whether another entity's items can fall into its
range, and how two entities that would share a primary key are refused at import.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from dynakit.errors import DefinitionError
from dynakit.keys.part import KeyPart, PlainPart
from dynakit.schema.definition import Definition, EntityKey
from dynakit.schema.entities import Entities, class_name
from dynakit.schema.family import are_related, check_family, type_of
from dynakit.table import Table
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")

_tables: dict[Table, Entities] = {}
_expected: dict[Table, list[type[Entity]]] = {}
_families: dict[type[Entity], tuple[Definition[Any], ...]] = {}
_meets: dict[tuple[type[Entity], str, int], bool] = {}
_demanded: dict[tuple[type[Entity], bool], tuple[str, ...]] = {}
"""What is known of hierarchies, of ranges and of primary keys; forgotten when an entity is added."""


def register(definition: Definition[Any]) -> None:
    """Add an entity to its table.

    Raises:
        DefinitionError: when another entity has the same type name, or could render the same primary key, or
            a base could not read its items.
    """
    table = definition.stored_in
    check_family(definition)
    entities = _tables.get(table, Entities()).without(definition.entity)
    _check_type_name(definition, entities.of_type(definition.type_name))
    for other in entities.like(definition):
        _check_primary(definition, other)
    for known_of in (_families, _meets, _demanded):
        known_of.clear()
    entities.add(definition)
    _tables[table] = entities


def expect(entity: type[Entity]) -> None:
    """Note an entity of a table that cannot be checked yet, because its annotations name a later class."""
    table = entity.__table__
    assert table is not None
    name = class_name(entity)
    others = [other for other in _expected.get(table, []) if class_name(other) != name]
    _expected[table] = [*others, entity]


def entities_of(table: Table) -> tuple[type[Entity], ...]:
    """Every entity declared on this table, in the order of declaration."""
    return tuple(definition.entity for definition in definitions_of(table))


def definitions_of(table: Table) -> tuple[Definition[Any], ...]:
    """The definitions of every entity declared on this table, in the order of declaration.

    One whose annotations still name a class that is not there is left out; it has no items yet.
    """
    for entity in list(_expected.get(table, ())):
        if entity.model_rebuild(raise_errors=False, _types_namespace={}) is not False:
            entity.__define__()
            _expected[table].remove(entity)
    return tuple(_tables[table].by_class.values()) if table in _tables else ()


def family_of(definition: Definition[Any]) -> tuple[Definition[Any], ...]:
    """Whose items an entity's are: its own, unless it is abstract, and those of its subclasses."""
    if _expected.get(definition.stored_in):
        definitions_of(definition.stored_in)
    known = _families.get(definition.entity)
    if known is None:
        heirs = (
            other
            for other in definitions_of(definition.stored_in)
            if other is not definition and issubclass(other.entity, definition.entity) and not other.abstract
        )
        known = (*heirs,) if definition.abstract else (definition, *heirs)
        _families[definition.entity] = known
    return known


def member_of(definition: Definition[E], item: Item) -> Definition[E]:
    """The definition of the entity an item is: this one, or a subclass's whose type name it carries."""
    type_name = type_of(definition, item)
    if type_name is None or (type_name == definition.type_name and not definition.abstract):
        return definition
    named = (one for one in family_of(definition) if one.type_name == type_name)
    return next(named, definition)


def demanded_types(definition: Definition[Any], *, alone: bool) -> tuple[str, ...]:
    """The type names one of which an item under the primary key must have to be of this entity.

    Those of its family, or with ``alone`` its own only; none where no relative has the same primary key.
    """
    about = (definition.entity, alone)
    known = _demanded.get(about)
    if known is None:
        members = (definition,) if alone else family_of(definition)
        own = {member.entity for member in members}
        definitions_of(definition.stored_in)
        entities = _tables[definition.stored_in]
        alike = ((member, other) for member in members for other in entities.like(member))
        shared = any(collide(member, other) for member, other in alike if other.entity not in own)
        known = _demanded[about] = tuple(one.type_name for one in members) if shared else ()
    return known


def neighbours(
    definition: Definition[Any],
    key: EntityKey,
    depth: int,
    members: Collection[Definition[Any]] | None = None,
) -> Iterator[Definition[Any]]:
    """Other entities whose items can fall into a range of this pattern.

    ``depth`` is how many attributes of the sort key are fixed, counted from its left; ``members`` are those
    whose items are asked for, an entity's family unless given.
    """
    asked = {member.entity for member in (family_of(definition) if members is None else members)}
    for other in definitions_of(definition.stored_in):
        if other.abstract or other.entity in asked:
            continue
        for theirs in other.keys.values():
            if theirs.index == key.index and _may_meet(key, theirs, depth):
                yield other
                break


def meets_others(definition: Definition[Any], key: EntityKey, depth: int) -> bool:
    """Whether another entity's items can fall into a range of this pattern."""
    if _expected.get(definition.stored_in):
        definitions_of(definition.stored_in)
    about = (definition.entity, key.name, depth)
    known = _meets.get(about)
    if known is None:
        known = _meets[about] = any(True for _ in neighbours(definition, key, depth))
    return known


def _check_type_name(definition: Definition[Any], other: Definition[Any] | None) -> None:
    if other is not None:
        raise DefinitionError(
            f"{definition.name}: table {definition.stored_in.name!r} has another entity of type "
            f"{definition.type_name!r}, {other.entity.__module__}.{other.name}. Give one of them "
            "type_name=….",
            entity=definition.name,
        )


def collide(definition: Definition[Any], other: Definition[Any]) -> bool:
    """Whether items of both could have one primary key."""
    own, theirs = definition.primary, other.primary
    if own is None or theirs is None or definition.abstract or other.abstract:
        return False
    return _collide(own, theirs)


def _check_primary(definition: Definition[Any], other: Definition[Any]) -> None:
    if not collide(definition, other):
        return
    own, theirs = definition.primary_key, other.primary_key
    if not are_related(definition, other):
        raise DefinitionError(
            f"{definition.name}.{own.name}: it could render the same primary key as "
            f"{other.name}.{theirs.name}, "
            f"and one item would overwrite the other: {own} and {theirs}. "
            "Make the literal text of their templates differ.",
            entity=definition.name,
            attribute=own.name,
        )
    if definition.stored_in.type_attribute is None:
        raise DefinitionError(
            f"{definition.name}.{own.name}: it could render the same primary key as {other.name}."
            f"{theirs.name}, and their items could not be told apart, because table "
            f"{definition.stored_in.name!r} has no type attribute. Give it one, or make the literal text of "
            "their templates differ.",
            entity=definition.name,
            attribute=own.name,
        )


def _collide(first: EntityKey, second: EntityKey) -> bool:
    """Whether rendered templates could be the same text. An attribute itself is whatever it is given."""
    pairs = list(zip(first.parts, second.parts, strict=True))
    plain = any(isinstance(part, PlainPart) for pair in pairs for part in pair)
    return not plain and all(_same(*pair) for pair in pairs)


def _may_begin_alike(first: KeyPart, second: KeyPart) -> bool:
    if isinstance(first, PlainPart) or isinstance(second, PlainPart):
        return True
    return first.template.may_begin_like(second.template)


def _same(first: KeyPart, second: KeyPart) -> bool:
    if isinstance(first, PlainPart) or isinstance(second, PlainPart):
        return True
    from dynakit.keys.overlap import overlaps

    return overlaps(first.template, second.template)


def _may_meet(own: EntityKey, other: EntityKey, depth: int) -> bool:
    from dynakit.keys.overlap import may_enter

    pairs = list(zip(own.partition, other.partition, strict=True))
    if not all(_may_begin_alike(*pair) for pair in (*pairs, *zip(own.sort, other.sort, strict=True))):
        return False
    if not all(_same(*pair) for pair in pairs):
        return False
    for one, two in zip(own.sort, other.sort, strict=True):
        if not isinstance(one, PlainPart) and not isinstance(two, PlainPart):
            return may_enter(one.template, depth, two.template)
    return True
