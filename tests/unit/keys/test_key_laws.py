"""The promises of keys, as laws over random templates and values.

Distinct values give distinct keys, byte order of keys is the order of the values, a key reads back, and a
range or prefix returns exactly the rows that a filter over the values returns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from hypothesis import assume, event, given
from hypothesis import strategies as st

from dynakit.keys.bounds import (
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
    sort_condition,
)
from dynakit.keys.overlap import may_enter
from dynakit.keys.segment import segment_for
from dynakit.keys.template import BoundTemplate, parse_template


class Stage(Enum):
    empty = ""
    hash = "#"
    open = "open"
    opened = "open ed"
    high = "\U0010ffff"


NASTY = '#$S \n\0\x1f"%0TaB-:|~\x7f\x80é\ud7ff\ue000\uffff😀\U0010ffff'
texts = st.one_of(
    st.sampled_from(["", "1", "2", "20", "a", "a#", "a$"]), st.text(st.sampled_from(NASTY), max_size=4)
)
plain = texts.map(lambda text: text.replace("#", "").replace(":", "").replace("S", ""))
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-9))])
times = st.datetimes(timezones=zones).filter(lambda time: 1 < time.year < 9999)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-2000, max_value=2000)


@dataclass(frozen=True)
class Column:
    """One kind of placeholder, the values drawn for it, and what they are ordered by."""

    python_type: type[object]
    format: str
    values: st.SearchStrategy[Any]
    order: Callable[[Any], Any] = lambda value: value


SORTED = [
    Column(str, "", texts),
    Column(int, "04d", st.one_of(st.integers(0, 25), st.integers(0, 9999))),
    Column(int, "ordered", st.one_of(st.integers(-25, 25), st.integers(-(10**30), 10**30))),
    Column(Decimal, "ordered", st.one_of(decimals, st.integers(-20, 20))),
    Column(datetime, "", times),
    Column(date, "", st.dates()),
    Column(bool, "", st.booleans()),
    Column(UUID, "", st.uuids()),
    Column(Stage, "", st.sampled_from(Stage), lambda stage: stage.value),
]
LAST_ONLY = Column(str, "raw", texts)
UNSORTED = [
    Column(int, "raw", st.integers(-20, 20)),
    Column(str, "raw", plain),
    Column(Decimal, "raw", decimals),
]


@dataclass(frozen=True)
class Drawn:
    """A bound template with its columns, and rows of values, some of them shared between rows."""

    template: BoundTemplate
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]

    def named(self, row: tuple[Any, ...]) -> dict[str, object]:
        return dict(zip(self.template.names, row, strict=True))

    def key(self, row: tuple[Any, ...]) -> str:
        return self.template.render(self.named(row))

    def order(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(column.order(value) for column, value in zip(self.columns, row, strict=True))


def bind(columns: list[Column], head: str, tails: list[str]) -> BoundTemplate:
    """Write and bind a template with placeholders p0, p1 and so on."""
    pieces = [f"{{p{index}:{column.format}}}" for index, column in enumerate(columns)]
    source = head + "".join(piece + tail for piece, tail in zip(pieces, tails, strict=True))
    segments = {
        f"p{index}": segment_for(column.python_type, column.format) for index, column in enumerate(columns)
    }
    return parse_template(source.replace(":}", "}")).bind(segments)


@st.composite
def drawn(draw: st.DrawFn, *, ordered: bool) -> Drawn:
    """Draw a template and rows; ordered: one whose keys sort as the values do."""
    columns = draw(
        st.lists(st.sampled_from(SORTED if ordered else SORTED + UNSORTED), min_size=1, max_size=3)
    )
    if draw(st.integers(0, 3)) == 0:
        columns[-1] = LAST_ONLY
    tails = [draw(tails_of(column, ordered=ordered)) for column in columns[:-1]]
    tails.append("" if columns[-1] is LAST_ONLY else draw(st.sampled_from(["", "", "", "#", "#END"])))
    template = bind(columns, draw(st.sampled_from(["", "", "O#", "ORDER#X#", "O", "\U0010ffff"])), tails)
    pools = [draw(st.lists(column.values, min_size=1, max_size=4)) for column in columns]
    rows = draw(st.lists(st.tuples(*map(st.sampled_from, pools)), min_size=1, max_size=12))
    return Drawn(template, tuple(columns), rows)


def tails_of(column: Column, *, ordered: bool) -> st.SearchStrategy[str]:
    """Give the literals that may follow a column."""
    segment = segment_for(column.python_type, column.format)
    if segment.width is not None:
        return st.sampled_from(["", "", "-", "#", "0", "\U0010ffff"])
    return st.sampled_from(["#", "#", "#X#"] if ordered else ["#", ":", ":X#", "S"])


@given(drawn(ordered=False))
def test_distinct_values_give_distinct_keys(table: Drawn) -> None:
    keys: dict[str, tuple[Any, ...]] = {}
    for row in table.rows:
        assert keys.setdefault(table.key(row), row) == row


@given(drawn(ordered=False))
def test_a_key_reads_back_as_its_values(table: Drawn) -> None:
    for row in table.rows:
        read = table.template.match(table.key(row))
        assert read is not None
        assert read == table.named(row)
        assert table.template.render(read) == table.key(row)


@given(drawn(ordered=True))
def test_keys_sort_by_bytes_as_the_values_do(table: Drawn) -> None:
    by_value = sorted(table.rows, key=table.order)
    by_key = sorted(table.rows, key=lambda row: table.key(row).encode())
    assert [table.order(row) for row in by_value] == [table.order(row) for row in by_key]


@given(drawn(ordered=False), st.data())
def test_whatever_is_read_from_a_text_is_written_as_that_text(table: Drawn, data: st.DataObject) -> None:
    key = table.key(data.draw(st.sampled_from(table.rows)))
    at = data.draw(st.integers(0, len(key)))
    text = (
        key[:at] + data.draw(st.sampled_from([*"#$0T-a\0~", ""])) + key[at + data.draw(st.integers(0, 1)) :]
    )
    read = table.template.match(text)
    event("read" if read else "not read")
    if read is not None:
        assert table.template.render(read) == text


def returned(condition: SortCondition, key: str) -> bool:
    """Tell what DynamoDB does, which compares bytes."""
    stored = key.encode()
    match condition:
        case Equal(text):
            return stored == text.encode()
        case BeginsWith(text):
            return stored.startswith(text.encode())
        case Between(low, high):
            return low.encode() <= stored <= high.encode()
        case Compare(operator, text):
            return {
                "<": stored < text.encode(),
                "<=": stored <= text.encode(),
                ">": stored > text.encode(),
                ">=": stored >= text.encode(),
            }[operator]
        case Everything():
            return True
        case Nothing():
            return False


def check(
    table: Drawn, condition: SortCondition, count: int, row: tuple[Any, ...], inside: Callable[[Any], bool]
) -> None:
    """Compare what a condition returns with a filter over the values."""
    event(type(condition).__name__)
    for each in table.rows:
        key = table.key(each)
        expected = table.order(each)[:count] == table.order(row)[:count] and inside(each)
        assert returned(condition, key) == contains(condition, key)
        if key:
            assert returned(condition, key) == expected


@given(drawn(ordered=False), st.data())
def test_leading_equalities_return_exactly_their_rows(table: Drawn, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(table.rows))
    count = data.draw(st.integers(0, len(row)))
    condition = sort_condition(table.template, dict(list(table.named(row).items())[:count]))
    check(table, condition, count, row, lambda _: True)


@given(drawn(ordered=True), st.data())
def test_a_range_returns_exactly_the_rows_of_a_filter(table: Drawn, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(table.rows))
    count = data.draw(st.integers(0, len(row) - 1))
    column = table.columns[count]
    values = st.one_of(st.sampled_from([each[count] for each in table.rows]), column.values)
    sides = st.one_of(st.none(), st.builds(Bound, values, st.booleans()))
    low, high = data.draw(sides), data.draw(sides)

    def inside(each: tuple[Any, ...]) -> bool:
        value = column.order(each[count])
        above = low is None or value > column.order(low.value) or (low.inclusive and each[count] == low.value)
        below = (
            high is None or value < column.order(high.value) or (high.inclusive and each[count] == high.value)
        )
        return bool(above and below)

    test = KeyRange(table.template.names[count], low, high)
    condition = sort_condition(table.template, dict(list(table.named(row).items())[:count]), test)
    check(table, condition, count, row, inside)


@given(drawn(ordered=False), st.data())
def test_a_prefix_returns_exactly_the_rows_of_a_filter(table: Drawn, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(table.rows))
    texts_at = [index for index, each in enumerate(table.template.placeholders) if each.segment.prefixable]
    assume(texts_at)
    count = data.draw(st.sampled_from(texts_at))
    column = table.columns[count]
    whole: str = column.order(data.draw(st.sampled_from(table.rows))[count])
    prefix = data.draw(st.one_of(st.integers(0, len(whole)).map(lambda end: whole[:end]), plain))
    test = KeyPrefix(table.template.names[count], prefix)
    condition = sort_condition(table.template, dict(list(table.named(row).items())[:count]), test)
    check(table, condition, count, row, lambda each: column.order(each[count]).startswith(prefix))


@given(drawn(ordered=True), drawn(ordered=False), st.data())
def test_only_templates_that_may_enter_fall_into_a_range(
    own: Drawn, other: Drawn, data: st.DataObject
) -> None:
    row = data.draw(st.sampled_from(own.rows))
    count = data.draw(st.integers(0, len(row) - 1))
    values = own.columns[count].values
    sides = st.one_of(st.none(), st.builds(Bound, values, st.booleans()))
    test = KeyRange(own.template.names[count], data.draw(sides), data.draw(sides))
    condition = sort_condition(own.template, dict(list(own.named(row).items())[:count]), test)
    met = any(contains(condition, other.key(each)) for each in other.rows)
    event(f"met: {met}")
    if met:
        assert may_enter(own.template, count, other.template)
