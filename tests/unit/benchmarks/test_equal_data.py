"""What clients return and write is compared by value, whatever classes and spellings they use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import workload
from benchmarks.plain import class_of, classes, expected, normal, plain, wrong_writes

ORDER = workload.order("n100", 42)


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (Decimal("12.50"), 12.5),
        (Decimal("1E+2"), 100),
        (datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=1))), datetime(2026, 1, 1, 8, tzinfo=UTC)),
        (("a", "b"), ["a", "b"]),
        ({"b": 1, "a": 2}, {"a": Decimal(2), "b": 1.0}),
    ],
)
def test_the_same_value_in_another_class_is_equal(value: object, other: object) -> None:
    assert normal(value) == normal(other)


@pytest.mark.parametrize(("value", "other"), [(1, True), ("1", True), (12.5, Decimal("12.51")), (None, "")])
def test_other_values_are_not_equal(value: object, other: object) -> None:
    assert normal(value) != normal(other)


def test_a_number_that_a_float_cannot_hold_is_not_equal_to_it() -> None:
    assert normal(workload.EXACT_TOTAL) != normal(float(workload.EXACT_TOTAL))


def test_a_right_read_is_what_is_expected() -> None:
    assert [plain({**ORDER, "extra": 1})] == expected("get", 1, "n100", 42)
    assert [plain(values) for values in workload.orders("n3", 3)] == expected("query", 3, "n3", 42)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, None),
        ({"added_by_the_client": {"S": "x"}}, None),
        ({"total": {"N": "2.041E1"}}, None),
        ({"total": {"N": "20.42"}}, "total of order 00000042 were written otherwise"),
        ({"total": {"S": "20.41"}}, "total of order 00000042 were written otherwise"),
    ],
)
def test_a_put_is_compared_with_what_should_be_stored(change: dict[str, Any], wrong: str | None) -> None:
    written = [{**workload.stored(ORDER), **change}]
    assert wrong_writes("put", 1, written, "n100", 42) == wrong


def test_an_attribute_that_was_left_out_is_told() -> None:
    written = workload.stored(ORDER)
    del written["email"]
    assert wrong_writes("put", 1, [written], "n100", 42) == "email of order 00000042 were written otherwise"


def test_items_that_were_left_out_are_told() -> None:
    written = [workload.stored(values) for values in workload.orders("n3", 2)]
    assert wrong_writes("batch write", 3, written, "n3", 42) == "2 items were written, not 3"


@pytest.mark.parametrize(
    ("value", "name"),
    [({"N": "1"}, '{"N": …}'), ({"a": 1, "b": 2}, "dict"), (Decimal(1), "Decimal"), (1.0, "float")],
)
def test_what_a_client_gives_is_named(value: object, name: str) -> None:
    assert class_of(value) == name


def test_models_and_dictionaries_tell_the_classes_of_their_attributes() -> None:
    told = {"quantity": "int", "total": "Decimal", "placed_at": "datetime", "ship_to": "dict"}
    assert classes(ORDER) == {"order": "dict", **told}
    assert classes(SimpleNamespace(**ORDER)) == {"order": "SimpleNamespace", **told}
