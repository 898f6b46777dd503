"""Sealed values through the ways that are not a repository's: transactional gets, scans, PartiQL."""

from __future__ import annotations

import pytest

from dynakit import MemoryObjects, Scan
from dynakit.operations.partiql import Partiql
from tests.integration.backends import Database, Opener, each_store
from tests.integration.sealed_models import Letter, a_letter, an_environment, letters

FIRST = Letter.primary(box="b", number=1)


@pytest.fixture
def db(open_db: Opener) -> Database:
    db = open_db(letters, environment=an_environment(MemoryObjects()))
    db.repository(Letter).create(a_letter())
    return db


@each_store()
def test_a_transactional_get_opens(db: Database) -> None:
    assert db.client.get_together((FIRST,)) == (a_letter(),)


@each_store()
def test_a_partiql_select_opens(db: Database) -> None:
    assert db.client.execute(Partiql("SELECT * FROM {Letter}", entity=Letter)) == [a_letter()]


@each_store()
def test_a_scan_opens(db: Database) -> None:
    assert list(db.client.scan(Scan(Letter))) == [a_letter()]
