"""Constructs of the AWS CDK: how they read, and what is refused."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

from dynakit import (
    AutoScaled,
    DefinitionError,
    ImportSource,
    Index,
    Provisioned,
    Replica,
    Table,
    TableSettings,
    VectorIndex,
)
from dynakit.deployment import deployment
from dynakit.export import cdk
from schemas.backend import posts, users
from tests.unit.export.tables_of_every_kind import EVERY_KIND, POLICY, imported, provisioned, witnessed

GOLDEN = Path(__file__).parent / "golden"


def exported(*tables: Table) -> str:
    return cdk.export([deployment(table) for table in tables])


def test_the_module_of_the_backend_reads_as_one_written_by_hand() -> None:
    assert exported(users, posts) == (GOLDEN / "backend_tables.py.txt").read_text(encoding="utf-8")


def test_it_is_formatted_as_a_formatter_formats_it(tmp_path: Path) -> None:
    if find_spec("ruff") is None:
        pytest.skip("ruff is not installed: pip install -e '.[dev]'")
    for table in (users, posts, *EVERY_KIND):
        (tmp_path / f"{table.name.replace('-', '_').lower()}.py").write_text(exported(table), "utf-8")
    commands = (["format", "--check"], ["check", "--select", "A,B,E4,E7,E9,F,I,N,PL,RUF,UP"])
    for command in commands:
        checked = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout


def test_an_imported_table_has_its_vector_indexes() -> None:
    table = Table(
        "shop",
        vector_indexes=[VectorIndex("alike", "v", 3, filters=["kind"])],
        settings=TableSettings(import_source=ImportSource("exports", "ION")),
    )
    text = exported(table)
    assert 'add_property_override(\n            "VectorIndexes"' in text
    assert 'add_property_override(\n            "AttributeDefinitions"' in text


def test_it_imports_what_it_uses_whatever_texts_say() -> None:
    text = exported(Table("shop", settings=TableSettings(tags={"Tags": "Duration.seconds iam cast"})))
    imported_names = {
        alias.asname or alias.name
        for node in ast.parse(text).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported_names == {"CfnTag", "RemovalPolicy", "dynamodb", "Construct"}


@pytest.mark.parametrize(
    ("table", "construct"),
    [
        (users, "Table"),
        (posts, "TableV2"),
        (provisioned, "Table"),
        (imported, "Table"),
        (witnessed, "TableV2"),
        (Table("scaled", capacity=Provisioned(1, AutoScaled(1, 2))), "TableV2"),
    ],
    ids=lambda value: value.name if isinstance(value, Table) else value,
)
def test_a_table_is_the_construct_that_can_be_it(table: Table, construct: str) -> None:
    assert f" = dynamodb.{construct}(\n" in exported(table)


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("BackendUsersDev", "backend_users_dev"),
        ("online-shop.v2", "online_shop_v2"),
        ("APIKeys", "api_keys"),
        ("users_DEV", "users_dev"),
        ("2026", "table_2026"),
        ("class", "table_class"),
        ("Node", "table_node"),
    ],
)
def test_a_table_is_an_attribute_of_its_name(name: str, attribute: str) -> None:
    assert cdk.attribute_name(deployment(Table(name))) == attribute


def test_a_stack_of_another_region_than_the_first_replicas_is_refused_when_it_is_made() -> None:
    text = exported(witnessed)
    assert 'if Stack.of(self).region != "us-east-1":\n            raise ValueError(' in text
    assert "Stack" not in exported(users)


def replicated(name: str, region: str) -> Table:
    return Table(name, settings=TableSettings(replicas=[Replica(region=region)]))


REFUSED: dict[str, tuple[Iterable[Table], str]] = {
    "none": ([], "got no table"),
    "a name that is short": ([Table("t")], "table 't': expected a name of 3 to 255"),
    "alike as resources": ([Table("my-shop"), Table("my_shop")], "two things are named 'myshop'"),
    "alike as attributes": ([Table("my-shop"), Table("MyShop")], "two things are named 'my_shop'"),
    "two regions": (
        [replicated("here", "eu-west-1"), replicated("there", "us-east-1")],
        "the first replicas are in eu-west-1, us-east-1; expected one region",
    ),
    "a policy with an id": (
        [Table("shop", settings=TableSettings(resource_policy={**POLICY, "Id": "mine"}))],
        "table 'shop': CDK keeps only the statements of a policy",
    ),
    "an old policy": (
        [
            Table(
                "shop",
                indexes=[Index("GSI1", "a")],
                capacity=Provisioned(1, 1),
                settings=TableSettings(resource_policy={**POLICY, "Version": "2008-10-17"}),
            )
        ],
        "table 'shop': CDK keeps only the statements of a policy",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_construct_cannot_say_is_refused(case: str) -> None:
    tables, message = REFUSED[case]
    with pytest.raises(DefinitionError, match=message):
        exported(*tables)
