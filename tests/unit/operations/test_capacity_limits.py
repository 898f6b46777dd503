"""Rates of capacity units, in batches and in deleting all a query gives."""

from __future__ import annotations

from datetime import datetime

import pytest

from dynakit import Attr, Entity, Environment, Key, StatementError, Table, deleted, unique
from dynakit.operations.batch import put_many
from dynakit.operations.clear import delete_all
from dynakit.operations.limits import Budget, units_used
from dynakit.wire import Item, Payload
from tests.unit.support.playing import play

SHOP = Table("limit-shop", pk="PK", sk="SK")


class Line(Entity, table=SHOP):
    primary = Key("BILL#{bill}", "LINE#{number:06d}")
    bill: Attr[str]
    number: Attr[int]


class Member(Entity, table=SHOP):
    primary = Key("CLUB#{club}", "MEMBER#{name}")
    once = unique("email")
    club: Attr[str]
    name: Attr[str]
    email: Attr[str]


class Note(Entity, table=SHOP):
    primary = Key("NOTES#{owner}", "NOTE#{name}")
    owner: Attr[str]
    name: Attr[str]
    gone: Attr[datetime | None] = deleted()


def used(units: float) -> Payload:
    return {"ConsumedCapacity": [{"TableName": "limit-shop", "CapacityUnits": units}]}


def line(number: int) -> Item:
    key: Item = {"PK": {"S": "BILL#b"}, "SK": {"S": f"LINE#{number:06}"}, "_type": {"S": "Line"}}
    return {**key, "bill": {"S": "b"}, "number": {"N": str(number)}}


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_is_more_than_nothing(rate: float) -> None:
    with pytest.raises(StatementError, match="expected more than 0"):
        Budget("put_many", rate)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({}, 7.0),
        ({"ConsumedCapacity": {"CapacityUnits": 1.5}}, 1.5),
        ({"ConsumedCapacity": [{"CapacityUnits": 1.5}, {"CapacityUnits": 2}]}, 3.5),
        ({"ConsumedCapacity": []}, 7.0),
    ],
)
def test_the_units_of_a_reply_are_those_of_all_its_tables(reply: Payload, expected: float) -> None:
    assert units_used(reply, 7.0) == expected


def test_puts_are_spread_over_time() -> None:
    """Three chunks of 25 units at 10 a second: the second begins after 2.5 seconds, the third after 5."""
    environment = Environment.simulated()
    lines = [Line(bill="b", number=number) for number in range(75)]
    flow = put_many(lines, environment, budget=Budget("put_many", 10))
    played = play(flow, [used(25), used(25), used(25)], environment)
    assert played.result is None
    assert played.slept == [1.0, 1.0, 0.5] * 2
    assert {one["ReturnConsumedCapacity"] for one in played.payloads} == {"TOTAL"}


def test_without_a_rate_nothing_is_asked_and_nothing_waits() -> None:
    environment = Environment.simulated()
    played = play(put_many([Line(bill="b", number=1)], environment), [{}], environment)
    assert played.slept == []
    assert "ReturnConsumedCapacity" not in played.payloads[0]


def test_waiting_for_the_rate_is_no_stall_of_the_service() -> None:
    """Each of these chunks leaves items and costs more seconds than the deadline of a stall has."""
    environment = Environment.simulated()
    flow = put_many(
        [Line(bill="b", number=1), Line(bill="b", number=2)], environment, budget=Budget("put_many", 1)
    )
    left = {"UnprocessedItems": {"limit-shop": [{"PutRequest": {"Item": line(2)}}]}}
    played = play(flow, [{**left, **used(60)}, {**left, **used(60)}, used(1)], environment)
    assert played.result is None
    assert environment.monotonic() >= 120


def test_all_that_a_query_gives_is_deleted_page_by_page_by_batches() -> None:
    environment, told = Environment.simulated(), list[int]()
    answers: list[Payload] = [
        {
            "Items": [line(1), line(2)],
            "Count": 2,
            "LastEvaluatedKey": {"PK": line(2)["PK"], "SK": line(2)["SK"]},
        },
        used(4),
        {"Items": [line(3)], "Count": 1},
        used(2),
    ]
    query = Line.primary(Line.bill == "b")
    flow = delete_all(query, environment, write_units_per_second=2, on_deleted=told.append)
    played = play(flow, answers, environment)
    assert played.result == 3
    assert told == [2, 3]
    assert [call.action for call in played.calls] == ["Query", "BatchWriteItem", "Query", "BatchWriteItem"]
    assert played.slept == [1.0, 1.0]


def test_nothing_found_is_nothing_deleted() -> None:
    environment = Environment.simulated()
    played = play(
        delete_all(Line.primary(Line.bill == "b"), environment), [{"Items": [], "Count": 0}], environment
    )
    assert (played.result, len(played.calls)) == (0, 1)


def test_rows_of_a_projection_are_no_items_to_delete() -> None:
    environment = Environment.simulated()
    query = Line.primary(Line.bill == "b").project(Line.number)
    played = play(delete_all(query, environment), [{"Items": [line(1)], "Count": 1}], environment)
    assert isinstance(played.raised, StatementError)
    assert "gives no whole items" in str(played.raised)
    assert [call.action for call in played.calls] == ["Query"]


def test_what_has_unique_constraints_is_deleted_with_its_guards_by_transactions() -> None:
    environment = Environment.simulated()
    item: Item = {"PK": {"S": "CLUB#c"}, "SK": {"S": "MEMBER#m"}, "_type": {"S": "Member"}}
    item |= {"club": {"S": "c"}, "name": {"S": "m"}, "email": {"S": "m@example.com"}}
    played = play(
        delete_all(Member.primary(Member.club == "c"), environment),
        [{"Items": [item], "Count": 1}, {}],
        environment,
    )
    assert played.result == 1
    assert [call.action for call in played.calls] == ["Query", "TransactWriteItems"]


@pytest.mark.parametrize(("permanently", "action"), [(False, "UpdateItem"), (True, "BatchWriteItem")])
def test_soft_deletion_stays_soft_unless_said(permanently: bool, action: str) -> None:
    environment = Environment.simulated()
    item: Item = {"PK": {"S": "NOTES#o"}, "SK": {"S": "NOTE#n"}, "_type": {"S": "Note"}}
    item |= {"owner": {"S": "o"}, "name": {"S": "n"}}
    flow = delete_all(Note.primary(Note.owner == "o"), environment, permanently=permanently)
    played = play(flow, [{"Items": [item], "Count": 1}, {}], environment)
    assert played.result == 1
    assert played.calls[1].action == action
