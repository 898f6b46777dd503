"""The tables that are deployed: those of the schemas, and one of each model of NoSQL Workbench of others."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from dynakit import KEYS_ONLY, Index, KeyAttribute, Provisioned, Table, TableSettings, include
from dynakit.workbench.document import read_model
from dynakit.workbench.loading import module_of
from dynakit.workbench.schema import plan_schema, schema_file
from schemas.backend import posts, users
from schemas.online_shop import shop
from schemas.task_manager import work
from tests.unit.workbench.workbench_models import every_model

INDEXES = [
    Index("byKind", pk="kind", sk=KeyAttribute("at", "N"), projection=include("note", "owner")),
    Index("byOwner", pk="owner", projection=KEYS_ONLY),
    Index("near", sk="kind", projection=include("note"), local=True),
]

by_request = Table(
    "PaidByRequest",
    sk=KeyAttribute("SK", "B"),
    indexes=INDEXES,
    time_to_live="gone",
    stream="NEW_AND_OLD_IMAGES",
    settings=TableSettings(tags={"team": "core"}, deletion_protection=False),
)
by_unit = Table(
    "PaidByUnit",
    sk="SK",
    indexes=[*INDEXES, Index("own", pk="own", capacity=Provisioned(7, 8))],
    capacity=Provisioned(3, 4),
)

OWN = {
    "backend users": users,
    "backend posts": posts,
    "online shop": shop,
    "task manager": work,
    "paid by request": by_request,
    "paid by unit": by_unit,
}
"""By what the tests call them: the schemas' tables, and two that use what servers can show."""


@cache
def table_of_model(path: Path) -> Table:
    """The table of the schema file that is made of a model, which is then named for the model's file.

    Several models are states of one table, and bear its name.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    (declared,) = document["DataModel"]
    declared["TableName"] = f"{path.stem}-{declared['TableName']}"
    model = read_model(json.dumps(document))
    (planned,) = plan_schema(model).tables
    table = vars(module_of(schema_file(model)))[planned.variable]
    assert isinstance(table, Table)
    return table


def every_table() -> list[Table]:
    """All of them; those of models where these are."""
    paths = [path for each in every_model() for path in each.values if not each.marks]
    return [*OWN.values(), *(table_of_model(path) for path in paths if isinstance(path, Path))]
