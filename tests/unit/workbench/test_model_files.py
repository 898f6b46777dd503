"""Model files: what is read of them, and how malformed ones are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dynakit import AutoScaled, Index, KeyAttribute, Provisioned, include
from dynakit.workbench.document import read_model
from dynakit.workbench.errors import WorkbenchError
from tests.unit.workbench.workbench_models import (
    FOLDER,
    KEYS,
    MALFORMED,
    every_model,
    model_file,
    model_of,
    row,
)


def key(name: str, kind: str = "S") -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": kind}


def test_what_a_model_says_of_a_table_is_read() -> None:
    scaling = {
        "ScalableTargetRequest": {"MinCapacity": 1, "MaxCapacity": 10},
        "ScalingPolicyConfiguration": {"TargetValue": 60},
    }
    text = model_of(
        row("a", "b"),
        NonKeyAttributes=[key("age", "N")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_age",
                "KeyAttributes": {"PartitionKey": key("age", "N")},
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["PK", "name", "age"]},
            }
        ],
        LocalSecondaryIndexes=[
            {"IndexName": "local", "KeyAttributes": {"PartitionKey": key("PK"), "SortKey": key("when")}}
        ],
        BillingMode="PROVISIONED",
        ProvisionedCapacitySettings={
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2},
            "AutoScalingRead": scaling,
        },
    )
    (table,) = read_model(text).tables
    assert (table.name, table.partition, table.sort) == ("shop", KeyAttribute("PK"), KeyAttribute("SK"))
    assert table.indexes == (
        Index("by_age", KeyAttribute("age", "N"), projection=include("name")),
        Index("local", sk="when", local=True),
    )
    assert table.capacity == Provisioned(AutoScaled(1, 10, 60, 5), 2)
    assert table.sample_rows == (row("a", "b"),)


def test_rows_stand_in_facets_too_and_count_once() -> None:
    facets = [
        {
            "FacetName": "First",
            "KeyAttributeAlias": {"PartitionKeyAlias": "id"},
            "TableData": [row("a", "1"), row("a", "2")],
        },
        {"FacetName": "Second", "NonKeyAttributes": ["x"], "TableData": [row("a", "2")]},
    ]
    (table,) = read_model(model_of(row("b", "1"), TableFacets=facets)).tables
    assert [facet.name for facet in table.facets] == ["First", "Second"]
    assert table.facets[0].partition_alias == "id"
    assert table.sample_rows == (row("a", "1"), row("a", "2"), row("b", "1"))


MISTAKES: list[tuple[Any, str]] = [
    ({"plain": True}, "x.plain"),
    ({"M": {"y": {"S": 5}}}, "x.y"),
    ({"M": [1]}, "x"),
    ({"M": {"M": {"y": {"N": "5"}}}}, "x"),
    ({"L": [{"S": "a"}, "b"]}, "x[1]"),
    ({"L": {}}, "x"),
    ({"N": "five"}, "x"),
    ({"N": 5}, "x"),
    ({"B": "no base64!"}, "x"),
    ({"SS": []}, "x"),
    ({"SS": ["a", "a"]}, "x"),
    ({"NULL": False}, "x"),
    ({"S": "a", "N": "1"}, "x"),
    ({"M": {"": {"S": "a"}}}, "x."),
    ("bare", "x"),
    (None, "x"),
]


@pytest.mark.parametrize(("value", "path"), MISTAKES, ids=[str(value) for value, _ in MISTAKES])
def test_a_malformed_value_is_told_with_table_row_and_attribute(value: Any, path: str) -> None:
    mistaken = {**row("a", "2"), "x": value}
    if path == "x.plain":
        mistaken["x"] = {"M": value}
    with pytest.raises(WorkbenchError, match=r"table 'shop', row 2, attribute ") as caught:
        read_model(model_of(row("a", "1"), mistaken))
    assert (caught.value.table, caught.value.row, caught.value.attribute) == ("shop", 2, path)
    assert caught.value.others == 0


@pytest.mark.parametrize(
    "value",
    [
        {"M": {"M": {"M": {"y": {"N": "5"}}}}},
        {"M": {"M": {"S": "a map may have a member M"}}},
        {"M": {}},
        {"L": []},
        {"NS": ["1", "2.5"]},
        {"BS": ["QQ=="]},
        {"BOOL": False},
        {"NULL": True},
    ],
    ids=str,
)
def test_a_proper_value_is_taken(value: Any) -> None:
    (table,) = read_model(model_of({**row("a", "1"), "x": value})).tables
    assert table.sample_rows[0]["x"] == value


@pytest.mark.parametrize(
    ("rows", "attribute"),
    [
        ([{"PK": {"S": "a"}}], "SK"),
        ([row("a", "1"), {**row("a", "1"), "x": {"S": "other"}}], "PK"),
        ([{"PK": {"S": "a"}, "SK": {"N": "1"}}], "SK"),
    ],
    ids=["no key", "twice", "type"],
)
def test_rows_have_their_keys_once_and_of_the_right_type(rows: list[Any], attribute: str) -> None:
    with pytest.raises(WorkbenchError) as caught:
        read_model(model_of(*rows))
    assert (caught.value.row, caught.value.attribute) == (len(rows), attribute)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "nested too deep"),
        ("[]", "it is no JSON object"),
        ("{}", "ModelName is not there"),
        (model_of(version="4.0"), "format version is '4.0'"),
        (model_of(KeyAttributes={}), "table 'shop', KeyAttributes: PartitionKey is not there"),
        (model_of(KeyAttributes={"PartitionKey": key("PK", "M")}), "key attribute 'PK' has type 'M'"),
        (model_of(TableData={}), "TableData is something else; expected a list"),
        (json.dumps({"ModelName": "m", "DataModel": [{}]}), "TableName is not there"),
        (
            json.dumps({"ModelName": "m", "DataModel": [{"TableName": "a", "KeyAttributes": KEYS}] * 2}),
            "two of its tables are named 'a'",
        ),
    ],
)
def test_what_is_no_model_is_refused(text: str, told: str) -> None:
    with pytest.raises(WorkbenchError, match=told):
        read_model(text)


@pytest.mark.parametrize("version", ["1.0", "2.0", "3.0"])
def test_each_format_version_is_read(version: str) -> None:
    assert read_model(model_of(row("a", "1"), version=version)).name == "m"


@pytest.mark.parametrize("path", every_model())
def test_models_of_others_are_read_row_for_row(path: Path) -> None:
    (table,) = read_model(path.read_text(encoding="utf-8")).tables
    stated = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    (found,) = [each for each in stated if path.as_posix().endswith(each["file"])]
    assert len(table.sample_rows) == found["rows"]
    assert [index.name for index in table.indexes] == [index["name"] for index in found["gsis"]]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "ConnectedVehiclesSchema.json",
            "table 'Connected_Vehicle', facet 'Vehicle', row 2, attribute 'autonomous_driving.is_enabled'",
        ),
        (
            "GamePlayerProfilesSchema.json",
            "facet 'Items', row 1, attribute 'ItemAttributes': type M is wrapped twice",
        ),
    ],
)
def test_malformed_models_of_others_are_refused_with_the_place(name: str, told: str) -> None:
    text = model_file(name)
    with pytest.raises(WorkbenchError, match=told) as caught:
        read_model(text)
    assert caught.value.others == MALFORMED[name]
