"""Where credentials come from, how they are kept, and what is said when there are none."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError, ConnectTimeoutError, CredentialRetrievalError
from botocore.session import Session

from dynakit.operations.reply import CredentialsMissing, NotSent
from dynakit.transport.aio import AsyncHttpTransport
from dynakit.transport.credentials import Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A process without credentials of any kind, and the file they may be put in."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return file


def set_keys(monkeypatch: pytest.MonkeyPatch, key: str, token: str | None = None) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", f"secret of {key}")
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)


def found(credentials: Credentials) -> tuple[str | None, str | None, str | None]:
    keys = credentials.keys()
    return keys.access_key_id, keys.secret_access_key, keys.session_token


def test_the_environment_is_followed_as_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = Credentials(None, local=False)
    with pytest.raises(CredentialsMissing, match="no credentials were found"):
        credentials.keys()
    set_keys(monkeypatch, "one")
    assert found(credentials) == ("one", "secret of one", None)
    set_keys(monkeypatch, "two", "token")
    assert found(credentials) == ("two", "secret of two", "token")


def test_files_and_profiles_are_read(no_credentials: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_credentials.write_text(
        "[default]\naws_access_key_id=d\naws_secret_access_key=x\n"
        "[p]\naws_access_key_id=p\naws_secret_access_key=y\n"
    )
    credentials = Credentials(None, local=False)
    assert found(credentials) == ("d", "x", None)
    monkeypatch.setenv("AWS_PROFILE", "p")
    assert found(credentials) == ("p", "y", None)
    monkeypatch.setenv("AWS_PROFILE", "no such profile")
    with pytest.raises(CredentialsMissing, match="could not be loaded"):
        credentials.keys()


def test_only_a_local_endpoint_gets_dummy_credentials_and_only_without_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert found(Credentials(None, local=True)) == ("local", "local", None)
    assert found(Credentials(Session(), local=True)) == ("local", "local", None)
    for session in (None, Session()):
        with pytest.raises(CredentialsMissing):
            Credentials(session, local=False).keys()
    set_keys(monkeypatch, "real")
    assert found(Credentials(None, local=True)) == ("real", "secret of real", None)


def test_a_local_endpoint_does_not_ask_the_metadata_service(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def ask(self: object, **_: object) -> dict[str, str]:
        asked.append(self)
        return {}

    monkeypatch.setattr("botocore.utils.InstanceMetadataFetcher.retrieve_iam_role_credentials", ask)
    Credentials(None, local=True).keys()
    assert asked == []
    with pytest.raises(CredentialsMissing):
        Credentials(None, local=False).keys()
    assert len(asked) == 1


def test_credentials_of_a_session_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.set_credentials("mine", "secret")
    set_keys(monkeypatch, "other")
    assert found(Credentials(session, local=True)) == ("mine", "secret", None)


def test_loaded_credentials_are_kept(no_credentials: Path) -> None:
    no_credentials.write_text("[default]\naws_access_key_id=d\naws_secret_access_key=x\n")
    credentials = Credentials(None, local=False)
    assert credentials.at_hand() is None
    credentials.keys()
    assert credentials.at_hand() is not None
    no_credentials.unlink()
    assert found(credentials) == ("d", "x", None)


def refreshing(refresh: Callable[[], dict[str, str]], seconds_left: float) -> Session:
    """A session whose credentials expire, and are had anew from ``refresh``."""
    session: Any = Session()
    session._credentials = RefreshableCredentials(
        "old", "s", "t", datetime.now(UTC) + timedelta(seconds=seconds_left), refresh, "custom"
    )
    return session  # type: ignore[no-any-return]


def fresh() -> dict[str, str]:
    later = datetime.now(UTC) + timedelta(hours=6)
    return {"access_key": "new", "secret_key": "s", "token": "t", "expiry_time": later.isoformat()}


def test_credentials_about_to_expire_are_refreshed() -> None:
    assert found(Credentials(refreshing(fresh, 30), local=False))[0] == "new"
    assert found(Credentials(refreshing(fresh, 7200), local=False))[0] == "old"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectTimeoutError(endpoint_url="http://sts"), NotSent),
        (CredentialRetrievalError(provider="sso", error_msg="sign in again"), CredentialsMissing),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole"), CredentialsMissing),
    ],
)
def test_a_refresh_that_fails_is_a_failure_of_the_call(error: Exception, expected: type[Exception]) -> None:
    def fail() -> dict[str, str]:
        raise error

    with pytest.raises(expected) as caught:
        Credentials(refreshing(fail, 30), local=False).keys()
    assert caught.value.__cause__ is error


def test_a_process_may_give_them(tmp_path: Path) -> None:
    answer = json.dumps({"Version": 1, "AccessKeyId": "p", "SecretAccessKey": "s"})
    script = tmp_path / "give.py"
    script.write_text(f"print('''{answer}''')")
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
    assert found(Credentials(None, local=False)) == ("p", "s", None)


def test_a_refresh_does_not_hold_up_the_event_loop() -> None:
    """The refresh ends only when the loop has gone on."""
    went_on = threading.Event()

    def slow() -> dict[str, str]:
        assert went_on.wait(10)
        return fresh()

    async def main() -> None:
        settings = HttpSettings(Endpoint("http://127.0.0.1:9", "us-east-1"), credentials)
        transport = AsyncHttpTransport(settings)
        task = asyncio.create_task(transport.send(Call("ListTables", {})))
        await asyncio.sleep(0.01)
        went_on.set()
        with pytest.raises(NotSent):
            await task
        await transport.close()

    credentials = Credentials(refreshing(slow, 30), local=False)
    asyncio.run(main())
    assert credentials.at_hand() is not None
