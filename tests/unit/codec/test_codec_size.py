"""Sizes by AWS's rules; the numbers are what DynamoDB Local counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.codec.size import (
    MAX_ITEM_SIZE,
    MAX_NESTING,
    binary_size,
    item_depth,
    item_size,
    number_size,
    read_units,
    surely_fits,
    value_size,
    write_units,
)
from dynakit.wire import AttributeValue, Item

VALUES: list[tuple[AttributeValue, int]] = [
    ({"S": ""}, 0),
    ({"S": "abc"}, 3),
    ({"S": "é"}, 2),
    ({"S": "🎉"}, 4),
    ({"BOOL": True}, 1),
    ({"NULL": True}, 1),
    ({"B": ""}, 0),
    ({"B": "YWJj"}, 3),
    ({"B": "YWI="}, 2),
    ({"B": "YQ=="}, 1),
    ({"SS": ["a", "bc"]}, 3),
    ({"NS": ["1", "2"]}, 4),
    ({"BS": ["YQ==", "YmM="]}, 3),
    ({"L": []}, 3),
    ({"M": {}}, 3),
    ({"L": [{"S": "a"}]}, 5),
    ({"L": [{"S": "a"}, {"S": "b"}]}, 7),
    ({"M": {"k": {"S": "a"}}}, 6),
    ({"M": {"k": {"L": [{"N": "1"}]}}}, 11),
]

NUMBERS = [
    ("0", 1),
    ("0.000", 1),
    ("1", 2),
    ("12", 2),
    ("123", 3),
    ("1234", 3),
    ("-1", 3),
    ("-12", 3),
    ("-123", 4),
    ("1.5", 3),
    ("10", 2),
    ("100", 2),
    ("1000", 2),
    ("0.01", 2),
    ("0.001", 2),
    ("12.345", 4),
    ("9" * 38, 20),
    ("-" + "9" * 38, 21),
    ("1E+125", 2),
    ("1E-130", 2),
]


@pytest.mark.parametrize(("value", "size"), VALUES)
def test_a_value_has_its_size(value: AttributeValue, size: int) -> None:
    assert value_size(value) == size


@pytest.mark.parametrize(("text", "size"), NUMBERS)
def test_a_number_takes_a_byte_for_two_digits(text: str, size: int) -> None:
    assert number_size(text) == size
    assert value_size({"N": text}) == size


def test_an_item_is_its_names_and_its_values() -> None:
    assert item_size({}) == 0
    assert item_size({"pk": {"S": "abc"}, "ü": {"N": "1"}}) == 2 + 3 + 2 + 2
    assert item_size({"p": {"S": "x"}, "z": {"S": "a" * (MAX_ITEM_SIZE - 3)}}) == MAX_ITEM_SIZE == 409_600


def test_base64_is_counted_without_its_padding() -> None:
    assert [binary_size(text) for text in ("", "YQ==", "YWI=", "YWJj", "YWJjZA==")] == [0, 1, 2, 3, 4]


def test_the_item_itself_is_the_first_level() -> None:
    assert item_depth({}) == 1
    assert item_depth({"a": {"S": "x"}}) == 1
    assert item_depth({"a": {"L": []}, "b": {"M": {"c": {"L": [{"S": "x"}]}}}}) == 3
    deep: AttributeValue = {"S": "x"}
    for _ in range(MAX_NESTING - 1):
        deep = {"L": [deep]}
    assert item_depth({"a": deep}) == MAX_NESTING


@pytest.mark.parametrize(
    ("size", "eventual", "consistent", "write"),
    [
        (0, 0.5, 1, 1),
        (1, 0.5, 1, 1),
        (1024, 0.5, 1, 1),
        (1025, 0.5, 1, 2),
        (4096, 0.5, 1, 4),
        (4097, 1, 2, 5),
    ],
)
def test_units_are_counted_for_each_begun_block(
    size: int, eventual: float, consistent: float, write: int
) -> None:
    assert read_units(size, consistent=False) == eventual
    assert read_units(size, consistent=True) == consistent
    assert write_units(size) == write


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Items with long, wide and deep parts, and texts that look like levels."""
    times = st.sampled_from([1, 5000])
    texts = st.text(alphabet="aé🎉'{\"LM\\", max_size=20).map(lambda text: text * draw(times))
    leaves: st.SearchStrategy[AttributeValue] = st.one_of(
        texts.map(lambda text: AttributeValue(S=text)),
        st.just(AttributeValue(N="-1.5")),
        st.just(AttributeValue(NULL=True)),
        st.lists(texts, min_size=1, max_size=3).map(lambda texts: AttributeValue(SS=texts)),
    )
    deep = draw(leaves)
    for _ in range(draw(st.integers(0, 40))):
        deep = draw(st.sampled_from([AttributeValue(L=[deep]), AttributeValue(M={"m": deep})]))
    return {"deep": deep, **draw(st.dictionaries(st.text(max_size=4), leaves, max_size=4))}


@given(items(), st.integers(1, 6))
def test_what_fits_at_a_glance_fits(item: Item, copies: int) -> None:
    if surely_fits(item, copies):
        assert item_size(item) * copies <= MAX_ITEM_SIZE
        assert item_depth(item) <= MAX_NESTING


def test_an_ordinary_item_fits_at_a_glance() -> None:
    assert surely_fits({"id": {"S": "u1"}, "lines": {"L": [{"M": {"price": {"N": "12.5"}}}]}}, copies=6)
