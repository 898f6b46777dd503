"""From the arguments of ``connect`` to a transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

from dynakit.errors import DynakitError
from dynakit.transport.base import AsyncTransport, Timeouts, Transport

if TYPE_CHECKING:
    import boto3.session
    import botocore.session
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from dynakit.transport.settings import HttpSettings

    AnySession: TypeAlias = "boto3.session.Session | botocore.session.Session"

_MEMORY = "memory://"


def open_transport(
    endpoint: str | None = None,
    *,
    region: str | None = None,
    session: AnySession | None = None,
    client: DynamoDBClient | None = None,
    timeouts: Timeouts | None = None,
) -> Transport:
    """The transport for an endpoint; nothing is sent and no credentials are looked for yet.

    ``memory://`` is a store of its own, ``memory://name`` one shared by that name in this process,
    ``http(s)://host`` a server, ``None`` AWS (:func:`dynakit.transport.endpoint.resolve`). With ``client``, a
    boto3 DynamoDB client makes the calls, and nothing else may be given.
    Raises ``ConnectionFailed`` if endpoint or region cannot be made out, ``DynakitError`` for arguments that
    exclude each other or a package that is not installed.
    """
    if client is not None:
        _refuse("client", endpoint=endpoint, region=region, session=session, timeouts=timeouts)
        from dynakit.transport.botocore import BotocoreTransport

        return BotocoreTransport(client)
    if is_memory(endpoint):
        _refuse(_MEMORY, session=session, timeouts=timeouts)
        from dynakit.transport.memory import MemoryTransport

        return MemoryTransport(_store_name(endpoint))
    from dynakit.transport.http import HttpTransport

    return HttpTransport(_settings(endpoint, region, session, timeouts))


def open_async_transport(
    endpoint: str | None = None,
    *,
    region: str | None = None,
    session: AnySession | None = None,
    timeouts: Timeouts | None = None,
) -> AsyncTransport:
    """The asynchronous twin of :func:`open_transport`; there is no asynchronous boto3 client to use."""
    if is_memory(endpoint):
        _refuse(_MEMORY, session=session, timeouts=timeouts)
        from dynakit.transport.memory import AsyncMemoryTransport

        return AsyncMemoryTransport(_store_name(endpoint))
    from dynakit.transport.aio import AsyncHttpTransport

    return AsyncHttpTransport(_settings(endpoint, region, session, timeouts))


def _settings(
    endpoint: str | None, region: str | None, session: AnySession | None, timeouts: Timeouts | None
) -> HttpSettings:
    from dynakit.transport.configuration import Configuration
    from dynakit.transport.credentials import Credentials
    from dynakit.transport.endpoint import ca_bundle, resolve
    from dynakit.transport.interception import Interception
    from dynakit.transport.settings import HttpSettings
    from dynakit.transport.user_agent import user_agent

    # A session of boto3 is one of botocore's in a wrapper that hides its configuration.
    inner = cast("botocore.session.Session | None", getattr(session, "_session", session))
    configuration = Configuration(inner)
    place = resolve(endpoint, region, configuration)
    return HttpSettings(
        place,
        Credentials(inner, local=place.is_local),
        Interception(inner.get_component("event_emitter") if inner else None),
        timeouts or Timeouts(),
        ca_bundle(configuration) if place.url.startswith("https:") else True,
        agent=user_agent(configuration.application()),
    )


def is_memory(endpoint: str | None) -> bool:
    """Whether an endpoint is an embedded store."""
    return endpoint is not None and endpoint.startswith(_MEMORY)


def _store_name(endpoint: str | None) -> str | None:
    return (endpoint or "").removeprefix(_MEMORY) or None


def _refuse(chosen: str, **others: object) -> None:
    given = [name for name, value in others.items() if value is not None]
    if given:
        raise DynakitError(
            f"connect: {', '.join(given)} cannot be given together with {chosen}; "
            "they would have no effect. Leave them out."
        )
