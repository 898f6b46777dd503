"""Iterating: what is given and asked for is what reading all at once gives and asks for."""

from __future__ import annotations

import weakref
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.json import encode

from dynakit import Client, Environment
from dynakit.client.sender import Send, Sender
from dynakit.operations import read
from dynakit.operations.reading import Reading
from dynakit.operations.taking import AT_ONCE, Rows
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.schema.query import Query
from dynakit.unparsed import UnparsedItems
from dynakit.wire import Call, Item, Payload
from tests.unit.support.models import Invoice
from tests.unit.support.playing import Played, play

BILLS = Invoice.primary(customer_id="c1")
ROWS = [encode_item(definition_of(Invoice), Invoice(customer_id="c1", number=one)) for one in range(1000)]


def reply(rows: list[Item], *, more: bool, parsed: bool = True) -> Payload:
    after = {name: rows[-1][name] for name in ("PK", "SK")} if rows else {"PK": {"S": "x"}, "SK": {"S": "y"}}
    given = rows if parsed else UnparsedItems([Raw(encode(row)) for row in rows])
    found: Payload = {"Items": given, "Count": len(rows), "ScannedCount": len(rows)}
    return {**found, "LastEvaluatedKey": after} if more else found


def iterate(query: Query[Invoice], answers: list[Payload]) -> Played[list[Invoice]]:
    environment = Environment.simulated()
    reading = Reading(query, environment)
    whole: Played[list[Invoice]] = Played(returned=[[]])
    left = answers
    while not reading.done:
        played = play(reading.more(), left, environment, all_used=False)
        assert len(played.result) <= AT_ONCE
        whole.calls += played.calls
        whole.returned[0].extend(played.result)
        left = left[len(played.calls) :]
    return whole


@given(
    st.lists(st.integers(0, 3 * AT_ONCE), min_size=1, max_size=4),
    st.sampled_from([None, 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE]),
    st.sampled_from([None, 2]),
    st.booleans(),
)
def test_pages_of_any_size_are_given_and_asked_for_as_when_all_is_read(
    sizes: list[int], limit: int | None, requests: int | None, parsed: bool
) -> None:
    query = BILLS if limit is None else BILLS.limit(limit)
    query = query if requests is None else query.requests_at_most(requests)

    def answers(*, parsed: bool) -> list[Payload]:
        start, made = 0, list[Payload]()
        for number, size in enumerate(sizes):
            made.append(reply(ROWS[start : start + size], more=number + 1 < len(sizes), parsed=parsed))
            start += size
        return made

    environment = Environment.simulated()
    expected = play(read.read_all(query, environment), answers(parsed=True), environment, all_used=False)
    found = iterate(query, answers(parsed=parsed))
    assert found.result == expected.result
    assert found.calls == expected.calls
    assert all(call.item_by_item for call in found.calls)


def test_a_limit_ends_within_a_page_that_brought_more() -> None:
    query = BILLS.filter(Invoice.number >= 0).limit(120)
    found = iterate(query, [reply(ROWS[:150], more=True)])
    assert [one.number for one in found.result] == list(range(120))


class Row(dict[str, Any]):
    """A row that can be watched."""


def test_rows_that_were_taken_are_let_go_while_others_wait() -> None:
    rows = [Row(number={"N": str(number)}) for number in range(AT_ONCE + 1)]
    watched = [weakref.ref(row) for row in rows]
    taking = Rows({"Items": rows})
    del rows
    assert len(taking.take()) == AT_ONCE
    assert not taking.ended
    assert [one() is None for one in watched] == [True] * AT_ONCE + [False]
    assert len(taking.take()) == 1
    assert taking.ended
    assert taking.take() == []


def test_the_end_of_no_rows_is_told_when_they_are_taken() -> None:
    taking = Rows({})
    assert not taking.ended
    assert taking.take() == []
    assert taking.ended


def test_a_middleware_is_given_whole_replies() -> None:
    asked: list[bool] = []

    class Answers:
        def send(self, call: Call) -> Payload:
            asked.append(call.item_by_item)
            return reply(ROWS[:2], more=False)

        def close(self) -> None:
            """Nothing is open."""

    def middleware(call: Call, send: Send) -> Payload:
        return send(call)

    transport, environment = Answers(), Environment.simulated()
    for sender in (Sender(transport), Sender(transport, middleware=[middleware])):
        assert len(list(Client(transport, environment, sender=sender).iterate(BILLS))) == 2
    assert asked == [True, False]
