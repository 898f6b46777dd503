"""What Lambda is told of a batch: the first record that failed, and nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from dynakit import Change, DecodeError, StreamReader, show_values
from tests.unit.support.feed import Customer, Order, customer_image, event, order_image, record

READER = StreamReader(Order)
SECRET = "s3cret-value"
ARN_2 = "arn:aws:dynamodb:eu-central-1:123456789012:table/other/stream/2026-05-01T00:00:00.000"


def inserted(number: int, **members: Any) -> dict[str, Any]:
    return record("INSERT", new=order_image(f"o{number}"), number=number, **members)


def failing_at(*numbers: int) -> tuple[list[int], Callable[[Change[Order]], None]]:
    """The numbers handled so far, and a handler that fails at some."""
    handled: list[int] = []

    def handler(change: Change[Order]) -> None:
        number = int(change.sequence_number)
        if number in numbers:
            raise KeyError(SECRET)
        handled.append(number)

    return handled, handler


def failures(*numbers: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": str(number)} for number in numbers]}


def in_a_loop(reader: StreamReader[Order], given: Any, handler: Callable[[Change[Order]], None]) -> Any:
    async def awaited(change: Change[Order]) -> None:
        await asyncio.sleep(0)
        handler(change)

    return asyncio.run(reader.handle_async(given, awaited))


HANDLE: list[Callable[[StreamReader[Order], Any, Callable[[Change[Order]], None]], Any]] = [
    lambda reader, given, handler: reader.handle(given, handler),
    in_a_loop,
]
each_way = pytest.mark.parametrize("handle", HANDLE, ids=["sync", "async"])


@each_way
@pytest.mark.parametrize(
    ("failed", "done", "told"),
    [((), [1, 2, 3], ()), ((1,), [], (1,)), ((2,), [1], (2,)), ((3,), [1, 2], (3,)), ((2, 3), [1], (2,))],
)
def test_handling_stops_at_the_first_failure_as_order_matters(
    handle: Callable[..., Any], failed: tuple[int, ...], done: list[int], told: tuple[int, ...]
) -> None:
    handled, handler = failing_at(*failed)
    assert handle(READER, event(inserted(1), inserted(2), inserted(3)), handler) == failures(*told)
    assert handled == done


@each_way
def test_other_shards_go_on(handle: Callable[..., Any]) -> None:
    handled, handler = failing_at(1)
    given = event(
        inserted(1), inserted(2, eventSourceARN=ARN_2), inserted(3), inserted(4, eventSourceARN=ARN_2)
    )
    assert handle(READER, given, handler) == failures(1)
    assert handled == [2, 4]


@each_way
def test_a_record_that_cannot_be_read_fails_behind_those_before_it(handle: Callable[..., Any]) -> None:
    handled, handler = failing_at()
    broken = record("INSERT", new=order_image(total={"S": SECRET}), number=2)
    assert handle(READER, event(inserted(1), broken, inserted(3)), handler) == failures(2)
    assert handled == [1]


@each_way
def test_a_foreign_record_is_no_failure_unless_it_is_refused(handle: Callable[..., Any]) -> None:
    given = event(inserted(1), record("INSERT", new=customer_image(), number=2), inserted(3))
    handled, handler = failing_at()
    assert handle(READER, given, handler) == failures()
    assert handled == [1, 3]
    assert handle(StreamReader(Order, foreign="refuse"), given, handler) == failures(2)


@each_way
def test_a_record_that_cannot_even_be_named_fails_the_whole_event(handle: Callable[..., Any]) -> None:
    _, handler = failing_at()
    nameless = inserted(2)
    del nameless["dynamodb"]["SequenceNumber"]
    with pytest.raises(DecodeError, match=r"^record 2: 'SequenceNumber' is missing"):
        handle(READER, event(inserted(1), nameless), handler)
    with pytest.raises(DecodeError, match=r"^stream event: "):
        handle(READER, {"detail": {}}, handler)


@each_way
def test_the_log_names_the_record_and_the_place_not_the_values(
    handle: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    _, handler = failing_at(2)
    with caplog.at_level(logging.ERROR, "dynakit"):
        handle(READER, event(inserted(1), inserted(2)), handler)
    [told] = caplog.records
    assert told.getMessage().startswith("stream record 2 (sequence number 2) failed with KeyError at ")
    assert "test_lambda_replies.py:" in told.getMessage()
    assert SECRET not in caplog.text
    with caplog.at_level(logging.ERROR, "dynakit"), show_values():
        handle(READER, event(inserted(2)), handler)
    assert SECRET in caplog.text


def test_an_asynchronous_handler_is_not_taken_for_done() -> None:
    async def handler(change: Change[Order]) -> None: ...

    wrong: Any = handler
    assert READER.handle(event(inserted(1)), wrong) == failures(1)


def test_a_handler_is_not_asked_about_interrupts() -> None:
    def handler(_: Change[Order]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        READER.handle(event(inserted(1)), handler)


def test_of_several_entities_each_is_handled_as_its_own() -> None:
    seen: list[type] = []
    given = event(inserted(1), record("INSERT", new=customer_image(), number=2))
    assert (
        StreamReader(Order, Customer).handle(given, lambda change: seen.append(change.entity)) == failures()
    )
    assert seen == [Order, Customer]
