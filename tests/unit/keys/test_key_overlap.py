"""Which templates can meet: exact tables, and agreement with reading and with brute force."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from dynakit.errors import DefinitionError, EncodeError
from dynakit.keys.overlap import may_enter, overlaps
from dynakit.keys.segment import segment_for
from dynakit.keys.template import BoundTemplate, parse_template


class Kind(Enum):
    item = "ITEM"
    odd = "a b"


class Level(Enum):
    low = 1


TYPES: dict[str, type[object]] = {
    "a": str,
    "b": str,
    "c": str,
    "n": int,
    "m": int,
    "d": Decimal,
    "when": datetime,
    "day": date,
    "id": UUID,
    "kind": Kind,
    "level": Level,
    "flag": bool,
}


def bound(source: str) -> BoundTemplate:
    template = parse_template(source)
    return template.bind({p.name: segment_for(TYPES[p.name], p.format) for p in template.placeholders})


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("ORDER#{a}#{b}", "ORDER#ITEM#{n:010d}", True),
        ("ORDER#{a}", "ORDER#ITEM#{n:010d}", False),
        ("ORDER#{a}", "ITEM#{a}", False),
        ("ORDER#{a}", "ORDERS#{a}", False),
        ("ORDER#{a}", "ORDER#{b}", True),
        ("ORDER#{a}", "ORDER#{a}#{b}", False),
        ("ORDER#{a}", "ORDER", False),
        ("{a}", "PROFILE", True),
        ("{a:lower}", "PROFILE", False),
        ("{a:lower}", "profile", True),
        ("{a:lower}", "{b:raw}", True),
        ("{n:010d}", "{when}", False),
        ("{n:010d}", "{m:09d}", False),
        ("{n:010d}", "{m:010d}", True),
        ("{n:010d}", "{m:ordered}", False),
        ("{n:010d}", "{a}", True),
        ("{n:010d}", "00000A{a}", False),
        ("{n:010d}", "00000{a}", True),
        ("{n:ordered}", "{d:ordered}", True),
        ("{n:ordered}", "p{a}", True),
        ("{n:ordered}", "x{a}", False),
        ("{n:ordered}", "o", True),
        ("{n:ordered}", "p501_", False),
        ("{day}", "{when}", False),
        ("{day}T{a}", "{when}", True),
        ("{id}", "{day}", False),
        ("{flag}", "1", True),
        ("{flag}", "2", False),
        ("{kind}", "ITEM", True),
        ("{kind}", "OTHER", False),
        ("{kind}", "a{a}", True),
        ("{kind}#{a}", "ITEM#{b}", True),
        ("{kind}#{a}", "ORDER#{b}", False),
        ("{kind:raw}", "a{a}", False),
        ("{kind:raw}", "a{a:raw}", True),
        ("{level:02d}", "01", True),
        ("{level:02d}", "02", False),
        ("{a}-{b}", "x-y", True),
        ("{a}-{b}", "x#y", False),
        ("{a}-{b}", "x", False),
        ("{a:raw}", "ORDER#{a}#{b}", True),
        ("{a:raw}#{b}", "ORDER#{a}", True),
        ("{a:raw}-{b}", "ORDER#{a}", True),
        ("{a:raw}-{b}", "ORDER#{n:03d}", False),
        ("A{a:raw}", "B{a:raw}", False),
        ("{a}#END", "{a}#{b}", True),
        ("{a}#END", "{a}#THE_{b}", False),
        ("PROFILE", "PROFILE", True),
        ("PROFILE", "PROFILES", False),
    ],
)
def test_two_templates_can_or_cannot_give_the_same_key(first: str, second: str, expected: bool) -> None:
    assert overlaps(bound(first), bound(second)) is expected
    assert overlaps(bound(second), bound(first)) is expected


@pytest.mark.parametrize(
    ("own", "depth", "other", "expected"),
    [
        ("ORDER#{a}", 0, "ORDER#{a}#ITEM#{n:03d}", True),
        ("ORDER#{a}", 1, "ORDER#{a}#ITEM#{n:03d}", False),
        ("ORDER#{a}", 0, "ORDERS#{a}", False),
        ("ORDER#{a}", 0, "PROFILE", False),
        ("ORDER#{a}#{b}", 1, "ORDER#{a}", False),
        ("ORDER#{a}#{b}", 1, "ORDER#{a}#ITEM#{n:03d}", True),
        ("ORDER#{a}#ITEM#{n:03d}", 0, "ORDER#{a}", True),
        ("ORDER#{a}#ITEM#{n:03d}", 1, "ORDER#{a}#NOTE#{n:03d}", False),
        ("ORDER#{n:03d}#{a}", 1, "ORDER#{when}#{b}", False),
        ("ORDER#{n:03d}#{a}", 0, "ORDER#{when}#{b}", True),
        ("{a}", 0, "PROFILE", True),
        ("{n:03d}{a}", 1, "{m:02d}", False),
        ("{n:03d}{a}", 1, "{m:03d}", True),
        ("{n:03d}{a}", 1, "{m:04d}", True),
        ("PROFILE", 0, "PROFILE#{a}", False),
        ("PROFILE", 0, "{a}", True),
        ("ORDER#{a}", 0, "{a:raw}", True),
        ("ORDER#{a}", 0, "ORDER{a:raw}", True),
        ("ORDER#{a}", 0, "{kind}#{b}", False),
        ("ITEM#{a}", 0, "{kind}#{b}", True),
    ],
)
def test_a_key_of_another_template_can_or_cannot_fall_into_a_range(
    own: str, depth: int, other: str, expected: bool
) -> None:
    assert may_enter(bound(own), depth, bound(other)) is expected


EXACT = [
    "A#{a}",
    "{a}#A",
    "{a}-{b}",
    "A{n:02d}#{a:lower}",
    "{flag}{a}A",
    "{a:raw}A{b}",
    "{kind}#{n:01d}",
    "{a}A{b}#",
]


@given(st.sampled_from(EXACT), st.text(alphabet="A#-01ab", min_size=1, max_size=6))
def test_a_literal_text_overlaps_exactly_the_templates_that_read_it(source: str, text: str) -> None:
    assert overlaps(bound(source), bound(text)) == (bound(source).match(text) is not None)


TEXT = ["", "A", "a", "1", "A#", " ", "-", "ITEM", "p501_1"]
PARTS: list[tuple[type[object], str, list[object]]] = [
    (str, "", [*TEXT]),
    (str, "lower", [*TEXT]),
    (str, "raw", [*TEXT]),
    (int, "02d", [0, 1, 12]),
    (int, "ordered", [0, 1, -12]),
    (Kind, "", [*Kind]),
    (Kind, "raw", [*Kind]),
    (bool, "", [True, False]),
    (date, "", [date(2024, 5, 6)]),
]
parts = st.tuples(st.sampled_from(PARTS), st.sampled_from(["#", "A", "-", "A#", "#A#", "ITEM#", "1"]))


def drawn(
    head: str, columns: list[tuple[tuple[type[object], str, list[object]], str]]
) -> tuple[BoundTemplate, set[str]]:
    """Bind a template of these parts, and write the keys of all combinations of their values."""
    pieces = [f"{{p{index}:{part[1]}}}{tail}" for index, (part, tail) in enumerate(columns)]
    template = parse_template((head + "".join(pieces)).replace(":}", "}") or "#")
    segments = {f"p{index}": segment_for(part[0], part[1]) for index, (part, _) in enumerate(columns)}
    try:
        bound = template.bind(segments)
    except DefinitionError:
        reject()
    keys: set[str] = set()
    for row in product(*(values for (_, _, values), _ in columns)):
        with suppress(EncodeError):
            keys.add(bound.render(dict(zip(template.names, row, strict=True))))
    return bound, keys


templates = st.builds(drawn, st.sampled_from(["", "A", "#", "ITEM#"]), st.lists(parts, max_size=2))


@given(templates, templates)
def test_templates_that_share_a_key_overlap(
    one: tuple[BoundTemplate, set[str]], other: tuple[BoundTemplate, set[str]]
) -> None:
    (first, keys), (second, others) = one, other
    assert overlaps(first, second) == overlaps(second, first)
    if keys & others:
        assert overlaps(first, second)
    for depth in range(len(first.placeholders)):
        beginnings = {first.prefix(values, depth) for values in map(first.match, keys) if values is not None}
        if any(key.startswith(tuple(beginnings)) for key in others):
            assert may_enter(first, depth, second)
