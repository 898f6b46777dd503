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
from dynakit.schema.definition import Definition, EntityKey
from dynakit.schema.resolver import EntityResolver
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.query import Read


def query_call(
    read: Read[Any, Any], environment: Environment, *, start: Item | None, size: int | None, count: bool
) -> Call:
    """One page's request; see :meth:`dynakit.schema.query.Read.request`."""
    index = read.key.index
    payload: Payload = {"TableName": environment.table_name(read.definition.stored_in)}
    if index is not None:
        payload["IndexName"] = index.name
    placeholders = Placeholders()
    terms = [_term(term, placeholders) for term in (*read.plan.partition, *read.plan.sort)]
    payload["KeyConditionExpression"] = check_length("key condition", " AND ".join(terms))
    written = _filter(read, placeholders)
    if written:
        payload["FilterExpression"] = check_length("filter", written)
    payload |= _counted(read, placeholders) if count else _selected(read, placeholders)
    placeholders.add_to(payload)
    payload |= {} if read.forward else {"ScanIndexForward": False}
    payload |= {"ConsistentRead": True} if read.consistent_read else {}
    payload |= {} if size is None else {"Limit": size}
    payload |= {} if start is None else {"ExclusiveStartKey": start}
    return Call("Query", payload)


def user_filter(read: Read[Any, Any], placeholders: Placeholders) -> str | None:
    """What the user filters by.

    Raises :class:`StatementError` for a key attribute of the pattern, or what the index does not hold.
    """
    condition: Condition[Any] | None = all_of(read.filters)
    if condition is None:
        return None
    resolver = EntityResolver(read.definition)
    own = {part.attribute for part in read.key.parts}
    for path in condition.paths():
        stored = resolver.attribute(path).stored
        if stored in own:
            raise StatementError(
                f"{read}: {path} is a key attribute of this pattern, which DynamoDB does not filter by. "
                f"Put it into {read.entity.__name__}.{read.pattern}(…)."
            )
        _check_held(read, (stored,), "Filter by what it holds, or let the index project it.")
    return condition.write(WireWriter(resolver, placeholders))


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


def _filter(read: Read[Any, Any], placeholders: Placeholders) -> str | None:
    written = user_filter(read, placeholders)
    if not read.filters_type:
        return written
    name = placeholders.name(str(read.definition.stored_in.type_attribute))
    own = f"{name} = {placeholders.value({'S': read.definition.type_name})}"
    return f"({written}) AND {own}" if written else own


def _counted(read: Read[Any, Any], placeholders: Placeholders) -> Payload:
    """The number of items, or the keys that tell whose they are."""
    if not read.drops_rows:
        return {"Select": "COUNT"}
    names = dict.fromkeys(_key_attributes(read.definition, read.key, ()))
    return {"ProjectionExpression": ", ".join(map(placeholders.name, names))}


def _selected(read: Read[Any, Any], placeholders: Placeholders) -> Payload:
    """What of the items is asked for.

    A local index fetches from the table what it does not hold, at the price of reading the item there too.
    """
    if read.paths:
        wanted = list(projected_steps(read))
        if not read.key.gives_whole_items:
            _check_held(read, (str(steps[0]) for steps in wanted), "Project what it holds.")
        return {"ProjectionExpression": ", ".join(placeholders.path(steps) for steps in wanted)}
    if read.key.gives_whole_items:
        partial = read.definition.stored_in.held_by(read.key.index) is not None
        return {"Select": "ALL_ATTRIBUTES"} if partial else {}
    needed = missing_from(read.definition, read.key)
    _check_held(read, needed, f"Use .project(…): a whole {read.entity.__name__} has them.")
    return {}


def projected_steps(read: Read[Any, Any]) -> Iterator[tuple[Step, ...]]:
    """The projected paths, and what it takes to know the row: its key attributes and its type."""
    resolver, definition = EntityResolver(read.definition), read.definition
    names = _key_attributes(definition, read.key, (path.name for path in read.paths))
    if read.holds_type:
        names.append(str(definition.stored_in.type_attribute))
    asked = [path for path in read.paths if path.name not in definition.key_only]
    wanted = dict.fromkeys([*((name,) for name in names), *map(resolver.stored, asked)])
    for steps in wanted:
        # Paths that overlap are refused; the shorter one brings the longer one with it.
        if not any(steps[:length] in wanted for length in range(1, len(steps))):
            yield steps


def _key_attributes(definition: Definition[Any], key: EntityKey, names: Iterable[str]) -> list[str]:
    """The key attributes that tell an item, and those that tell the attributes which stand only in keys."""
    keys = (key, *definition.telling_keys(names))
    return [*definition.stored_in.key_names, *(part.attribute for one in keys for part in one.parts)]


def _check_held(read: Read[Any, Any], names: Iterable[str], advice: str) -> None:
    index = read.key.index
    held = read.definition.stored_in.held_by(index)
    missing = [] if held is None else [name for name in dict.fromkeys(names) if name not in held]
    if missing and index is not None:
        raise StatementError(f"{read}: index {index.name!r} does not hold {', '.join(missing)}. {advice}")
