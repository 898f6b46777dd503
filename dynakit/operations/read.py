"""Reads: get, and queries page by page under the three knobs.

``limit`` counts results after filtering, ``evaluate_at_most`` items read, ``requests_at_most`` requests.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dynakit.errors import MoreThanOne, NotFound
from dynakit.operations.cursor import check_start, decode_cursor, encode_cursor, refused_cursor
from dynakit.operations.flow import Flow
from dynakit.operations.retry import Refused, request
from dynakit.operations.target import Target, item_text, names_one, target_of
from dynakit.schema.item import decode_item, is_of
from dynakit.schema.query import Query, Read
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
R = TypeVar("R")


@dataclass(frozen=True)
class Page(Generic[R]):
    """Results of one query, and the cursor behind the last of them; ``None`` at the end.

    A page may be the last and still have a cursor: DynamoDB does not look ahead.
    """

    items: list[R]
    cursor: str | None


@dataclass(frozen=True)
class Progress:
    """How far a query is: where the next request starts, and what it may still read."""

    start: Item | None = None
    results: int = 0
    evaluated: int = 0
    requests: int = 0
    done: bool = False
    from_cursor: bool = False


def get(key: E | Query[E], environment: Environment, *, consistent: bool = False) -> Flow[E | None]:
    """Get one item; ``None`` when there is none."""
    target: Target[E] = target_of(key)
    call = get_call(target, environment, consistent=consistent)
    reply = yield from request(call, environment, statement=key)
    item: Item | None = reply.payload.get("Item")
    return None if item is None else decode_item(target.definition, item)


def require(key: E | Query[E], environment: Environment, *, consistent: bool = False) -> Flow[E]:
    """Get one item. Raises :class:`NotFound` when there is none."""
    found = yield from get(key, environment, consistent=consistent)
    if found is None:
        raise NotFound(f"{item_text(key)}: there is no such item.", statement=key)
    return found


def get_call(target: Target[Any], environment: Environment, *, consistent: bool = False) -> Call:
    """The ``GetItem`` request of one primary key."""
    payload: Payload = {"TableName": environment.table_name(target.definition.stored_in), "Key": target.key}
    if consistent:
        payload["ConsistentRead"] = True
    return Call("GetItem", payload)


def present(key: E | Query[E], environment: Environment) -> Flow[bool]:
    """Whether an item is stored under this primary key."""
    target: Target[E] = target_of(key)
    call = get_call(target, environment)
    names = {f"#n{position}": name for position, name in enumerate(target.key)}
    call.payload.update(ProjectionExpression=", ".join(names), ExpressionAttributeNames=names)
    reply = yield from request(call, environment, statement=key)
    return "Item" in reply.payload


def begin(query: Read[E, R], environment: Environment, cursor: str | None = None) -> Progress:
    """Where a query starts. Raises :class:`CursorError` for a cursor that is not this query's."""
    if query.plan.empty:
        return Progress(done=True)
    if cursor is None:
        return Progress()
    start = decode_cursor(identity(query, environment), cursor)
    check_start(query.plan, start, query.definition.stored_in, _key_names(query))
    return Progress(start, from_cursor=True)


def read_on(
    query: Read[E, R], progress: Progress, environment: Environment
) -> Flow[tuple[list[R], Progress]]:
    """Send one request; give its results and how far the query then is."""
    rows, progress = yield from _rows(query, progress, environment)
    return [query.decode(row) for row in rows], progress


def read_page(query: Read[E, R], environment: Environment, cursor: str | None = None) -> Flow[Page[R]]:
    """Read up to the query's limit, or one request's worth where it has none."""
    bounded = query.max_results or query.max_evaluated or query.max_requests
    query = query if bounded else query.requests_at_most(1)
    progress = begin(query, environment, cursor)
    results: list[R] = []
    while not progress.done:
        found, progress = yield from read_on(query, progress, environment)
        results += found
    after = progress.start
    return Page(results, None if after is None else encode_cursor(identity(query, environment), after))


def read_all(query: Read[E, R], environment: Environment) -> Flow[list[R]]:
    """Read everything the query gives, into one list."""
    progress = begin(query, environment)
    results: list[R] = []
    while not progress.done:
        found, progress = yield from read_on(query, progress, environment)
        results += found
    return results


def first(query: Read[E, R], environment: Environment) -> Flow[R | None]:
    """The first result; ``None`` when there is none."""
    found: list[R] = yield from read_all(query.limit(1), environment)
    return found[0] if found else None


def one(query: Read[E, R], environment: Environment) -> Flow[R]:
    """The only result. Raises :class:`NotFound` or :class:`MoreThanOne`."""
    found = yield from read_all(query.limit(2), environment)
    if not found:
        raise NotFound(f"{query}: nothing matches; expected one item.", statement=query)
    if len(found) > 1:
        raise MoreThanOne(
            f"{query}: several items match; expected one. Narrow the query, or use first.", statement=query
        )
    return found[0]


def count(query: Read[E, R], environment: Environment) -> Flow[int]:
    """How many results there are: read like a query, at the same read units, without transferring items."""
    progress = begin(query, environment)
    while not progress.done:
        if query.drops_rows:
            _, progress = yield from _rows(query, progress, environment, counts=True)
        else:
            progress = yield from _count_on(query, progress, environment)
    return progress.results


def identity(query: Read[E, R], environment: Environment) -> str:
    """What a cursor is bound to: table, index, key condition, filter, direction and entity."""
    terms = [
        [term.attribute, term.operator, list(term.values)]
        for term in (*query.plan.partition, *query.plan.sort)
    ]
    index = None if query.key.index is None else query.key.index.name
    table = environment.table_name(query.definition.stored_in)
    bound = [table, index, query.definition.type_name, terms, query.written_filter(), query.forward]
    return json.dumps(bound, sort_keys=True)


def _rows(
    query: Read[E, R], progress: Progress, environment: Environment, *, counts: bool = False
) -> Flow[tuple[list[Item], Progress]]:
    """One request's rows of this entity, cut at the limit."""
    reply = yield from _send(query, progress, environment, counts=counts)
    rows: list[Item] = reply.get("Items", [])
    if query.drops_rows:
        rows = [row for row in rows if is_of(query.definition, row)]
    wanted = None if query.max_results is None else query.max_results - progress.results
    kept = rows if wanted is None else rows[:wanted]
    after: Item | None = reply.get("LastEvaluatedKey")
    if len(kept) < len(rows):
        after = {name: kept[-1][name] for name in _key_names(query)}
    return kept, _advance(query, progress, after, len(kept), reply)


def _count_on(query: Read[E, R], progress: Progress, environment: Environment) -> Flow[Progress]:
    reply = yield from _send(query, progress, environment, counts=True)
    found: int = reply["Count"]
    if query.max_results is not None:
        found = min(found, query.max_results - progress.results)
    return _advance(query, progress, reply.get("LastEvaluatedKey"), found, reply)


def _send(query: Read[E, R], progress: Progress, environment: Environment, *, counts: bool) -> Flow[Payload]:
    size = query.page_size(progress.results, progress.evaluated, progress.requests)
    call = query.request(environment, start=progress.start, size=size, count=counts)
    interprets = ("ValidationException",) if progress.from_cursor else ()
    try:
        reply = yield from request(call, environment, interprets=interprets, statement=query)
    except Refused as refused:
        raise refused_cursor() from refused.error
    return reply.payload


def _advance(
    query: Read[E, R], progress: Progress, after: Item | None, found: int, reply: Payload
) -> Progress:
    results, requests = progress.results + found, progress.requests + 1
    evaluated = progress.evaluated + int(reply.get("ScannedCount", found))
    done = (
        after is None
        or results == query.max_results
        or evaluated == query.max_evaluated
        or requests == query.max_requests
    )
    return replace(
        progress,
        start=after,
        results=results,
        evaluated=evaluated,
        requests=requests,
        done=done,
        from_cursor=False,
    )


def _key_names(query: Read[E, R]) -> tuple[str, ...]:
    table = query.definition.stored_in
    return tuple(dict.fromkeys((*table.key_names, *(part.attribute for part in query.key.parts))))


def exists(key: E | Query[E], environment: Environment) -> Flow[bool]:
    """Whether the item is there; or, for a query that names no single item, whether anything matches."""
    if isinstance(key, Query) and not names_one(key):
        return (yield from count(key.limit(1), environment)) > 0
    return (yield from present(key, environment))
