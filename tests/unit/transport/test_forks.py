"""A process that forks while its threads are at work: the child works, and the parent goes on."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from botocore.credentials import CredentialProvider, RefreshableCredentials
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.session import Session

from dynakit.transport.aio import AsyncHttpTransport
from dynakit.transport.credentials import Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http import HttpTransport
from dynakit.transport.settings import HttpSettings
from dynakit.wire import Call, Payload
from tests.unit.support.faulty_server import FaultyServer, reply
from tests.unit.support.forking import PATIENCE, outcome_of_child

HELD, OTHER = Call("GetItem", {"held": 1}), Call("GetItem", {})
DONE: Payload = {"Item": {}}
REPLY = reply(b'{"Item":{}}')

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

Send: TypeAlias = Callable[[Call], Payload]
Opened: TypeAlias = Callable[[HttpSettings], Send]


def opened_sync(settings: HttpSettings) -> Send:
    return HttpTransport(settings).send


def opened_async(settings: HttpSettings) -> Send:
    transport = AsyncHttpTransport(settings)

    def send(call: Call) -> Payload:
        async def main() -> Payload:
            try:
                return await transport.send(call)
            finally:
                await transport.close()

        return asyncio.run(main())

    return send


both = pytest.mark.parametrize("opened", [opened_sync, opened_async], ids=["sync", "async"])


class Service(FaultyServer):
    """Keeps whoever asks for it waiting until ``free`` is set."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.waited_for, self.free = threading.Event(), threading.Event()

    def _answer(self, _: object, body: bytes) -> bytes:
        if b"held" in body:
            self.waited_for.set()
            assert self.free.wait(PATIENCE)
        return REPLY


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("no_proxy", "*")
    with closing(Service()) as running:
        yield running


class Caller(threading.Thread):
    """A thread that makes one call."""

    def __init__(self, send: Send, call: Call) -> None:
        super().__init__(daemon=True)
        self._send, self._call = send, call
        self.reply: Payload | None = None
        self.start()

    def run(self) -> None:
        self.reply = self._send(self._call)


def settings(service: Service, credentials: Credentials | None = None) -> HttpSettings:
    return HttpSettings(Endpoint(service.url, "us-east-1"), credentials or Credentials(None, local=True))


@both
def test_a_call_under_way_in_the_parent_is_not_the_childs(service: Service, opened: Opened) -> None:
    send = opened(settings(service))
    send(OTHER)
    caller = Caller(send, HELD)
    assert service.waited_for.wait(PATIENCE)
    assert outcome_of_child(lambda: all(send(OTHER) == DONE for _ in range(3))) == 0
    service.free.set()
    caller.join(PATIENCE)
    assert caller.reply == DONE
    assert send(OTHER) == DONE
    assert len(service.requests) == 6


class Source(CredentialProvider):
    """Gives keys; holds up the process it was made in until ``free`` is set."""

    METHOD = CANONICAL_NAME = "test"

    def __init__(self, *, holds_when: str) -> None:
        super().__init__()
        self._process, self._holds_when = os.getpid(), holds_when
        self.asked, self.free = threading.Event(), threading.Event()

    def load(self) -> BotocoreCredentials:
        self._hold("first")
        if self._holds_when == "first":
            return BotocoreCredentials("key", "secret")
        nearly_over = datetime.now(UTC) + timedelta(minutes=1)
        return RefreshableCredentials("old", "secret", "token", nearly_over, self._refresh, "test")

    def _refresh(self) -> dict[str, str]:
        self._hold("refresh")
        later = datetime.now(UTC) + timedelta(hours=6)
        return {"access_key": "k", "secret_key": "s", "token": "t", "expiry_time": later.isoformat()}

    def _hold(self, when: str) -> None:
        if when == self._holds_when and os.getpid() == self._process:
            self.asked.set()
            assert self.free.wait(PATIENCE)


@both
@pytest.mark.parametrize("when", ["first", "refresh"])
def test_credentials_being_loaded_in_the_parent_are_loaded_by_the_child_itself(
    service: Service, opened: Opened, when: str
) -> None:
    source, session = Source(holds_when=when), Session()
    resolver: Any = session.get_component("credential_provider")
    resolver.providers[:] = [source]
    send = opened(settings(service, Credentials(session, local=False)))
    caller = Caller(send, OTHER)
    assert source.asked.wait(PATIENCE)
    assert outcome_of_child(lambda: send(OTHER) == DONE) == 0
    source.free.set()
    caller.join(PATIENCE)
    assert caller.reply == DONE
    assert len(service.requests) == 2
