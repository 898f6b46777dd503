"""From the arguments of ``connect`` to a transport."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.session import Session

from dynakit.client.connect import open_async_transport, open_transport
from dynakit.errors import ConnectionFailed, DynakitError
from dynakit.transport.aio import AsyncHttpTransport
from dynakit.transport.base import Timeouts
from dynakit.transport.botocore import BotocoreTransport
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http import HttpTransport
from dynakit.transport.memory import AsyncMemoryTransport, MemoryTransport
from dynakit.transport.settings import HttpSettings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def settings_of(transport: object) -> HttpSettings:
    assert isinstance(transport, HttpTransport | AsyncHttpTransport)
    settings: HttpSettings = transport._settings  # pyright: ignore[reportPrivateUsage]
    return settings


def settings(*arguments: Any, **keywords: Any) -> HttpSettings:
    """What both transports are made with, which is the same."""
    both = [settings_of(opener(*arguments, **keywords)) for opener in (open_transport, open_async_transport)]
    assert both[0].endpoint == both[1].endpoint
    assert both[0].timeouts == both[1].timeouts
    return both[0]


def test_without_arguments_it_is_aws_in_the_region_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    opened = settings()
    assert opened.endpoint == Endpoint("https://dynamodb.eu-central-1.amazonaws.com", "eu-central-1")
    assert opened.timeouts == Timeouts(connect=2.0, read=5.0)
    assert opened.verify is True


def test_a_url_is_a_server() -> None:
    opened = settings("http://localhost:8000", timeouts=Timeouts(1, 2))
    assert opened.endpoint == Endpoint("http://localhost:8000", "us-east-1")
    assert opened.timeouts == Timeouts(1, 2)


@pytest.mark.parametrize("kind", [boto3.Session, Session])
def test_a_session_gives_region_and_events(kind: Any) -> None:
    session = kind()
    inner: Session = getattr(session, "_session", session)
    inner.set_config_variable("region", "ap-south-1")
    opened = settings(session=session)
    assert opened.endpoint.region == "ap-south-1"
    assert vars(opened.interception)["_events"] is inner.get_component("event_emitter")


@pytest.mark.parametrize(("endpoint", "named"), [("memory://", False), ("memory://a", True)])
def test_memory_is_a_store_of_its_own_or_of_a_name(endpoint: str, named: bool) -> None:
    one, other, third = open_transport(endpoint), open_transport(endpoint), open_async_transport(endpoint)
    assert isinstance(one, MemoryTransport)
    assert isinstance(third, AsyncMemoryTransport)
    stores = {id(vars(transport)["_store"]) for transport in (one, other, third)}
    assert len(stores) == (1 if named else 3)


def test_a_boto3_client_makes_the_calls_itself() -> None:
    session: Any = boto3.Session(region_name="us-east-1")
    assert isinstance(open_transport(client=session.client("dynamodb")), BotocoreTransport)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"client": object(), "endpoint": "http://localhost"}, "endpoint"),
        ({"client": object(), "region": "us-east-1"}, "region"),
        ({"client": object(), "timeouts": Timeouts()}, "timeouts"),
        ({"client": object(), "session": object()}, "session"),
        ({"endpoint": "memory://", "timeouts": Timeouts()}, "timeouts"),
        ({"endpoint": "memory://", "session": object()}, "session"),
    ],
)
def test_arguments_that_would_have_no_effect_are_refused(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(DynakitError, match=f"connect: {named} cannot be given together with"):
        open_transport(**arguments)


@pytest.mark.parametrize("opener", [open_transport, open_async_transport])
def test_a_configuration_that_cannot_be_read_is_a_connection_that_failed(
    opener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no such profile")
    with pytest.raises(ConnectionFailed, match="no such profile"):
        opener("http://localhost:8000")


def test_opening_imports_neither_boto3_nor_asyncio_nor_moto_and_sends_nothing() -> None:
    program = """
import socket, sys
socket.socket.connect = None
from dynakit.client.connect import open_transport
open_transport("http://localhost:8000")
open_transport(region="eu-central-1")
print([name for name in ("boto3", "moto", "asyncio") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
