"""From conditions to a key condition: what is planned, and what is refused by name."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynakit import (
    Attr,
    Condition,
    EncodeError,
    Entity,
    Index,
    Key,
    KeyAttribute,
    StatementError,
    Table,
    attr,
)
from dynakit.keys.given import sort_conditions
from dynakit.keys.plan import plan
from dynakit.keys.term import KeyPlan, KeyTerm
from dynakit.schema.definition import definition_of
from dynakit.wire import AttributeValue, ScalarType

things = Table(
    "things",
    pk="PK",
    sk="SK",
    indexes=[
        Index("text", pk="owner", sk="name"),
        Index("number", pk="owner", sk=KeyAttribute("size", "N")),
        Index("binary", pk="owner", sk=KeyAttribute("raw", "B")),
        Index("native", pk=["owner", "kind"], sk=["name", KeyAttribute("size", "N")]),
        Index("alone", pk="G5PK"),
        Index("twice", pk="G6PK", sk="G6SK"),
    ],
)


class Thing(Entity, table=things):
    primary = Key("THING#{owner}", "{name}#{size:04d}#{kind}")
    by_text = Key("{owner}", "{name}", index="text")
    by_number = Key("{owner}", "{size}", index="number")
    by_binary = Key("{owner}", "{raw}", index="binary")
    native = Key(["owner", "kind"], ["name", "size"], index="native")
    alone = Key("{owner}#{kind}", index="alone")
    twice = Key("{owner}", "{owner}#{name}", index="twice")

    owner: Attr[str]
    name: Attr[str]
    size: Attr[int]
    kind: Attr[str]
    raw: Attr[bytes] = attr(default=b"r")
    total: Attr[Decimal] = attr(default=Decimal(0))
    parts: Attr[list[int]] = attr(default_factory=list)


def planned(pattern: str, *conditions: Condition[Thing]) -> KeyPlan:
    key = definition_of(Thing).key(pattern)
    where = f"Thing.{pattern}"
    return plan(where, key.partition, key.sort, sort_conditions(where, conditions))


def sort_of(pattern: str, *conditions: Condition[Thing]) -> list[tuple[str, str, list[str]]] | None:
    """Attribute, operator and operands of each test of the sort key; ``None`` where nothing can pass."""
    found = planned(pattern, *conditions)
    terms: list[tuple[str, str, list[str]]] = [
        (term.attribute, term.operator, [str(next(iter(value.values()))) for value in term.values])
        for term in found.sort
    ]
    return None if found.empty else terms


ANN, KIND = Thing.owner == "ann", Thing.kind == "k"
A_B64, B_B64 = base64.b64encode(b"a").decode(), base64.b64encode(b"b").decode()
NEXT_TO_B = base64.b64encode(b"a" + b"\xff" * 1023).decode()

SORTS: dict[str, tuple[str, tuple[Condition[Thing], ...], list[tuple[str, str, list[str]]] | None]] = {
    "text, any": ("by_text", (ANN,), []),
    "text, equal": ("by_text", (ANN, Thing.name == "b"), [("name", "=", ["b"])]),
    "text, one bound": ("by_text", (ANN, Thing.name > "b"), [("name", ">", ["b"])]),
    "text, both inclusive": (
        "by_text",
        (ANN, Thing.name.between("a", "b")),
        [("name", "BETWEEN", ["a", "b"])],
    ),
    "text, lower excluded": (
        "by_text",
        (ANN, Thing.name > "a", Thing.name <= "b"),
        [("name", "BETWEEN", ["a\x00", "b"])],
    ),
    "text, prefix": ("by_text", (ANN, Thing.name.begins_with("a")), [("name", "begins_with", ["a"])]),
    "text, an empty prefix is any": ("by_text", (ANN, Thing.name.begins_with("")), []),
    "text, from empty is any": ("by_text", (ANN, Thing.name >= ""), []),
    "text, above empty is any": ("by_text", (ANN, Thing.name > ""), []),
    "text, up to empty is none": ("by_text", (ANN, Thing.name <= ""), None),
    "text, equal to empty is none": ("by_text", (ANN, Thing.name == ""), None),
    "text, from empty to something": ("by_text", (ANN, Thing.name.between("", "b")), [("name", "<=", ["b"])]),
    "text, above empty and below something": (
        "by_text",
        (ANN, Thing.name > "", Thing.name < "b"),
        [("name", "<", ["b"])],
    ),
    "text, upside down": ("by_text", (ANN, Thing.name.between("b", "a")), None),
    "text, an empty partition": ("by_text", (Thing.owner == "",), None),
    "number, equal": ("by_number", (ANN, Thing.size == 3), [("size", "=", ["3"])]),
    "number, zero is a value": ("by_number", (ANN, Thing.size >= 0), [("size", ">=", ["0"])]),
    "number, upper excluded": (
        "by_number",
        (ANN, Thing.size >= 1, Thing.size < 3),
        [("size", "BETWEEN", ["1", "2." + "9" * 37])],
    ),
    "number, nothing between": ("by_number", (ANN, Thing.size > 3, Thing.size < 3), None),
    "binary, one bound": ("by_binary", (ANN, Thing.raw <= b"a"), [("raw", "<=", [A_B64])]),
    "binary, upper excluded": (
        "by_binary",
        (ANN, Thing.raw >= b"a", Thing.raw < b"b"),
        [("raw", "BETWEEN", [A_B64, NEXT_TO_B])],
    ),
    "binary, prefix": ("by_binary", (ANN, Thing.raw.begins_with(b"b")), [("raw", "begins_with", [B_B64])]),
    "native, partition only": ("native", (ANN, KIND), []),
    "native, left to right": (
        "native",
        (ANN, KIND, Thing.name == "n", Thing.size > 3),
        [("name", "=", ["n"]), ("size", ">", ["3"])],
    ),
    "native, the first a range": ("native", (ANN, KIND, Thing.name > "n"), [("name", ">", ["n"])]),
    "no sort key": ("alone", (ANN, KIND), []),
    "an attribute in both keys, given once": ("twice", (ANN,), [("G6SK", "begins_with", ["ann#"])]),
    "an attribute in both keys, and the next a range": (
        "twice",
        (ANN, Thing.name >= "n"),
        [("G6SK", "BETWEEN", ["ann#n", "ann$"])],
    ),
}


@pytest.mark.parametrize(("pattern", "conditions", "expected"), SORTS.values(), ids=SORTS)
def test_the_test_of_the_sort_key(
    pattern: str, conditions: tuple[Condition[Thing], ...], expected: list[tuple[str, str, list[str]]] | None
) -> None:
    assert sort_of(pattern, *conditions) == expected


def test_a_plan_says_how_much_of_the_key_is_given() -> None:
    names = [ANN, Thing.name == "n", Thing.size == 3, KIND]
    found = [planned("primary", *names[:count]) for count in range(1, 5)]
    assert [(each.depth, each.whole) for each in found] == [(0, False), (1, False), (2, False), (3, True)]
    assert found[0].partition == (KeyTerm("PK", "=", ({"S": "THING#ann"},)),)
    assert planned("alone", ANN, KIND).whole


REFUSED: dict[str, tuple[str, tuple[Condition[Thing], ...], str]] = {
    "no partition": (
        "primary",
        (),
        "cannot tell the partition: it needs owner. Give the whole partition key",
    ),
    "half a partition": ("native", (ANN,), "cannot tell the partition: it needs kind."),
    "a range on the partition": (
        "primary",
        (Thing.owner > "a",),
        "owner is in the partition key, which takes equality only, no range",
    ),
    "a gap": (
        "primary",
        (ANN, KIND),
        "kind cannot join the sort key (name, size, kind), because name is missing. Give name by equality",
    ),
    "a range before an equality": (
        "primary",
        (ANN, Thing.name > "a", Thing.size == 3),
        "size cannot join the sort key (name, size, kind), because name is a range.",
    ),
    "a range after a gap": ("primary", (ANN, Thing.size > 3), "size cannot join the sort key"),
    "two ranges": (
        "primary",
        (ANN, Thing.name > "a", Thing.size > 3),
        "name and size are both ranges; a key condition has one, on the last attribute given. Fix name",
    ),
    "two lower bounds": ("primary", (ANN, Thing.name > "a", Thing.name >= "b"), "name has several ranges"),
    "a prefix and a bound": (
        "primary",
        (ANN, Thing.name.begins_with("a"), Thing.name < "b"),
        "name has several ranges; expected one lower and one upper bound, or one prefix.",
    ),
    "between and a bound": (
        "primary",
        (ANN, Thing.name.between("a", "b"), Thing.name < "b"),
        "several ranges",
    ),
    "an equality twice": (
        "primary",
        (ANN, ANN),
        "owner is given twice; expected one value. Remove one of them",
    ),
    "an equality and a range": (
        "primary",
        (ANN, Thing.name == "n", Thing.name > "m"),
        "name has both an equality and a range; expected one of them. Remove the other.",
    ),
    "no part of the key": (
        "by_text",
        (ANN, Thing.total == 3),
        "total is no part of this key, which is made of owner, name. Put it into .filter(…).",
    ),
    "or": (
        "primary",
        (ANN | KIND,),
        "`owner = <str, 3 characters> OR kind = <str, 1 characters>` cannot be a key",
    ),
    "not": ("primary", (~ANN,), "`NOT (owner = <str, 3 characters>)` cannot be a key condition"),
    "unequal": ("primary", (Thing.owner != "a",), "cannot be a key condition; expected comparisons of key"),
    "in": ("primary", (Thing.owner.in_(["a"]),), "cannot be a key condition"),
    "exists": ("primary", (ANN, Thing.name.exists()), "`attribute_exists(name)` cannot be a key condition"),
    "size": ("primary", (ANN, Thing.name.size() > 3), "`size(name) > <int>` cannot be a key condition"),
    "nested": ("primary", (ANN, Thing.parts[0] == 3), "`parts[0] = <int>` cannot be a key condition"),
    "another attribute": (
        "primary",
        (ANN, Thing.name == Thing.kind),
        "`name = kind` cannot be a key condition",
    ),
    "a prefix of a number": (
        "by_number",
        (ANN, cast("Any", Thing.size).begins_with(1)),
        "size is a number, which has no prefix. Use a comparison.",
    ),
    "an operand longer than a key": (
        "by_text",
        (ANN, Thing.name > "x" * 1025),
        "the condition on key attribute 'name' has 1,025 bytes; expected at most 1,024. Shorten the value.",
    ),
    "a partition longer than a key": (
        "primary",
        (Thing.owner == "x" * 2049,),
        "the condition on key attribute 'PK' has 2,055 bytes; expected at most 2,048",
    ),
}


@pytest.mark.parametrize(("pattern", "conditions", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_key_condition_is_refused_by_name(
    pattern: str, conditions: tuple[Condition[Thing], ...], message: str
) -> None:
    with pytest.raises(StatementError) as caught:
        planned(pattern, *conditions)
    assert str(caught.value).startswith(f"Thing.{pattern}: ")
    assert message in str(caught.value)


WRONG_VALUES: dict[str, dict[str, object]] = {
    "by_text": {"owner": 3},
    "by_number": {"owner": "a", "size": "3"},
    "primary": {"owner": None},
}


@pytest.mark.parametrize("pattern", WRONG_VALUES)
def test_a_value_of_another_type_is_refused_by_pattern_and_attribute(pattern: str) -> None:
    query = getattr(Thing, pattern)(**WRONG_VALUES[pattern])
    name = list(WRONG_VALUES[pattern])[-1]
    with pytest.raises(EncodeError, match=f"Thing.{pattern}: {name}"):
        _ = query.plan


KINDS: dict[ScalarType, st.SearchStrategy[object]] = {
    "S": st.text(st.characters(codec="utf-8"), max_size=4),
    "N": st.integers(-20, 20),
    "B": st.binary(max_size=4),
}
PATTERNS: dict[ScalarType, tuple[str, str]] = {
    "S": ("by_text", "name"),
    "N": ("by_number", "size"),
    "B": ("by_binary", "raw"),
}


@settings(max_examples=300)
@given(st.sampled_from(["S", "N", "B"]), st.data())
def test_a_range_on_an_attribute_itself_admits_exactly_what_python_would(
    kind: ScalarType, data: st.DataObject
) -> None:
    """For each type, with any bounds; an empty text or binary is no key and is never admitted or asked."""
    pattern, name = PATTERNS[kind]
    path = getattr(Thing, name)
    low, high, value = (data.draw(KINDS[kind]) for _ in range(3))
    tests = {
        "low": data.draw(st.sampled_from([None, "__gt__", "__ge__"])),
        "high": data.draw(st.sampled_from([None, "__lt__", "__le__"])),
    }
    bounds = {"low": low, "high": high}
    given_tests = {side: operator for side, operator in tests.items() if operator is not None}
    conditions = [getattr(path, operator)(bounds[side]) for side, operator in given_tests.items()]
    found = planned(pattern, ANN, *conditions)
    stored: AttributeValue = definition_of(Thing).key(pattern).sort[0].render({name: value})
    if kind != "N" and not value:
        return
    expected = all(getattr(value, operator)(bounds[side]) for side, operator in given_tests.items())
    assert (not found.empty and all(term.admits(stored) for term in found.sort)) == expected
    assert all(next(iter(operand.values())) for term in found.sort for operand in term.values)
