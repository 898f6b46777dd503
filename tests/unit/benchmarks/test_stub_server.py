"""The stub server answers calls as DynamoDB would, from the workload."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import workload
from benchmarks.stub import Answers, page, reply

KEY = {"PK": {"S": "CUSTOMER#n100"}, "SK": {"S": "ORDER#00000042"}}
STORED = workload.stored(workload.order("n100", 42))


def asked(action: str, body: dict[str, Any], answers: Answers | None = None) -> Any:
    whole = (answers or Answers(10)).answer(action, json.dumps(body).encode())
    head, _, content = whole.partition(b"\r\n\r\n")
    assert f"content-length: {len(content)}" in head.decode().lower()
    return json.loads(content)


def query(partition: str) -> dict[str, Any]:
    return {"ExpressionAttributeValues": {":other": {"S": "ORDER#"}, ":pk": {"S": partition}}}


def test_a_get_gives_the_order_of_its_key() -> None:
    assert asked("GetItem", {"Key": KEY}) == {"Item": STORED}


def test_a_query_gives_as_many_orders_as_the_customer_is_named_after() -> None:
    found = asked("Query", query("CUSTOMER#n100"))
    assert found["Count"] == 100
    assert found["Items"][42] == STORED
    assert "LastEvaluatedKey" not in found


def test_a_query_of_wide_rows_gives_a_hundred_of_so_many_attributes() -> None:
    found = asked("Query", query("WIDE#7"))["Items"]
    assert len(found) == 100
    assert {name for name in found[0] if name.startswith("a")} == {f"a{number}" for number in range(1, 8)}


@pytest.mark.parametrize("segments", [1, 3, 4])
def test_pages_and_segments_together_give_each_item_once(segments: int) -> None:
    found: list[str] = []
    for segment in range(segments):
        body: dict[str, Any] = {"Limit": 3, "Segment": segment, "TotalSegments": segments}
        while True:
            got = asked("Scan", body, Answers(20))
            found += [item["order_id"]["S"] for item in got["Items"]]
            if "LastEvaluatedKey" not in got:
                break
            body["ExclusiveStartKey"] = got["LastEvaluatedKey"]
    assert sorted(found) == [f"{number:08d}" for number in range(20)]


def test_a_page_ends_after_a_megabyte() -> None:
    found = page("n10000", range(10_000), {})
    assert len(found["Items"]) * 450 == pytest.approx(1_000_000, rel=0.001)
    assert found["LastEvaluatedKey"]["SK"] == found["Items"][-1]["SK"]


def test_writes_are_remembered() -> None:
    answers = Answers(10)
    asked("PutItem", {"Item": STORED}, answers)
    assert answers.written == [STORED]
    asked("BatchWriteItem", {"RequestItems": {"orders": [{"PutRequest": {"Item": STORED}}] * 2}}, answers)
    assert answers.written == [STORED, STORED]


def test_an_update_gives_the_order_after_it_where_that_is_asked_for() -> None:
    body: dict[str, Any] = {"Key": KEY, "ExpressionAttributeValues": {":s": {"S": "paid"}}}
    assert asked("UpdateItem", body) == {}
    found = asked("UpdateItem", {**body, "ReturnValues": "ALL_NEW"})["Attributes"]
    assert (found["status"], found["quantity"]) == ({"S": "paid"}, {"N": "2"})


def test_a_reply_carries_the_checksum_of_its_body() -> None:
    assert b"x-amz-crc32: 907060870\r\n" in reply(b"hello")
