"""The exact sort-key condition of each combination of equalities and one range or prefix."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.errors import EncodeError, StatementError
from dynakit.keys.bounds import (
    MAX_SORT_KEY_BYTES,
    BeginsWith,
    Between,
    Bound,
    Compare,
    Equal,
    Everything,
    KeyPrefix,
    KeyRange,
    Nothing,
    SortCondition,
    contains,
    greatest_below,
    greatest_with_prefix,
    sort_condition,
)
from dynakit.keys.segment import segment_for
from dynakit.keys.template import BoundTemplate, parse_template

TYPES: dict[str, type[object]] = {"a": str, "b": str, "n": int, "day": date}
HIGHEST = "\U0010ffff"


def bound(source: str) -> BoundTemplate:
    template = parse_template(source)
    return template.bind({p.name: segment_for(TYPES[p.name], p.format) for p in template.placeholders})


def between(name: str, low: str, high: str) -> KeyRange:
    """Write ``between("a", ">=1", "<5")``; an empty text leaves the side open."""
    sides = [Bound(side.lstrip("<>="), "=" in side) if side else None for side in (low, high)]
    return KeyRange(name, *sides)


def filled(text: str) -> str:
    """Fill up to 1,024 bytes with the greatest characters that fit."""
    left = 1024 - len(text.encode())
    return text + HIGHEST * (left // 4) + ["", "\x7f", "\u07ff", "\uffff"][left % 4]


Case = tuple[str, dict[str, object], KeyRange | KeyPrefix | None, SortCondition]

EQUALITIES: list[Case] = [
    ("PROFILE", {}, None, Equal("PROFILE")),
    ("O#{a}#{b}", {}, None, BeginsWith("O#")),
    ("O#{a}#{b}", {"a": "1"}, None, BeginsWith("O#1#")),
    ("O#{a}#{b}", {"a": "1", "b": "2"}, None, Equal("O#1#2")),
    ("O#{a}#{b}", {"a": "1", "other": "x"}, None, BeginsWith("O#1#")),
    ("{a}#{b}", {}, None, Everything()),
    ("{a}#{b}", {}, KeyRange("a"), Everything()),
    ("{a}", {"a": ""}, None, Nothing("no sort key is empty")),
    ("{n:03d}{b}", {"n": 7}, None, BeginsWith("007")),
    ("{a}#END", {"a": "1"}, None, Equal("1#END")),
]

FOLLOWED: list[Case] = [
    ("O#{a}#{b}", {}, between("a", ">=1", ""), Between("O#1#", "O$")),
    ("O#{a}#{b}", {}, between("a", ">1", ""), Between("O#1$", "O$")),
    ("O#{a}#{b}", {}, between("a", "", "<=1"), Between("O#", "O#1$")),
    ("O#{a}#{b}", {}, between("a", "", "<1"), Between("O#", "O#1")),
    ("O#{a}#{b}", {}, between("a", ">=1", "<=5"), Between("O#1#", "O#5$")),
    ("O#{a}#{b}", {}, between("a", ">1", "<5"), Between("O#1$", "O#5")),
    ("O#{a}#END", {}, between("a", ">=1", "<5"), Between("O#1#", "O#5")),
    ("O#{a}#X#{b}", {}, between("a", ">1", "<=5"), Between("O#1$", "O#5$")),
]

LAST: list[Case] = [
    ("O#{a}#{b}", {"a": "x"}, between("b", ">=1", ""), Between("O#x#1", "O#x$")),
    ("O#{a}#{b}", {"a": "x"}, between("b", ">1", ""), Between("O#x#1$", "O#x$")),
    ("O#{a}#{b}", {"a": "x"}, between("b", "", "<=1"), Between("O#x#", "O#x#1")),
    ("O#{a}#{b}", {"a": "x"}, between("b", "", "<1"), Between("O#x#", filled("O#x#0"))),
    ("O#{b}", {}, between("b", ">1", "<5"), Between("O#1$", filled("O#4"))),
    ("O#{b}", {}, between("b", ">=1", "<=1"), Between("O#1", "O#1")),
    ("O#{b:raw}", {}, between("b", ">1", "<5"), Between("O#1\0", filled("O#4"))),
    ("O#{b:raw}", {}, between("b", ">1", ""), Between("O#1\0", "O$")),
    ("O-{b}", {}, between("b", ">=1", ""), Between("O-1", filled("O-"))),
]

FIXED: list[Case] = [
    ("O#{n:03d}-{b}", {}, KeyRange("n", Bound(7)), Between("O#007", "O$")),
    ("O#{n:03d}-{b}", {}, KeyRange("n", Bound(7, inclusive=False)), Between("O#008", "O$")),
    ("O#{n:03d}{b}", {}, KeyRange("n", Bound(9, inclusive=False)), Between("O#00:", "O$")),
    ("O#{n:03d}{b}", {}, KeyRange("n", None, Bound(7)), Between("O#", filled("O#007"))),
    ("O#{n:03d}{b}", {}, KeyRange("n", None, Bound(7, inclusive=False)), Between("O#", filled("O#006"))),
    (
        "{day}{b}",
        {"day": date(2024, 5, 6)},
        between("b", ">=1", ""),
        Between("2024-05-061", filled("2024-05-06")),
    ),
]

UNFENCED: list[Case] = [
    ("{a}#{b}", {}, between("a", ">=1", ""), Compare(">=", "1#")),
    ("{a}#{b}", {}, between("a", ">1", ""), Compare(">=", "1$")),
    ("{a}#{b}", {}, between("a", "", "<=1"), Compare("<=", "1$")),
    ("{a}#{b}", {}, between("a", "", "<1"), Compare("<", "1")),
    ("{a}#{b}", {}, between("a", ">1", "<5"), Between("1$", "5")),
    ("{a}", {}, between("a", ">=1", ""), Compare(">=", "1")),
    ("{a}", {}, between("a", ">1", ""), Compare(">", "1")),
    ("{a}", {}, between("a", "", "<=1"), Compare("<=", "1")),
    ("{a}", {}, between("a", "", "<1"), Compare("<", "1")),
    ("{a}", {}, between("a", ">=1", "<5"), Between("1", filled("4"))),
    ("{n:03d}{b}", {}, KeyRange("n", Bound(7, inclusive=False)), Compare(">=", "008")),
    ("{n:03d}{b}", {}, KeyRange("n", None, Bound(7)), Compare("<=", filled("007"))),
    ("{n:03d}{b}", {}, KeyRange("n", None, Bound(7, inclusive=False)), Compare("<", "007")),
    ("{a}", {}, KeyRange("a", Bound("")), Everything()),
    ("{a}", {}, KeyRange("a", Bound("", inclusive=False)), Everything()),
    ("{a}", {}, KeyRange("a", Bound(""), Bound("5")), Compare("<=", "5")),
    ("{a}", {}, KeyRange("a", Bound("", inclusive=False), Bound("5")), Between("$", "5")),
]

PREFIXES: list[Case] = [
    ("O#{a}#{b}", {}, KeyPrefix("a", "1 "), BeginsWith("O#1$P")),
    ("O#{a}#{b}", {"a": "1"}, KeyPrefix("b", "2"), BeginsWith("O#1#2")),
    ("O#{a}#{b}", {"a": "1"}, KeyPrefix("b", ""), BeginsWith("O#1#")),
    ("O#{a:lower}", {}, KeyPrefix("a", "An"), BeginsWith("O#an")),
    ("O#{a:raw}#{b}", {}, KeyPrefix("a", "A b"), BeginsWith("O#A b")),
    ("{a}-{b}", {}, KeyPrefix("a", "1-"), BeginsWith("1$]")),
    ("{a}", {}, KeyPrefix("a", ""), Everything()),
]

EMPTY: list[Case] = [
    (source, {}, test, Nothing(reason))
    for source, test, reason in [
        ("O#{a}#{b}", between("a", ">=5", "<=1"), "the range ends below its beginning"),
        ("O#{a}#{b}", between("a", ">5", "<=5"), "the range ends below its beginning"),
        ("O#{a}#{b}", between("a", ">=5", "<5"), "the range ends below its beginning"),
        ("O#{a}", between("a", ">5", "<=5"), "the range ends below its beginning"),
        ("O#{a}", between("a", ">=5", "<5"), "the range ends below its beginning"),
        ("O#{a}", between("a", ">5", "<5"), "the range ends below its beginning"),
        ("O#{a}", KeyRange("a", None, Bound("", inclusive=False)), "the range ends below its beginning"),
        ("{a}", KeyRange("a", None, Bound("", inclusive=False)), "no sort key is empty"),
        ("{a}", KeyRange("a", None, Bound("")), "no sort key is empty"),
        ("{a}#{b}", KeyRange("a", None, Bound("", inclusive=False)), "no sort key is empty"),
        ("{a}", KeyRange("a", Bound(""), Bound("")), "no sort key is empty"),
    ]
]


@pytest.mark.parametrize(
    ("source", "equalities", "test", "condition"),
    EQUALITIES + FOLLOWED + LAST + FIXED + UNFENCED + PREFIXES + EMPTY,
)
def test_the_condition_is_exactly_this(
    source: str, equalities: dict[str, object], test: KeyRange | KeyPrefix | None, condition: SortCondition
) -> None:
    assert sort_condition(bound(source), equalities, test) == condition


@pytest.mark.parametrize(
    ("source", "equalities", "test", "message"),
    [
        ("O#{a}#{b}", {"b": "2"}, None, "'b' is given, but not 'a' before it"),
        ("O#{a}#{b}", {}, KeyPrefix("b", "2"), "sort key 'O#{a}#{b}': 'b' is given, but not 'a' before it"),
        ("O#{a}#{b}", {"b": "2"}, between("a", ">1", ""), "'b' is given, but not 'a' before it"),
        ("O#{a}#{b}", {"a": "2"}, between("a", ">1", ""), "'a' has both an equality and a range"),
        ("O#{a}#{b}", {}, between("c", ">1", ""), "'c' is no part of it"),
        ("O#{day}", {}, KeyRange("dya"), "did you mean 'day'"),
        ("O#{a}-{b}", {}, between("a", ">1", ""), "do not sort as the values of 'a' do; use a filter"),
        ("O#{a:lower}", {}, between("a", ">1", ""), "do not sort"),
        ("O#{a:raw}#{b}", {}, between("a", ">1", ""), "do not sort"),
        ("O#{n:raw}", {}, KeyRange("n", Bound(1)), "do not sort"),
        ("O#{n:03d}", {}, KeyPrefix("n", "0"), "do not begin as the values of 'n' do; use a filter"),
        ("O#{n:ordered}", {}, KeyPrefix("n", "p"), "do not begin"),
        ("O#{day}", {}, KeyPrefix("day", "2024"), "do not begin"),
        ("O#{a}", {"a": "é" * 512}, None, "needs 1026 bytes; a sort key holds 1024"),
        ("O#{a}", {}, KeyRange("a", Bound("x" * 1023)), "needs 1025 bytes"),
        ("O#{a}", {}, KeyRange("a", None, Bound("x" * 1023, inclusive=False)), "needs 1025 bytes"),
        ("O#{a}", {}, KeyPrefix("a", " " * 512), "needs 1026 bytes"),
    ],
)
def test_a_condition_that_cannot_be_exact_is_refused(
    source: str, equalities: dict[str, object], test: KeyRange | KeyPrefix | None, message: str
) -> None:
    with pytest.raises(StatementError, match=message):
        sort_condition(bound(source), equalities, test)


@pytest.mark.parametrize(
    "test", [KeyRange("a", Bound(1)), KeyRange("a", None, Bound(b"x")), KeyPrefix("a", 1)]
)
def test_an_operand_of_the_wrong_type_is_refused_by_name(test: KeyRange | KeyPrefix) -> None:
    with pytest.raises(EncodeError, match=r"^a: got <") as caught:
        sort_condition(bound("O#{a}"), {}, test)
    assert caught.value.path == "a"


@pytest.mark.parametrize(
    ("condition", "inside", "outside"),
    [
        (Equal("b"), ["b"], ["a", "bb"]),
        (BeginsWith("b"), ["b", "b#"], ["a", "c"]),
        (Between("b", "d"), ["b", "bb", "d"], ["a", "d#"]),
        (Compare("<", "b"), ["a"], ["b", "c"]),
        (Compare("<=", "b"), ["a", "b"], ["b#"]),
        (Compare(">", "b"), ["b#", "c"], ["a", "b"]),
        (Compare(">=", "b"), ["b", "c"], ["a"]),
        (Everything(), ["", "b"], []),
        (Nothing("of all"), [], ["", "b"]),
    ],
)
def test_a_condition_contains_what_dynamodb_would_return(
    condition: SortCondition, inside: list[str], outside: list[str]
) -> None:
    assert all(contains(condition, text) for text in inside)
    assert not any(contains(condition, text) for text in outside)


@pytest.mark.parametrize(
    ("text", "below"),
    [
        ("b", filled("a")),
        ("a\0", "a"),
        ("\0", ""),
        ("", ""),
        ("\ue000", filled("\ud7ff")),
        ("\U00010000", filled("\uffff")),
        ("\x80", filled("\x7f")),
        ("x" * 1023 + "b", "x" * 1023 + "a"),
        ("x" * 1022 + "b", "x" * 1022 + "a\x7f"),
        ("x" * 1021 + "b", "x" * 1021 + "a\u07ff"),
        ("x" * 1020 + "b", "x" * 1020 + "a\uffff"),
        ("x" * 1019 + "b", "x" * 1019 + "a" + HIGHEST),
    ],
)
def test_the_greatest_key_below_is_exactly_this(text: str, below: str) -> None:
    assert greatest_below(text) == below


characters = st.one_of(
    st.sampled_from("\0\x01ab\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"),
    st.characters(codec="utf-8"),
)
endings = st.text(alphabet=characters, max_size=5)


@given(st.sampled_from([0, 3, 1010, 1015, 1020]), endings, endings, endings)
def test_no_key_lies_between_a_text_and_the_greatest_below(
    length: int, common: str, text: str, key: str
) -> None:
    text, key = ("x" * length + common + rest for rest in (text, key))
    if not 0 < len(text.encode()) <= MAX_SORT_KEY_BYTES or len(key.encode()) > MAX_SORT_KEY_BYTES:
        return
    below = greatest_below(text)
    assert len(below.encode()) <= MAX_SORT_KEY_BYTES
    assert below.encode() < text.encode()
    assert (key.encode() < text.encode()) == (key.encode() <= below.encode())


@given(st.sampled_from([0, 3, 1010, 1015, 1020]), endings, endings)
def test_no_key_with_a_prefix_lies_above_the_greatest(length: int, prefix: str, rest: str) -> None:
    prefix = "x" * length + prefix
    if len((prefix + rest).encode()) > MAX_SORT_KEY_BYTES:
        return
    greatest = greatest_with_prefix(prefix)
    assert len(greatest.encode()) <= MAX_SORT_KEY_BYTES
    assert greatest.startswith(prefix)
    assert (prefix + rest).encode() <= greatest.encode()
