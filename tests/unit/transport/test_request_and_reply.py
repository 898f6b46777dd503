"""A call as a signed HTTP request, and which HTTP replies count."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any
from zlib import crc32

import pytest

from dynakit.errors import EncodeError
from dynakit.operations.reply import CredentialsMissing, ReplyLost, ServiceError
from dynakit.transport.credentials import AccessKeys
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http_reply import HttpReply
from dynakit.transport.request import HttpRequest, body_of, check_wire, prepare, read_reply
from dynakit.wire import Call

KEYS = AccessKeys("AKID", "secret")
MOMENT = 1_700_000_000.5
HERE = Endpoint("http://localhost:8000", "eu-central-1")
JSON = "application/x-amz-json-1.0"
CALL = Call("PutItem", {"TableName": "shop", "Item": {"id": {"S": "Zoë ☃ 𝄞"}, "n": {"N": "1"}}})


def _prepared(call: Call = CALL, endpoint: Endpoint = HERE, keys: AccessKeys = KEYS) -> HttpRequest:
    return prepare(call, endpoint, keys, MOMENT)


def test_the_body_is_compact_utf8() -> None:
    assert body_of(CALL).decode() == '{"TableName":"shop","Item":{"id":{"S":"Zoë ☃ 𝄞"},"n":{"N":"1"}}}'


def test_a_text_without_a_utf8_form_is_refused_and_not_shown() -> None:
    with pytest.raises(EncodeError) as caught:
        body_of(Call("PutItem", {"Item": {"id": {"S": "canary\ud800"}}}))
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("number", [2**64, -(2**70), 10**400])
def test_integers_of_any_size_are_written(number: int) -> None:
    assert body_of(Call("Act", {"Limit": number})) == b'{"Limit":%d}' % number


def test_the_request_is_the_one_the_protocol_asks_for() -> None:
    request = _prepared()
    headers = request.headers
    assert (request.url, request.body) == ("http://localhost:8000/", body_of(CALL))
    assert headers["Host"] == "localhost:8000"
    assert headers["X-Amz-Date"] == "20231114T221320Z"
    assert headers["X-Amz-Target"] == "DynamoDB_20120810.PutItem"
    assert headers["Content-Type"] == JSON
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Content-Length"] == str(len(body_of(CALL)))
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert "/eu-central-1/dynamodb/aws4_request" in headers["Authorization"]
    assert "X-Amz-Security-Token" not in headers


def test_a_session_token_is_sent_and_signed() -> None:
    headers = _prepared(keys=AccessKeys("AKID", "secret", "the token")).headers
    assert headers["X-Amz-Security-Token"] == "the token"
    assert "x-amz-security-token" in headers["Authorization"]


@pytest.mark.parametrize(
    ("url", "line", "host"),
    [
        ("http://localhost:8000", "POST / HTTP/1.1", "localhost:8000"),
        ("https://Example.com:443", "POST / HTTP/1.1", "example.com"),
        ("http://example.com:443/", "POST / HTTP/1.1", "example.com:443"),
        ("https://localhost/the%20prefix/", "POST /the%20prefix/ HTTP/1.1", "localhost"),
        ("https://localhost/the prefix/é", "POST /the%20prefix/%C3%A9/ HTTP/1.1", "localhost"),
        ("https://bücher.example", "POST / HTTP/1.1", "xn--bcher-kva.example"),
        ("http://[::1]:8000", "POST / HTTP/1.1", "[::1]:8000"),
    ],
)
def test_the_head_is_the_headers_after_the_request_line(url: str, line: str, host: str) -> None:
    request = _prepared(endpoint=Endpoint(url, "eu-central-1"))
    first, *fields = request.head.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")
    assert first == line
    assert dict(field.split(": ", 1) for field in fields) == request.headers
    assert request.headers["Host"] == host


def test_a_proxy_that_sends_a_request_on_is_told_the_whole_url_and_its_own_authorization() -> None:
    request = _prepared()
    own = b"Proxy-Authorization: Basic eA==\r\n\r\n"
    head = request.head.replace(b"POST / ", b"POST http://localhost:8000/ ")
    assert request.head_for_proxy(None) == head
    assert request.head_for_proxy("Basic eA==") == head[:-2] + own


@pytest.mark.parametrize("keys", [("A\r\nX: y", "s"), ("", "s"), ("A", "s", "to\nken"), ("A", "s", " t")])
def test_keys_that_no_header_can_hold_are_refused_and_not_shown(keys: tuple[str, ...]) -> None:
    with pytest.raises(CredentialsMissing, match="no header can hold") as caught:
        _prepared(keys=AccessKeys(*keys))
    assert "X:" not in caught.value.reason


def test_a_secret_that_is_no_text_is_refused_and_not_shown() -> None:
    with pytest.raises(CredentialsMissing, match="the secret access key is no Unicode text") as caught:
        _prepared(keys=AccessKeys("A", "canary\udcff"))
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_action_that_no_header_can_hold_is_refused() -> None:
    with pytest.raises(ServiceError):
        _prepared(Call("Act\r\nX: y", {}))


def _reply(status: int, body: bytes, **headers: str) -> dict[str, Any]:
    given = {"content-type": JSON, **{_lower(name): value for name, value in headers.items()}}
    return read_reply(HttpReply(status, given, body, True))


def _lower(name: str) -> str:
    return name.replace("_", "-").lower()


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


def gz(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def test_a_length_that_is_not_that_of_the_body_is_a_lost_reply() -> None:
    with pytest.raises(ReplyLost, match="cut short at 12 bytes"):
        check_wire(200, {"content-type": JSON, "content-length": "99"}, b'{"canary":1}')
    check_wire(200, {"content-type": JSON, "content-length": "12"}, b'{"canary":1}')


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gz),
        ("X-GZip", gz),
        ("deflate", zlib.compress),
        ("deflate", partial(zlib.compress, wbits=-15)),
        ("identity", bytes),
    ],
)
def test_a_compressed_reply_is_unpacked_after_its_checksum(
    coding: str, pack: Callable[[bytes], bytes]
) -> None:
    body = pack(b'{"Item":{}}')
    assert _reply(200, body, content_encoding=coding, x_amz_crc32=str(crc32(body))) == {"Item": {}}
    with pytest.raises(ReplyLost, match="CRC32"):
        _reply(200, body, content_encoding=coding, x_amz_crc32=str(crc32(b'{"Item":{}}') + 1))


@pytest.mark.parametrize(
    ("coding", "body", "reason"),
    [
        ("gzip", gz(b'{"canary":1}')[:-1], "not whole"),
        ("gzip", gz(b'{"canary":1}') + b"canary", "not whole"),
        ("gzip", b"canary", "damaged"),
        ("gzip", b"", "not whole"),
        ("deflate", b"", "not whole"),
        ("br", b"canary", "not asked for"),
        ("gzip, gzip", gz(gz(b"{}")), "not asked for"),
        ("gzip", gz(b"canary"), "no complete JSON"),
    ],
)
def test_a_damaged_compression_is_a_lost_reply(coding: str, body: bytes, reason: str) -> None:
    with pytest.raises(ReplyLost, match=reason) as caught:
        _reply(200, body, content_encoding=coding)
    assert "canary" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_bomb_is_unpacked_no_further_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynakit.transport.content_encoding.LARGEST_BODY", 1000)
    assert _reply(200, gz(b'{"x":"%s"}' % (b"0" * 990)), content_encoding="gzip")
    with pytest.raises(ReplyLost, match="larger than 1000 bytes unpacked"):
        _reply(200, gz(b'{"x":"%s"}' % (b"0" * 5_000_000)), content_encoding="gzip")


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"[1]", "429"), (b"<html>canary</html>", "429"), (b'{"__type":"a#SlowDown"}', "SlowDown")],
)
def test_too_many_requests_says_so_by_its_status(body: bytes, code: str) -> None:
    with pytest.raises(ServiceError) as caught:
        _reply(429, body, Content_Type="text/html")
    assert (caught.value.status, caught.value.code) == (429, code)
    assert "canary" not in f"{caught.value!r}{caught.value.message}"


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
