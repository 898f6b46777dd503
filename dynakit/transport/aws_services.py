"""Calls to Amazon S3 and to the Key Management Service: made by botocore's clients, when first needed.

Payloads are as they take them; the body of an object comes back as bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynakit.errors import DynakitError
from dynakit.operations.reply import CredentialsMissing, Failure, ReplyLost, ServiceError
from dynakit.transport.base import AsyncTransport, Timeouts, Transport
from dynakit.transport.failures import describe, failure_by_type
from dynakit.transport.forks import lock_over_forks
from dynakit.transport.sibling import sibling_client
from dynakit.wire import Call, Payload, Service

if TYPE_CHECKING:
    import boto3.session
    import botocore.session
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb.client import DynamoDBClient

SERVICES: frozenset[Service] = frozenset(("s3", "kms"))
"""The services that are called here."""

_making = lock_over_forks()


class AwsServices:
    """Clients of S3 and KMS of one session, or made like a boto3 client; may be shared by threads."""

    def __init__(
        self,
        session: boto3.session.Session | botocore.session.Session | None = None,
        *,
        region: str | None = None,
        timeouts: Timeouts | None = None,
        like: DynamoDBClient | None = None,
    ) -> None:
        self._session, self._region, self._like = session, region, like
        self._timeouts = timeouts or Timeouts()
        self._clients: dict[Service, Any] = {}

    def send(self, call: Call) -> Payload:
        """Send one call once; see :class:`~dynakit.transport.base.Transport`."""
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client = self._client(call.service)
            reply: Payload = getattr(client, xform_name(call.action))(**call.payload)
            return _whole(reply)
        except ClientError as error:
            raise _refused(error) from None
        except BotoCoreError as error:
            raise _failed(error) from error

    def close(self) -> None:
        """Close the clients; a later call makes new ones."""
        with _making:
            clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()

    def _client(self, service: Service) -> Any:
        with _making:
            if service not in self._clients:
                self._clients[service] = self._made(service)
            return self._clients[service]

    def _made(self, service: Service) -> Any:
        if self._like is not None:
            return sibling_client(self._like, service)
        import botocore.session
        from botocore.config import Config

        session: Any = self._session or botocore.session.get_session()
        create = getattr(session, "create_client", None) or session.client
        config = Config(
            connect_timeout=self._timeouts.connect,
            read_timeout=self._timeouts.read,
            retries={"total_max_attempts": 1},
        )
        return create(service, region_name=self._region, config=config)


class NoServices:
    """What the embedded store has for S3 and KMS: an error that says what to use instead."""

    def send(self, call: Call) -> Payload:
        """Refuse the call. Raises :class:`DynakitError`."""
        raise DynakitError(
            f"memory://: {call.action} is a call to {call.service}, which the embedded store does not have. "
            "Connect with keys=LocalKeys(…) and objects=MemoryObjects()."
        )

    def close(self) -> None:
        """Do nothing."""


class WithServices:
    """A transport that also sends calls to S3 and KMS."""

    def __init__(self, transport: Transport, services: AwsServices | NoServices) -> None:
        self._transport, self._services = transport, services

    @property
    def url(self) -> str | None:
        """Where calls to DynamoDB go, as far as the transport tells."""
        return getattr(self._transport, "url", None)

    def send(self, call: Call) -> Payload:
        sender = self._services if call.service in SERVICES else self._transport
        return sender.send(call)

    def close(self) -> None:
        self._transport.close()
        self._services.close()


class AsyncWithServices:
    """The same for asyncio: botocore's clients work in threads."""

    def __init__(self, transport: AsyncTransport, services: AwsServices | NoServices) -> None:
        self._transport, self._services = transport, services

    @property
    def url(self) -> str | None:
        """Where calls to DynamoDB go, as far as the transport tells."""
        return getattr(self._transport, "url", None)

    async def send(self, call: Call) -> Payload:
        if call.service in SERVICES:
            import asyncio

            return await asyncio.to_thread(self._services.send, call)
        return await self._transport.send(call)

    async def close(self) -> None:
        import asyncio

        await self._transport.close()
        await asyncio.to_thread(self._services.close)


def _whole(reply: Payload) -> Payload:
    """The reply with the body of an object read to its end."""
    body = reply.get("Body")
    return reply if body is None else {**reply, "Body": body.read()}


def _refused(error: ClientError) -> Failure:
    metadata: Payload = dict(error.response.get("ResponseMetadata", {}))
    said: Payload = dict(error.response.get("Error", {}))
    code = str(said.get("Code", ""))
    status = int(metadata.get("HTTPStatusCode", 400))
    if not code:
        return ReplyLost(f"a reply of status {status} came that names no error")
    return ServiceError(status, code, str(said.get("Message", "")), metadata.get("RequestId"))


def _failed(error: Exception) -> Failure:
    from botocore.exceptions import FlexibleChecksumError, IncompleteReadError, ParamValidationError

    if isinstance(error, ParamValidationError):
        return ServiceError(400, "ParamValidationError", "botocore refused the parameters")
    if isinstance(error, FlexibleChecksumError | IncompleteReadError):
        return ReplyLost(f"no valid reply came ({describe(error)})")
    return failure_by_type(error) or CredentialsMissing(
        f"the request could not be signed ({describe(error)})"
    )
