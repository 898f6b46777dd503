"""``connect`` and ``connect_async``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from dynakit.client.connect import is_memory, open_async_transport, open_transport
from dynakit.client.sender import AsyncSender, Sender
from dynakit.client.sync import Client
from dynakit.environment import Environment, RetryPolicy, RetryQuota
from dynakit.table import Table
from dynakit.telemetry.watch import Watch

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from dynakit.client.aio import AsyncClient
    from dynakit.client.connect import AnySession
    from dynakit.client.sender import AsyncMiddleware, Middleware
    from dynakit.operations.sealing_keys import KeyProvider
    from dynakit.operations.sealing_objects import ObjectStore
    from dynakit.telemetry.events import Observer
    from dynakit.transport.aws_services import AwsServices, NoServices
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
    keys: KeyProvider | None = None,
    objects: ObjectStore | None = None,
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

    ``keys`` are what ``Encrypted`` values are encrypted with, ``objects`` is where ``Offloaded`` ones are
    kept.

    Raises :class:`~dynakit.errors.ConnectionFailed` when the endpoint or region cannot be made out.
    """
    environment = _environment(environment, tables, retry, keys, objects)
    transport = open_transport(endpoint, region=region, session=session, client=client, timeouts=timeouts)
    if environment.keys is not None or environment.objects is not None:
        from dynakit.transport.aws_services import WithServices

        services = _services(endpoint, session, region=region, timeouts=timeouts, like=client)
        transport = WithServices(transport, services)
    watch = Watch(observers, capacity=capacity, address=_address(transport))
    sender = Sender(transport, watch, middleware)
    return Client(transport, environment, sender=sender)


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
    keys: KeyProvider | None = None,
    objects: ObjectStore | None = None,
) -> AsyncClient:
    """The same for asyncio; connections are opened in the running loop on first use."""
    from dynakit.client.aio import AsyncClient

    environment = _environment(environment, tables, retry, keys, objects)
    transport = open_async_transport(endpoint, region=region, session=session, timeouts=timeouts)
    if environment.keys is not None or environment.objects is not None:
        from dynakit.transport.aws_services import AsyncWithServices

        services = _services(endpoint, session, region=region, timeouts=timeouts)
        transport = AsyncWithServices(transport, services)
    watch = Watch(observers, capacity=capacity, address=_address(transport))
    sender = AsyncSender(transport, watch, middleware)
    return AsyncClient(transport, environment, sender=sender)


def _address(transport: object) -> str | None:
    """Where calls go, as far as the transport tells."""
    url: str | None = getattr(transport, "url", None)
    return url


def _services(
    endpoint: str | None,
    session: AnySession | None,
    *,
    region: str | None,
    timeouts: Timeouts | None,
    like: DynamoDBClient | None = None,
) -> AwsServices | NoServices:
    from dynakit.transport.aws_services import AwsServices, NoServices

    if is_memory(endpoint):
        return NoServices()
    return AwsServices(session, region=region, timeouts=timeouts, like=like)


def _environment(
    environment: Environment | None,
    tables: Mapping[Table | str, str] | None,
    retry: RetryPolicy | None,
    keys: KeyProvider | None,
    objects: ObjectStore | None,
) -> Environment:
    chosen = environment or Environment()
    bound = {
        table.name if isinstance(table, Table) else table: name for table, name in (tables or {}).items()
    }
    policy = retry or chosen.retry
    return replace(
        chosen,
        tables={**chosen.tables, **bound},
        retry=policy,
        quota=RetryQuota(policy.quota),
        keys=keys or chosen.keys,
        objects=objects or chosen.objects,
    )
