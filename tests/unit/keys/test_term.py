"""Conditions of key attributes, as DynamoDB would judge them."""

from __future__ import annotations

import base64
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.keys.term import KeyOperator, KeyTerm, key_order
from dynakit.wire import AttributeValue


def text(value: str) -> AttributeValue:
    return {"S": value}


def number(value: str) -> AttributeValue:
    return {"N": value}


def binary(value: bytes) -> AttributeValue:
    return {"B": base64.b64encode(value).decode()}


ADMITTED: list[tuple[KeyOperator, tuple[AttributeValue, ...], AttributeValue, bool]] = [
    ("=", (text("a"),), text("a"), True),
    ("=", (text("a"),), text("b"), False),
    ("=", (number("1"),), number("1.0"), True),
    ("=", (number("1"),), text("1"), False),
    ("<", (number("10"),), number("9"), True),
    ("<", (text("10"),), text("9"), False),
    ("<=", (binary(b"\x80"),), binary(b"\x7f"), True),
    (">", (text("z"),), text("ä"), True),
    (">=", (text("\uffff"),), text("\U0001f911"), True),
    ("BETWEEN", (text("a"), text("c")), text("c"), True),
    ("BETWEEN", (text("a"), text("c")), text("ca"), False),
    ("begins_with", (text("ab"),), text("abc"), True),
    ("begins_with", (text("ab"),), text("aab"), False),
    ("begins_with", (binary(b"ab"),), binary(b"abc"), True),
    ("begins_with", (text("ab"),), binary(b"abc"), False),
    ("=", (text("a"),), {"S": "a", "N": "1"}, False),
    ("=", (text("a"),), {}, False),
]


@pytest.mark.parametrize(("operator", "operands", "value", "admitted"), ADMITTED)
def test_a_term_admits_what_dynamodb_would(
    operator: KeyOperator, operands: tuple[AttributeValue, ...], value: AttributeValue, admitted: bool
) -> None:
    assert KeyTerm("a", operator, operands).admits(value) is admitted


@pytest.mark.parametrize("value", [number("many"), {"B": "no base64!"}])
def test_what_is_no_key_value_is_an_error(value: AttributeValue) -> None:
    operand = number("1") if "N" in value else binary(b"a")
    with pytest.raises((ValueError, ArithmeticError)):
        KeyTerm("a", "<", (operand,)).admits(value)


@given(st.lists(st.text(), max_size=9))
def test_texts_are_ordered_by_their_bytes(texts: list[str]) -> None:
    assert sorted(map(text, texts), key=key_order) == [text(one) for one in sorted(texts, key=str.encode)]


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False), max_size=9))
def test_numbers_are_ordered_by_value(numbers: list[Decimal]) -> None:
    ordered = sorted((number(str(one)) for one in numbers), key=key_order)
    assert [Decimal(one.get("N", "")) for one in ordered] == sorted(numbers)
