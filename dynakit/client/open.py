"""``connect`` and ``connect_async``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from dynakit.client.connect import open_async_transport, open_transport
from dynakit.client.sender import AsyncSender, Sender
from dynakit.client.sync import Client
from dynakit.environment import Environment, RetryPolicy
from dynakit.table import Table
from dynakit.telemetry.watch import Watch

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from dynakit.client.aio import AsyncClient
    from dynakit.client.connect import AnySession
    from dynakit.client.sender import AsyncMiddleware, Middleware
    from dynakit.telemetry.events import Observer
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
    observers: Iterable[Observer] = (),
    middleware: Iterable[Middleware] = (),
    capacity: bool | None = None,
) -> Client:
    """Connect to DynamoDB.

    Without ``endpoint``, to AWS by the usual chain of credentials and configuration; ``"http://…"`` is a
    server such as DynamoDB Local; ``"memory://"`` an embedded store of its own, ``"memory://name"`` one that
    is shared in this process. ``tables`` binds declared tables to their real names; an environment variable
    does so too (see :class:`~dynakit.table.Table`). ``client`` is a boto3 DynamoDB client to make the calls
    with. Nothing is sent before the first statement.

    ``observers`` are told of each call (:class:`~dynakit.telemetry.events.Observer`), ``middleware`` stands
    around each, the first outermost (:class:`~dynakit.client.sender.Middleware`). Calls ask for the capacity
    they use while there is an observer; always with ``capacity=True``, never with ``capacity=False``.

    Raises :class:`~dynakit.errors.ConnectionFailed` when the endpoint or region cannot be made out.
    """
    transport = open_transport(endpoint, region=region, session=session, client=client, timeouts=timeouts)
    watch = Watch(observers, capacity=capacity, address=_address(transport))
    sender = Sender(transport, watch, middleware)
    return Client(transport, _environment(environment, tables, retry), sender=sender)


def connect_async(
    endpoint: str | None = None,
    *,
    tables: Mapping[Table | str, str] | None = None,
    region: str | None = None,
    session: AnySession | None = None,
    timeouts: Timeouts | None = None,
    retry: RetryPolicy | None = None,
    environment: Environment | None = None,
    observers: Iterable[Observer] = (),
    middleware: Iterable[AsyncMiddleware] = (),
    capacity: bool | None = None,
) -> AsyncClient:
    """The same for asyncio; connections are opened in the running loop on first use."""
    from dynakit.client.aio import AsyncClient

    transport = open_async_transport(endpoint, region=region, session=session, timeouts=timeouts)
    watch = Watch(observers, capacity=capacity, address=_address(transport))
    sender = AsyncSender(transport, watch, middleware)
    return AsyncClient(transport, _environment(environment, tables, retry), sender=sender)


def _address(transport: object) -> str | None:
    """Where calls go, as far as the transport tells."""
    url: str | None = getattr(transport, "url", None)
    return url


def _environment(
    environment: Environment | None, tables: Mapping[Table | str, str] | None, retry: RetryPolicy | None
) -> Environment:
    chosen = environment or Environment()
    bound = {
        table.name if isinstance(table, Table) else table: name for table, name in (tables or {}).items()
    }
    return replace(chosen, tables={**chosen.tables, **bound}, retry=retry or chosen.retry)
