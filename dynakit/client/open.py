"""``connect`` and ``connect_async``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from dynakit.client.connect import open_async_transport, open_transport
from dynakit.client.sync import Client
from dynakit.environment import Environment, RetryPolicy
from dynakit.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from dynakit.client.aio import AsyncClient
    from dynakit.client.connect import AnySession
    from dynakit.transport.base import Timeouts


def connect(
    endpoint: str | None = None,
    *,
    tables: Mapping[Table | str, str] | None = None,
    region: str | None = None,
    session: AnySession | None = None,
    client: DynamoDBClient | None = None,
    timeouts: Timeouts | None = None,
    retry: RetryPolicy | None = None,
    environment: Environment | None = None,
) -> Client:
    """Connect to DynamoDB.

    Without ``endpoint``, to AWS by the usual chain of credentials and configuration; ``"http://…"`` is a
    server such as DynamoDB Local; ``"memory://"`` an embedded store of its own, ``"memory://name"`` one that
    is shared in this process. ``tables`` binds declared tables to their real names; an environment variable
    does so too (see :class:`~dynakit.table.Table`). ``client`` is a boto3 DynamoDB client to make the calls
    with. Nothing is sent before the first statement.

    Raises :class:`~dynakit.errors.ConnectionFailed` when the endpoint or region cannot be made out.
    """
    transport = open_transport(endpoint, region=region, session=session, client=client, timeouts=timeouts)
    return Client(transport, _environment(environment, tables, retry))


def connect_async(
    endpoint: str | None = None,
    *,
    tables: Mapping[Table | str, str] | None = None,
    region: str | None = None,
    session: AnySession | None = None,
    timeouts: Timeouts | None = None,
    retry: RetryPolicy | None = None,
    environment: Environment | None = None,
) -> AsyncClient:
    """The same for asyncio; connections are opened in the running loop on first use."""
    from dynakit.client.aio import AsyncClient

    transport = open_async_transport(endpoint, region=region, session=session, timeouts=timeouts)
    return AsyncClient(transport, _environment(environment, tables, retry))


def _environment(
    environment: Environment | None, tables: Mapping[Table | str, str] | None, retry: RetryPolicy | None
) -> Environment:
    chosen = environment or Environment()
    bound = {
        table.name if isinstance(table, Table) else table: name for table, name in (tables or {}).items()
    }
    return replace(chosen, tables={**chosen.tables, **bound}, retry=retry or chosen.retry)
