"""Tables that between them have every setting, on servers that do not know every setting."""

from __future__ import annotations

import pytest
from moto import mock_aws

from dynakit import Table, connect
from tests.integration.backends import Opener, only
from tests.unit.export.tables_of_every_kind import EVERY_KIND, provisioned, replicated_units, witnessed


@only("embedded", "ministack")
@pytest.mark.parametrize("table", EVERY_KIND, ids=lambda table: table.name)
def test_each_is_created_and_compared(open_db: Opener, table: Table) -> None:
    db = open_db(table, create=False)
    db.raw.tables.create(table)
    plan = db.raw.tables.diff(table)
    assert plan.unchangeable == ()
    assert {change.effect for change in plan.changes} <= {"adds", "changes"}


def test_one_that_moto_does_not_wholly_know_is_compared_in_mocked_aws() -> None:
    with mock_aws(), connect() as db:
        for table in (provisioned, replicated_units, witnessed):
            db.tables.create(table)
            assert db.tables.diff(table).is_empty
