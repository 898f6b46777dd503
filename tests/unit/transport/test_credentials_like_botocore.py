"""The credentials of a process: those that botocore finds, kept fresh while threads go on."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from botocore.session import Session

from dynakit.environment import Environment
from dynakit.operations.reply import CredentialsMissing
from dynakit.transport.credentials import AccessKeys, Credentials

THREADS = 16

FILES = {
    "config": "[profile p]\nregion = eu-west-1\naws_access_key_id = cp\naws_secret_access_key = cs\n",
    "credentials": (
        "[default]\naws_access_key_id = d\naws_secret_access_key = ds\naws_account_id = 111111111111\n"
        "[q]\naws_access_key_id = q\naws_secret_access_key = qs\naws_session_token = qt\n"
    ),
}
PAIR = {"AWS_ACCESS_KEY_ID": "e", "AWS_SECRET_ACCESS_KEY": "es"}
ENVIRONMENTS: list[dict[str, str]] = [
    {},
    PAIR,
    {**PAIR, "AWS_SESSION_TOKEN": "t"},
    {**PAIR, "AWS_SECURITY_TOKEN": "old"},
    {**PAIR, "AWS_SECURITY_TOKEN": "old", "AWS_SESSION_TOKEN": "t"},
    {**PAIR, "AWS_SECURITY_TOKEN": "", "AWS_SESSION_TOKEN": "t"},
    {**PAIR, "AWS_SESSION_TOKEN": "", "AWS_ACCOUNT_ID": ""},
    {**PAIR, "AWS_ACCOUNT_ID": "123456789012"},
    {**PAIR, "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z"},
    {"AWS_ACCESS_KEY_ID": "e"},
    {"AWS_ACCESS_KEY_ID": "e", "AWS_SECRET_ACCESS_KEY": ""},
    {"AWS_SECRET_ACCESS_KEY": "es"},
    {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "es"},
    *(
        {**keys, name: profile}
        for keys in ({}, PAIR)
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
        for profile in ("p", "q", "default", "none such", "")
    ),
    {"AWS_DEFAULT_PROFILE": "q", "AWS_PROFILE": "p"},
    {"AWS_ACCESS_KEY_ID": "e", "AWS_PROFILE": "p"},
]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A process without AWS variables, whose home is empty and whose files are these two."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


def of_botocore() -> AccessKeys | None:
    """What a session of botocore signs with; ``None`` where it has nothing or refuses."""
    try:
        found: Any = Session().get_credentials()
    except Exception:  # noqa: BLE001 - whatever botocore calls it
        return None
    return None if found is None else AccessKeys(*found.get_frozen_credentials())


@pytest.mark.parametrize("files", [(), ("credentials",), ("config",), ("config", "credentials")], ids=len)
@pytest.mark.parametrize("variables", ENVIRONMENTS, ids=lambda variables: " ".join(variables) or "none")
def test_the_keys_are_those_of_botocore(
    variables: dict[str, str], files: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in files:
        (folder / name).write_text(FILES[name])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    expected, credentials = of_botocore(), Credentials(None, local=False)
    if expected is None:
        with pytest.raises(CredentialsMissing):
            credentials.keys()
    else:
        assert credentials.keys() == expected


def test_half_a_pair_is_told_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    with pytest.raises(CredentialsMissing, match="AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not"):
        Credentials(None, local=False).keys()


def test_nothing_secret_is_shown() -> None:
    shown = repr(AccessKeys("AKID", "a secret", "a token"))
    assert "AKID" in shown
    assert "secret'" not in shown
    assert "token'" not in shown


def test_equal_keys_are_the_same_object_also_after_a_refresh(folder: Path) -> None:
    (folder / "credentials").write_text(FILES["credentials"])
    credentials = Credentials(None, local=False)
    first = credentials.keys()
    with Environment.simulated().use() as environment:
        environment.sleep(10)
        assert credentials.keys() is first


def test_changes_of_the_environment_are_seen_at_the_next_call(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = Credentials(None, local=True)
    assert credentials.keys().access_key_id == "local"
    for name, value in PAIR.items():
        monkeypatch.setenv(name, value)
    assert credentials.at_hand() is None
    first = credentials.keys()
    assert first.access_key_id == "e"
    assert credentials.at_hand() is first
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert credentials.keys().access_key_id == "local"


def test_an_environment_that_is_a_plain_dictionary_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = Credentials(None, local=False)
    monkeypatch.setattr(os, "environ", {**os.environ, **PAIR})
    assert credentials.keys().access_key_id == "e"
    os.environ["AWS_ACCESS_KEY_ID"] = "f"
    assert credentials.keys().access_key_id == "f"


class Source(BaseHTTPRequestHandler):
    """Gives keys like a container or a machine does; their number counts how often it was asked."""

    lifetime: ClassVar[float]
    asked: ClassVar[int] = 0
    waiting: ClassVar[threading.Event]
    lock: ClassVar[threading.Lock] = threading.Lock()

    def do_GET(self) -> None:
        if self.path.endswith("/security-credentials/"):
            return self.answer("a-role")
        with self.lock:
            Source.asked += 1
            number = Source.asked
        if number > 1:
            assert self.waiting.wait(10)
        expiration = datetime.now(UTC) + timedelta(seconds=self.lifetime)
        return self.answer(
            json.dumps(
                {
                    "Code": "Success",
                    "AccessKeyId": f"key {number}",
                    "SecretAccessKey": "s",
                    "Token": "t",
                    "Expiration": expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
                }
            )
        )

    def do_PUT(self) -> None:
        self.answer("a token")

    def answer(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def source(lifetime: float) -> Generator[str]:
    """A server whose keys live for so many seconds; answers after the first wait for ``waiting``."""
    Source.lifetime, Source.asked, Source.waiting = lifetime, 0, threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Source)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        Source.waiting.set()
        server.shutdown()
        thread.join()
        server.server_close()


def burst(pool: ThreadPoolExecutor, credentials: Credentials) -> list[AccessKeys]:
    asked = [pool.submit(credentials.keys) for _ in range(THREADS)]
    return [one.result(10) for one in asked]


def let_pass(credentials: Any, monkeypatch: pytest.MonkeyPatch, *, seconds_left: float) -> None:
    """Make keys that were found as old as that, and a look at their age due at each call."""
    credentials._found.source._expiry_time = datetime.now(UTC) + timedelta(seconds=seconds_left)
    monkeypatch.setattr("dynakit.transport.credentials._LOOK_AGAIN", 0.0)


def of_container(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)


def of_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)


@pytest.mark.parametrize("place", [of_container, of_machine])
def test_a_burst_at_first_use_asks_once(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with source(7200) as url, ThreadPoolExecutor(THREADS) as pool:
        place(url, monkeypatch)
        credentials = Credentials(None, local=False)
        keys = burst(pool, credentials)
        assert {one.access_key_id for one in keys} == {"key 1"}
        assert Source.asked == 1
        assert credentials.at_hand() is not None


def test_one_thread_refreshes_while_the_others_go_on_with_keys_that_are_valid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Keys with 12 minutes left are a reason to refresh, and none to wait."""
    with source(7200) as url, ThreadPoolExecutor(THREADS) as pool:
        of_container(url, monkeypatch)
        credentials = Credentials(None, local=False)
        assert credentials.keys().access_key_id == "key 1"
        let_pass(credentials, monkeypatch, seconds_left=720)
        refreshing = pool.submit(credentials.keys)
        while Source.asked < 2:
            assert not refreshing.done()
        others = [pool.submit(credentials.keys) for _ in range(THREADS - 1)]
        assert {one.result(10).access_key_id for one in others} == {"key 1"}
        Source.waiting.set()
        assert refreshing.result(10).access_key_id == "key 2"
        assert credentials.keys().access_key_id == "key 2"
        assert Source.asked == 2


def test_keys_that_are_nearly_over_are_waited_for_and_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with source(7200) as url, ThreadPoolExecutor(THREADS) as pool:
        of_container(url, monkeypatch)
        credentials = Credentials(None, local=False)
        assert credentials.keys().access_key_id == "key 1"
        Source.waiting.set()
        let_pass(credentials, monkeypatch, seconds_left=60)
        keys = burst(pool, credentials)
        assert {one.access_key_id for one in keys} == {"key 2"}
        assert Source.asked == 2


def test_keys_that_come_expired_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with source(-10) as url:
        of_container(url, monkeypatch)
        Source.waiting.set()
        with pytest.raises(CredentialsMissing, match="could not be loaded"):
            Credentials(None, local=False).keys()


def test_an_error_that_is_not_botocores_is_named_without_its_text(folder: Path) -> None:
    script = folder / "give"
    script.write_text("#!/bin/sh\necho canary")
    script.chmod(0o700)
    (folder / "config").write_text(f"[default]\ncredential_process = {script}\n")
    with pytest.raises(CredentialsMissing, match="could not be loaded") as caught:
        Credentials(None, local=False).keys()
    assert "canary" not in str(caught.value)
