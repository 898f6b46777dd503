"""Which proxy a URL is reached through, held against the standard library."""

from __future__ import annotations

import os
import urllib.request
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.errors import ConnectionFailed
from dynakit.transport.proxies import Proxy, proxy_for

URL = "https://dynamodb.eu-west-1.amazonaws.com"

KINDS = [f"{kind}_proxy" for kind in ("http", "https", "no", "all")]
HOSTS = ["a", "b.a", "c.b.a", "ab.a", "127.0.0.1", "[::1]"]
EXEMPT = [
    "",
    "*",
    "a",
    ".a",
    "b.a",
    "B.A",
    "a:80",
    "b.a:8000",
    " a , c",
    "127.0.0.1",
    "[::1]",
    ",",
    ".",
    "*,a",
]
VALUES = {
    name: st.sampled_from(EXEMPT if kind == "no_proxy" else ["", "http://p:1"])
    for kind in KINDS
    for name in (kind, kind.upper())
}


def by_the_standard_library(url: str, host: str) -> str | None:
    library: Any = urllib.request
    proxies: dict[str, str] = library.getproxies_environment()
    exempt: bool = library.proxy_bypass_environment(host, proxies)
    return None if exempt else proxies.get(url.partition(":")[0])


@given(
    variables=st.fixed_dictionaries({}, optional=VALUES),
    scheme=st.sampled_from(["http", "https"]),
    host=st.sampled_from(HOSTS),
    port=st.sampled_from(["", ":80", ":8000"]),
    cgi=st.booleans(),
)
def test_a_proxy_is_used_when_the_standard_library_would(
    variables: dict[str, str], scheme: str, host: str, port: str, cgi: bool
) -> None:
    url = f"{scheme}://{host}{port}"
    with mock.patch.dict(os.environ, {**variables, **({"REQUEST_METHOD": "GET"} if cgi else {})}, clear=True):
        expected = by_the_standard_library(url, f"{host}{port}")
        found = proxy_for(url)
    assert (None if found is None else str(found)) == expected


@pytest.mark.parametrize(
    ("given_as", "expected"),
    [
        ("http://p:3128", Proxy("http", "p", 3128)),
        ("p:3128", Proxy("http", "p", 3128)),
        ("//p:3128/", Proxy("http", "p", 3128)),
        ("http://p", Proxy("http", "p", 80)),
        ("https://p", Proxy("https", "p", 443)),
        ("http://[::1]:1", Proxy("http", "::1", 1)),
        ("http://u:canary@p:1", Proxy("http", "p", 1, "Basic dTpjYW5hcnk=")),
        ("http://u%40x:%20@p:1", Proxy("http", "p", 1, "Basic dUB4OiA=")),
        ("http://bücher.example:1", Proxy("http", "xn--bcher-kva.example", 1)),
        ("u@p:1", Proxy("http", "p", 1, "Basic dTo=")),
    ],
)
def test_a_proxy_is_read_and_its_user_never_shown(
    given_as: str, expected: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", given_as)
    found = proxy_for(URL)
    assert found == expected
    assert "Basic" not in f"{found!r} {found}"


@pytest.mark.parametrize(
    "given_as",
    [
        "socks5://u:canary@p:1",
        "http://u:canary@p:none",
        "http://",
        "http://[::1",
        "http://u:canary@p..q:1",
        "http://u:canary\udcff@p:1",
    ],
)
def test_what_is_no_proxy_of_http_is_refused_without_showing_it(
    given_as: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", given_as)
    with pytest.raises(ConnectionFailed, match=r"^https_proxy: no proxy .* HTTPS_PROXY") as caught:
        proxy_for(URL)
    assert "canary" not in str(caught.value)
