"""A request's expression is written out by its placeholders, and shows no values unless asked to."""

from __future__ import annotations

from typing import Any

import pytest

from dynakit import AttributeValue, show_values
from dynakit.expressions.text import sent_text, value_text

NAMES = {f"#n{number}": f"name{number}" for number in range(12)}
VALUES: dict[str, AttributeValue] = {f":v{number}": {"S": f"value {number}"} for number in range(12)}
PAYLOAD: dict[str, Any] = {"ExpressionAttributeNames": NAMES, "ExpressionAttributeValues": VALUES}


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("#n0 = :v0", "name0 = 'value 0'"),
        ("#n1 = :v1 AND #n10 = :v10", "name1 = 'value 1' AND name10 = 'value 10'"),
        ("begins_with(#n2, :v2)", "begins_with(name2, 'value 2')"),
        ("#n0.#n1[3] BETWEEN :v0 AND :v11", "name0.name1[3] BETWEEN 'value 0' AND 'value 11'"),
    ],
)
def test_placeholders_are_replaced_by_what_they_stand_for(expression: str, text: str) -> None:
    with show_values():
        assert sent_text(expression, PAYLOAD) == text


def test_a_value_that_looks_like_a_placeholder_is_not_replaced_again() -> None:
    payload = {"ExpressionAttributeNames": {"#n0": "#n0"}, "ExpressionAttributeValues": {":v0": {"S": "#n0"}}}
    with show_values():
        assert sent_text("#n0 = :v0", payload) == "#n0 = '#n0'"


def test_values_are_told_by_type_and_size() -> None:
    assert sent_text("#n0 = :v0", PAYLOAD) == "name0 = <str, 7 characters>"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"S": "12"}, "'12'"),
        ({"N": "12.5"}, "12.5"),
        ({"BOOL": True}, "True"),
        ({"SS": ["a", "b"]}, "['a', 'b']"),
    ],
)
def test_a_number_is_written_without_quotes(value: AttributeValue, text: str) -> None:
    with show_values():
        assert value_text(value) == text
