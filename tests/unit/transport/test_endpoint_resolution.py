"""Which endpoint and region are chosen, from arguments, environment and configuration files."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.session import Session

from dynakit.errors import ConnectionFailed
from dynakit.transport.configuration import Configuration
from dynakit.transport.endpoint import Endpoint, ca_bundle
from dynakit.transport.endpoint import resolve as resolve_by


def resolve(url: str | None, region: str | None, session: Session | None) -> Endpoint:
    return resolve_by(url, region, Configuration(session))


@pytest.fixture(autouse=True)
def configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A process without any AWS setting, and an empty configuration file."""
    import os

    for name in [name for name in os.environ if name.startswith("AWS_") or name == "REQUESTS_CA_BUNDLE"]:
        monkeypatch.delenv(name)
    file = tmp_path / "config"
    file.write_text("")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    return file


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "dynamodb.eu-central-1.amazonaws.com"),
        ("us-east-1", "dynamodb.us-east-1.amazonaws.com"),
        ("cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "dynamodb.us-gov-west-1.amazonaws.com"),
    ],
)
def test_aws_has_an_endpoint_for_each_region_and_partition(region: str, host: str) -> None:
    assert resolve(None, region, None) == Endpoint(f"https://{host}", region)


def test_fips_and_dual_stack_endpoints_are_chosen_by_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    assert resolve(None, "us-east-1", None).url == "https://dynamodb-fips.us-east-1.amazonaws.com"
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "false")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    assert resolve(None, "us-east-1", None).url == "https://dynamodb.us-east-1.api.aws"


@pytest.mark.parametrize("region", ["nowhere", "local", "evil.example.com/#", "eu central"])
def test_a_region_aws_does_not_have_is_refused(region: str) -> None:
    with pytest.raises(ConnectionFailed, match="AWS has no such region"):
        resolve(None, region, None)


@pytest.mark.parametrize("region", ["eu-central-1\r\nX-Canary: 1", "eu-central-1\n", "eu central", "-", "é"])
def test_a_region_that_no_host_and_no_header_can_hold_is_refused_for_any_server(region: str) -> None:
    with pytest.raises(ConnectionFailed, match="AWS has no such region"):
        resolve("http://localhost:8000", region, None)


@pytest.mark.parametrize(
    ("variables", "file", "expected"),
    [
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "", "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "[default]\nregion = eu-west-3\n", "eu-west-2"),
        ({}, "[default]\nregion = eu-west-3\n", "eu-west-3"),
        ({"AWS_PROFILE": "p"}, "[profile p]\nregion = eu-north-1\n", "eu-north-1"),
    ],
)
def test_the_region_is_found_in_the_order_of_the_sdks(
    variables: dict[str, str], file: str, expected: str, configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration.write_text(file)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert resolve(None, None, None).region == expected
    assert resolve(None, "ap-south-1", None).region == "ap-south-1"


def test_the_region_of_a_session_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.set_config_variable("region", "eu-south-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert resolve(None, None, session).region == "eu-south-1"
    assert resolve(None, None, Session()).region == "eu-west-1"


def test_without_a_region_the_error_says_what_to_set() -> None:
    for url in (None, "https://example.com"):
        with pytest.raises(ConnectionFailed) as caught:
            resolve(url, None, None)
        assert str(caught.value) == (
            "region: none is set; the AWS region of the table was expected. "
            "Set AWS_REGION, or give a region or a profile that has one."
        )


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://dynamodb.eu-west-1.amazonaws.com", "eu-west-1"),
        ("https://dynamodb-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("https://123456789012.ddb.ap-southeast-2.amazonaws.com", "ap-southeast-2"),
        ("https://vpce-1-2.dynamodb.us-east-2.vpce.amazonaws.com", "us-east-2"),
    ],
)
def test_the_name_of_an_aws_host_tells_its_region(
    url: str, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "sa-east-1")
    assert resolve(url, None, None) == Endpoint(url, region)
    assert resolve(url, "eu-north-1", None).region == "eu-north-1"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000", True),
        ("http://dynamodb.localhost:8000", True),
        ("http://host.docker.internal:8000", True),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1:8000", False),
        ("https://dynamodb.us-east-1.amazonaws.com", False),
    ],
)
def test_only_this_machine_is_local(url: str, local: bool) -> None:
    assert Endpoint(url, "us-east-1").is_local is local
    if local:
        assert resolve(url, None, None).region == "us-east-1"


@pytest.mark.parametrize(
    ("variables", "file", "expected"),
    [
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_DYNAMODB": "http://b"}, "", "http://b"),
        ({"AWS_ENDPOINT_URL": "http://a"}, "[default]\nendpoint_url = http://c\n", "http://a"),
        ({}, "[default]\nendpoint_url = http://c\n", "http://c"),
        (
            {},
            "[default]\nservices = s\nendpoint_url = http://c\n[services s]\ndynamodb =\n  endpoint_url = http://d\n",
            "http://d",
        ),
        (
            {"AWS_ENDPOINT_URL": "http://a", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "",
            "https://dynamodb.us-east-1.amazonaws.com",
        ),
        (
            {},
            "[default]\nendpoint_url = http://c\nignore_configured_endpoint_urls = true\n",
            "https://dynamodb.us-east-1.amazonaws.com",
        ),
    ],
)
def test_configured_endpoints_are_honoured(
    variables: dict[str, str], file: str, expected: str, configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration.write_text(file)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert resolve(None, "us-east-1", None) == Endpoint(expected, "us-east-1")
    assert resolve("http://given", "us-east-1", None).url == "http://given"


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8000",
        "ftp://localhost",
        "http://",
        "http://user:canary@localhost",
        "http://localhost/?canary=1",
        "http://localhost:99999",
        "http://[::1",
        "http://a..b",
        f"http://{'a' * 64}.example",
        "memory",
        "//localhost",
    ],
)
def test_what_is_no_endpoint_is_refused_without_showing_secrets(url: str) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        resolve(url, "us-east-1", None)
    assert "http://host:port or https://host was expected" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_the_ca_bundle_is_the_one_of_botocore(configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ca_bundle(Configuration()) is True
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/c")
    assert ca_bundle(Configuration()) == "/c"
    configuration.write_text("[default]\nca_bundle = /b\n")
    assert ca_bundle(Configuration()) == "/b"
    monkeypatch.setenv("AWS_CA_BUNDLE", "/a")
    assert ca_bundle(Configuration(Session())) == "/a"
