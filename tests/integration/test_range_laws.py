"""Every range on a composite sort key gives what a filter in Python over the same items gives, in order."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dynakit import Condition, Entity, Path, Query, Repository, path
from tests.integration.backends import Database, Opener, only
from tests.integration.range_models import (
    LAWS,
    Beside,
    Constant,
    Indexed,
    Law,
    Longer,
    Shorter,
    lab,
    plain_binary,
    plain_number,
    plain_text,
    text,
)

EXAMPLES = settings().max_examples * 3 // 10
QUERIES = 6

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
BOTH = {f"{low} {high}": (low, high) for low in (">", ">=") for high in ("<", "<=")}
RANGES = ["all", "=", "between", "begins_with", *COMPARISONS, *BOTH]


@dataclass(frozen=True)
class Asked:
    """One query, and the same as a filter over values."""

    query: Query[Any]
    admits: Callable[[tuple[Any, ...]], bool]


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(lab, plain_text, plain_number, plain_binary)


@only("local")
@pytest.mark.parametrize("law", LAWS, ids=str)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_range_gives_what_a_filter_over_all_items_gives(
    db: Database, law: Law, data: st.DataObject
) -> None:
    run = uuid4().hex
    rows = data.draw(st.lists(st.tuples(*law.values.values()), min_size=1, max_size=9), label="rows")
    items = stored_items(law, run, rows)
    repository: Repository[Any] = db.repository(law.entity)
    repository.put_many(items)
    if law.entity.__table__ is lab:
        put_neighbours(db, run, data)
    for _ in range(QUERIES):
        check(repository, law, items, data.draw(questions(law, run, rows), label="query"), data)


def stored_items(law: Law, run: str, rows: Iterable[tuple[Any, ...]]) -> list[Entity]:
    """The entities of these values: one of each, or on an index all of them."""
    entity: Any = law.entity
    if entity is not Indexed:
        rows = set(rows)
    named = [dict(zip(law.values, row, strict=True)) for row in rows]
    ids = [{"id": id} if entity is Indexed else {} for id in range(len(named))]
    return [entity(run=run, **id, **values) for id, values in zip(ids, named, strict=True)]


def put_neighbours(db: Database, run: str, data: st.DataObject) -> None:
    """Store items of other entities among those that are asked for."""
    words = data.draw(st.lists(text, max_size=2, unique=True), label="neighbours")
    db.repository(Constant).put(Constant(run=run))
    db.repository(Shorter).put_many([Shorter(run=run, a=word) for word in words])
    db.repository(Longer).put_many([Longer(run=run, a=word, b="1", c=word, n=1) for word in words])
    db.repository(Beside).put_many([Beside(run=run, id=n, a=word) for n, word in enumerate(words) if word])


@st.composite
def questions(draw: st.DrawFn, law: Law, run: str, rows: list[tuple[Any, ...]]) -> Asked:
    """A query on this pattern: leading attributes by equality, then one range, in one of the directions."""
    depth = draw(st.integers(0, len(law.values) - 1))
    leading = draw(st.sampled_from(rows))[:depth]
    names = list(law.values)
    bound = st.one_of(st.sampled_from([row[depth] for row in rows]), law.values[names[depth]])
    conditions, admits = draw(ranges(path(law.entity, names[depth], object), bound))
    equal = {"run": run, **dict(zip(names, leading, strict=False))}
    query: Query[Any] = getattr(law.entity, law.pattern)(*conditions, **equal)
    query = query.newest_first() if draw(st.booleans()) else query
    return Asked(query, lambda row: row[:depth] == leading and admits(row[depth]))


@st.composite
def ranges(
    draw: st.DrawFn, at: Path[Any, Any], bound: st.SearchStrategy[Any]
) -> tuple[list[Condition[Any]], Callable[[Any], bool]]:
    """Conditions on one attribute, and the same as a function of its value."""
    kind = draw(st.sampled_from(RANGES))
    low, high = draw(bound), draw(bound)
    event(kind)
    if kind == "all" or (kind == "begins_with" and not isinstance(low, str | bytes)):
        return [], lambda _: True
    if kind == "=":
        return [at == low], lambda value: bool(value == low)
    if kind == "between":
        return [at.between(low, high)], lambda value: bool(order(low) <= order(value) <= order(high))
    if kind == "begins_with":
        return [at.begins_with(low)], lambda value: bool(value.startswith(low))
    if kind in COMPARISONS:
        compare = COMPARISONS[kind]
        return [compare(at, low)], lambda value: bool(compare(order(value), order(low)))
    above, below = (COMPARISONS[sign] for sign in BOTH[kind])
    return [above(at, low), below(at, high)], lambda value: bool(
        above(order(value), order(low)) and below(order(value), order(high))
    )


def order(value: Any) -> Any:
    """What a value is ordered by: an enum by what it is stored as."""
    return value.value if isinstance(value, Enum) else value


def check(
    repository: Repository[Any], law: Law, items: list[Entity], asked: Asked, data: st.DataObject
) -> None:
    """All results, the first of them, their number, and all of them page by page."""
    query = asked.query
    expected = sorted((row for item in items if asked.admits(row := values(law, item))), key=ordered)
    expected = expected if query.forward else expected[::-1]
    assert [values(law, item) for item in repository.all(query)] == expected
    assert repository.count(query) == len(expected)
    size = data.draw(st.integers(1, 4), label="size")
    assert [values(law, item) for item in repository.all(query.limit(size))] == expected[:size]
    paged = [item for page in pages(repository, query.limit(size)) for item in page]
    assert [values(law, item) for item in paged] == expected
    assert len({identity(item) for item in paged}) == len(paged)


def pages(repository: Repository[Any], query: Query[Any]) -> Iterable[list[Any]]:
    """Each page of a query, by its cursor."""
    cursor: str | None = None
    while True:
        page = repository.page(query, cursor=cursor)
        yield page.items
        cursor = page.cursor
        if cursor is None:
            return


def values(law: Law, item: Any) -> tuple[Any, ...]:
    return tuple(getattr(item, name) for name in law.values)


def ordered(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(order(value) for value in row)


def identity(item: Any) -> str:
    return repr(item)
