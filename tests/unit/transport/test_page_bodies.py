"""Pages whose items are parsed as they are taken: the same items, whatever stands in them."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.errors import DecodeError
from dynakit.operations.reply import ReplyLost
from dynakit.transport.http_reply import HttpReply
from dynakit.transport.page_body import unparsed_page
from dynakit.transport.request import read_reply
from dynakit.unparsed import UnparsedItems
from dynakit.wire import AttributeValue, Item, Payload

NASTY = (
    "",
    '"',
    "\\",
    '\\"',
    "}},{",
    '}},{"',
    "],",
    '],"',
    '],"Items":[',
    "{",
    "}",
    "]",
    ":",
    "a",
    "é☃𝄞",
    "\n",
)
texts: st.SearchStrategy[str] = st.lists(st.sampled_from(NASTY), max_size=4).map("".join)


def text(value: str) -> AttributeValue:
    return {"S": value}


def elements(members: list[AttributeValue]) -> AttributeValue:
    return {"L": members}


def nested(members: dict[str, AttributeValue]) -> AttributeValue:
    return {"M": members}


def containers(inner: st.SearchStrategy[AttributeValue]) -> st.SearchStrategy[AttributeValue]:
    lists = st.lists(inner, max_size=3).map(elements)
    return lists | st.dictionaries(texts, inner, max_size=2).map(nested)


scalars = texts.map(text)
items = st.lists(
    st.dictionaries(texts, st.recursive(scalars, containers, max_leaves=5), max_size=3), max_size=5
)
keys = st.dictionaries(texts, scalars, min_size=1, max_size=2)

LAYOUTS = (
    ("ConsumedCapacity", "Count", "Items", "LastEvaluatedKey", "ScannedCount"),
    ("Items", "Count", "ScannedCount", "LastEvaluatedKey"),
    ("Count", "ScannedCount", "LastEvaluatedKey", "Items"),
    ("Count", "Items"),
)


def page(layout: Iterable[str], found: list[Item], after: Item) -> Payload:
    whole = {
        "ConsumedCapacity": {"TableName": "shop", "CapacityUnits": 128.5},
        "Count": len(found),
        "Items": found,
        "LastEvaluatedKey": after,
        "ScannedCount": len(found) + 1,
    }
    return {name: whole[name] for name in layout}


def compact(document: object, *, ascii_only: bool = False) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=ascii_only).encode()


@given(items, keys, st.sampled_from(LAYOUTS), st.booleans())
def test_the_items_of_a_page_are_those_of_its_json_whatever_stands_in_texts(
    found: list[Item], after: Item, layout: tuple[str, ...], ascii_only: bool
) -> None:
    whole = page(layout, found, after)
    for body in (compact(whole, ascii_only=ascii_only), json.dumps(whole, indent=1).encode()):
        taken = unparsed_page(body)
        assert taken is not None
        assert isinstance(taken["Items"], UnparsedItems)
        assert len(taken["Items"]) == len(found)
        assert {**taken, "Items": list(taken["Items"])} == whole
        assert list(taken["Items"]) == found
        assert [json.loads(text) for text in taken["Items"].texts()] == found


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"Items":[',
        b'{"Items":[]',
        b'{"Items":[{"a":{"S":"x"}}],"Count":',
        b'{"Items":[{"a":{"S":"x"}}],"Count":"1"}',
        b'{"Items":[{"a":{"S":"x"}}]}',
        b'{"Items":[{"a":{"S":"x"}}],"Count":1,"Another":{}}',
        b'{"Deep":{"Items":[{"a":{"S":"x"}}],"Count":1}}',
        b'{"ConsumedCapacity":{"Items":[{"a":{"S":"x"}}],"CapacityUnits":1},"Count":1}',
        b'[{"Items":[{"a":{"S":"x"}}],"Count":1}]',
        b'{"Items":{"a":{"S":"x"}},"Count":1}',
        b'{"Items":[{"a":{"S":"x"}],"Count":1}',
        b'{"Items":[{"a":{"S":x}}],"Count":1}',
        b'{"Items":[{"a":{"S":"x"}} {"a":{"S":"x"}}],"Count":1}',
        b'{"Items":[{"a":{"S":"x}},{"}],"Count":1}',
        b'{"Items":[' + b"[" * 100_000 + b"]" * 100_000 + b'],"Count":1}',
    ],
)
def test_what_is_no_page_as_it_usually_comes_is_left_to_the_parser(body: bytes) -> None:
    assert unparsed_page(body) is None


@pytest.mark.parametrize("damaged", [b"1", b"null", b"[]", b'{"a":{"S":"\xff"}}', b'{"a":{"S":1e999}}'])
def test_an_item_that_is_none_is_told_when_it_is_taken(damaged: bytes) -> None:
    taken = unparsed_page(b'{"Count":2,"Items":[{"a":{"S":"y"}},' + damaged + b"]}")
    assert taken is not None
    rows = iter(taken["Items"])
    assert next(rows) == {"a": {"S": "y"}}
    with pytest.raises(DecodeError, match="an item of a reply is no JSON object of attribute values"):
        list(rows)


def reply(body: bytes) -> HttpReply:
    return HttpReply(200, {"content-type": "application/x-amz-json-1.0"}, body, True)


def test_only_large_replies_are_parsed_later_and_only_where_that_is_asked_for() -> None:
    small = compact(page(LAYOUTS[0], [{"a": {"S": "x"}}], {}))
    large = compact(page(LAYOUTS[0], [{"a": {"S": "x" * 5_000}}], {}))
    later = read_reply(reply(large), item_by_item=True)
    assert isinstance(later["Items"], UnparsedItems)
    assert [*later["Items"]] == json.loads(large)["Items"]
    at_once = [read_reply(reply(large)), read_reply(reply(small), item_by_item=True)]
    assert [type(one["Items"]) for one in at_once] == [list, list]
    with pytest.raises(ReplyLost, match="no complete JSON"):
        read_reply(reply(large[:-1]), item_by_item=True)
