"""Schema files that dynakit makes of the models of others, and their rows in DynamoDB Local."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from uuid import uuid4

from dynakit import Client, Table, connect
from dynakit.workbench.document import read_model
from dynakit.workbench.loading import module_of
from dynakit.workbench.model import ModelTable
from dynakit.workbench.schema import plan_schema, schema_file
from dynakit.workbench.stored import put_rows
from tests.integration.servers import botocore_client
from tests.integration.workbench.models import RawTable


@dataclass(frozen=True)
class Imported:
    """A model's schema file as a module, its one table, and that in DynamoDB Local with the model's rows."""

    module: ModuleType
    table: Table
    model: ModelTable
    raw: RawTable
    db: Client


@contextmanager
def imported(endpoint: str, path: Path) -> Generator[Imported]:
    """Import a model, create its table and put its rows as they stand."""
    model = read_model(path.read_text(encoding="utf-8"))
    (planned,) = plan_schema(model).tables
    module = module_of(schema_file(model))
    table = vars(module)[planned.variable]
    assert isinstance(table, Table)
    raw = RawTable(botocore_client(endpoint), f"{planned.table.name}-{uuid4().hex}")
    with connect(endpoint, tables={table: raw.name}) as db:
        db.tables.create(table)
        db.run(put_rows(table, planned.table.sample_rows, db.environment))
        yield Imported(module, table, planned.table, raw, db)
        db.tables.delete(table)
