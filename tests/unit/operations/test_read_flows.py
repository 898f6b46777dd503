"""Reads, played with canned replies: the knobs, counting, cursors, and what one reply cannot tell."""

from __future__ import annotations

from typing import Any

import pytest

from dynakit import CursorError, Environment, MoreThanOne, NotFound, StatementError, UnknownEntity
from dynakit.operations import point, read
from dynakit.operations.paging import begin, read_on
from dynakit.operations.reply import ServiceError
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.schema.query import Query
from dynakit.wire import Item, Payload
from tests.unit.support.models import NOON, Customer, Invoice, Order, Status, an_order
from tests.unit.support.playing import Played, play

BILLS = Invoice.primary(customer_id="c1")
"""Nothing else can stand in its range, so the service alone decides."""

OF_C1 = Order.primary(customer_id="c1")


def bill(number: int) -> Invoice:
    return Invoice(customer_id="c1", number=number)


def item_of(number: int) -> Item:
    return encode_item(definition_of(Invoice), bill(number))


def key_of(number: int) -> Item:
    return {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": f"INVOICE#{number:06d}"}}


def reply(*numbers: int, last: int | None = None, scanned: int | None = None) -> Payload:
    """A page of invoices; ``last`` is the number of the last one evaluated, where more may follow."""
    found: Payload = {
        "Items": [item_of(number) for number in numbers],
        "Count": len(numbers),
        "ScannedCount": len(numbers) if scanned is None else scanned,
    }
    return found if last is None else {**found, "LastEvaluatedKey": key_of(last)}


def read_all(query: Query[Invoice], *answers: Payload) -> Played[list[Invoice]]:
    environment = Environment.simulated()
    return play(read.read_all(query, environment), answers, environment)


def page(query: Query[Invoice], *answers: Payload, cursor: str | None = None) -> Played[read.Page[Invoice]]:
    environment = Environment.simulated()
    return play(read.read_page(query, environment, cursor), answers, environment)


def numbers(played: Played[list[Invoice]]) -> list[int]:
    return [one.number for one in played.result]


def sent(played: Played[Any]) -> list[tuple[int | None, str | None]]:
    """Page size and sort key of the start, of each request."""
    return [
        (payload.get("Limit"), payload.get("ExclusiveStartKey", {}).get("SK", {}).get("S"))
        for payload in played.payloads
    ]


def test_all_pages_are_read_and_each_starts_behind_the_last() -> None:
    played = read_all(BILLS, reply(1, 2, last=2), reply(last=5, scanned=3), reply(6))
    assert numbers(played) == [1, 2, 6]
    assert sent(played) == [(None, None), (None, "INVOICE#000002"), (None, "INVOICE#000005")]


def test_a_limit_counts_results_and_asks_for_no_more_than_are_missing() -> None:
    played = read_all(BILLS.limit(5), reply(1, 2, last=2), reply(3, 4, 5, last=5))
    assert numbers(played) == [1, 2, 3, 4, 5]
    assert sent(played) == [(5, None), (3, "INVOICE#000002")]


def test_a_limit_on_a_filtered_query_reads_pages_that_grow_and_cuts_the_last() -> None:
    query = BILLS.filter(Invoice.number.exists()).limit(3)
    played = read_all(
        query, reply(1, last=32, scanned=32), reply(last=96, scanned=64), reply(97, 98, 99, last=99)
    )
    assert numbers(played) == [1, 97, 98]
    assert [size for size, _ in sent(played)] == [32, 64, 128]


def test_evaluate_at_most_counts_items_read() -> None:
    played = read_all(BILLS.evaluate_at_most(10), reply(1, last=4, scanned=4), reply(5, last=10, scanned=6))
    assert numbers(played) == [1, 5]
    assert [size for size, _ in sent(played)] == [10, 6]


def test_requests_at_most_counts_requests_also_of_empty_pages() -> None:
    played = read_all(BILLS.requests_at_most(2), reply(last=9), reply(last=19))
    assert (numbers(played), len(played.calls)) == ([], 2)


def test_a_range_that_ends_before_it_begins_sends_nothing() -> None:
    query = Invoice.primary(Invoice.customer_id == "c1", Invoice.number > 5, Invoice.number < 5)
    assert numbers(read_all(query)) == []
    assert page(query).result == read.Page([], None)
    with pytest.raises(StatementError, match="its range is empty; nothing is sent and nothing can match"):
        query.compile(Environment.simulated())


def test_a_page_without_a_limit_is_one_request() -> None:
    played = page(BILLS, reply(1, 2, last=2))
    assert [one.number for one in played.result.items] == [1, 2]
    assert played.result.cursor is not None


def test_the_last_page_has_no_cursor() -> None:
    assert page(BILLS.limit(3), reply(1, 2)).result.cursor is None


def test_a_cursor_goes_on_where_the_page_was_cut() -> None:
    query = BILLS.filter(Invoice.number.exists()).limit(2)
    first = page(query, reply(1, 2, 3, last=32, scanned=32))
    assert [one.number for one in first.result.items] == [1, 2]
    second = page(query, reply(3), cursor=first.result.cursor)
    assert [one.number for one in second.result.items] == [3]
    assert sent(second) == [(32, "INVOICE#000002")]


def test_a_cursor_may_have_another_limit_and_projection() -> None:
    cursor = page(BILLS.limit(1), reply(1, last=1)).result.cursor
    assert sent(page(BILLS.limit(7), reply(2), cursor=cursor)) == [(7, "INVOICE#000001")]


OTHERS: dict[str, Query[Invoice]] = {
    "partition": Invoice.primary(customer_id="c2"),
    "range": Invoice.primary(Invoice.customer_id == "c1", Invoice.number > 0),
    "filter": BILLS.filter(Invoice.number.exists()),
    "direction": BILLS.newest_first(),
}


@pytest.mark.parametrize("query", OTHERS.values(), ids=OTHERS)
def test_a_cursor_of_another_statement_is_refused_before_anything_is_sent(query: Query[Invoice]) -> None:
    played = page(query, cursor=page(BILLS.limit(1), reply(1, last=1)).result.cursor)
    assert isinstance(played.raised, CursorError)
    assert played.calls == []


def test_a_start_key_that_the_service_refuses_is_the_same_cursor_error() -> None:
    environment = Environment.simulated()
    cursor = page(BILLS.limit(1), reply(1, last=1)).result.cursor
    refused = ServiceError(400, "ValidationException", "The provided starting key is invalid")
    played = play(read.read_page(BILLS, environment, cursor), [refused], environment)
    assert isinstance(played.raised, CursorError)
    assert (
        str(played.raised)
        == "cursor: it is not of this statement, or was altered. Start again without a cursor."
    )


def test_counting_adds_the_counts_and_transfers_no_items() -> None:
    environment = Environment.simulated()
    answers: list[Payload] = [
        {"Count": 3, "ScannedCount": 3, "LastEvaluatedKey": key_of(3)},
        {"Count": 2, "ScannedCount": 2},
    ]
    played = play(read.count(BILLS, environment), answers, environment)
    assert played.result == 5
    assert [payload["Select"] for payload in played.payloads] == ["COUNT", "COUNT"]


def test_counting_stops_at_the_limit() -> None:
    environment = Environment.simulated()
    query = BILLS.filter(Invoice.number.exists()).limit(4)
    played = play(
        read.count(query, environment),
        [{"Count": 9, "ScannedCount": 9, "LastEvaluatedKey": key_of(9)}],
        environment,
    )
    assert played.result == 4


def test_first_gives_one_or_none_and_asks_for_one() -> None:
    environment = Environment.simulated()
    played = play(read.first(BILLS, environment), [reply(1, last=1)], environment)
    assert (played.result, sent(played)) == (bill(1), [(1, None)])
    assert play(read.first(BILLS, environment), [reply()], environment).result is None


def test_one_is_the_only_one() -> None:
    environment = Environment.simulated()
    assert play(read.one(BILLS, environment), [reply(1)], environment).result == bill(1)
    none = play(read.one(BILLS, environment), [reply()], environment)
    assert isinstance(none.raised, NotFound)
    several = play(read.one(BILLS, environment), [reply(1, 2, last=2)], environment)
    assert isinstance(several.raised, MoreThanOne)
    assert several.raised.statement == BILLS


def test_a_proven_miss_is_none_or_not_found() -> None:
    environment = Environment.simulated()
    played = play(point.get(bill(1), environment), [{}], environment)
    assert played.result is None
    assert played.payloads == [{"TableName": "shop", "Key": key_of(1)}]
    missing = play(point.require(bill(1), environment, consistent=True), [{}], environment)
    assert str(missing.raised) == "Invoice: there is no such item."
    assert missing.payloads == [{"TableName": "shop", "Key": key_of(1), "ConsistentRead": True}]


def test_exists_of_an_item_reads_its_key_only() -> None:
    environment = Environment.simulated()
    played = play(read.exists(bill(1), environment), [{"Item": key_of(1)}], environment)
    assert played.result is True
    assert played.payloads == [
        {
            "TableName": "shop",
            "Key": key_of(1),
            "ProjectionExpression": "#n0, #n1",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK"},
        }
    ]


def test_exists_of_a_query_counts_to_one() -> None:
    environment = Environment.simulated()
    played = play(read.exists(BILLS, environment), [{"Count": 0, "ScannedCount": 0}], environment)
    assert played.result is False
    assert played.payloads[0]["Select"] == "COUNT"


def test_an_item_of_another_type_under_the_key_is_an_error_and_never_decoded() -> None:
    environment = Environment.simulated()
    item: Item = {**item_of(1), "_type": {"S": "Receipt"}}
    played = play(point.get(bill(1), environment), [{"Item": item}], environment)
    assert isinstance(played.raised, UnknownEntity)
    assert (played.raised.type_name, played.raised.key) == ("Receipt", key_of(1))


def test_iterating_reads_the_next_page_only_when_it_is_asked_for() -> None:
    environment = Environment.simulated()
    progress = begin(BILLS, environment)
    first = play(read_on(BILLS, progress, environment), [reply(1, last=1)], environment)
    results, progress = first.result
    assert ([one.number for one in results], progress.done) == ([1], False)
    second = play(read_on(BILLS, progress, environment), [reply(2)], environment)
    assert second.result[1].done


def test_the_defaults_of_absent_attributes_and_projected_rows() -> None:
    environment = Environment.simulated()
    item = {
        name: value
        for name, value in encode_item(definition_of(Order), an_order(note="x")).items()
        if name != "lines"
    }
    query = Order.by_status(status=Status.open)
    answer: Payload = {"Items": [item], "Count": 1, "ScannedCount": 1}
    assert play(read.read_all(query, environment), [answer], environment).result == [an_order(note="x")]
    [row] = play(
        read.read_all(query.project(Order.note, Order.lines, Order.ship_to, Order.placed_at), environment),
        [answer],
        environment,
    ).result
    assert row.as_dict() == {"note": "x", "lines": [], "ship_to": None, "placed_at": NOON}
    assert row[Order.note] == "x"
    with pytest.raises(
        StatementError, match=r"Order.total: it was not projected; this row has note, lines, .*Add it"
    ):
        _ = row[Order.total]
    with pytest.raises(StatementError, match=r"customer_id: it was not projected"):
        _ = row[Customer.customer_id]  # type: ignore[index]  # pyright: ignore[reportArgumentType]
