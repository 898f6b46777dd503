"""The logger ``dynakit``: one line for each call at DEBUG, throttling and faults at WARNING, no values."""

from __future__ import annotations

import logging

import pytest

from dynakit import Create, RequestError
from dynakit.operations.reply import Failure, NotSent, ReplyLost, ServiceError
from dynakit.wire import Payload
from tests.unit.support.models import Order, Status, an_order
from tests.unit.support.scripted import scripted

CANARY = "canary7c1f"
REASONS: Payload = {"ThrottlingReasons": [{"reason": "HotKey", "resource": "arn"}]}
EMPTY: Payload = {
    "Items": [],
    "Count": 0,
    "ScannedCount": 0,
    "ConsumedCapacity": {"TableName": "shop", "CapacityUnits": 0.5},
}


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [f"{record.levelname} {record.getMessage()}" for record in caplog.records]


def test_each_call_is_one_line_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="dynakit")
    db, _ = scripted([EMPTY, {}])
    list(db.iterate(Order.by_status(status=Status.open)))
    db.call("ListTables", {})
    assert lines(caplog) == [
        "DEBUG Query on 'shop' index 'GSI1' (Order.by_status query), attempt 1: 0.5 read units, 10.0 ms",
        "DEBUG ListTables (call ListTables), attempt 1: 10.0 ms",
    ]
    assert {record.name for record in caplog.records} == {"dynakit"}


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (
            ServiceError(400, "ThrottlingException", CANARY, body=REASONS),
            "WARNING PutItem on 'shop' (create Order), attempt 1: throttled: ThrottlingException (HotKey)",
        ),
        (
            ServiceError(500, "InternalServerError", CANARY),
            "WARNING PutItem on 'shop' (create Order), attempt 1: failed: InternalServerError",
        ),
        (
            NotSent("the endpoint was not reached"),
            "WARNING PutItem on 'shop' (create Order), attempt 1: failed: the endpoint was not reached",
        ),
        (
            ReplyLost("the reply was cut short"),
            "WARNING PutItem on 'shop' (create Order), attempt 1: failed: the reply was cut short",
        ),
    ],
)
@pytest.mark.parametrize("level", [logging.WARNING, logging.DEBUG])
def test_an_attempt_that_may_be_mended_is_a_warning_at_any_level(
    caplog: pytest.LogCaptureFixture, failure: Failure, line: str, level: int
) -> None:
    caplog.set_level(level, logger="dynakit")
    db, _ = scripted([failure, {}])
    db.execute(Create(an_order()))
    assert [one for one in lines(caplog) if one.startswith("WARNING")] == [line]


def test_a_condition_that_fails_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="dynakit")
    db, _ = scripted([ServiceError(400, "ConditionalCheckFailedException", CANARY)])
    with pytest.raises(RequestError):
        db.execute(Create(an_order()))
    assert lines(caplog) == [
        "DEBUG PutItem on 'shop' (create Order), attempt 1: ConditionalCheckFailedException, 10.0 ms"
    ]


def test_the_whole_event_is_on_the_record(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="dynakit")
    db, _ = scripted([{}])
    db.execute(Create(an_order()))
    assert vars(caplog.records[0])["dynakit_call"].action == "PutItem"
