"""A call as a signed HTTP request, and which HTTP replies count."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, HeadersDict
from botocore.credentials import ReadOnlyCredentials

from dynakit.errors import EncodeError
from dynakit.operations.reply import ReplyLost, ServiceError
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.request import body_of, prepare, read_reply
from dynakit.wire import Call

KEYS = ReadOnlyCredentials("AKID", "secret", None)
HERE = Endpoint("http://localhost:8000", "eu-central-1")
JSON = "application/x-amz-json-1.0"
CALL = Call("PutItem", {"TableName": "shop", "Item": {"id": {"S": "Zoë ☃ 𝄞"}, "n": {"N": "1"}}})


def _prepared(call: Call = CALL, endpoint: Endpoint = HERE, keys: ReadOnlyCredentials = KEYS) -> Any:
    return prepare(call, endpoint, keys)


def test_the_body_is_compact_utf8() -> None:
    assert body_of(CALL).decode() == '{"TableName":"shop","Item":{"id":{"S":"Zoë ☃ 𝄞"},"n":{"N":"1"}}}'


def test_a_text_without_a_utf8_form_is_refused_and_not_shown() -> None:
    with pytest.raises(EncodeError) as caught:
        body_of(Call("PutItem", {"Item": {"id": {"S": "canary\ud800"}}}))
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_request_is_the_one_the_protocol_asks_for() -> None:
    request = _prepared()
    headers = {name: value.decode() for name, value in request.headers.items()}
    assert (request.method, request.url, request.body) == ("POST", "http://localhost:8000/", body_of(CALL))
    assert headers["X-Amz-Target"] == "DynamoDB_20120810.PutItem"
    assert headers["Content-Type"] == JSON
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Content-Length"] == str(len(body_of(CALL)))
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert "/eu-central-1/dynamodb/aws4_request" in headers["Authorization"]
    assert "X-Amz-Security-Token" not in headers


def test_a_session_token_is_sent_and_signed() -> None:
    headers = _prepared(keys=ReadOnlyCredentials("AKID", "secret", "the token")).headers
    assert headers["X-Amz-Security-Token"] == b"the token"
    assert b"x-amz-security-token" in headers["Authorization"]


@pytest.mark.parametrize("url", ["http://localhost:8000", "https://localhost/prefix/", "http://[::1]:8000"])
def test_the_signature_fits_what_is_sent(url: str) -> None:
    request = _prepared(endpoint=Endpoint(url, "eu-central-1"))
    sent = HeadersDict({name: value.decode() for name, value in request.headers.items()})
    signed = sent["Authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    again = AWSRequest("POST", request.url, {n: sent[n] for n in signed if n != "host"}, request.body)
    again.context["timestamp"] = sent["X-Amz-Date"]
    keys: Any = KEYS
    signer: Any = SigV4Auth(keys, "dynamodb", "eu-central-1")
    text = signer.string_to_sign(again, signer.canonical_request(again))
    assert sent["Authorization"].endswith(f"Signature={signer.signature(text, again)}")
    assert "accept-encoding" not in signed
    assert "user-agent" not in signed


def _reply(status: int, body: bytes, **headers: str) -> dict[str, Any]:
    given = {"Content-Type": JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return read_reply(status, HeadersDict(given), body)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{}", {}),
        (b'{"Item":{}}', {"x_amz_crc32": str(crc32(b'{"Item":{}}'))}),
        (b'{"Item":{}}', {"X_Amz_Crc32": str(crc32(b'{"Item":{}}')), "content_length": "11"}),
        (b" {} ", {"content_type": "Application/X-Amz-JSON-1.0; charset=utf-8"}),
    ],
)
def test_a_complete_reply_of_dynamodb_counts(body: bytes, headers: dict[str, str]) -> None:
    assert _reply(200, body, **headers) == json.loads(body)


@pytest.mark.parametrize(
    ("status", "body", "headers", "reason"),
    [
        (200, b"{}", {"Content_Type": "text/html"}, "type 'text/html'"),
        (200, b"{}", {"Content_Type": "application/json"}, "type 'application/json'"),
        (200, b"{}", {"Content_Type": ""}, "type 'unknown'"),
        (200, b"", {}, "no complete JSON"),
        (200, b'{"Item":{"id":{"S":"canary', {}, "no complete JSON"),
        (200, b'{"canary":\xff}', {}, "no complete JSON"),
        (200, b'["canary"]', {}, "no JSON object"),
        (200, b"null", {}, "no JSON object"),
        (200, b"[" * 200_000, {}, "no complete JSON"),
        (200, b'{"canary":1}', {"x_amz_crc32": "1"}, "CRC32"),
        (200, b'{"canary":1}', {"x_amz_crc32": "canary"}, "CRC32"),
        (200, b'{"canary":1}', {"content_length": "99"}, "cut short at 12 bytes"),
        (400, b'{"__type":"a#Condition', {}, "no complete JSON"),
        (400, b'{"__type":"a#B"}', {"x_amz_crc32": "1"}, "CRC32"),
        (400, b'{"message":"canary"}', {}, "status 400 came that names no error"),
        (403, b"<html>canary</html>", {"Content_Type": "text/html"}, "status 403"),
        (502, b"<html>canary</html>", {"Content_Type": "text/html"}, "status 502"),
        (302, b"", {}, "status 302"),
        (204, b"{}", {}, "status 204"),
    ],
)
def test_what_is_not_as_dynamodb_sent_it_is_a_lost_reply(
    status: int, body: bytes, headers: dict[str, str], reason: str
) -> None:
    with pytest.raises(ReplyLost) as caught:
        _reply(status, body, **headers)
    assert reason in caught.value.reason
    assert "canary" not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("prefix", ["com.amazonaws.dynamodb.v20120810#", "com.amazon.coral.service#", ""])
@pytest.mark.parametrize("member", ["message", "Message"])
@pytest.mark.parametrize("kind", [JSON, "application/json"])
def test_an_error_document_is_an_error_of_the_service(prefix: str, member: str, kind: str) -> None:
    document = {"__type": f"{prefix}SomeException", member: "because", "Item": {"id": {"S": "canary"}}}
    with pytest.raises(ServiceError) as caught:
        _reply(400, json.dumps(document).encode(), Content_Type=kind, x_amzn_requestid="request-1")
    error = caught.value
    assert (error.status, error.code, error.message) == (400, "SomeException", "because")
    assert (error.request_id, error.body) == ("request-1", document)
    assert "canary" not in f"{error}{error!r}"
