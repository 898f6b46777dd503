"""How a statement is read, request by request: what is kept of each reply, and where the next one starts.

``limit`` counts results after filtering, ``evaluate_at_most`` items read, ``requests_at_most`` requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from dynakit.operations.cursor import check_start, decode_cursor, refused_cursor
from dynakit.operations.flow import Flow
from dynakit.operations.retry import Refused, request
from dynakit.operations.sealing_open import opened_rows
from dynakit.schema.query import Hydrated
from dynakit.schema.source import Source
from dynakit.unparsed import Items
from dynakit.values import dataclass
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.operations.hydrate import Missing
    from dynakit.schema.entity import Entity

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a statement is: where the next request starts, and what it may still read.

    ``first`` is the key of the first row kept; ``foreign`` counts rows of other entities, and ``missing``
    are the keys that the last request could not hydrate.
    """

    start: Item | None = None
    results: int = 0
    evaluated: int = 0
    requests: int = 0
    done: bool = False
    from_cursor: bool = False
    backward: bool = False
    first: Item | None = None
    foreign: int = 0
    missing: Missing = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of a reply that are results, and the key they were cut behind at the limit."""

    rows: Items
    cut: Item | None
    foreign: int


def begin(source: Source[R], environment: Environment, cursor: str | None = None) -> Progress:
    """Where a statement starts. Raises :class:`CursorError` for a cursor that is not this statement's."""
    if source.range.empty:
        return Progress(done=True)
    if cursor is None:
        return Progress()
    start, backward = decode_cursor(identity(source, environment), cursor)
    check_start(source.range, start, source.table, source.key_names)
    return Progress(start or None, from_cursor=bool(start), backward=backward)


def read_on(
    source: Source[R], progress: Progress, environment: Environment
) -> Flow[tuple[list[R], Progress]]:
    """Send one request; give its results, in the order read, and how far the statement then is."""
    reply = yield from send(source, progress, environment)
    found = kept(source, reply.get("Items", []), progress.results, environment)
    results, missing = yield from decoded(source, found.rows, environment)
    first = progress.first or next((_key(source, row) for row in found.rows), None)
    after = found.cut or reply.get("LastEvaluatedKey")
    progress = advance(
        source, progress, after, len(results), reply, first=first, foreign=found.foreign, missing=missing
    )
    return results, progress


def decoded(source: Source[R], rows: Items, environment: Environment) -> Flow[tuple[list[R], Missing]]:
    """The results that rows stand for, and the keys of those that could not be hydrated."""
    if isinstance(source, Hydrated):
        from dynakit.operations.hydrate import hydrated

        items, missing = yield from hydrated(cast("Hydrated[Entity]", source), rows, environment)
        return cast("list[R]", items), missing
    rows = yield from opened_rows(source, rows, environment)
    return source.decoded(rows), ()


def identity(source: Source[Any], environment: Environment) -> str:
    """What a cursor is bound to: table, index, key condition, filter, direction and entities."""
    terms = [
        [term.attribute, term.operator, list(term.values)]
        for term in (*source.range.partition, *source.range.sort)
    ]
    index = None if source.index is None else source.index.name
    table = environment.table_name(source.table)
    return json.dumps([table, index, terms, source.bound, source.forward], sort_keys=True)


def next_call(
    source: Source[Any],
    progress: Progress,
    environment: Environment,
    *,
    counts: bool = False,
    item_by_item: bool = False,
) -> Call:
    """The next request; ``item_by_item`` as in :class:`~dynakit.wire.Call`."""
    reading = source.turned() if progress.backward else source
    size = source.page_size(progress.results, progress.evaluated, progress.requests)
    call = reading.request(environment, start=progress.start, size=size, count=counts)
    return Call(call.action, call.payload, call.service, 1, source, item_by_item or call.item_by_item)


def send(
    source: Source[Any], progress: Progress, environment: Environment, *, counts: bool = False
) -> Flow[Payload]:
    """Send the next request. Raises :class:`CursorError` where the service refuses the cursor's key."""
    item_by_item = source.keeps_bytes and not counts
    call = next_call(source, progress, environment, counts=counts, item_by_item=item_by_item)
    interprets = ("ValidationException",) if progress.from_cursor else ()
    try:
        reply = yield from request(call, environment, interprets=interprets, statement=source)
    except Refused as refused:
        raise refused_cursor() from refused.error
    return reply.payload


def kept(source: Source[Any], rows: Items, results: int, environment: Environment) -> Kept:
    """The rows that are results, cut at the limit, where there were so many ``results`` before."""
    wanted = len(rows) if source.max_results is None else source.max_results - results
    if wanted >= len(rows) and not source.judges_rows:
        return Kept(rows, None, 0)
    rows = list(rows)
    if not source.judges_rows:
        return Kept(rows[:wanted], _key(source, rows[wanted - 1]), 0)
    verdicts = source.verdicts(rows, environment.now())
    places = [place for place, verdict in enumerate(verdicts) if verdict == "kept"]
    cut: Item | None = None
    if wanted < len(places):
        places = places[:wanted]
        verdicts = verdicts[: places[-1] + 1]
        cut = _key(source, rows[places[-1]])
    return Kept([rows[place] for place in places], cut, verdicts.count("foreign"))


def advance(
    source: Source[Any],
    progress: Progress,
    after: Item | None,
    found: int,
    reply: Payload,
    *,
    first: Item | None = None,
    foreign: int = 0,
    missing: Missing = (),
) -> Progress:
    """How far a statement is after a reply with so many results and ``foreign`` rows."""
    results, requests = progress.results + found, progress.requests + 1
    evaluated = progress.evaluated + int(reply.get("ScannedCount", found))
    done = (
        after is None
        or results == source.max_results
        or evaluated == source.max_evaluated
        or requests == source.max_requests
    )
    return Progress(
        after,
        results,
        evaluated,
        requests,
        done,
        backward=progress.backward,
        first=first,
        foreign=progress.foreign + foreign,
        missing=missing,
    )


def _key(source: Source[Any], row: Item) -> Item:
    return {name: row[name] for name in source.key_names}


def bounded(source: Source[R]) -> Source[R]:
    """The statement of one page: one request where it has no bound of its own."""
    bounds: Iterable[int | None] = (source.max_results, source.max_evaluated, source.max_requests)
    return source if any(bounds) else source.requests_at_most(1)
