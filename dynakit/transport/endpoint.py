"""Which endpoint to talk to, and in which region.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
"""

from __future__ import annotations

import os
import re
from dataclasses import field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dynakit.errors import ConnectionFailed
from dynakit.operations.reply import CredentialsMissing
from dynakit.transport.account_endpoints import AccountMode, account_mode, account_of
from dynakit.transport.aws_hosts import LABEL, Variant, aws_url, has_account_hosts, partition_of
from dynakit.transport.configuration import Configuration
from dynakit.transport.destination import destination_of
from dynakit.values import dataclass
from dynakit.wire import Call, Service

if TYPE_CHECKING:
    from dynakit.transport.credentials import AccessKeys

LOCAL_REGION = "us-east-1"
"""The region of a local endpoint when none is set anywhere."""


_AWS_HOST = r"(?:^|\.)(?:dynamodb(?:-fips)?|ddb)\.([a-z]{2,}(?:-[a-z0-9]+)+-\d+)\."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where calls go: a URL, and the region that signatures are made for.

    ``variant`` is given where the URL is AWS's own: other services then have hosts of their own. A server
    that somebody named answers for all of them at its one URL.
    """

    url: str
    region: str
    variant: Variant | None = field(default=None, compare=False)
    accounts: AccountMode = field(default="disabled", compare=False)

    def url_of(self, service: Service) -> str:
        """Where the calls of one service go."""
        if service == "dynamodb" or self.variant is None:
            return self.url
        return aws_url(service, self.region, self.variant)

    def url_for(self, call: Call, keys: AccessKeys) -> str:
        """Where one call goes: to the host of the account it is for, where there is one, else of the service.

        Streams stay at the host of the service unless account endpoints are required: mocks know no other.
        Raises ``CredentialsMissing`` if an account is required and none is known, or it has no usable id.
        """
        if call.service == "dynamodb" and self.accounts == "disabled":
            return self.url
        if self.accounts == "disabled" or (call.service == "streams" and self.accounts == "preferred"):
            return self.url_of(call.service)
        assert self.variant is not None
        try:
            account = account_of(call, self.region, keys.account_id)
        except ValueError as error:
            raise CredentialsMissing(f"{error}; check AWS_ACCOUNT_ID") from None
        if account is not None and has_account_hosts(call.service, self.region):
            return aws_url(call.service, self.region, self.variant, account)
        if self.accounts == "required":
            raise CredentialsMissing("an account endpoint is required, and the account is not known")
        return self.url_of(call.service)

    @property
    def is_local(self) -> bool:
        """Whether this is the machine itself, where an emulator may be used without credentials."""
        return _is_local(self.url)

    def __str__(self) -> str:
        return f"{self.url} (region {self.region})"


def resolve(url: str | None, region: str | None, configuration: Configuration | None = None) -> Endpoint:
    """Find endpoint and region, in the order of the AWS SDKs.

    Endpoint: ``url``, the environment variables AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL, the same in
    the configuration file (all unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true), else AWS's own for the
    region. Region: ``region``, the one in the name of an AWS host, the session's, AWS_REGION,
    AWS_DEFAULT_REGION, the profile's, and for a local endpoint us-east-1.
    Raises ``ConnectionFailed`` if the URL cannot be used, no region is found or it has a name that none can
    have, or a file cannot be read.
    """
    configuration = configuration or Configuration()
    url = url or configuration.endpoint_url()
    if url is not None:
        _check_url(url)
        region = region or _region_of_host(url)
    region = region or _configured_region(configuration)
    if region is None:
        if url is None or not _is_local(url):
            raise _no_region()
        region = LOCAL_REGION
    if not re.fullmatch(LABEL, region):
        raise _no_such_region(region)
    if url is None:
        return _aws_endpoint(region, configuration)
    return Endpoint(url, region, variant_of(url, region))


def variant_of(url: str, region: str) -> Variant | None:
    """Which of AWS's own DynamoDB endpoints of a region a URL is; ``None`` for any other server."""
    if _region_of_host(url) != region or partition_of(region) is None:
        return None
    variants = [Variant(fips, dual) for fips in (False, True) for dual in (False, True)]
    given = url.rstrip("/")
    return next((one for one in variants if aws_url("dynamodb", region, one) == given), None)


def ca_bundle(configuration: Configuration) -> str | bool:
    """The CA bundle to check certificates with, by AWS_CA_BUNDLE, the profile or REQUESTS_CA_BUNDLE."""
    return configuration.text("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or True


def _check_url(url: str) -> None:
    problem = _problem(url)
    if problem:
        raise ConnectionFailed(
            f"endpoint: {problem}; memory://, http://host:port or https://host was expected. "
            "Check the endpoint given, AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL."
        )


def _problem(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
        if parts.scheme in ("http", "https"):
            destination_of(url)
    except ValueError:
        return "the URL cannot be read"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return f"scheme {parts.scheme!r} with host {parts.hostname or ''!r} cannot be connected to"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "the URL holds more than scheme, host, port and path"
    return None


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host in ("localhost", "host.docker.internal") or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _region_of_host(url: str) -> str | None:
    found = re.search(_AWS_HOST, urlsplit(url).hostname or "")
    return found[1] if found else None


def _no_region() -> ConnectionFailed:
    return ConnectionFailed(
        "region: none is set; the AWS region of the table was expected. "
        "Set AWS_REGION, or give a region or a profile that has one."
    )


def _no_such_region(region: str) -> ConnectionFailed:
    return ConnectionFailed(
        f"region {region!r}: AWS has no such region; a name such as 'eu-central-1' was expected. "
        "Check the region given, AWS_REGION and the profile."
    )


def _configured_region(configuration: Configuration) -> str | None:
    named, configured = os.environ.get("AWS_REGION"), configuration.text("region")
    return (configured or named if configuration.session is not None else named or configured) or None


def _aws_endpoint(region: str, configuration: Configuration) -> Endpoint:
    if partition_of(region) is None:
        raise _no_such_region(region)
    variant = Variant(configuration.flag("use_fips_endpoint"), configuration.flag("use_dualstack_endpoint"))
    accounts = account_mode(configuration.text("account_id_endpoint_mode"), region, variant)
    return Endpoint(aws_url("dynamodb", region, variant), region, variant, accounts)
