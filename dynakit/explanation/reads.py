"""What a read will do: a get, a query, a batch of gets.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from __future__ import annotations

from typing import Any

from dynakit.codec.size import read_units
from dynakit.errors import StatementError
from dynakit.explanation.cautions import read_cautions
from dynakit.explanation.explanation import Explanation, Finding
from dynakit.explanation.figures import Figures
from dynakit.explanation.words import filter_words, key_words
from dynakit.operations.target import Target, item_text
from dynakit.schema.definition import EntityKey
from dynakit.schema.query import Hydrated
from dynakit.schema.source import Source

MAX_PAGE = 1024 * 1024
"""Bytes that one request of a query reads at most."""

MAX_GETS = 100


def explain_get(key: Any, target: Target[Any], figures: Figures) -> Explanation:
    """A get by primary key. An item that is not there costs as much as the smallest."""
    primary = target.definition.primary_key
    there = figures.items != 0
    return Explanation(
        statement=f"get {item_text(key)}",
        access="get",
        action="GetItem",
        table=figures.environment.table_name(target.definition.stored_in),
        key_condition=tuple(f"{part.attribute} = {part.source!r}" for part in primary.parts),
        items=int(there),
        read_units=read_units(figures.size if there else 1, consistent=figures.consistent),
    )


def explain_source(source: Source[Any], key: EntityKey, figures: Figures) -> Explanation:
    """A query, or another statement on one range of keys."""
    table = figures.environment.table_name(source.table)
    index = None if source.index is None else source.index.name
    refused = _refused(source, figures)
    if source.range.empty or refused:
        text = str(source)
        return Explanation(text, "nothing", "nothing", table, index, requests=0, warnings=refused)
    pages = _pages(source, figures)
    units = sum(read_units(size, consistent=source.consistent_read) for _, size in pages)
    items = sum(count for count, _ in pages)
    further, calls = _from_table(source, items, figures)
    return Explanation(
        statement=str(source),
        access="query",
        action="Query",
        table=table,
        index=index,
        key_condition=key_words(source.range, key),
        filters=filter_words(source),
        items=items,
        requests=len(pages) + calls,
        read_units=units + further,
        warnings=read_cautions(source, key, len(pages)),
    )


def _refused(source: Source[Any], figures: Figures) -> tuple[Finding, ...]:
    """Why the statement cannot be sent."""
    try:
        if not source.range.empty:
            source.compile(figures.environment)
    except StatementError as error:
        held = "does not hold" in str(error)
        return (Finding("not-held" if held else "refused", str(error)),)
    return ()


def _pages(source: Source[Any], figures: Figures) -> list[tuple[int, int]]:
    """Items and bytes of each request: at most 1 MB, and no more items than the knobs allow."""
    size = figures.size if source.index is None else figures.entry(source.index)
    per_page = max(1, -(-MAX_PAGE // size))
    left, pages, evaluated = figures.count, list[tuple[int, int]](), 0
    results = 0
    while not pages or left > 0:
        wanted = source.page_size(results, evaluated, len(pages))
        count = min(left, per_page, left if wanted is None else wanted)
        pages.append((count, count * size))
        left, evaluated, results = left - count, evaluated + count, results + count
        stops = (
            (source.max_results, results),
            (source.max_evaluated, evaluated),
            (source.max_requests, len(pages)),
        )
        if any(most is not None and reached >= most for most, reached in stops):
            break
    return pages


def _from_table(source: Source[Any], items: int, figures: Figures) -> tuple[float, int]:
    """The units and requests for what an index does not hold: of whole items, one by one."""
    if isinstance(source, Hydrated):
        each = read_units(figures.size, consistent=source.items_consistent)
        return items * each, -(-items // MAX_GETS)
    if fetches_from_table(source, figures):
        return items * read_units(figures.size, consistent=source.consistent_read), 0
    return 0.0, 0


def fetches_from_table(source: Source[Any], figures: Figures) -> bool:
    """Whether a local index fetches what it does not hold from the table."""
    index = source.index
    if index is None or not index.local or source.table.held_by(index) is None:
        return False
    payload = source.compile(figures.environment).payload
    held = source.table.held_by(index) or set[str]()
    names: dict[str, str] = payload.get("ExpressionAttributeNames", {})
    projected = [part.split(".")[0] for part in payload.get("ProjectionExpression", "").split(", ") if part]
    return payload.get("Select") == "ALL_ATTRIBUTES" or any(
        names.get(one.split("[")[0], one) not in held for one in projected
    )
