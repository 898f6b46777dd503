"""Lists, tuples, sets, dictionaries and values of no declared type."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Dict, List, NamedTuple, Set, Tuple  # noqa: UP035 - users still write them
from uuid import UUID

import pytest
from pydantic import JsonValue
from typing_extensions import TypeAliasType

from dynakit.codec.build import codec_for
from dynakit.errors import DecodeError, EncodeError
from dynakit.wire import AttributeValue


class Status(Enum):
    open = "open"
    paid = "paid"


class Point(NamedTuple):
    x: int
    label: str | None = None


Tree = TypeAliasType("Tree", "dict[str, Tree] | list[Tree | None] | int")

OLD: list[tuple[Any, object, AttributeValue]] = [
    (List[str], ["a"], {"L": [{"S": "a"}]}),  # noqa: UP006
    (Tuple[int], (1,), {"L": [{"N": "1"}]}),  # noqa: UP006
    (Tuple, (1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),  # noqa: UP006
    (Set[int], {10, 9}, {"NS": ["10", "9"]}),  # noqa: UP006
    (Dict[Status, int], {Status.paid: 1}, {"M": {"paid": {"N": "1"}}}),  # noqa: UP006
]

ROUND_TRIPS: list[tuple[Any, object, AttributeValue]] = [
    (list[int], [], {"L": []}),
    (list[int], [2, 1], {"L": [{"N": "2"}, {"N": "1"}]}),
    (list[int | None], [1, None], {"L": [{"N": "1"}, {"NULL": True}]}),
    (list[list[str]], [["a"], []], {"L": [{"L": [{"S": "a"}]}, {"L": []}]}),
    (Sequence[int], [1], {"L": [{"N": "1"}]}),
    (collections.deque[int], collections.deque([1]), {"L": [{"N": "1"}]}),
    (tuple[int, ...], (1, 2), {"L": [{"N": "1"}, {"N": "2"}]}),
    (tuple[int, str | None], (1, None), {"L": [{"N": "1"}, {"NULL": True}]}),
    (tuple[()], (), {"L": []}),
    (tuple[int], (1,), {"L": [{"N": "1"}]}),
    (Point, Point(1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),
    (Point, Point(1), {"L": [{"N": "1"}, {"NULL": True}]}),
    (set[str], {"b", "a", ""}, {"SS": ["", "a", "b"]}),
    (set[int], {10, 9}, {"NS": ["10", "9"]}),
    (frozenset[Decimal], frozenset({Decimal("1.50")}), {"NS": ["1.5"]}),
    (set[float], {0.5}, {"NS": ["0.5"]}),
    (set[bytes], {b"b", b"a"}, {"BS": ["YQ==", "Yg=="]}),
    (set[Status], set(Status), {"SS": ["open", "paid"]}),
    (set[date], {date(2024, 1, 1)}, {"SS": ["2024-01-01"]}),
    (set[UUID], {UUID(int=1)}, {"SS": ["00000000-0000-0000-0000-000000000001"]}),
    (dict[str, int], {}, {"M": {}}),
    (dict[str, int], {"a": 1, "ü": 2}, {"M": {"a": {"N": "1"}, "ü": {"N": "2"}}}),
    (dict[str, int | None], {"a": None}, {"M": {"a": {"NULL": True}}}),
    (dict[Status, int], {Status.paid: 1}, {"M": {"paid": {"N": "1"}}}),
    (dict[UUID, str], {UUID(int=1): "a"}, {"M": {"00000000-0000-0000-0000-000000000001": {"S": "a"}}}),
    (dict[int, str], {-1: "a"}, {"M": {"-1": {"S": "a"}}}),
    (dict[date, set[int]], {date(2024, 1, 1): {1}}, {"M": {"2024-01-01": {"NS": ["1"]}}}),
    (Mapping[str, int], {"a": 1}, {"M": {"a": {"N": "1"}}}),
    (collections.OrderedDict[str, int], collections.OrderedDict(a=1), {"M": {"a": {"N": "1"}}}),
    (
        Tree,
        {"a": [1, None, {"b": 2}]},
        {"M": {"a": {"L": [{"N": "1"}, {"NULL": True}, {"M": {"b": {"N": "2"}}}]}}},
    ),
    (list, [1, "a"], {"L": [{"N": "1"}, {"S": "a"}]}),
    (tuple, (1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),
    (tuple, (1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),
    (dict, {"a": 1}, {"M": {"a": {"N": "1"}}}),
    (set, {1, Decimal("1.5")}, {"NS": ["1", "1.5"]}),
    (frozenset[Any], frozenset("ab"), {"SS": ["a", "b"]}),
    (Any, "a", {"S": "a"}),
    (object, 5, {"N": "5"}),
    (Any, Decimal("0.5"), {"N": "0.5"}),
    (Any, True, {"BOOL": True}),
    (Any, b"s", {"B": "cw=="}),
    (
        Any,
        {"a": [None, {"b"}, {b"c"}, {1}]},
        {"M": {"a": {"L": [{"NULL": True}, {"SS": ["b"]}, {"BS": ["Yw=="]}, {"NS": ["1"]}]}}},
    ),
    (
        JsonValue,
        {"a": [1, 0.1, "s", None, True]},
        {"M": {"a": {"L": [{"N": "1"}, {"N": "0.1"}, {"S": "s"}, {"NULL": True}, {"BOOL": True}]}}},
    ),
]


@pytest.mark.parametrize(("annotation", "value", "stored"), [*ROUND_TRIPS, *OLD])
def test_a_container_has_one_stored_form_and_comes_back(
    annotation: object, value: object, stored: AttributeValue
) -> None:
    codec = codec_for(annotation)
    assert codec.encode(value, "x") == stored
    back = codec.decode(stored, "x")
    assert back == value
    assert type(back) is type(value)


def test_numbers_of_no_declared_type_are_int_or_decimal_and_float_in_json() -> None:
    stored: AttributeValue = {"L": [{"N": "1.0"}, {"N": "1.5"}]}
    exact = codec_for(list[Any]).decode(stored, "x")
    json = codec_for(list[JsonValue]).decode(stored, "x")
    assert [type(each) for each in exact if isinstance(exact, list)] == [int, Decimal]  # type: ignore[attr-defined]
    assert [type(each) for each in json if isinstance(json, list)] == [int, float]  # type: ignore[attr-defined]


NOTHING: frozenset[int] = frozenset()


def test_an_empty_set_is_absent_and_stands_for_itself() -> None:
    codec = codec_for(frozenset[str])
    assert codec.encode(NOTHING, "x") is None
    assert codec.absent is not None
    assert codec.absent() == frozenset()
    assert codec_for(set[int] | None).encode(NOTHING, "x") is None
    assert codec_for(Any).encode(NOTHING, "x") is None


def test_an_empty_set_has_no_place_in_a_list() -> None:
    with pytest.raises(EncodeError, match=r"^x\[1\]: is an empty set, which DynamoDB cannot store in a list"):
        codec_for(list[set[int]]).encode([{1}, NOTHING], "x")


def test_the_key_of_an_empty_set_is_left_out_of_a_dictionary() -> None:
    assert codec_for(dict[str, set[int]]).encode({"a": NOTHING, "b": {1}}, "x") == {"M": {"b": {"NS": ["1"]}}}


def test_elements_that_are_stored_alike_become_one() -> None:
    assert codec_for(set).encode({1, Decimal("1.0"), Decimal(2)}, "x") == {"NS": ["1", "2"]}
    assert codec_for(set[str]).encode({Status.open.value, "open"}, "x") == {"SS": ["open"]}


def test_sets_of_both_kinds_are_taken() -> None:
    assert codec_for(set[int]).encode(frozenset({1}), "x") == {"NS": ["1"]}
    assert codec_for(frozenset[int]).encode({1}, "x") == {"NS": ["1"]}


REFUSED: list[tuple[Any, object, str]] = [
    (list[int], (1,), "x: expected a list, got a tuple"),
    (list[int], "12", "x: expected a list, got a str"),
    (list[int], [1, "2"], "x[1]: expected an integer, got a str"),
    (list[int], [None], "x[0]: expected an integer, got None"),
    (list[list[int]], [[], [1, None]], "x[1][1]: expected an integer, got None"),
    (tuple[int, ...], [1], "x: expected a tuple, got a list"),
    (tuple[int, str], (1,), "x: expected a tuple of 2 elements, got 1 of them"),
    (tuple[int, str], (1, 2), "x[1]: expected a string, got an int"),
    (Point, (1, "a"), "x: expected a tuple of 2 elements, got a tuple"),
    (set[str], ["a"], "x: expected a set of strings, got a list"),
    (set[str], {1}, "x[…]: expected a string, got an int"),
    (set[int], {True}, "x[…]: expected an integer, got a bool"),
    (dict[str, int], [], "x: expected a dictionary, got a list"),
    (dict[str, int], {"a": "b"}, "x[…]: expected an integer, got a str"),
    (dict[str, int], {1: 1}, "x[…]: expected a string, got an int"),
    (dict[str, int], {"": 1}, "x[…]: has an empty key, which DynamoDB refuses"),
    (dict[str, int], {"\ud800": 1}, "x[…]: holds a lone surrogate, which has no UTF-8 form"),
    (dict[str, list[int]], {"a": [1, "b"]}, "x[…][1]: expected an integer, got a str"),
    (Any, 0.5, "x: is a float, and the annotation does not say so; annotate the attribute with it"),
    (
        Any,
        [date(2024, 1, 1)],
        "x[0]: is a date, and the annotation does not say so; annotate the attribute with it",
    ),
    (Any, {1: 1}, "x[…]: expected a string, got an int"),
    (
        Any,
        {1, "a"},
        "x: has content that fits none of these: a set of strings or a set of numbers or a set of bytes",
    ),
    (
        Any,
        {"a": {1.5}},
        "x[…]: has content that fits none of these: a set of strings or a set of numbers or a set of bytes",
    ),
    (
        JsonValue,
        Decimal(1),
        "x: is a Decimal, and the annotation does not say so; annotate the attribute with it",
    ),
    (JsonValue, [float("nan")], "x[0]: is not a finite number"),
]


@pytest.mark.parametrize(("annotation", "value", "message"), REFUSED)
def test_a_refusal_names_the_place_and_what_was_expected(
    annotation: object, value: object, message: str
) -> None:
    with pytest.raises(EncodeError) as raised:
        codec_for(annotation).encode(value, "x")
    assert str(raised.value) == message
    assert raised.value.path == message.partition(":")[0]


UNREADABLE: list[tuple[Any, Any, str]] = [
    (list[int], {"NS": ["1"]}, "x: expected a list, got the number set type NS"),
    (list[int], {"L": {"a": 1}}, "x: expected a list, got a stored value that is not one"),
    (list[int], {"L": [{"N": "1"}, {"S": "1"}]}, "x[1]: expected an integer, got the string type S"),
    (list[int], {"L": [5]}, "x[0]: expected an integer, got no attribute value"),
    (tuple[int, str], {"L": [{"N": "1"}]}, "x: expected a tuple of 2 elements, got a stored list of 1"),
    (tuple[int, str], {"L": [{"N": "1"}, {"N": "1"}]}, "x[1]: expected a string, got the number type N"),
    (set[int], {"SS": ["1"]}, "x: expected a set of numbers, got the string set type SS"),
    (set[int], {"L": []}, "x: expected a set of numbers, got the list type L"),
    (set[int], {"NS": ["1", "1.5"]}, "x[…]: expected an integer, got a stored value that is not one"),
    (set[str], {"SS": [5]}, "x[…]: expected a string, got a stored value that is not one"),
    (set[str], {"SS": "a"}, "x: expected a set of strings, got a stored value that is not one"),
    (dict[str, int], {"L": []}, "x: expected a dictionary, got the list type L"),
    (dict[str, int], {"M": []}, "x: expected a dictionary, got a stored value that is not one"),
    (dict[str, int], {"M": {"a": {"S": "1"}}}, "x[…]: expected an integer, got the string type S"),
    (
        dict[int, int],
        {"M": {"a": {"N": "1"}}},
        "x[…]: expected an integer, got a stored value that is not one",
    ),
    (Any, {"Q": 1}, "x: expected a value, got no attribute value"),
    (Any, None, "x: expected a value, got no attribute value"),
    (JsonValue, {"L": [{"SS": ["a"]}]}, "x[0]: expected a value, got the string set type SS"),
]


@pytest.mark.parametrize(("annotation", "stored", "message"), UNREADABLE)
def test_a_stored_container_of_another_type_is_an_error_with_its_place(
    annotation: object, stored: AttributeValue, message: str
) -> None:
    with pytest.raises(DecodeError) as raised:
        codec_for(annotation).decode(stored, "x")
    assert str(raised.value) == message
    assert raised.value.path == message.partition(":")[0]


def test_what_holds_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(EncodeError, match="nested too deeply"):
        codec_for(Any).encode(endless, "x")


def test_a_stored_value_nested_without_end_is_refused() -> None:
    deep: AttributeValue = {"S": "a"}
    for _ in range(100_000):
        deep = {"L": [deep]}
    with pytest.raises(DecodeError, match="nested too deeply"):
        codec_for(Any).decode(deep, "x")


def test_one_goes_down_by_index_key_and_name() -> None:
    numbers = codec_for(list[int] | None)
    assert (numbers.child(3) or ("", None))[0] == 3
    assert numbers.child("a") is None
    assert numbers.element is not None
    assert numbers.element.attribute_type == "N"

    labels = codec_for(dict[Status, list[str]])
    step, under = labels.child("open") or ("", numbers)
    assert (step, under.attribute_type) == ("open", "L")
    assert labels.child(0) is None

    pair = codec_for(tuple[int, str])
    assert [child and child[1].attribute_type for child in map(pair.child, (0, 1, 2, -1))] == [
        "N",
        "S",
        None,
        None,
    ]
    point = codec_for(Point)
    assert (point.child("label") or ("", pair))[0] == 1
    assert point.child("z") is None

    anything = codec_for(Any)
    assert anything.child("a") == ("a", anything)
    assert anything.child(5) == (5, anything)

    tree = codec_for(Tree)
    assert ((tree.child("a") or ("", pair))[1].child("b") or ("", pair))[0] == "b"
    assert codec_for(int).child("a") is None
    assert codec_for(set[int]).child(0) is None


def test_the_order_of_a_set_leaves_no_trace() -> None:
    """Equal sets give equal requests, whatever the seed of the hashes."""
    words = [f"w{number}" for number in range(50)]
    codec = codec_for(set[str])
    assert (
        codec.encode(set(words), "x")
        == codec.encode({*words[25:], *words[:25]}, "x")
        == {"SS": sorted(words)}
    )
