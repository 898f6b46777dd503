"""Which service a call goes to: its host, its target, its events, and what answers for it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import Loader

from dynakit.client.connect import open_transport
from dynakit.operations.reply import Failure, ServiceError
from dynakit.transport.aws_hosts import Variant, aws_url
from dynakit.transport.credentials import AccessKeys
from dynakit.transport.endpoint import Endpoint, resolve, variant_of
from dynakit.transport.memory import MemoryTransport
from dynakit.transport.request import headers_of, prepare
from dynakit.wire import Call, Payload, Service

KEYS = AccessKeys("AKID", "secret")
SEARCH = Call(
    "SearchVectors",
    {"TableName": "shop", "IndexName": "near", "SearchVector": [{"N": "1"}], "TopK": 1},
    "search",
)
LIST = Call("ListStreams", {"TableName": "shop"}, "streams")
AWS = "https://dynamodb.eu-central-1.amazonaws.com"
REGIONS = ("eu-central-1", "us-east-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1")
VARIANTS = (Variant(), Variant(fips=True), Variant(dual_stack=True))
TABLE: Payload = {
    "TableName": "shop",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
}
ITEM: Payload = {"id": {"S": "1"}, "blob": {"B": "AAEC"}, "in": {"M": {"n": {"N": "1.50"}}}}


@pytest.mark.parametrize(
    ("service", "target"),
    [
        ("dynamodb", "DynamoDB_20120810.Act"),
        ("search", "DynamoDB_20120810.Act"),
        ("streams", "DynamoDBStreams_20120810.Act"),
    ],
)
def test_the_target_names_the_api(service: Service, target: str) -> None:
    assert headers_of(Call("Act", {}, service))["X-Amz-Target"] == target


@pytest.mark.parametrize("service", ["s3", "kms"])
def test_another_protocol_is_not_spoken(service: Service) -> None:
    with pytest.raises(ServiceError) as caught:
        headers_of(Call("Act", {}, service))
    assert caught.value.code == "UnknownOperationException"


@pytest.mark.parametrize(
    ("endpoint", "streams", "search"),
    [
        (
            resolve(AWS, None, None),
            "https://streams.dynamodb.eu-central-1.amazonaws.com",
            "https://search-dynamodb.eu-central-1.amazonaws.com",
        ),
        (
            Endpoint("https://dynamodb.eu-central-1.api.aws", "eu-central-1", Variant(dual_stack=True)),
            "https://streams-dynamodb.eu-central-1.api.aws",
            "https://search-dynamodb.eu-central-1.api.aws",
        ),
        (resolve("http://localhost:8000", None, None), "http://localhost:8000", "http://localhost:8000"),
        (
            resolve("https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com", None, None),
            "https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com",
            "https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com",
        ),
    ],
)
def test_aws_has_a_host_for_each_service_and_any_other_server_one_url(
    endpoint: Endpoint, streams: str, search: str
) -> None:
    assert (endpoint.url_of("streams"), endpoint.url_of("search")) == (streams, search)
    assert endpoint.url_of("dynamodb") == endpoint.url


def test_the_variant_of_aws_own_endpoint_is_the_configured_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    assert resolve(None, "us-east-1", None).variant == Variant(fips=True)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_search_has_the_host_of_botocores_own_rules(region: str, variant: Variant) -> None:
    loader = Loader()
    rules = loader.load_service_model("dynamodb", "endpoint-rule-set-1")
    assert "IsSearchOperation" in rules["parameters"]
    found: Any = EndpointProvider(rules, loader.load_data("partitions")).resolve_endpoint(
        Region=region, UseFIPS=variant.fips, UseDualStack=variant.dual_stack, IsSearchOperation=True
    )
    assert aws_url("search", region, variant) == found.url
    own = variant_of(aws_url("dynamodb", region, variant), region)
    assert own is not None
    assert aws_url("search", region, own) == found.url


@pytest.mark.parametrize(
    ("call", "host"), [(LIST, "streams.dynamodb"), (SEARCH, "search-dynamodb")], ids=["streams", "search"]
)
def test_requests_are_signed_for_dynamodb_at_the_host_of_the_service(call: Call, host: str) -> None:
    request = prepare(call, resolve(AWS, None, None), KEYS, 1_700_000_000.0)
    assert request.url == f"https://{host}.eu-central-1.amazonaws.com/"
    assert "/eu-central-1/dynamodb/aws4_request" in request.headers["Authorization"]


def test_a_mock_answers_streams_in_place_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto import mock_aws

    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with mock_aws():
        transport = open_transport(region="us-east-1")
        transport.send(Call("CreateTable", TABLE))
        transport.send(Call("PutItem", {"TableName": "shop", "Item": ITEM}))
        assert [stream["TableName"] for stream in transport.send(LIST)["Streams"]] == ["shop"]
        transport.close()


@pytest.mark.parametrize(
    ("call", "event"),
    [
        (LIST, "before-send.dynamodb-streams.ListStreams"),
        (SEARCH, "before-send.dynamodb.SearchVectors"),
    ],
    ids=["streams", "search"],
)
def test_handlers_hear_the_events_that_botocore_emits(call: Call, event: str) -> None:
    heard: list[str] = []

    def refuse(event_name: str, **_: Any) -> None:
        heard.append(event_name)
        raise ServiceError(400, "Heard")

    session: Any = boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="secret")
    session.events.register("before-send", refuse)
    own = open_transport("http://127.0.0.1:9", region="us-east-1", session=session)
    client = session.client("dynamodb", "us-east-1", endpoint_url="http://127.0.0.1:9")
    by_client = open_transport(client=client)
    if call is LIST:
        streams: Any = by_client
        streams._client_of("streams").meta.events.register("before-send", refuse)
    for transport in (own, by_client):
        with pytest.raises(Failure):
            transport.send(call)
        transport.close()
    client.close()
    assert heard == [event, event]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (None, "https://streams.dynamodb.eu-central-1.amazonaws.com"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9"),
    ],
)
def test_streams_of_a_boto3_client_go_where_it_goes_with_its_credentials(
    endpoint: str | None, expected: str
) -> None:
    session: Any = boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="secret")
    client = session.client("dynamodb", "eu-central-1", endpoint_url=endpoint)
    transport: Any = open_transport(client=client)
    streams = transport._client_of("streams")
    assert transport._client_of("streams") is streams
    assert (streams.meta.endpoint_url, streams.meta.region_name) == (expected, "eu-central-1")
    assert streams._request_signer._credentials is client._request_signer._credentials
    transport.close()
    client.close()


def test_the_embedded_store_has_the_streams_of_its_own_tables() -> None:
    transport, other = MemoryTransport(), MemoryTransport()
    for store in (transport, other):
        store.send(Call("CreateTable", TABLE))
    transport.send(Call("PutItem", {"TableName": "shop", "Item": ITEM}))
    assert [record["dynamodb"]["NewImage"] for record in _records(transport)] == [ITEM]
    assert _records(other) == []


def _records(transport: MemoryTransport) -> list[Payload]:
    def send(action: str, **payload: Any) -> Payload:
        return transport.send(Call(action, payload, "streams"))

    arn = send("ListStreams")["Streams"][0]["StreamArn"]
    shard = send("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    start = send("GetShardIterator", StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records: list[Payload] = send("GetRecords", ShardIterator=start["ShardIterator"])["Records"]
    return records


def test_the_embedded_store_says_that_it_has_no_vector_search() -> None:
    with pytest.raises(ServiceError, match="UnknownOperation") as caught:
        MemoryTransport().send(SEARCH)
    assert "the embedded store has no SearchVectors" in caught.value.message
    assert caught.value.endpoint == "memory://"
