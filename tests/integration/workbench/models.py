"""NoSQL Workbench models of others: read in place, loaded into DynamoDB Local without dynakit.

They stand beside the project (``../shared/nosql-workbench`` from its top level) and are no part of it.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import pytest

from dynakit import Client, Table, connect
from tests.integration.servers import botocore_client
from tests.integration.workbench.readings import Row

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        BatchWriteItemInputTypeDef,
        CreateTableInputTypeDef,
        ScanInputPaginateTypeDef,
    )

FOLDER = Path(__file__).parents[3].parent / "shared" / "nosql-workbench"
MAX_WRITES = 25


@dataclass(frozen=True)
class Model:
    """One table of a model: how it is declared, and its rows as DynamoDB's JSON."""

    name: str
    declaration: Mapping[str, Any]
    rows: tuple[Row, ...]

    @property
    def indexes(self) -> list[str]:
        """The names of the table's global indexes."""
        return [index["IndexName"] for index in self.declaration["GlobalSecondaryIndexes"]]


@dataclass(frozen=True)
class RawTable:
    """A table in DynamoDB Local as botocore sees it: the second opinion on what is stored."""

    client: DynamoDBClient
    name: str

    def fill(self, rows: Iterable[Row]) -> None:
        """Write rows as they are."""
        requests = [{"PutRequest": {"Item": row}} for row in rows]
        for start in range(0, len(requests), MAX_WRITES):
            batch = {"RequestItems": {self.name: requests[start : start + MAX_WRITES]}}
            reply = self.client.batch_write_item(**cast("BatchWriteItemInputTypeDef", batch))
            assert reply["UnprocessedItems"] == {}

    def rows(self, index: str | None = None) -> list[Row]:
        """Every item of the table, or every entry of an index, in a canonical order."""
        request = {"TableName": self.name, **({} if index is None else {"IndexName": index})}
        pages = self.client.get_paginator("scan").paginate(**cast("ScanInputPaginateTypeDef", request))
        return canonical(cast("Row", item) for page in pages for item in page["Items"])


@dataclass(frozen=True)
class Loaded:
    """A model in DynamoDB Local, and a client of dynakit's on it."""

    model: Model
    raw: RawTable
    db: Client


def folder() -> Path:
    """Return the folder of the models; skip the test on a machine that does not have it."""
    if not FOLDER.is_dir():
        pytest.skip(f"the third-party models are not here: {FOLDER} is no folder")
    return FOLDER


def read_model(file: str) -> Model:
    """Read the one table of a model. Where a table has facets, its rows stand in them."""
    (table,) = json.loads((folder() / file).read_text(encoding="utf-8"))["DataModel"]
    facets = [facet for facet in table.get("TableFacets", ()) if "TableData" in facet]
    rows = [row for source in facets or [table] for row in source["TableData"]]
    return Model(table["TableName"], table, tuple(rows))


def access_patterns(readme: str) -> list[dict[str, str]]:
    """Read the access patterns of a model: rows of printed text by column title."""
    patterns = json.loads((folder() / "access-patterns.json").read_text(encoding="utf-8"))
    return cast("list[dict[str, str]]", patterns[readme])


def stated(file: str) -> dict[str, Any]:
    """Read what the collection of models states about a table: its rows, and how many each index holds."""
    tables = json.loads((folder() / "index.json").read_text(encoding="utf-8"))
    (found,) = [table for table in tables if table["file"] == file]
    return cast("dict[str, Any]", found)


@contextmanager
def loaded(endpoint: str, file: str, table: Table, *, rows: bool = True) -> Generator[Loaded]:
    """Create the model's table as the model declares it, with its rows or empty; drop it afterwards."""
    model = read_model(file)
    raw = RawTable(botocore_client(endpoint), f"{model.name}-{uuid4().hex}")
    raw.client.create_table(**_create_request(raw.name, model.declaration))
    try:
        raw.fill(model.rows if rows else ())
        with connect(endpoint, tables={table: raw.name}) as db:
            yield Loaded(model, raw, db)
    finally:
        raw.client.delete_table(TableName=raw.name)


def canonical(rows: Iterable[Row]) -> list[Row]:
    """Sort rows, and the elements of their sets, which have no order of their own."""
    settled: list[Row] = [json.loads(json.dumps(row)) for row in rows]
    for row in settled:
        for value in row.values():
            if "SS" in value:
                value["SS"].sort()
    return sorted(settled, key=lambda row: json.dumps(row, sort_keys=True))


def _create_request(name: str, declaration: Mapping[str, Any]) -> CreateTableInputTypeDef:
    keys = declaration["KeyAttributes"]
    indexes = declaration["GlobalSecondaryIndexes"]
    every = [keys, *(index["KeyAttributes"] for index in indexes)]
    types = {one["AttributeName"]: one["AttributeType"] for each in every for one in each.values()}
    request = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key_schema(keys),
        "AttributeDefinitions": [{"AttributeName": each, "AttributeType": types[each]} for each in types],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index["IndexName"],
                "KeySchema": _key_schema(index["KeyAttributes"]),
                "Projection": index["Projection"],
            }
            for index in indexes
        ],
    }
    return cast("CreateTableInputTypeDef", request)


def _key_schema(keys: Mapping[str, Mapping[str, str]]) -> list[dict[str, str]]:
    kinds = {"PartitionKey": "HASH", "SortKey": "RANGE"}
    return [{"AttributeName": key["AttributeName"], "KeyType": kinds[which]} for which, key in keys.items()]
