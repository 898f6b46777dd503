"""Native multi-attribute index keys: typed attributes, no rendered text.

DynamoDB Local 1.25.1 refuses such key schemas, so they run on the embedded backend and on MiniStack.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dynakit import Attr, Entity, Index, Key, KeyAttribute, Repository, StatementError, Table, attr
from tests.integration.backends import Opener, only

work = Table(
    "work",
    indexes=[Index("by_state", pk=["tenant", "state"], sk=["placed_at", KeyAttribute("rank", "N")])],
)
DAY = datetime(2026, 1, 1, tzinfo=UTC)


class Job(Entity, table=work):
    primary = Key("JOB#{job_id}")
    by_state = Key(["tenant", "state"], ["placed_at", "rank"], index="by_state")

    job_id: Attr[str]
    tenant: Attr[str]
    state: Attr[str | None] = attr(default=None)
    placed_at: Attr[datetime]
    rank: Attr[int]


JOBS = [
    Job(
        job_id=f"{tenant}-{state}-{day}-{rank}",
        tenant=tenant,
        state=state,
        placed_at=DAY + timedelta(day),
        rank=rank,
    )
    for tenant in ("a", "ab")
    for state in ("open", "done", None)
    for day in range(2)
    for rank in (-5, 2, 10, 20)
]

backends = only("embedded", "embedded-async", "ministack")


@pytest.fixture
def jobs(open_db: Opener) -> Repository[Job]:
    repository = open_db(work).repository(Job)
    repository.put_many(JOBS)
    return repository


def expected(tenant: str, state: str) -> list[Job]:
    found = [job for job in JOBS if (job.tenant, job.state) == (tenant, state)]
    return sorted(found, key=lambda job: (job.placed_at, job.rank))


@backends
def test_the_partition_is_given_whole_and_comes_in_the_order_of_all_sort_attributes(
    jobs: Repository[Job],
) -> None:
    query = Job.by_state(tenant="a", state="open")
    assert jobs.all(query) == expected("a", "open")
    assert jobs.all(query.newest_first()) == expected("a", "open")[::-1]
    assert jobs.count(query) == 8


@backends
def test_sort_attributes_are_given_from_the_left_and_the_last_may_be_a_range(jobs: Repository[Job]) -> None:
    first_day = [job for job in expected("a", "done") if job.placed_at == DAY]
    assert jobs.all(Job.by_state(tenant="a", state="done", placed_at=DAY)) == first_day
    ranged = Job.by_state(
        Job.tenant == "a", Job.state == "done", Job.placed_at == DAY, Job.rank > -5, Job.rank <= 10
    )
    assert [job.rank for job in jobs.all(ranged)] == [2, 10]
    later = Job.by_state(Job.tenant == "ab", Job.state == "open", Job.placed_at > DAY)
    assert jobs.all(later) == [job for job in expected("ab", "open") if job.placed_at > DAY]


@backends
def test_pages_give_each_item_once(jobs: Repository[Job]) -> None:
    query, cursor, found = Job.by_state(tenant="a", state="open").limit(3), None, list[Job]()
    while True:
        page = jobs.page(query, cursor=cursor)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert found == expected("a", "open")


@backends
def test_an_item_without_one_of_the_attributes_is_not_in_the_index(jobs: Repository[Job]) -> None:
    job = expected("a", "open")[0]
    jobs.update(job, Job.state.remove())
    assert jobs.all(Job.by_state(tenant="a", state="open")) == expected("a", "open")[1:]
    jobs.update(job, Job.state.set("open"))
    assert jobs.all(Job.by_state(tenant="a", state="open")) == expected("a", "open")


@backends
def test_half_a_partition_key_and_gaps_are_refused(jobs: Repository[Job]) -> None:
    with pytest.raises(StatementError, match="it needs state"):
        jobs.all(Job.by_state(tenant="a"))
    with pytest.raises(StatementError, match="rank cannot join the sort key"):
        jobs.all(Job.by_state(tenant="a", state="open", rank=2))
