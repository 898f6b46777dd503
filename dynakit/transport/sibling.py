"""Clients of other services that are made like a boto3 client one already has."""

from __future__ import annotations

from typing import Any

from dynakit.transport.endpoint import Endpoint, variant_of


def sibling_client(client: Any, service: str, endpoint_url: str | None = None) -> Any:
    """A botocore client of another service: the same credentials, region, certificates, time-outs, proxies.

    Handlers that were put on ``client`` alone are not on it. The caller closes it.
    """
    import botocore.session

    session: Any = botocore.session.Session()
    # A client does not tell what its session was; these are the credentials it signs with, which refresh.
    session._credentials = client._request_signer._credentials
    http_session: Any = client._endpoint.http_session
    return session.create_client(
        service,
        region_name=client.meta.region_name,
        endpoint_url=endpoint_url,
        verify=http_session._verify,
        config=client.meta.config,
    )


def streams_client(client: Any) -> Any:
    """The DynamoDB Streams client beside a DynamoDB client; a server of one's own answers for both."""
    url, region = client.meta.endpoint_url, client.meta.region_name
    endpoint = Endpoint(url, region, variant_of(url, region))
    return sibling_client(client, "dynamodbstreams", endpoint.url_of("streams"))
