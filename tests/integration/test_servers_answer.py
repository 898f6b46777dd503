"""The servers answer real calls of botocore."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest

from tests.integration.servers import botocore_client

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient


def write_and_read(client: DynamoDBClient) -> object:
    """Create a table, put one item, read it back, drop the table."""
    name = f"answers-{uuid4().hex}"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName=name, Item={"id": {"S": "1"}, "total": {"N": "12.5"}})
    found = client.get_item(TableName=name, Key={"id": {"S": "1"}})
    client.delete_table(TableName=name)
    return found.get("Item")


@pytest.mark.parametrize("server", ["dynamodb_local", "ministack"])
def test_an_item_put_is_read_back(server: str, request: pytest.FixtureRequest) -> None:
    endpoint: str = request.getfixturevalue(server)
    assert write_and_read(botocore_client(endpoint)) == {"id": {"S": "1"}, "total": {"N": "12.5"}}


def test_ministack_has_user_pools(ministack: str) -> None:
    client: CognitoIdentityProviderClient = boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "cognito-idp", endpoint_url=ministack
    )
    pool = client.create_user_pool(PoolName=f"answers-{uuid4().hex}")["UserPool"].get("Id", "")
    client.admin_create_user(UserPoolId=pool, Username="someone")
    assert [user.get("Username") for user in client.list_users(UserPoolId=pool)["Users"]] == ["someone"]
    client.delete_user_pool(UserPoolId=pool)
