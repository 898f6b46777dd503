"""Printed access patterns, answered by schema files as they are imported; plain Python tells the rows."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import date, datetime
from typing import Any, TypeAlias

import pytest

from dynakit import Client, Repository
from tests.integration.workbench.imported import Imported, imported
from tests.integration.workbench.models import access_patterns, folder
from tests.integration.workbench.readings import Row

DEVICES = "amazon-dynamodb-design-patterns/examples/device-state-log"
PAYMENTS = "aws-dynamodb-examples/schema_design/SchemaExamples/RecurringPayments"

Ask: TypeAlias = Callable[[Any], Any]
"""Takes the module of a schema file, and gives a query."""

Is: TypeAlias = Callable[[Row], bool]
"""Whether a row is among the answers."""


@pytest.fixture(scope="module")
def devices(dynamodb_local: str) -> Generator[Imported]:
    with imported(dynamodb_local, folder() / DEVICES / "json" / "DeviceStateLog_7.json") as found:
        yield found


@pytest.fixture(scope="module")
def payments(dynamodb_local: str) -> Generator[Imported]:
    with imported(dynamodb_local, folder() / PAYMENTS / "RecurringPaymentsSchema.json") as found:
        yield found


def text(row: Row, name: str) -> str:
    return str(row.get(name, {}).get("S", ""))


def sara(log: Any, *conditions: Any) -> Any:
    return log.by_escalated_to(log.escalated_to == "Sara", *conditions)


LOGS: list[tuple[Ask, Is]] = [
    (
        lambda log: log.primary(device_id="12345").filter(log.state == "WARNING1").newest_first(),
        lambda row: text(row, "DeviceID") == "d#12345" and text(row, "State") == "WARNING1",
    ),
    (
        lambda log: log.primary(device_id="12345", state="WARNING1").newest_first(),
        lambda row: text(row, "DeviceID") == "d#12345" and text(row, "State#Date").startswith("WARNING1#"),
    ),
    (
        lambda log: log.by_operator(
            log.operator == "Liz", log.date.between(datetime(2020, 4, 20), datetime(2020, 4, 25))
        ),
        lambda row: text(row, "Operator") == "Liz" and "2020-04-20" <= text(row, "Date") <= "2020-04-25",
    ),
    (sara, lambda row: text(row, "EscalatedTo") == "Sara"),
    (
        lambda log: sara(log, log.state == "WARNING4"),
        lambda row: text(row, "EscalatedTo") == "Sara" and text(row, "State#Date").startswith("WARNING4#"),
    ),
    (
        lambda log: sara(
            log,
            log.state == "WARNING4",
            log.date.between(datetime(2020, 4, 27), datetime(2020, 4, 27, 23, 59, 59)),
        ),
        lambda row: (
            text(row, "EscalatedTo") == "Sara" and text(row, "State#Date").startswith("WARNING4#2020-04-27")
        ),
    ),
]


@pytest.mark.parametrize("number", range(len(LOGS)))
def test_logs_of_devices(devices: Imported, number: int) -> None:
    ask, is_answer = LOGS[number]
    printed = access_patterns(f"{DEVICES}/README.md")
    assert len(printed) == len(LOGS)
    rows = [row for row in devices.model.sample_rows if is_answer(row)]
    sort = "Date" if printed[number]["Table/GSI/LSI"] == "GSI1" else "State#Date"
    rows.sort(key=lambda row: text(row, sort), reverse=printed[number]["Sort"] == "Descending")
    found = Repository(devices.db, devices.module.DeviceStateLog).all(ask(devices.module.DeviceStateLog))
    assert [(log.device_id, log.date.isoformat()) for log in found] == [
        (text(row, "DeviceID").removeprefix("d#"), text(row, "Date")) for row in rows
    ]
    assert rows


READS: list[Ask] = [
    lambda module: module.Subscription.primary(account_id="123"),
    lambda module: module.Receipts.primary(account_id="123"),
    lambda module: module.Subscription.primary(account_id="123", sub_id="123", sku="999"),
    lambda module: module.Subscription.by_next_reminder_date(next_reminder_date=date(2023, 6, 21)).hydrate(),
    lambda module: module.Subscription.by_next_payment_date(next_payment_date=date(2023, 6, 28)).hydrate(),
]


@pytest.mark.parametrize("ask", READS, ids=["subscriptions", "receipts", "one", "to be reminded", "due"])
def test_recurring_payments_are_read(payments: Imported, ask: Ask) -> None:
    query = ask(payments.module)
    (found,) = Repository(payments.db, query.entity).all(query)
    assert (type(found), found.account_id, found.sku) == (query.entity, "123", "999")


def test_recurring_payments_are_written(payments: Imported) -> None:
    """A subscription and a receipt are created beside those there, and a subscription is updated."""
    db: Client = payments.db
    subscription, receipt = payments.module.Subscription, payments.module.Receipts
    subscriptions, receipts = Repository(db, subscription), Repository(db, receipt)
    (first,) = subscriptions.all(subscription.primary(account_id="123"))
    second = subscriptions.create(subscription(**{**dict(first), "account_id": "124"}))
    changed = subscriptions.update(second, subscription.payment_day.set("1"))
    assert (changed.payment_day, first.payment_day) == ("1", "28")
    (paid,) = receipts.all(receipt.primary(account_id="123"))
    receipts.create(receipt(**{**dict(paid), "account_id": "124"}))
    keys = sorted((text(row, "PK"), text(row, "SK")) for row in payments.raw.rows())
    assert keys == sorted(
        (account, text(row, "SK")) for account in ("ACC#123", "ACC#124") for row in payments.model.sample_rows
    )
    subscriptions.delete(second)
    receipts.delete_all(receipt.primary(account_id="124"))
