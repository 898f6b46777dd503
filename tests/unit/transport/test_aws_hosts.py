"""The hosts of AWS, held against the endpoint rules that botocore ships."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import Loader

from dynakit.errors import ConnectionFailed
from dynakit.operations.reply import CredentialsMissing
from dynakit.transport.account_endpoints import account_mode
from dynakit.transport.aws_hosts import Variant, aws_url, has_account_hosts, partition_of
from dynakit.transport.credentials import AccessKeys
from dynakit.transport.endpoint import Endpoint
from dynakit.wire import Call, Payload, Service

PARTITIONS: Any = Loader().load_data("partitions")
SERVICES: tuple[Service, ...] = ("dynamodb", "search", "streams")
VARIANTS = [Variant(fips, dual) for fips in (False, True) for dual in (False, True)]
REGIONS = [
    region for one in PARTITIONS["partitions"] for region in one["regions"] if not region.endswith("-global")
]
NEW = ["us-east-9", "eu-nowhere-7", "us-gov-south-3", "cn-south-2", "us-isob-north-4"]
ACCOUNT = "123456789012"


@cache
def rules(service: Service) -> EndpointProvider:
    name = "dynamodbstreams" if service == "streams" else "dynamodb"
    return EndpointProvider(Loader().load_service_model(name, "endpoint-rule-set-1"), PARTITIONS)


def by_rules(service: Service, region: str, variant: Variant, **more: object) -> str:
    search = {"IsSearchOperation": True} if service == "search" else {}
    found: Any = rules(service).resolve_endpoint(
        Region=region, UseFIPS=variant.fips, UseDualStack=variant.dual_stack, **search, **more
    )
    url: str = found.url
    return url


@pytest.mark.parametrize("region", REGIONS + NEW)
def test_each_host_is_the_one_of_botocores_rules(region: str) -> None:
    for service in SERVICES:
        for variant in VARIANTS:
            assert aws_url(service, region, variant) == by_rules(service, region, variant)


@pytest.mark.parametrize("region", REGIONS + NEW)
def test_accounts_have_hosts_where_botocores_rules_give_them_one(region: str) -> None:
    for service in SERVICES:
        for variant in VARIANTS:
            if variant.fips and service != "streams":
                continue
            expected = by_rules(
                service, region, variant, AccountId=ACCOUNT, AccountIdEndpointMode="preferred"
            )
            account = ACCOUNT if has_account_hosts(service, region) else None
            assert aws_url(service, region, variant, account) == expected


@pytest.mark.parametrize(
    "region", ["nowhere", "local", "us-east-1-fips", "eu central", "us-east-1\n", "", "x.y"]
)
def test_what_no_region_is_called_has_no_partition(region: str) -> None:
    assert partition_of(region) is None


def arn(account: str, region: str = "eu-west-1", service: str = "dynamodb") -> str:
    return f"arn:aws:{service}:{region}:{account}:table/shop"


CALLS: list[tuple[Payload, dict[str, object]]] = [
    ({"TableName": "shop"}, {"ResourceArn": "shop"}),
    ({"TableName": arn("111")}, {"ResourceArn": arn("111")}),
    ({"TableName": arn("111", "us-east-1")}, {"ResourceArn": arn("111", "us-east-1")}),
    ({"TableName": arn("111", service="s3")}, {"ResourceArn": arn("111", service="s3")}),
    ({"TableName": arn("-")}, {"ResourceArn": arn("-")}),
    ({"TableName": "arn:aws:dynamodb"}, {"ResourceArn": "arn:aws:dynamodb"}),
    ({"ResourceArn": arn("111")}, {"ResourceArn": arn("111")}),
    ({"RequestItems": {arn("111"): {}, "b": {}}}, {"ResourceArnList": [arn("111"), "b"]}),
    ({"RequestItems": {"b": {}, arn("111"): {}}}, {"ResourceArnList": ["b", arn("111")]}),
    ({"TransactItems": [{"Put": {"TableName": arn("111")}}]}, {"ResourceArnList": [arn("111")]}),
    ({"TransactItems": []}, {}),
    ({"Statement": "SELECT"}, {}),
    ({}, {}),
]


@pytest.mark.parametrize(("payload", "parameters"), CALLS)
@pytest.mark.parametrize("mode", ["disabled", "preferred", "required"])
@pytest.mark.parametrize("account", [None, ACCOUNT])
@pytest.mark.parametrize("dual_stack", [False, True])
def test_a_call_goes_where_botocores_rules_send_it(
    payload: Payload, parameters: dict[str, object], mode: Any, account: str | None, dual_stack: bool
) -> None:
    variant = Variant(dual_stack=dual_stack)
    endpoint = Endpoint(aws_url("dynamodb", "eu-west-1", variant), "eu-west-1", variant, mode)
    keys = AccessKeys("k", "s", account_id=account)
    if account:
        parameters = {**parameters, "AccountId": account}
    try:
        expected = by_rules("dynamodb", "eu-west-1", variant, AccountIdEndpointMode=mode, **parameters)
    except Exception:  # noqa: BLE001 - whatever botocore calls it
        with pytest.raises(CredentialsMissing):
            endpoint.url_for(Call("Act", payload), keys)
    else:
        assert endpoint.url_for(Call("Act", payload), keys) == expected


@pytest.mark.parametrize("account", ["a.b", "evil.example.com/", "", "-1", "1" * 64, "12\n"])
def test_an_account_that_is_no_label_of_a_host_is_refused(account: str) -> None:
    endpoint = Endpoint(aws_url("dynamodb", "eu-west-1", Variant()), "eu-west-1", Variant(), "preferred")
    with pytest.raises(CredentialsMissing, match="check AWS_ACCOUNT_ID"):
        endpoint.url_for(Call("Act", {}), AccessKeys("k", "s", account_id=account))


def test_streams_leave_the_regions_host_only_where_they_must() -> None:
    call, keys = Call("ListStreams", {}, "streams"), AccessKeys("k", "s", account_id=ACCOUNT)
    own = aws_url("dynamodb", "eu-west-1", Variant())
    preferred = Endpoint(own, "eu-west-1", Variant(), "preferred")
    required = Endpoint(own, "eu-west-1", Variant(), "required")
    assert preferred.url_for(call, keys) == "https://streams.dynamodb.eu-west-1.amazonaws.com"
    assert required.url_for(call, keys) == f"https://{ACCOUNT}.streams-ddb.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("given", "region", "variant"),
    [
        ("sometimes", "eu-west-1", Variant()),
        ("required", "eu-west-1", Variant(fips=True)),
        ("required", "us-iso-east-1", Variant()),
    ],
)
def test_a_mode_that_cannot_be_is_refused(given: str, region: str, variant: Variant) -> None:
    with pytest.raises(
        ConnectionFailed, match=r"^account_id_endpoint_mode: .* Check AWS_ACCOUNT_ID_ENDPOINT"
    ):
        account_mode(given, region, variant)


@pytest.mark.parametrize(
    ("given", "region", "variant", "expected"),
    [
        (None, "eu-west-1", Variant(), "preferred"),
        ("REQUIRED", "us-gov-west-1", Variant(), "required"),
        ("disabled", "eu-west-1", Variant(), "disabled"),
        ("preferred", "eu-west-1", Variant(fips=True), "disabled"),
        (None, "us-iso-east-1", Variant(), "disabled"),
    ],
)
def test_account_endpoints_are_preferred_where_there_are_any(
    given: str | None, region: str, variant: Variant, expected: str
) -> None:
    assert account_mode(given, region, variant) == expected
