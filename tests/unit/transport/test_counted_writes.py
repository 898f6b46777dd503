"""Writes counted by a server that applies each, and then lets its reply go wrong in many ways."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from msgspec.json import decode, encode

from dynakit import (
    Attr,
    Entity,
    Key,
    OutcomeUnknown,
    Put,
    RequestError,
    RetryPolicy,
    Table,
    Throttled,
    Timeouts,
    TransactWrite,
    Update,
    attr,
    connect,
    connect_async,
)
from dynakit.client.sync import Statement
from tests.unit.support.faulty_server import Answer, FaultyServer, error, reply

ATTEMPTS = 3
RETRY = RetryPolicy(attempts=ATTEMPTS, base=0.0001, quota=math.inf)
TIMEOUTS = Timeouts(connect=10, read=10)
DONE = b"{}"


class Account(Entity, table=Table("ledger", pk="id")):
    primary = Key("{id}")
    id: Attr[str]
    balance: Attr[int] = attr(default=0)


ADA = Account(id="canary")
PUT = Put(ADA)
PUT_ONCE = Put(ADA, resend=False)
ADD = Update(Account.primary(id="canary"), Account.balance.add(1))
TOGETHER = TransactWrite((PUT,))


@dataclass(frozen=True)
class Fault:
    """What is answered to a write, and whether it was applied before."""

    answer: Answer
    applies: bool = True


LOST = {
    "closed before a reply": Fault(b""),
    "closed before anything was done": Fault(b"", applies=False),
    "reset": Fault(None),
    "half a head": Fault(b"HTTP/1.1 200 OK\r\nContent-Type: close-now"),
    "half a body": Fault(reply(DONE, length=999, x_how="close-now")),
    "no HTTP": Fault(b"garbage close-now\r\n\r\n"),
    "a wrong checksum": Fault(reply(DONE, x_amz_crc32="12345")),
    "half a document": Fault(reply(b'{"Attributes":')),
    "a page of a proxy": Fault(reply(b"<html>", kind="text/html")),
    "a compression that is damaged": Fault(reply(b"\x1f\x8b\x08", content_encoding="gzip")),
    "a fault of the server": Fault(error("InternalServerError", "500 Oh")),
    "a fault of a server that names none": Fault(reply(b"", "503 Service Unavailable", "text/plain")),
    "a gateway that gave up waiting": Fault(reply(b"", "504 Gateway Timeout", "text/plain")),
}
REFUSED = {
    "throttled": Fault(error("ThrottlingException"), applies=False),
    "throttled by the table": Fault(error("ProvisionedThroughputExceededException"), applies=False),
    "throttled by a gateway": Fault(reply(b"", "429 Too Many Requests", "text/plain"), applies=False),
}
lost = pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
refused = pytest.mark.parametrize("fault", REFUSED.values(), ids=REFUSED)


class Ledger(FaultyServer):
    """Applies writes, each transaction once; the first ``faults`` of them meet a fault."""

    def __init__(self) -> None:
        super().__init__(self._write)
        self.fault, self.faults = Fault(DONE), 0.0
        self.applied = 0
        self._transactions: set[str] = set()

    def _write(self, _: object, body: bytes) -> Answer:
        asked = decode(body)
        faulty = len(self.requests) <= self.faults
        if not faulty or self.fault.applies:
            token = asked.get("ClientRequestToken")
            self.applied += token not in self._transactions
            self._transactions |= {token} - {None}
        done = {} if "ReturnValues" not in asked else {"Attributes": STORED}
        return self.fault.answer if faulty else reply(encode(done))


STORED = {"id": {"S": "canary"}, "balance": {"N": "1"}, "_type": {"S": "Account"}}


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setenv("no_proxy", "*")
    with closing(Ledger()) as running:
        yield running


Execute: TypeAlias = Callable[[str, Statement[object]], object]


def execute_sync(url: str, write: Statement[object]) -> object:
    with connect(url, retry=RETRY, timeouts=TIMEOUTS) as db:
        return db.execute(write)


def execute_async(url: str, write: Statement[object]) -> object:
    async def main() -> object:
        async with connect_async(url, retry=RETRY, timeouts=TIMEOUTS) as db:
            return await db.execute(write)

    return asyncio.run(main())


both = pytest.mark.parametrize("execute", [execute_sync, execute_async], ids=["sync", "async"])


def unknown(execute: Execute, ledger: Ledger, write: Statement[object]) -> RequestError:
    with pytest.raises(OutcomeUnknown, match="whether it was applied cannot be known") as caught:
        execute(ledger.url, write)
    assert "canary" not in str(caught.value)
    assert caught.value.attempts == len(ledger.requests)
    return caught.value


@both
@lost
def test_a_put_is_sent_again_so_it_may_be_applied_twice(
    execute: Execute, ledger: Ledger, fault: Fault
) -> None:
    ledger.fault, ledger.faults = fault, 1
    execute(ledger.url, PUT)
    assert (len(ledger.requests), ledger.applied) == (2, 1 + fault.applies)


@both
@lost
def test_a_put_is_applied_once_an_attempt_at_most_and_its_end_is_unknown(
    execute: Execute, ledger: Ledger, fault: Fault
) -> None:
    ledger.fault, ledger.faults = fault, math.inf
    unknown(execute, ledger, PUT)
    assert (len(ledger.requests), ledger.applied) == (ATTEMPTS, ATTEMPTS * fault.applies)


@both
@lost
@pytest.mark.parametrize("write", [PUT_ONCE, ADD], ids=["put", "add"])
def test_what_must_not_be_done_twice_is_sent_once(
    execute: Execute, ledger: Ledger, fault: Fault, write: Statement[object]
) -> None:
    ledger.fault, ledger.faults = fault, 1
    unknown(execute, ledger, write)
    assert (len(ledger.requests), ledger.applied) == (1, fault.applies)


@both
@lost
def test_a_transaction_is_sent_again_and_applied_once(execute: Execute, ledger: Ledger, fault: Fault) -> None:
    ledger.fault, ledger.faults = fault, ATTEMPTS - 1
    execute(ledger.url, TOGETHER)
    assert (len(ledger.requests), ledger.applied) == (ATTEMPTS, 1)


@both
@refused
@pytest.mark.parametrize("write", [PUT, PUT_ONCE, ADD, TOGETHER], ids=["put", "once", "add", "transaction"])
def test_what_was_refused_for_now_is_sent_again_and_applied_once(
    execute: Execute, ledger: Ledger, fault: Fault, write: Statement[object]
) -> None:
    ledger.fault, ledger.faults = fault, ATTEMPTS - 1
    execute(ledger.url, write)
    assert (len(ledger.requests), ledger.applied) == (ATTEMPTS, 1)


@both
@refused
def test_what_is_refused_to_the_end_was_not_applied(execute: Execute, ledger: Ledger, fault: Fault) -> None:
    ledger.fault, ledger.faults = fault, math.inf
    with pytest.raises(Throttled, match="nothing was written by the last attempt"):
        execute(ledger.url, PUT)
    assert (len(ledger.requests), ledger.applied) == (ATTEMPTS, 0)
