"""One condition for several patterns: what it holds, and when they may share it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.keys.hull import hull, share
from dynakit.keys.term import KeyOperator, KeyPlan, KeyTerm

TEXTS = st.text(alphabet="ab#$", max_size=4)


def plan(operator: KeyOperator, *texts: str) -> KeyPlan:
    return KeyPlan((), (KeyTerm("SK", operator, tuple({"S": text} for text in texts)),), 1, False)


WHOLE = KeyPlan((), (), 0, False)
NUMBER = KeyPlan((), (KeyTerm("SK", "=", ({"N": "1"},)),), 1, True)


@st.composite
def plans(draw: st.DrawFn) -> KeyPlan:
    operator: KeyOperator = draw(st.sampled_from(["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"]))
    texts = [f"k{text}" for text in draw(st.lists(TEXTS, min_size=2, max_size=2))]
    return plan(operator, *(sorted(texts) if operator == "BETWEEN" else texts[:1]))


def admits(one: KeyPlan, text: str) -> bool:
    return all(term.admits({"S": text}) for term in one.sort)


@given(st.lists(plans(), min_size=1, max_size=4), TEXTS)
def test_what_one_of_them_admits_their_hull_admits(given_plans: list[KeyPlan], text: str) -> None:
    key = f"k{text}"
    assert admits(hull(given_plans), key) or not any(admits(one, key) for one in given_plans)


SHARED: list[tuple[KeyPlan, KeyPlan, bool]] = [
    (plan("begins_with", "A#"), plan("begins_with", "A#"), True),
    (plan("=", "A#7"), plan("begins_with", "A#7#"), True),
    (plan("=", "A#7"), plan("begins_with", "A#7#LINE#"), True),
    (plan("=", "A#7"), plan("begins_with", "A#77#"), False),
    (plan("begins_with", "A#7#"), plan("=", "A#8"), False),
    (plan("BETWEEN", "A#1", "A#5"), plan("BETWEEN", "A#1", "A#5$"), True),
    (plan("BETWEEN", "A#1", "A#5"), plan("BETWEEN", "A#2", "A#4"), True),
    (plan("BETWEEN", "A#1", "A#5"), plan("BETWEEN", "A#2", "A#6"), False),
    (WHOLE, WHOLE, True),
    (NUMBER, NUMBER, True),
    (NUMBER, WHOLE, False),
]


@pytest.mark.parametrize(("one", "other", "shared"), SHARED)
def test_two_patterns_share_a_range_that_is_alike_or_within(
    one: KeyPlan, other: KeyPlan, shared: bool
) -> None:
    assert share(one, other) is shared


def test_a_key_of_another_kind_widens_to_the_partition() -> None:
    assert hull([NUMBER, plan("=", "A")]).sort == ()
