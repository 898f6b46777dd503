"""The names of AWS's own hosts, by the endpoint rules of DynamoDB and of its streams.

botocore ships these rules; a test holds what stands here against them, for each region.
https://docs.aws.amazon.com/general/latest/gr/ddb.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from dynakit.values import dataclass
from dynakit.wire import Service

LABEL = r"(?!-)[a-zA-Z0-9-]{1,63}(?<!-)"
"""A regular expression of what may stand in the name of a host between dots."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Which of AWS's own endpoints of a region: FIPS, dual stack, or neither."""

    fips: bool = False
    dual_stack: bool = False


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of AWS with regions, domain names and accounts of its own."""

    name: str
    domain: str
    dual_stack_domain: str


_AWS = Partition("aws", "amazonaws.com", "api.aws")
_CHINA = Partition("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn")
_GOV = Partition("aws-us-gov", "amazonaws.com", "api.aws")

_REGIONS: dict[Partition, str] = {
    _AWS: """
        af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
        ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6
        ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2
        eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1
        us-east-2 us-west-1 us-west-2""",
    _CHINA: "cn-north-1 cn-northwest-1",
    _GOV: "us-gov-east-1 us-gov-west-1",
    Partition("aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"): "eusc-de-east-1",
    Partition("aws-iso", "c2s.ic.gov", "api.aws.ic.gov"): "us-iso-east-1 us-iso-west-1",
    Partition("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"): "us-isob-east-1 us-isob-west-1",
    Partition("aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"): "eu-isoe-west-1",
    Partition("aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"): "us-isof-east-1 us-isof-south-1",
}
_PARTITIONS = {region: partition for partition, regions in _REGIONS.items() for region in regions.split()}

_OF_ACCOUNTS = {
    "dynamodb": (
        {"aws"},
        {"us-gov-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1"},
        frozenset[str](),
    ),
    "streams": ({"aws", "aws-cn", "aws-us-gov"}, frozenset[str](), {"me-central-1", "me-south-1"}),
}
"""Where accounts have hosts of their own: the partitions, the regions besides, the regions excepted."""


@lru_cache(64)
def partition_of(region: str) -> Partition | None:
    """The partition of a region, ``None`` for a name that no region has.

    Regions that are not listed here are looked up in botocore's data, which knows the form of new ones.
    """
    return _PARTITIONS.get(region) or _known_to_botocore(region)


def has_account_hosts(service: Service, region: str) -> bool:
    """Whether accounts have hosts of their own in a region."""
    partition = partition_of(region)
    partitions, more, excepted = _OF_ACCOUNTS["streams" if service == "streams" else "dynamodb"]
    named = partition is not None and partition.name in partitions
    return (named or region in more) and region not in excepted


@lru_cache(256)
def aws_url(service: Service, region: str, variant: Variant, account: str | None = None) -> str:
    """The endpoint of a service, or of an account at it, in a region that :func:`partition_of` knows."""
    partition = partition_of(region)
    assert partition is not None
    domain = partition.dual_stack_domain if variant.dual_stack else partition.domain
    name = _name(service, variant, partition) if account is None else _account_name(service, variant, account)
    return f"https://{name}.{region}.{domain}"


def _name(service: Service, variant: Variant, partition: Partition) -> str:
    # GovCloud's usual endpoints are FIPS endpoints.
    usual = partition is _GOV and not variant.dual_stack
    dynamodb = "dynamodb-fips" if variant.fips and not usual else "dynamodb"
    if service == "search":
        return f"search-{dynamodb}"
    if service == "streams":
        return f"streams-{dynamodb}" if variant.dual_stack else f"streams.{dynamodb}"
    return dynamodb


def _account_name(service: Service, variant: Variant, account: str) -> str:
    kind = {"search": "search-ddb", "streams": "streams-ddb"}.get(service, "ddb")
    return f"{account}.{kind}{'-fips' if variant.fips else ''}"


def _known_to_botocore(region: str) -> Partition | None:
    from botocore.loaders import Loader

    data: Any = Loader().load_data("partitions")
    for one in data["partitions"]:
        if re.fullmatch(one["regionRegex"], region):
            outputs: dict[str, str] = one["outputs"]
            found = Partition(outputs["name"], outputs["dnsSuffix"], outputs["dualStackDnsSuffix"])
            return next((known for known in _REGIONS if known == found), found)
    return None
