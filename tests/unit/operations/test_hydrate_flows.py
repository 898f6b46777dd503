"""Hydrating and paging backward, played with canned replies."""

from __future__ import annotations

from typing import Any

import pytest

from dynakit import CursorError, Environment, Page, Query, Unprocessed
from dynakit.environment import RetryPolicy
from dynakit.operations.read import read_all, read_page
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.schema.query import Read
from dynakit.wire import Item, Payload
from tests.unit.support.lasting import PAST, Paper
from tests.unit.support.playing import Answer, Played, play

QUERY = Paper.by_author(author="a").hydrate()


def item(number: int, **values: object) -> Item:
    given = Paper.model_validate({"folder": "f", "number": number, **values})
    return encode_item(definition_of(Paper), given)


def row(number: int) -> Item:
    return {name: value for name, value in item(number).items() if name in ("PK", "SK", "GSI2PK")}


def rows(*numbers: int, last: int | None = None) -> Payload:
    found: Payload = {"Items": [row(number) for number in numbers], "Count": len(numbers)}
    return found if last is None else {**found, "LastEvaluatedKey": row(last)}


def items(*given: Item, left: int | None = None) -> Payload:
    unprocessed = {} if left is None else {"lasting": {"Keys": [_key(item(left))]}}
    return {"Responses": {"lasting": list(given)}, "UnprocessedKeys": unprocessed}


def _key(given: Item) -> Item:
    return {name: given[name] for name in ("PK", "SK")}


def page(query: Read[Paper, Paper], *answers: Answer, cursor: str | None = None) -> Played[Page[Paper]]:
    environment = Environment.simulated()
    return play(read_page(query, environment, cursor), answers, environment)


def numbers(played: Played[Page[Paper]]) -> list[int]:
    return [one.number for one in played.result.items]


def test_items_come_in_the_order_of_the_index_and_the_missing_are_told() -> None:
    gone: list[Query[Paper]] = []
    query = Paper.by_author(author="a").hydrate(on_missing=gone.append)
    played = page(query, rows(2, 1, 3), items(item(3), item(2)))
    assert numbers(played) == [2, 3]
    assert played.result.missing == gone == [Paper.primary(folder="f", number=1)]
    assert [call.action for call in played.calls] == ["Query", "BatchGetItem"]
    assert played.payloads[1]["RequestItems"]["lasting"]["Keys"] == [
        _key(row(number)) for number in (2, 1, 3)
    ]


def test_leftovers_are_asked_for_again_and_hidden_items_are_neither_given_nor_missing() -> None:
    played = page(QUERY, rows(1, 2), items(item(1, gone=PAST), left=2), items(item(2)))
    assert (numbers(played), played.result.missing) == ([2], [])


def test_an_item_that_is_another_entity_by_now_is_missing() -> None:
    other: Item = {**item(1), "_type": {"S": "Other"}}
    played = page(QUERY, rows(1), items(other))
    assert (numbers(played), len(played.result.missing)) == ([], 1)


def test_a_limit_counts_items_that_are_there() -> None:
    played = page(QUERY.limit(2), rows(1, 2, last=2), items(item(2)), rows(3, last=3), items(item(3)))
    assert numbers(played) == [2, 3]
    assert [payload.get("Limit") for payload in played.payloads[::2]] == [32, 64]


def test_an_index_row_without_items_asks_for_none() -> None:
    environment = Environment.simulated()
    assert play(read_all(QUERY, environment), [rows()], environment).result == []


def test_what_is_never_processed_comes_back_as_keys() -> None:
    environment = Environment.simulated(retry=RetryPolicy(deadline=0.0))
    played = play(read_all(QUERY, environment), [rows(1), items(left=1)], environment)
    assert isinstance(played.raised, Unprocessed)
    assert list(played.raised.unprocessed) == [Paper.primary(folder="f", number=1)]


BY_TITLE = Paper.by_title(title="t").including_expired().including_deleted()


def full(*numbers: int, last: int | None = None) -> Payload:
    found: Payload = {"Items": [item(number) for number in numbers], "Count": len(numbers)}
    key = [name for name in item(1) if name in ("PK", "SK", "GSI1PK", "GSI1SK")]
    return found if last is None else {**found, "LastEvaluatedKey": {name: item(last)[name] for name in key}}


def test_the_page_before_is_read_backward_from_the_first_row_and_turned_round() -> None:
    first = page(BY_TITLE.limit(2), full(1, 2, last=2))
    assert first.result.previous is None
    second = page(BY_TITLE.limit(2), full(3, 4, last=4), cursor=first.result.cursor)
    back = page(BY_TITLE.limit(2), full(2, 1, last=1), cursor=second.result.previous)
    assert numbers(back) == [1, 2]
    assert back.payloads[0]["ScanIndexForward"] is False
    assert back.payloads[0]["ExclusiveStartKey"]["SK"] == item(3)["SK"]
    again = page(BY_TITLE.limit(2), full(3, 4), cursor=back.result.cursor)
    assert "ScanIndexForward" not in again.payloads[0]
    assert again.payloads[0]["ExclusiveStartKey"]["SK"] == item(2)["SK"]


def test_from_an_empty_last_page_the_way_back_begins_at_the_end() -> None:
    first = page(BY_TITLE.limit(2), full(1, 2, last=2))
    empty = page(BY_TITLE.limit(2), full(), cursor=first.result.cursor)
    assert (numbers(empty), empty.result.cursor) == ([], None)
    back = page(BY_TITLE.limit(2), full(2, 1), cursor=empty.result.previous)
    assert (numbers(back), back.result.previous) == ([1, 2], None)
    assert "ExclusiveStartKey" not in back.payloads[0]


@pytest.mark.parametrize(
    "other",
    [
        BY_TITLE.newest_first(),
        BY_TITLE.filter(Paper.pages > 1),
        Paper.by_title(title="u"),
        Paper.primary(folder="f"),
    ],
)
def test_a_cursor_of_the_page_before_is_bound_to_its_statement(other: Query[Paper]) -> None:
    first = page(BY_TITLE.limit(2), full(1, 2, last=2))
    previous: Any = page(BY_TITLE.limit(2), full(3), cursor=first.result.cursor).result.previous
    assert isinstance(page(other, cursor=previous).raised, CursorError)
    altered = f"{previous[:8]}{'A' if previous[8] != 'A' else 'B'}{previous[9:]}"
    assert isinstance(page(BY_TITLE, cursor=altered).raised, CursorError)
    turned = "A" + ("Q" if previous[1] != "Q" else "g") + previous[2:]
    assert isinstance(page(BY_TITLE, cursor=turned).raised, CursorError)
