"""Templates: what parses, what binds, what a key looks like and what is read back from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dynakit.errors import DefinitionError, EncodeError
from dynakit.keys.segment import segment_for
from dynakit.keys.template import BoundTemplate, parse_template

TYPES: dict[str, type[object]] = {"a": str, "b": str, "n": int, "m": int, "when": datetime}


def bound(source: str) -> BoundTemplate:
    template = parse_template(source)
    return template.bind({p.name: segment_for(TYPES[p.name], p.format) for p in template.placeholders})


WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)

RENDERED: list[tuple[str, dict[str, object], str]] = [
    ("PROFILE", {}, "PROFILE"),
    ("{a}", {"a": ""}, ""),
    ("ORDER#{when}#{a}", {"when": WHEN, "a": "o1"}, "ORDER#2024-05-06T07:08:09.000000Z#o1"),
    ("ORDER#{a}#END", {"a": "x#END"}, "ORDER#x$SEND#END"),
    ("{a}#{b}", {"a": "", "b": ""}, "#"),
    ("{a}#{b}", {"a": "#", "b": "$"}, "$S#$T"),
    ("{a}-X#{b}", {"a": "1-X", "b": "2-"}, "1$]X-X#2-"),
    ("{a}:{b}", {"a": "\n:", "b": ":"}, "$:$j::"),
    ("{n:03d}{m:ordered}#{a}", {"n": 7, "m": -1, "a": "z"}, "007n498_8~#z"),
    ("{a:raw}#{b:raw}", {"a": "a b", "b": "c#d"}, "a b#c#d"),
    ("{a:raw}-{b}", {"a": "a#b", "b": "-"}, "a#b--"),
    ("é{a}S{b}", {"a": "S#", "b": "S"}, "é$\x83$SSS"),
]


@pytest.mark.parametrize(("source", "values", "key"), RENDERED)
def test_a_key_is_written_exactly_so_and_read_back(source: str, values: dict[str, object], key: str) -> None:
    template = bound(source)
    assert template.render({**values, "other": 1}) == key
    assert template.match(key) == values


def test_a_prefix_ends_just_before_the_next_placeholder() -> None:
    template = bound("O#{a}#X#{n:03d}{b}-END")
    values = {"a": "1", "n": 2, "b": "c"}
    assert [template.prefix(values, count) for count in range(4)] == [
        "O#",
        "O#1#X#",
        "O#1#X#002",
        "O#1#X#002c-END",
    ]
    assert template.prefix({"a": "1"}, 1) == "O#1#X#"


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("PROFILE", "PROFILE#"),
        ("PROFILE", "PROFIL"),
        ("ORDER#{a}", "ORDER"),
        ("ORDER#{a}", "ORDER#x#y"),
        ("ORDER#{a}", "ORDER#x$"),
        ("ORDER#{a}", "ORDER#$U"),
        ("ORDER#{a}", "ORDER#a b"),
        ("{a}#END", "x#ENDE"),
        ("{a}#END", "x"),
        ("{a}-{b}", "x$]"),
        ("{a}-{b}", "x$"),
        ("{n:03d}", "7"),
        ("{n:03d}", "0007"),
        ("{n:03d}{a}", "00"),
        ("{n:03d}#{a}", "007"),
        ("{when}", "2024-05-06T07:08:09.00000Z"),
        ("{n:ordered}", "p501_10"),
        ("{n:ordered}", "p501_15"),
        ("{a:lower}", "ABC"),
    ],
)
def test_a_key_of_another_template_is_not_read(source: str, key: str) -> None:
    assert bound(source).match(key) is None


def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_attribute() -> None:
    with pytest.raises(EncodeError, match=r"^n: got <str, 6 characters>; expected int$") as caught:
        bound("{n:03d}").render({"n": "secret"})
    assert (caught.value.path, caught.value.value) == ("n", "secret")


def test_a_missing_value_is_refused_by_the_name_of_its_attribute() -> None:
    with pytest.raises(EncodeError, match=r"^b: no value is given") as caught:
        bound("{a}#{b}").render({"a": "1"})
    assert caught.value.path == "b"


def test_a_template_tells_its_parts() -> None:
    template = parse_template("ORDER#{when}#{a:lower}-END")
    assert template.source == "ORDER#{when}#{a:lower}-END"
    assert template.names == ("when", "a")
    assert template.head == "ORDER#"
    assert [(p.name, p.format, p.tail) for p in template.placeholders] == [
        ("when", "", "#"),
        ("a", "lower", "-END"),
    ]
    assert bound(template.source).names == template.names


@pytest.mark.parametrize(
    ("source", "sole"),
    [("{a}", "a"), ("{a:raw}", None), ("{a}#", None), ("A{a}", None), ("{a}#{b}", None), ("A", None)],
)
def test_only_a_bare_placeholder_is_the_attribute_itself(source: str, sole: str | None) -> None:
    assert parse_template(source).sole == sole


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "empty"),
        ("ORDER {a}", "'ORDER {a}', position 5: ' ' cannot stand in literal text"),
        ("{a}#\n", "position 4: '\\\\n'"),
        ("A$B", "position 1: '\\$' cannot stand"),
        ("ORDER#${a}", "position 6: '\\$' before a placeholder; write '{name}', without"),
        ("{{a}}", "position 0: '{' does not pair"),
        ("{a", "position 0: '{' does not pair"),
        ("{a}#b}", "position 5: '}' does not pair"),
        ("A\ud800", "position 1"),
        ("{}", "no placeholder"),
        ("{0}", "no placeholder"),
        ("{a.b}", "'a.b' in braces is no placeholder"),
        ("{ a }", "no placeholder"),
        ("{a!r}", "no placeholder"),
        ("{a:}", "empty format; write {a}"),
        ("{a}#{b}#{a}", "'a' stands twice"),
    ],
)
def test_a_wrong_template_is_refused_with_its_place(source: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        parse_template(source)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{a}{b}", "nothing tells where 'a' ends and 'b' begins; put '#'"),
        ("{n:ordered}{a}", "nothing tells where 'n' ends"),
        ("{a:raw}{b}", "nothing tells where 'a' ends"),
        ("{a}é{b}", "after 'a': 'é' cannot follow text"),
        ("{n:ordered}_{a}", "after 'n': '_' cannot follow a number"),
    ],
)
def test_keys_that_could_not_be_told_apart_are_refused(source: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        bound(source)


def test_a_placeholder_of_no_attribute_is_refused_with_the_closest_name() -> None:
    with pytest.raises(DefinitionError, match="no attribute 'oder_id'; did you mean 'order_id'"):
        parse_template("ORDER#{oder_id}").bind({"order_id": segment_for(str, "")})
