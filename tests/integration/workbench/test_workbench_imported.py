"""Schema files that dynakit makes of the models of others, on DynamoDB Local: rows, entities, indexes."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from dynakit import Entity, Repository, Table, connect
from dynakit.workbench.document import read_model
from dynakit.workbench.loading import module_of
from dynakit.workbench.model import ModelTable
from dynakit.workbench.schema import plan_schema, schema_file
from dynakit.workbench.stored import entities_of_rows, put_rows
from tests.integration.servers import botocore_client
from tests.integration.workbench.chat_system import CHAT_SYSTEM
from tests.integration.workbench.complaints import COMPLAINTS
from tests.integration.workbench.models import RawTable, canonical, folder, stated
from tests.integration.workbench.online_shop import ONLINE_SHOP

FILES = [
    ONLINE_SHOP.file,
    CHAT_SYSTEM.file,
    COMPLAINTS.file,
    "amazon-dynamodb-design-patterns/examples/device-state-log/json/DeviceStateLog_7.json",
    "aws-dynamodb-examples/schema_design/SchemaExamples/RecurringPayments/RecurringPaymentsSchema.json",
]


def imported(file: str) -> tuple[Table, ModelTable]:
    """The table of the schema file that is made of a model, and the table of the model."""
    model = read_model((folder() / file).read_text(encoding="utf-8"))
    (planned,) = plan_schema(model).tables
    table = vars(module_of(schema_file(model)))[planned.variable]
    assert isinstance(table, Table)
    return table, planned.table


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.rpartition("/")[2])
def test_rows_and_entities_fill_the_table_of_its_authors(dynamodb_local: str, file: str) -> None:
    """Rows put as they stand; then the same table once more, filled by entities made by hand of the rows."""
    table, model = imported(file)
    raw = RawTable(botocore_client(dynamodb_local), f"{model.name}-{uuid4().hex}")
    wanted = canonical(json.loads(json.dumps(model.sample_rows)))
    with connect(dynamodb_local, tables={table: raw.name}) as db:
        db.tables.create(table)
        db.run(put_rows(table, model.sample_rows, db.environment))
        assert raw.rows() == wanted
        for index in stated(file)["gsis"]:
            assert len(raw.rows(index["name"])) == index["rows_in_index"]
        entities = entities_of_rows(table, model.sample_rows)
        repository = Repository(db, Entity)
        assert repository.get_many(entities) == entities
        repository.delete_many(entities)
        assert raw.rows() == []
        repository.put_many([type(entity)(**dict(entity)) for entity in entities])
        assert raw.rows() == wanted
        db.tables.delete(table)
