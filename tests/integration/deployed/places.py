"""Where tables are deployed, and how: by dynakit, and by the properties that a template gives them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import boto3

from dynakit import Client, Table, connect
from tests.integration.servers import botocore_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef, TimeToLiveSpecificationTypeDef

PlaceName: TypeAlias = Literal["moto", "local", "ministack"]

_AS_IN_THE_API = {
    *("KeySchema", "AttributeDefinitions", "BillingMode", "ProvisionedThroughput", "Tags"),
    *("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "DeletionProtectionEnabled"),
}


@dataclass(frozen=True)
class Place:
    """A server, or moto: botocore's client of it, and dynakit's for one table under a name of its own."""

    raw: DynamoDBClient
    endpoint: str | None

    def client(self, table: Table, name: str) -> Client:
        """A client of dynakit's, to whom the table is called so."""
        return (
            connect(self.endpoint, tables={table: name}) if self.endpoint else connect(tables={table: name})
        )

    def deploy(self, name: str, properties: Mapping[str, Any]) -> None:
        """Make the table of an ``AWS::DynamoDB::Table``: what the service is asked for by CloudFormation."""
        given = {key: value for key, value in properties.items() if key != "TableName"}
        request = {key: given.pop(key) for key in _AS_IN_THE_API & given.keys()}
        if stream := given.pop("StreamSpecification", None):
            request["StreamSpecification"] = {"StreamEnabled": True, **stream}
        expiry = given.pop("TimeToLiveSpecification", None)
        assert given == {}, "properties that this does not know"
        self.raw.create_table(**cast("CreateTableInputTypeDef", {"TableName": name, **request}))
        self.raw.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        if expiry is not None:
            wanted = cast("TimeToLiveSpecificationTypeDef", expiry)
            self.raw.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)


@contextmanager
def place_of(name: PlaceName, endpoint_of: Callable[[str], str]) -> Generator[Place]:
    """A place by its name; the endpoints of servers are asked for by theirs."""
    with ExitStack() as stack:
        if name == "moto":
            from moto import mock_aws

            stack.enter_context(mock_aws())
            yield Place(boto3.client("dynamodb"), None)  # pyright: ignore[reportUnknownMemberType]
        else:
            endpoint = endpoint_of("dynamodb_local" if name == "local" else name)
            yield Place(botocore_client(endpoint), endpoint)
