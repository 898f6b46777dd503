"""Hidden items, indexes that do not hold everything, shared ranges, and pages in both directions."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynakit import Collection, Entity, NotFound, Page, Query
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.schema.query import Read
from tests.integration.backends import Database, Opener, each_store
from tests.unit.support.lasting import FUTURE, PAST, Folder, Paper, Remark, lasting


def paper(number: int, until: datetime | None = None, **values: object) -> Paper:
    return Paper.model_validate({"folder": "f", "number": number, "until": until, **values})


PAPERS = [paper(1), paper(2, PAST), paper(3, FUTURE), paper(4, gone=PAST), paper(5)]
REMARKS = [Remark(folder="f", number=3, line=line) for line in (1, 2)]
SEEN = [1, 3, 5]


@pytest.fixture
def db(open_db: Opener) -> Database:
    db = open_db(lasting)
    given: list[Entity] = [Folder(folder="f"), *PAPERS, *REMARKS, Folder(folder="empty")]
    db.put_raw(lasting, *(encode_item(definition_of(type(one)), one) for one in given))
    db.wire.clear()
    return db


def key(number: int) -> Query[Paper]:
    return Paper.primary(folder="f", number=number)


READS: list[Read[Paper, Paper]] = [
    Paper.primary(folder="f"),
    Paper.by_title(title="t"),
    Paper.by_author(author="a").hydrate(),
    Paper.by_topic(topic="x").hydrate(consistent=True),
]


@each_store()
def test_expired_and_deleted_items_are_left_out_unless_asked_for(db: Database) -> None:
    papers = db.repository(Paper)
    for query in READS:
        assert sorted(one.number for one in papers.all(query)) == SEEN, query
        assert sorted(one.number for one in papers.all(query.including_expired())) == [1, 2, 3, 5], query
        assert sorted(one.number for one in papers.all(query.including_deleted())) == [1, 3, 4, 5], query
        assert len(papers.all(query.including_expired().including_deleted())) == 5, query
    assert papers.count(Paper.primary(folder="f")) == 3
    assert papers.exists(Paper.primary(folder="f").limit(1))


@each_store()
def test_point_reads_hide_them_too(db: Database) -> None:
    papers = db.repository(Paper)
    keys = [key(number) for number in range(1, 7)]
    assert [one and one.number for one in papers.get_many(keys)] == [1, None, 3, None, 5, None]
    assert [one and one.number for one in papers.get_many(keys, expired=True)] == [1, 2, 3, None, 5, None]
    assert [papers.exists(one) for one in keys] == [True, False, True, False, True, False]
    assert [papers.exists(one, deleted=True) for one in keys] == [True, False, True, True, True, False]
    assert papers.get(key(2)) is None
    assert papers.require(key(2), expired=True).number == 2
    assert papers.require(key(4).including_deleted()).number == 4
    with pytest.raises(NotFound):
        papers.require(key(4), expired=True)


@each_store()
def test_collections_hide_them_and_filter_each_entity_by_its_own(db: Database) -> None:
    together = Collection((Folder, Paper), Folder.folder == "f")
    collected = db.client.collect(together)
    assert [one.number for one in collected[Paper]] == SEEN
    assert (len(collected[Folder]), collected.foreign) == (1, 2)
    assert len(db.client.collect(together.including_expired())[Paper]) == 4
    filtered = db.client.collect(together.filter(Paper.number.exists() | Paper.pages.exists()))
    assert filtered.foreign == 2
    some = together.filter(Paper.pages > 1, Folder.open.is_true())
    assert [type(one) for one in db.client.iterate(some)] == [Folder]


@each_store()
def test_a_range_is_shared_by_a_key_and_those_that_go_on_behind_it(db: Database) -> None:
    shared = Collection((Paper, Remark), folder="f", number=3)
    assert list(db.client.iterate(shared)) == [PAPERS[2], *REMARKS]
    assert db.client.collect(shared).foreign == 0


@each_store()
def test_a_parent_comes_with_its_children(db: Database) -> None:
    folder, papers = db.client.with_children(Folder.primary(folder="f"), Paper)
    assert (folder, [one.number for one in papers]) == (Folder(folder="f"), SEEN)
    one, remarks = db.client.with_children(key(3), Remark)
    assert (one, remarks) == (PAPERS[2], REMARKS)
    assert len(db.wire.calls) == 2
    with pytest.raises(NotFound):
        db.client.with_children(Folder.primary(folder="nobody"), Paper)


@each_store()
def test_an_index_gives_what_it_holds_and_what_its_keys_tell(db: Database) -> None:
    papers = db.repository(Paper)
    by_keys = papers.all(Paper.by_author(author="a").including_expired().including_deleted().held())
    assert sorted((row[Paper.folder], row[Paper.number], row[Paper.author]) for row in by_keys) == [
        ("f", number, "a") for number in range(1, 6)
    ]
    by_topic = papers.all(Paper.by_topic(topic="x").project(Paper.title, Paper.number).as_dicts())
    assert sorted(by_topic, key=str) == [{"title": "t", "number": number} for number in SEEN]


@each_store()
def test_dicts_are_plain_values_by_attribute(db: Database) -> None:
    first = db.repository(Paper).all(Paper.primary(folder="f").limit(1).as_dicts())
    assert first == [
        {
            "folder": "f",
            "number": 1,
            "title": "t",
            "author": "a",
            "topic": "x",
            "pages": 1,
            "until": None,
            "gone": None,
        }
    ]


def walk(db: Database, query: Query[Paper]) -> tuple[list[list[int]], list[list[int]]]:
    """The pages forward, and again backward from the last."""
    papers = db.repository(Paper)
    forward: list[Page[Paper]] = [papers.page(query)]
    while forward[-1].cursor is not None:
        forward.append(papers.page(query, cursor=forward[-1].cursor))
    backward = [forward[-1]]
    while backward[-1].previous is not None:
        backward.append(papers.page(query, cursor=backward[-1].previous))
    return [_numbers(page) for page in forward], [_numbers(page) for page in backward]


def _numbers(page: Page[Paper]) -> list[int]:
    return [one.number for one in page.items]


@each_store()
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    limit=st.integers(1, 6),
    newest=st.booleans(),
    filtered=st.booleans(),
    on_index=st.booleans(),
)
def test_walking_back_gives_the_same_pages(
    db: Database, limit: int, newest: bool, filtered: bool, on_index: bool
) -> None:
    query = (Paper.by_title(title="t") if on_index else Paper.primary(folder="f")).limit(limit)
    query = query.including_expired().including_deleted()
    query = query.newest_first() if newest else query
    query = query.filter(Paper.gone.not_exists()) if filtered else query
    forward, backward = walk(db, query)
    assert [page for page in backward if page] == [page for page in forward if page][::-1]
