"""Items as DynamoDB stores them, of all types, for laws and for the tests of commands."""

from __future__ import annotations

import base64
from decimal import Decimal

from hypothesis import strategies as st

from dynakit import Index, Item, KeyAttribute, Table
from dynakit.codec.number import decimal_text
from dynakit.wire import AttributeValue

BOX = Table("box", pk="PK", sk=KeyAttribute("number", "N"), indexes=[Index("GSI1", pk="GSI1PK")])

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "",
        "7",
        "-0.5e3",
        "true",
        "null",
        "NaN",
        '"',
        "[1]",
        "{",
        "a,b",
        'a"b',
        "a\nb",
        "a\r\nb",
        "\r",
        " 1",
        "*",
    ]
)
NAMES = TEXTS.filter(bool) | st.sampled_from(["$binary", "$map", "$strings", "$numbers", "$binaries", "Item"])
NUMBERS = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=Decimal(-(10**30)), max_value=Decimal(10**30), places=6
).map(decimal_text) | st.sampled_from(["0", "1" + "0" * 125, "0." + "0" * 129 + "1", "9" * 38])
BINARIES = st.binary(max_size=9).map(lambda raw: base64.b64encode(raw).decode())

LEAVES: st.SearchStrategy[AttributeValue] = st.one_of(
    TEXTS.map(lambda text: AttributeValue(S=text)),
    NUMBERS.map(lambda text: AttributeValue(N=text)),
    BINARIES.map(lambda text: AttributeValue(B=text)),
    st.booleans().map(lambda value: AttributeValue(BOOL=value)),
    st.just(AttributeValue(NULL=True)),
    st.lists(TEXTS, min_size=1, max_size=3, unique=True).map(lambda texts: AttributeValue(SS=texts)),
    st.lists(NUMBERS, min_size=1, max_size=3, unique=True).map(lambda texts: AttributeValue(NS=texts)),
    st.lists(BINARIES, min_size=1, max_size=3, unique=True).map(lambda texts: AttributeValue(BS=texts)),
)


def _containers(inner: st.SearchStrategy[AttributeValue]) -> st.SearchStrategy[AttributeValue]:
    lists = st.lists(inner, max_size=3).map(lambda items: AttributeValue(L=items))
    return lists | st.dictionaries(NAMES, inner, max_size=3).map(lambda entries: AttributeValue(M=entries))


VALUES = st.recursive(LEAVES, _containers, max_leaves=6)


def _key(partition: str, sort: str) -> Item:
    return {"PK": {"S": partition}, "number": {"N": sort}}


def _item(key: Item, rest: Item) -> Item:
    return {**rest, **key}


ITEMS = st.builds(
    _item,
    st.builds(_key, TEXTS.filter(bool), NUMBERS),
    st.dictionaries(NAMES.filter(lambda name: name not in BOX.key_attributes), VALUES, max_size=4),
)
