"""``dynakit export …``."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from dynakit.deployment import deployment
from dynakit.export import cdk, cloudformation, jsonschema, sam, serverless, terraform
from schemas.backend import Post, User, posts, users
from tests.unit.cli.commands import dynakit

USERS = [deployment(users)]

BACKEND_USERS_DEV: dict[str, Any] = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "TableName": "BackendUsersDev",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "username", "AttributeType": "S"},
            {"AttributeName": "cpf", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "username", "KeyType": "RANGE"},
        ],
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "cpfTesteIndex",
                "KeySchema": [{"AttributeName": "cpf", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            }
        ],
    },
}
"""The resource that this table was first deployed with."""


def test_the_resource_of_the_users_table_is_the_one_it_was_deployed_with() -> None:
    template = yaml.safe_load(dynakit("export", "cloudformation", "schemas.backend:users").out)
    resource = template["Resources"]["BackendUsersDev"]
    assert resource["Type"] == BACKEND_USERS_DEV["Type"]
    assert resource["Properties"] == BACKEND_USERS_DEV["Properties"] | _mode(resource)


def _mode(resource: dict[str, dict[str, object]]) -> dict[str, object]:
    """The billing mode may be said; provisioned is what a table has that does not say it."""
    mode = resource["Properties"].get("BillingMode")
    assert mode in {None, "PROVISIONED"}
    return {} if mode is None else {"BillingMode": mode}


@pytest.mark.parametrize(
    ("arguments", "document"),
    [
        (["cloudformation"], cloudformation.export(USERS)),
        (["sam"], sam.export(USERS)),
        (["serverless", "--service", "b"], serverless.export(USERS, service="b")),
        (["serverless", "--region", "eu-west-1"], serverless.export(USERS, region="eu-west-1")),
        (["serverless", "--resources"], serverless.resources(USERS)),
        (["terraform"], terraform.export(USERS)),
    ],
    ids=["cloudformation", "sam", "service", "region", "resources", "terraform"],
)
def test_what_is_written_is_what_the_exporter_makes(arguments: list[str], document: object) -> None:
    left = dynakit("export", arguments[0], "schemas.backend:users", *arguments[1:])
    assert left.code == 0
    assert yaml.safe_load(left.out) == json.loads(json.dumps(document))


def test_a_construct_of_cdk_is_written_as_python() -> None:
    left = dynakit("export", "cdk", "schemas.backend")
    assert (left.code, left.out) == (0, cdk.export([*USERS, deployment(posts)]))


@pytest.mark.parametrize(
    ("arguments", "document"),
    [
        (["schemas.backend:User"], jsonschema.export([User])),
        (["schemas.backend:User.by_cpf", "-o", "yaml"], jsonschema.export([User])),
        (["schemas.backend:users", "--mode", "validation"], jsonschema.export([User], mode="validation")),
        (["schemas.backend", "--openapi"], jsonschema.openapi([User, Post])),
    ],
    ids=["entity", "pattern", "table", "openapi"],
)
def test_a_schema_is_that_of_the_targets_entities(arguments: list[str], document: object) -> None:
    left = dynakit("export", "jsonschema", *arguments)
    assert left.code == 0
    assert yaml.safe_load(left.out) == json.loads(json.dumps(document))


def test_a_mode_that_is_none_is_told() -> None:
    left = dynakit("export", "jsonschema", "schemas.backend:User", "--mode", "both")
    assert (left.code, left.out) == (2, "")
    assert "--mode" in left.err


def test_json_is_written_where_it_is_asked_for() -> None:
    left = dynakit("export", "cloudformation", "schemas.backend:users", "--output", "json")
    assert left.data == cloudformation.export(USERS)


def test_a_module_gives_all_its_tables() -> None:
    resources = dynakit("export", "cloudformation", "schemas.backend", "-o", "json").data["Resources"]
    assert list(resources) == [users.name, posts.name]


def test_a_stage_that_is_not_declared_is_told() -> None:
    left = dynakit("export", "cloudformation", "schemas.backend:users", "--stage", "prod")
    assert (left.code, left.out) == (1, "")
    assert "it has no stage 'prod'" in left.err


def statements(*arguments: str) -> dict[str, list[str]]:
    """What a policy allows, by the end of the resource's ARN."""
    document = dynakit("export", "iam", *arguments).data
    return {one["Resource"].partition(":table/")[2]: one["Action"] for one in document["Statement"]}


def test_a_pattern_is_allowed_alone() -> None:
    allowed = statements("schemas.backend:User.by_cpf", "--use", "query")
    assert allowed == {"BackendUsersDev/index/cpfTesteIndex": ["dynamodb:Query"]}


def test_an_entity_stands_for_all_its_patterns() -> None:
    allowed = statements("schemas.backend:User", "--use", "get,query")
    assert allowed == {
        "BackendUsersDev": ["dynamodb:GetItem", "dynamodb:Query"],
        "BackendUsersDev/index/cpfTesteIndex": ["dynamodb:Query"],
    }


def test_what_is_done_with_a_table_is_about_that_of_the_target() -> None:
    document = dynakit("export", "iam", "schemas.online_shop:shop", "--use", "sequence,delete_table").data
    assert [(one["Sid"], one["Action"]) for one in document["Statement"]] == [
        ("OnlineShop", ["dynamodb:DeleteTable", "dynamodb:DescribeTable"]),
        ("OnlineShopSequence", ["dynamodb:UpdateItem"]),
    ]


def test_a_tenant_is_held_to_its_own_partition_keys() -> None:
    tenant = "user_id=${aws:PrincipalTag/user}"
    left = dynakit("export", "iam", "schemas.backend:Post", "--use", "get", "--tenant", tenant)
    (statement,) = left.data["Statement"]
    assert statement["Condition"]["ForAllValues:StringLike"] == {
        "dynamodb:LeadingKeys": ["${aws:PrincipalTag/user}"]
    }


@pytest.mark.parametrize(
    ("use", "code", "told"),
    [
        ("get,qurey", 2, "--use: got 'qurey'; did you mean 'query'?"),
        ("get", 1, "get goes by the primary key, not by index 'cpfTesteIndex'"),
    ],
)
def test_verbs_that_cannot_be_are_told(use: str, code: int, told: str) -> None:
    left = dynakit("export", "iam", "schemas.backend:User.by_cpf", "--use", use)
    assert (left.code, left.out) == (code, "")
    assert told in left.err
