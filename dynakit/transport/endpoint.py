"""Which endpoint to talk to, and in which region.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from dynakit.errors import ConnectionFailed
from dynakit.wire import Service

if TYPE_CHECKING:
    from botocore.session import Session

LOCAL_REGION = "us-east-1"
"""The region of a local endpoint when none is set anywhere."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Which of AWS's own endpoints of a region: FIPS, dual stack, or neither."""

    fips: bool = False
    dual_stack: bool = False


_AWS_HOST = re.compile(r"(?:^|\.)(?:dynamodb(?:-fips)?|ddb)\.([a-z]{2,}(?:-[a-z0-9]+)+-\d+)\.")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where calls go: a URL, and the region that signatures are made for.

    ``variant`` is given where the URL is AWS's own: other services then have hosts of their own. A server
    that somebody named answers for all of them at its one URL.
    """

    url: str
    region: str
    variant: Variant | None = field(default=None, compare=False)

    def url_of(self, service: Service) -> str:
        """Where the calls of one service go."""
        if service == "dynamodb" or self.variant is None:
            return self.url
        return aws_url(service, self.region, self.variant)

    @property
    def is_local(self) -> bool:
        """Whether this is the machine itself, where an emulator may be used without credentials."""
        return _is_local(self.url)

    def __str__(self) -> str:
        return f"{self.url} (region {self.region})"


def resolve(url: str | None, region: str | None, session: Session | None) -> Endpoint:
    """Find endpoint and region, in the order of the AWS SDKs.

    Endpoint: ``url``, the environment variables AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL, the same in
    the configuration file (all unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true), else AWS's own for the
    region. Region: ``region``, the one in the name of an AWS host, the session's, AWS_REGION,
    AWS_DEFAULT_REGION, the profile's, and for a local endpoint us-east-1.
    Raises ``ConnectionFailed`` if the URL cannot be used or no region is found.
    """
    from botocore.session import Session

    configuration = session or Session()
    url = url or _configured_url(configuration)
    if url is not None:
        _check_url(url)
        region = region or _region_of_host(url)
    region = region or _configured_region(session, configuration)
    if region is None:
        if url is None or not _is_local(url):
            raise _no_region()
        region = LOCAL_REGION
    if url is None:
        return Endpoint(_aws_url(region, configuration), region, _configured_variant(configuration))
    return Endpoint(url, region, variant_of(url, region))


def variant_of(url: str, region: str) -> Variant | None:
    """Which of AWS's own DynamoDB endpoints of a region a URL is; ``None`` for any other server."""
    if _region_of_host(url) != region:
        return None
    variants = [Variant(fips, dual) for fips in (False, True) for dual in (False, True)]
    given = url.rstrip("/")
    return next((one for one in variants if aws_url("dynamodb", region, one) == given), None)


@cache
def aws_url(service: Service, region: str, variant: Variant) -> str:
    """AWS's own endpoint of a service, by the rules that botocore ships.

    ``search`` has the host of ``dynamodb`` with ``search-`` in front, in each partition and variant; the
    rules say so from the release on that knows ``SearchVectors``.
    """
    from botocore.endpoint_provider import EndpointProvider
    from botocore.loaders import Loader

    loader = Loader()
    name = "dynamodbstreams" if service == "streams" else "dynamodb"
    rules = loader.load_service_model(name, "endpoint-rule-set-1")
    found: Any = EndpointProvider(rules, loader.load_data("partitions")).resolve_endpoint(
        Region=region, UseFIPS=variant.fips, UseDualStack=variant.dual_stack
    )
    url: str = found.url
    return url.replace("://", "://search-", 1) if service == "search" else url


def ca_bundle(session: Session | None) -> str | bool:
    """The CA bundle to check certificates with, by AWS_CA_BUNDLE, the profile or REQUESTS_CA_BUNDLE."""
    from botocore.session import Session

    configured = cast("str | None", (session or Session()).get_config_variable("ca_bundle"))
    return configured or os.environ.get("REQUESTS_CA_BUNDLE") or True


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
    except ValueError:
        return "the URL cannot be read"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return f"{parts.scheme or 'no scheme'!r} with host {parts.hostname!r} cannot be connected to"
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
    found = _AWS_HOST.search(urlsplit(url).hostname or "")
    return found[1] if found else None


def _no_region() -> ConnectionFailed:
    return ConnectionFailed(
        "region: none is set; the AWS region of the table was expected. "
        "Set AWS_REGION, choose a profile that has one, or connect with region=."
    )


def _configured_region(session: Session | None, configuration: Session) -> str | None:
    configured = cast("str | None", configuration.get_config_variable("region"))
    ordered = [os.environ.get("AWS_REGION"), configured]
    if session is not None:
        ordered.reverse()
    return ordered[0] or ordered[1] or None


def _configured_url(session: Session) -> str | None:
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return None
    for variable in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"):
        if os.environ.get(variable):
            return os.environ[variable]
    profile = session.get_scoped_config()
    services: dict[str, Any] = session.full_config.get("services", {})
    service = services.get(profile.get("services", ""), {}).get("dynamodb", {})
    return cast("str | None", service.get("endpoint_url") or profile.get("endpoint_url"))


def _configured_variant(session: Session) -> Variant:
    return Variant(
        bool(session.get_config_variable("use_fips_endpoint")),
        bool(session.get_config_variable("use_dualstack_endpoint")),
    )


def _aws_url(region: str, session: Session) -> str:
    from botocore.exceptions import EndpointVariantError
    from botocore.regions import EndpointResolver

    resolver = EndpointResolver(session.get_data("endpoints"))
    variant = _configured_variant(session)
    try:
        found = resolver.construct_endpoint(
            "dynamodb",
            region,
            use_dualstack_endpoint=variant.dual_stack,
            use_fips_endpoint=variant.fips,
        )
    except EndpointVariantError as error:
        raise ConnectionFailed(f"region {region!r}: {error}") from error
    if not found or region == "local":
        raise ConnectionFailed(
            f"region {region!r}: AWS has no such region; a name such as 'eu-central-1' was expected. "
            "Check the region given, AWS_REGION and the profile."
        )
    return f"https://{found['hostname']}"
