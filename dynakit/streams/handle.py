"""Records handled one by one, and the reply that tells Lambda where to begin again.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Generator, Iterable
from inspect import isawaitable
from traceback import extract_tb
from typing import TYPE_CHECKING, TypedDict, TypeVar

from dynakit.errors import StatementError, values_shown
from dynakit.streams.change import Change
from dynakit.streams.decode import Left
from dynakit.streams.record import RawRecord

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")

_log = logging.getLogger("dynakit")


class BatchItemFailure(TypedDict):
    """The sequence number of a record that failed."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """What a function replies to Lambda: the records that failed, at most one of each shard."""

    batchItemFailures: list[BatchItemFailure]


def handle(
    records: Iterable[RawRecord],
    read: Callable[[RawRecord], Change[E] | Left],
    handler: Callable[[Change[E]], object],
) -> BatchResponse:
    """Give each change to the handler; see :meth:`~dynakit.streams.reader.StreamReader.handle`."""
    failures: _Failures = {}
    for raw in _to_handle(records, failures):
        try:
            change = read(raw)
            if not isinstance(change, Left):
                _refuse_awaitable(handler(change))
        except Exception as error:  # noqa: BLE001 - whatever it is, Lambda is told the record
            _note(failures, raw, error)
    return _response(failures)


async def handle_async(
    records: Iterable[RawRecord],
    read: Callable[[RawRecord], Awaitable[Change[E] | Left]],
    handler: Callable[[Change[E]], Awaitable[None]],
) -> BatchResponse:
    """The same, awaiting."""
    failures: _Failures = {}
    for raw in _to_handle(records, failures):
        try:
            change = await read(raw)
            if not isinstance(change, Left):
                await handler(change)
        except Exception as error:  # noqa: BLE001 - whatever it is, Lambda is told the record
            _note(failures, raw, error)
    return _response(failures)


_Shard = tuple[str | None, str | None]
_Failures = dict[_Shard, str]


def _shard(raw: RawRecord) -> _Shard:
    """Lambda gives the records of one shard at a time, so those of one stream are of one shard."""
    return raw.source, raw.shard


def _to_handle(records: Iterable[RawRecord], failures: _Failures) -> Generator[RawRecord]:
    yield from (raw for raw in records if _shard(raw) not in failures)


def _note(failures: _Failures, raw: RawRecord, error: Exception) -> None:
    if raw.sequence_number is None:
        raise error
    failures[_shard(raw)] = raw.sequence_number
    _log.error(
        "stream record %d (sequence number %s) failed with %s at %s; it and what follows it come again",
        raw.number,
        raw.sequence_number,
        type(error).__name__,
        _place(error),
        exc_info=error if values_shown() else None,
    )


def _place(error: Exception) -> str:
    """Where an error was raised; its text may hold values."""
    frames = extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"


def _refuse_awaitable(result: object) -> None:
    if isawaitable(result):
        close = getattr(result, "close", None)
        if close is not None:
            close()
        raise StatementError("handle: the handler is asynchronous; expected a function. Use handle_async.")


def _response(failures: _Failures) -> BatchResponse:
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failures.values()]}
