"""Keys that expire while sixteen callers share a client: who refreshes them, what is signed meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from typing import Any

import pytest
from botocore.credentials import CredentialProvider, RefreshableCredentials
from botocore.session import Session
from msgspec.json import decode, encode

from dynakit import Environment, connect, connect_async
from dynakit.transport.credentials import AccessKeys
from dynakit.transport.signing import Signer
from dynakit.wire import Payload
from tests.unit.support.faulty_server import FaultyServer, reply

CALLERS, CALLS = 16, 5
LIFETIME = timedelta(minutes=60)
ROUNDS = [(0, 1), (30, 0), (20, 1), (30, 0), (22, 1), (90, 1), (59, 1)]
"""Minutes that pass before a round, and how often keys are had in it: anew with less than 15 minutes left."""


def keys_of(number: int) -> AccessKeys:
    return AccessKeys(f"AKID{number}", f"secret {number}", f"token-{number}")


class Source(CredentialProvider):
    """Gives keys that live for an hour; the number in them counts how often it was asked."""

    METHOD = CANONICAL_NAME = "test"

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.expiries: list[datetime] = []
        self.crowded = False
        self._asking = threading.Lock()
        self.go = threading.Event()
        self.go.set()

    def load(self) -> RefreshableCredentials:
        given = self._give()
        return RefreshableCredentials(
            given["access_key"],
            given["secret_key"],
            given["token"],
            self.expiries[-1],
            self._give,
            "test",
            time_fetcher=lambda: self.now,
        )

    def _give(self) -> dict[str, str]:
        self.crowded |= not self._asking.acquire(blocking=False)
        keys = keys_of(len(self.expiries))
        self.expiries.append(self.now + LIFETIME)
        # Others have the time to ask, too.
        threading.Event().wait(0.01)
        assert self.go.wait(10)
        self._asking.release()
        return {
            "access_key": keys.access_key_id,
            "secret_key": keys.secret_access_key,
            "token": str(keys.session_token),
            "expiry_time": self.expiries[-1].isoformat(),
        }


class Service(FaultyServer):
    """Gives back the key that is asked for, and notes what was signed wrongly."""

    def __init__(self, source: Source) -> None:
        super().__init__(self._answer)
        self.wrong: list[str] = []
        self._source = source
        self._signer = Signer("us-east-1")

    def _answer(self, headers: dict[str, str], body: bytes) -> bytes:
        number = int(headers["x-amz-security-token"].removeprefix("token-"))
        signed_for = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        _, authorization = self._signer.sign(
            headers["host"], "/", headers["x-amz-target"], body, keys_of(number), signed_for.timestamp()
        )
        if authorization != headers["authorization"]:
            self.wrong.append(f"a key that is not of token {number}")
        if self._source.now >= self._source.expiries[number]:
            self.wrong.append(f"an expired token {number}")
        return reply(encode({"Item": decode(body)["Key"]}))


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def service(source: Source, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("no_proxy", "*")
    with closing(Service(source)) as running:
        yield running


def session_of(source: Source) -> Session:
    session = Session()
    resolver: Any = session.get_component("credential_provider")
    resolver.providers[:] = [source]
    return session


def request_of(caller: int, call: int) -> Payload:
    return {"TableName": "shop", "Key": {"id": {"S": f"{caller}/{call}"}}}


def call_sync(url: str, source: Source, pass_time: Callable[[int], None]) -> list[Payload]:
    environment = Environment(now=lambda: source.now)
    replies: list[Payload] = []
    with (
        connect(url, session=session_of(source), region="us-east-1", environment=environment) as db,
        ThreadPoolExecutor(CALLERS) as threads,
    ):

        def work(caller: int) -> list[Payload]:
            return [db.call("GetItem", request_of(caller, call)) for call in range(CALLS)]

        for number in range(len(ROUNDS)):
            pass_time(number)
            replies += chain.from_iterable(threads.map(work, range(CALLERS)))
    pass_time(len(ROUNDS))
    return replies


def call_async(url: str, source: Source, pass_time: Callable[[int], None]) -> list[Payload]:
    async def main() -> list[Payload]:
        environment = Environment(now=lambda: source.now)
        replies: list[Payload] = []
        async with connect_async(
            url, session=session_of(source), region="us-east-1", environment=environment
        ) as db:

            async def work(caller: int) -> list[Payload]:
                return [await db.call("GetItem", request_of(caller, call)) for call in range(CALLS)]

            for number in range(len(ROUNDS)):
                pass_time(number)
                replies += chain.from_iterable(await asyncio.gather(*map(work, range(CALLERS))))
        pass_time(len(ROUNDS))
        return replies

    return asyncio.run(main())


@pytest.mark.parametrize("call", [call_sync, call_async], ids=["sync", "async"])
def test_one_caller_refreshes_at_a_time_nothing_is_signed_with_expired_keys_and_nothing_is_lost(
    service: Service, source: Source, call: Callable[..., list[Payload]]
) -> None:
    asked: list[int] = []

    def pass_time(number: int) -> None:
        asked.append(len(source.expiries))
        if number < len(ROUNDS):
            source.now += timedelta(minutes=ROUNDS[number][0])

    replies = call(service.url, source, pass_time)
    one_round = [{"Item": request_of(a, b)["Key"]} for a in range(CALLERS) for b in range(CALLS)]
    assert replies == one_round * len(ROUNDS)
    assert len(service.requests) == len(replies)
    assert service.wrong == []
    assert not source.crowded
    assert [after - before for before, after in pairwise(asked)] == [times for _, times in ROUNDS]


def test_keys_that_live_shorter_than_they_are_kept_are_not_signed_with_when_they_are_over(
    service: Service, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.LIFETIME", timedelta(milliseconds=400))
    environment = Environment(now=lambda: source.now)
    with connect(service.url, session=session_of(source), region="us-east-1", environment=environment) as db:
        for _ in range(5):
            db.call("GetItem", request_of(0, 0))
            source.now += timedelta(milliseconds=500)
    assert service.wrong == []


def test_tasks_go_on_with_keys_that_are_good_while_one_of_them_refreshes(
    service: Service, source: Source
) -> None:
    """As threads do. Keys with 12 minutes left are a reason to refresh, and none to wait."""

    async def main() -> None:
        environment = Environment(now=lambda: source.now)
        async with connect_async(
            service.url, session=session_of(source), region="us-east-1", environment=environment
        ) as db:
            await db.call("GetItem", request_of(0, 0))
            source.now += LIFETIME - timedelta(minutes=12)
            source.go.clear()
            refreshing = asyncio.create_task(db.call("GetItem", request_of(0, 1)))
            async with asyncio.timeout(10):
                while len(source.expiries) < 2:  # noqa: ASYNC110 - what is waited for is a thread's doing
                    await asyncio.sleep(0.001)
                await asyncio.gather(*[db.call("GetItem", request_of(1, call)) for call in range(CALLERS)])
            assert not refreshing.done()
            source.go.set()
            await refreshing

    asyncio.run(main())
    tokens = [headers["x-amz-security-token"] for headers, _ in service.requests]
    assert tokens == ["token-0"] * (1 + CALLERS) + ["token-1"]
