"""The request of a query: key condition, filter, projection, behind placeholders.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dynakit.errors import StatementError
from dynakit.expressions.compile import Placeholders, WireWriter, check_length
from dynakit.expressions.condition import Condition, all_of
from dynakit.expressions.operand import Step
from dynakit.keys.term import KeyTerm
from dynakit.schema.definition import Attribute, Definition, EntityKey
from dynakit.schema.registry import collide, family_of
from dynakit.schema.resolver import EntityResolver
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.query import Read
    from dynakit.schema.source import Source


def query_call(
    source: Source[Any], environment: Environment, *, start: Item | None, size: int | None, count: bool
) -> Call:
    """One page's request; see :meth:`dynakit.schema.source.Source.request`."""
    payload: Payload = {"TableName": environment.table_name(source.table)}
    if source.index is not None:
        payload["IndexName"] = source.index.name
    placeholders = Placeholders()
    terms = [_term(term, placeholders) for term in (*source.range.partition, *source.range.sort)]
    payload["KeyConditionExpression"] = check_length("key condition", " AND ".join(terms))
    written = source.filter_text(placeholders, environment)
    if written:
        payload["FilterExpression"] = check_length("filter", written)
    payload |= source.selection(placeholders, count=count)
    placeholders.add_to(payload)
    if not source.forward:
        payload["ScanIndexForward"] = False
    if source.consistent_read:
        payload["ConsistentRead"] = True
    if size is not None:
        payload["Limit"] = size
    if start is not None:
        payload["ExclusiveStartKey"] = start
    return Call("Query", payload)


def user_filter(
    where: object,
    definition: Definition[Any],
    key: EntityKey,
    filters: tuple[Condition[Any], ...],
    placeholders: Placeholders,
) -> str | None:
    """What the user filters the rows of a pattern by.

    Raises :class:`StatementError` for a key attribute of the pattern, or what the index does not hold.
    """
    condition: Condition[Any] | None = all_of(filters)
    if condition is None:
        return None
    resolver = EntityResolver(definition)
    own = {part.attribute for part in key.parts}
    for path in condition.paths():
        stored = resolver.attribute(path).stored
        if stored in own:
            raise StatementError(
                f"{where}: {path} is a key attribute of this pattern, which DynamoDB does not filter by. "
                f"Put it into {definition.name}.{key.name}(…)."
            )
        advice = "Filter by what it holds, or let the index project it."
        check_held(where, definition, key, (stored,), advice)
    return condition.write(WireWriter(resolver, placeholders))


def own_type(
    definition: Definition[Any],
    placeholders: Placeholders,
    members: Iterable[Definition[Any]] | None = None,
) -> str:
    """That the type attribute is the entity's, or a subclass's; or one of these ``members``'."""
    name = placeholders.name(str(definition.stored_in.type_attribute))
    types = [placeholders.value({"S": one.type_name}) for one in members or family_of(definition)]
    return f"{name} = {types[0]}" if len(types) == 1 else f"{name} IN ({', '.join(types)})"


def check_told(read: Read[Any, Any], others: Iterable[Definition[Any]]) -> None:
    """Refuse rows without a type attribute whose keys may be the results' or these others'.

    Raises:
        StatementError: it names two entities that share a primary key.
    """
    for other in others:
        for member in read.members:
            if other is not member and read.index is not None and collide(member, other):
                raise StatementError(
                    f"{read}: index {read.index.name!r} does not hold {read.table.type_attribute}, which "
                    f"alone tells {member.name} from {other.name}. Let the index project it."
                )


def joined_filter(written: str | None, *own: str | None) -> str | None:
    """The user's filter and the library's own, which need no brackets."""
    added = [text for text in own if text]
    if not added:
        return written
    return " AND ".join([f"({written})", *added] if written else added)


def check_hiding_held(
    where: object, definition: Definition[Any], key: EntityKey, hides: list[Attribute]
) -> None:
    """Refuse to leave items out by what the index does not hold. Raises :class:`StatementError`."""
    for attribute in hides:
        role = "expired" if attribute is definition.lifecycle.expires else "deleted"
        advice = (
            f"Items that are {role} are told by it: let the index project it, or say .including_{role}()."
        )
        check_held(where, definition, key, (attribute.stored,), advice)


def missing_from(definition: Definition[Any], key: EntityKey) -> list[str]:
    """What a whole entity needs, by stored name, and rows of the pattern's index do not have."""
    held = definition.stored_in.held_by(key.index)
    if held is None:
        return []
    names = dict.fromkeys([*definition.by_stored, *_key_attributes(definition, key, definition.key_only)])
    return [name for name in names if name not in held]


def _term(term: KeyTerm, placeholders: Placeholders) -> str:
    name = placeholders.name(term.attribute)
    values = [placeholders.value(value) for value in term.values]
    if term.operator == "BETWEEN":
        return f"{name} BETWEEN {values[0]} AND {values[1]}"
    if term.operator == "begins_with":
        return f"begins_with({name}, {values[0]})"
    return f"{name} {term.operator} {values[0]}"


def counted(read: Read[Any, Any], placeholders: Placeholders) -> Payload:
    """The number of items, or the keys that tell whose they are."""
    if not read.drops_rows:
        return {"Select": "COUNT"}
    names = dict.fromkeys(_key_attributes(read.definition, read.key, ()))
    return {"ProjectionExpression": ", ".join(map(placeholders.name, names))}


def selected(read: Read[Any, Any], placeholders: Placeholders) -> Payload:
    """What of the items is asked for.

    A local index fetches from the table what it does not hold, at the price of reading the item there too.
    """
    if read.paths:
        wanted = list(projected_steps(read))
        if not read.key.gives_whole_items:
            names = (str(steps[0]) for steps in wanted)
            check_held(read, read.definition, read.key, names, "Project what it holds, or .hydrate().")
        return {"ProjectionExpression": ", ".join(placeholders.path(steps) for steps in wanted)}
    if not read.key.gives_whole_items:
        for member in read.members:
            needed = missing_from(member, member.keys.get(read.key.name, read.key))
            advice = f"Use .held(), .project(…) or .hydrate(): a whole {member.name} has them."
            check_held(read, read.definition, read.key, needed, advice)
    if not read.holds_type:
        check_told(read, read.members)
    return whole_rows(read.definition, read.key)


def whole_rows(definition: Definition[Any], key: EntityKey) -> Payload:
    """What asks a local index for whole items."""
    partial = definition.stored_in.held_by(key.index) is not None
    return {"Select": "ALL_ATTRIBUTES"} if partial and key.gives_whole_items else {}


def keys_selected(read: Read[Any, Any], placeholders: Placeholders) -> Payload:
    """The keys of the table and the index, and what tells whose they are."""
    names = _key_attributes(read.definition, read.key, ())
    names += [one.stored for one in read.hides if not read.is_unheld(one.stored)]
    wanted = dict.fromkeys([*names, *_type_name(read)])
    return {"ProjectionExpression": ", ".join(map(placeholders.name, wanted))}


def readable(definition: Definition[Any], key: EntityKey) -> list[str]:
    """The attributes that rows of a pattern give, by Python name: held by its index, or told by its keys."""
    told = _told(definition, key)
    held = definition.stored_in.held_by(None if key.gives_whole_items else key.index)
    return [
        one.name
        for one in definition.attributes.values()
        if one.name in told or (not one.key_only and (held is None or one.stored in held))
    ]


def told_by_keys(definition: Definition[Any], key: EntityKey) -> frozenset[str]:
    """The attributes, by Python name, that the index does not hold and rows of the pattern tell in keys."""
    held = definition.stored_in.held_by(None if key.gives_whole_items else key.index)
    if held is None:
        return frozenset()
    told = _told(definition, key)
    return frozenset(name for name in told if definition.attribute(name).stored not in held)


def _told(definition: Definition[Any], key: EntityKey) -> frozenset[str]:
    return key.told | definition.primary_key.told


def projected_steps(read: Read[Any, Any]) -> Iterator[tuple[Step, ...]]:
    """The projected paths, and what it takes to know the row: its key attributes and its type."""
    resolver, definition = EntityResolver(read.definition), read.definition
    names = _key_attributes(definition, read.key, (path.name for path in read.paths))
    names += _type_name(read)
    in_keys = definition.key_only | told_by_keys(definition, read.key)
    asked = [path for path in read.paths if path.name not in in_keys]
    wanted = dict.fromkeys([*((name,) for name in names), *map(resolver.stored, asked)])
    for steps in wanted:
        # Paths that overlap are refused; the shorter one brings the longer one with it.
        if not any(steps[:length] in wanted for length in range(1, len(steps))):
            yield steps


def _type_name(read: Read[Any, Any]) -> list[str]:
    return [str(read.table.type_attribute)] if read.holds_type else []


def _key_attributes(definition: Definition[Any], key: EntityKey, names: Iterable[str]) -> list[str]:
    """The key attributes that tell an item, and those that tell the attributes which stand only in keys."""
    keys = (key, *definition.telling_keys(names))
    return [*definition.stored_in.key_names, *(part.attribute for one in keys for part in one.parts)]


def check_held(
    where: object, definition: Definition[Any], key: EntityKey, names: Iterable[str], advice: str
) -> None:
    """Refuse stored names that rows of the pattern's index do not have. Raises :class:`StatementError`."""
    index = key.index
    held = definition.stored_in.held_by(index)
    missing = [] if held is None else [name for name in dict.fromkeys(names) if name not in held]
    if missing and index is not None:
        raise StatementError(f"{where}: index {index.name!r} does not hold {', '.join(missing)}. {advice}")
