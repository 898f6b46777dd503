"""What dynakit reads from the tables of others and writes back is what stood there, to the last byte."""

from __future__ import annotations

import pytest

from dynakit import Entity, Repository
from tests.integration.workbench.chat_system import CHAT_SYSTEM
from tests.integration.workbench.complaints import COMPLAINTS
from tests.integration.workbench.models import canonical, loaded, stated
from tests.integration.workbench.online_shop import ONLINE_SHOP
from tests.integration.workbench.readings import Domain

ROWS = {ONLINE_SHOP: 20, CHAT_SYSTEM: 8, COMPLAINTS: 9}

domains = pytest.mark.parametrize("domain", ROWS, ids=lambda domain: domain.table.name)


@domains
def test_each_row_is_read_as_its_entity(dynamodb_local: str, domain: Domain) -> None:
    """Read by its primary key, its values are those that plain Python reads."""
    with loaded(dynamodb_local, domain.file, domain.table) as stored:
        wanted = domain.entities(stored.model.rows)
        assert len(wanted) == ROWS[domain] == stated(domain.file)["rows"]
        assert [Repository(stored.db, type(entity)).require(entity) for entity in wanted] == wanted


@domains
def test_each_row_put_back_is_the_same(dynamodb_local: str, domain: Domain) -> None:
    """Item by item: read, put, and the table is byte for byte what it was."""
    with loaded(dynamodb_local, domain.file, domain.table) as stored:
        before = stored.raw.rows()
        assert before == canonical(stored.model.rows)
        for entity in domain.entities(stored.model.rows):
            repository = Repository(stored.db, type(entity))
            repository.replace(repository.require(entity))
            assert stored.raw.rows() == before


@domains
def test_an_empty_table_filled_by_entities_is_the_table_of_its_authors(
    dynamodb_local: str, domain: Domain
) -> None:
    """Made by hand, so that nothing of a row is kept unknown; each index holds as many rows as stated."""
    with loaded(dynamodb_local, domain.file, domain.table, rows=False) as stored:
        for entity in domain.entities(stored.model.rows):
            Repository(stored.db, type(entity)).create(entity)
        assert stored.raw.rows() == canonical(stored.model.rows)
        for index in stated(domain.file)["gsis"]:
            assert len(stored.raw.rows(index["name"])) == index["rows_in_index"]


@domains
def test_rows_written_in_a_batch_are_the_same(dynamodb_local: str, domain: Domain) -> None:
    """One batch over several entities, read in one batch, deleted in one."""
    with loaded(dynamodb_local, domain.file, domain.table, rows=False) as stored:
        repository = Repository(stored.db, Entity)
        entities = domain.entities(stored.model.rows)
        repository.put_many(entities)
        assert stored.raw.rows() == canonical(stored.model.rows)
        assert repository.get_many(entities) == entities
        repository.delete_many(entities)
        assert stored.raw.rows() == []
