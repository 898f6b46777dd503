"""Pages that come as bytes: read as the same pages parsed, and what entities then remember."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import encode

from dynakit import DecodeError, Environment
from dynakit.operations import read
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.schema.origin import SLOT, Origin, origin_of
from dynakit.schema.query import Query
from dynakit.transport.page_body import unparsed_page
from dynakit.wire import Item, Payload
from tests.unit.support.models import Invoice
from tests.unit.support.playing import Played, play

BILLS = Invoice.primary(customer_id="c1")
UNKNOWN: Item = {"colour": {"S": '}},{"'}, "list": {"L": [{"M": {"a": {"M": {}}}}, {"M": {}}]}}

QUERIES: dict[str, Query[Invoice]] = {
    "plain": BILLS,
    "filtered": BILLS.filter(Invoice.number >= 0),
    "limited": BILLS.limit(3),
    "newest first": BILLS.newest_first(),
    "trusted": BILLS.trusted(),
}


def item_of(number: int) -> Item:
    return {**encode_item(definition_of(Invoice), Invoice(customer_id="c1", number=number)), **UNKNOWN}


def reply(numbers: list[int], *, more: bool) -> Payload:
    items = [item_of(number) for number in numbers]
    found: Payload = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    after = {name: (items or [item_of(0)])[-1][name] for name in ("PK", "SK")}
    return {**found, "LastEvaluatedKey": after} if more else found


def unparsed(page: Payload) -> Payload:
    found = unparsed_page(encode(page))
    assert found is not None
    return found


def read_all(query: Query[Invoice], answers: list[Payload]) -> Played[list[Invoice]]:
    environment = Environment.simulated()
    return play(read.read_all(query, environment), answers, environment, all_used=False)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@given(st.lists(st.lists(st.integers(0, 99), max_size=5), min_size=1, max_size=3))
def test_they_are_read_as_the_same_pages_parsed(query: Query[Invoice], pages: list[list[int]]) -> None:
    answers = [reply(page, more=number + 1 < len(pages)) for number, page in enumerate(pages)]
    parsed, found = read_all(query, answers), read_all(query, [unparsed(page) for page in answers])
    assert found.result == parsed.result
    assert found.calls == parsed.calls
    assert [origin_of(one) for one in found.result] == [origin_of(one) for one in parsed.result]


def test_cursors_of_a_page_are_the_same() -> None:
    environment = Environment.simulated()

    def page(answer: Payload, cursor: str | None = None) -> read.Page[Invoice]:
        return play(read.read_page(BILLS, environment, cursor), [answer], environment).result

    first = page(unparsed(reply([1, 2], more=True)))
    assert first == page(reply([1, 2], more=True))
    assert page(unparsed(reply([3], more=False)), first.cursor) == page(reply([3], more=False), first.cursor)


def test_only_queries_that_keep_every_row_of_a_reply_ask_for_them() -> None:
    def asked(query: Query[Invoice]) -> bool:
        return read_all(query, [reply([], more=False)]).calls[0].item_by_item

    assert all(asked(query) for query in QUERIES.values())
    environment = Environment.simulated()
    counted = play(read.count(BILLS, environment), [{"Count": 1, "ScannedCount": 1}], environment)
    assert not counted.calls[0].item_by_item


COPIES: dict[str, Callable[[Invoice], Invoice]] = {
    "itself": lambda bill: bill,
    "a deep model_copy": lambda bill: bill.model_copy(deep=True),
    "copy": copy.copy,
    "pickle": lambda bill: pickle.loads(pickle.dumps(bill)),
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_an_entity_remembers_the_bytes_of_its_item_alone(copied: Callable[[Invoice], Invoice]) -> None:
    bill = copied(read_all(BILLS, [unparsed(reply([1, 2], more=False))]).result[1])
    assert vars(bill)[SLOT] == encode(item_of(2))
    assert origin_of(bill) == Origin(item_of(2), whole=True)
    stored = encode_item(definition_of(Invoice), bill)
    assert {name: stored.get(name) for name in UNKNOWN} == UNKNOWN


def test_an_item_that_is_none_is_told() -> None:
    body = encode(reply([1, 2], more=False))
    page = unparsed_page(body.replace(b"CUSTOMER", b"CUSTOM\xff"))
    assert page is not None
    with pytest.raises(DecodeError, match="an item of a reply"):
        read_all(BILLS, [page]).result  # noqa: B018
