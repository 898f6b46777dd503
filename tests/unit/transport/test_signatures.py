"""Signatures are those that botocore makes, of the same request at the same moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from dynakit.transport.credentials import AccessKeys
from dynakit.transport.destination import destination_of
from dynakit.transport.signing import CONTENT_TYPE, Signer

REGION = "eu-central-1"
SIGNER = Signer(REGION)
URLS = st.sampled_from(
    [
        "https://dynamodb.eu-central-1.amazonaws.com",
        "http://localhost:8000",
        "https://LOCALHOST:443/",
        "http://localhost:443/",
        "http://[::1]:8000",
        "https://proxy.example/base/",
        "https://proxy.example/base",
        "https://proxy.example/a%20b/~c/é/./d/../e//f",
        "https://proxy.example/..",
    ]
)
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
KEYS = st.builds(AccessKeys, VISIBLE, st.text(min_size=1), st.none() | VISIBLE)
MOMENTS = st.floats(0, 4e9)


def by_botocore(url: str, target: str, body: bytes, keys: AccessKeys, moment: float) -> tuple[str, str]:
    request = AWSRequest("POST", url, {"Content-Type": CONTENT_TYPE, "X-Amz-Target": target}, body)
    date = datetime.fromtimestamp(int(moment), UTC).strftime("%Y%m%dT%H%M%SZ")
    request.context["timestamp"] = date
    given: Any = ReadOnlyCredentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
    signer: Any = SigV4Auth(given, "dynamodb", REGION)
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    headers: Any = request.headers
    return date, headers["Authorization"]


@settings(max_examples=200)
@given(URLS, st.binary(), KEYS, MOMENTS)
def test_a_signature_is_the_one_botocore_makes(
    url: str, body: bytes, keys: AccessKeys, moment: float
) -> None:
    there = destination_of(url)
    target = "DynamoDB_20120810.GetItem"
    signature = SIGNER.sign(there.authority, there.signed_path, target, body, keys, moment)
    assert signature == by_botocore(there.url, target, body, keys, moment)


@settings(max_examples=50)
@given(st.lists(st.tuples(KEYS, MOMENTS), max_size=6))
def test_what_a_signer_keeps_changes_no_signature(steps: list[tuple[AccessKeys, float]]) -> None:
    kept = Signer(REGION)
    for keys, moment in steps:
        for second in (moment, moment + 1, moment + 86_400):
            given = ("host", "/", "T.A", b"{}", keys, second)
            assert kept.sign(*given) == Signer(REGION).sign(*given)


@pytest.mark.parametrize("url", ["http://a/", "http://a"])
def test_a_destination_is_the_same_object_as_long_as_its_url_is(url: str) -> None:
    assert destination_of(url) is destination_of(url)
