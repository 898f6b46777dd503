"""What one placeholder writes: exact texts by type and format, and every refusal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.errors import DecodeError, DefinitionError, EncodeError
from dynakit.keys.segment import TextForm, segment_for


class Status(Enum):
    open = "open"
    on_hold = "on hold"


class Color(str, Enum):
    red = "RED"


class Size(StrEnum):
    small = "S"


class Level(IntEnum):
    low = 1
    high = 20


class Access(Flag):
    read = 1
    write = 2


class Mixed(Enum):
    one = 1
    two = "two"


class Negative(Enum):
    below = -1


class Tuples(Enum):
    pair = (1, 2)


ID = UUID("0190a5f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b")
NAIVE = datetime.fromisoformat("2024-05-06T07:00:00")
PLUS_2 = timezone(timedelta(hours=2))

WRITTEN: list[tuple[type[object], str, object, str]] = [
    (str, "", "a#b", "a$Sb"),
    (str, "", "", ""),
    (str, "", Color.red, "RED"),
    (str, "raw", "a b#c", "a b#c"),
    (int, "010d", 17, "0000000017"),
    (int, "5d", 17, "00017"),
    (int, "01d", 9, "9"),
    (int, "03d", Level.high, "020"),
    (int, "038d", 10**38 - 1, "9" * 38),
    (int, "ordered", -1, "n498_8~"),
    (int, "raw", -17, "-17"),
    (int, "raw", 10**40, "1" + "0" * 40),
    (Decimal, "ordered", Decimal("12.5"), "p502_125"),
    (Decimal, "ordered", 3, "p501_3"),
    (Decimal, "raw", Decimal("-12.50"), "-12.5"),
    (Decimal, "raw", Decimal("1E+2"), "100"),
    (Decimal, "raw", Decimal("-0.00"), "0"),
    (Decimal, "raw", 5, "5"),
    (bool, "", True, "1"),
    (bool, "", False, "0"),
    (UUID, "", ID, "0190a5f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"),
    (datetime, "", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), "2024-05-06T07:08:09.000000Z"),
    (datetime, "", datetime(2024, 5, 6, 1, 8, 9, 15, PLUS_2), "2024-05-05T23:08:09.000015Z"),
    (datetime, "", datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
    (datetime, "raw", datetime(2024, 5, 6, tzinfo=UTC), "2024-05-06T00:00:00.000000Z"),
    (date, "", date(2024, 5, 6), "2024-05-06"),
    (Status, "", Status.on_hold, "on$Phold"),
    (Status, "raw", Status.on_hold, "on hold"),
    (Color, "", Color.red, "RED"),
    (Size, "", Size.small, "S"),
    (Level, "02d", Level.high, "20"),
    (Level, "ordered", Level.high, "p502_2"),
    (Level, "raw", Level.low, "1"),
    (Access, "03d", Access.read | Access.write, "003"),
]

REFUSED: list[tuple[type[object], str, object, str]] = [
    (str, "", 1, "expected str"),
    (str, "", None, "expected str"),
    (str, "raw", "\ud800", "lone surrogate"),
    (int, "03d", -1, "out of range"),
    (int, "03d", 1000, "out of range"),
    (int, "03d", True, "got <bool>; expected int"),
    (int, "03d", Decimal(1), "expected int"),
    (int, "03d", "1", "expected int"),
    (int, "ordered", False, "expected int"),
    (int, "raw", True, "expected int"),
    (Decimal, "ordered", True, "expected Decimal or int"),
    (Decimal, "ordered", 1.5, "got <float>; expected Decimal or int"),
    (Decimal, "raw", Decimal("NaN"), "finite"),
    (bool, "", 1, "expected bool"),
    (UUID, "", str(ID), "expected UUID"),
    (datetime, "", NAIVE, "naive"),
    (datetime, "", date(2024, 5, 6), "expected datetime"),
    (datetime, "", datetime.min.replace(tzinfo=PLUS_2), "out of range"),
    (date, "", datetime(2024, 5, 6, tzinfo=UTC), "expected date"),
    (Status, "", "open", "expected Status"),
    (Size, "", "S", "expected Size"),
    (Level, "02d", 1, "expected Level"),
]

BAD_TEXTS: list[tuple[type[object], str, str]] = [
    (str, "", "a#"),
    (str, "lower", "A"),
    (int, "03d", "17"),
    (int, "03d", "0017"),
    (int, "03d", "+17"),
    (int, "03d", " 17"),
    (int, "03d", "1_7"),
    (int, "03d", "٠١٧"),
    (int, "ordered", "p501_15"),
    (int, "raw", "017"),
    (int, "raw", "1" * 5000),
    (Decimal, "raw", "1.50"),
    (Decimal, "raw", "1E2"),
    (Decimal, "raw", "NaN"),
    (Decimal, "raw", "one"),
    (bool, "", "2"),
    (bool, "", ""),
    (UUID, "", "0190A5F0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"),
    (UUID, "", "0190a5f01c2d7e3f8a4b5c6d7e8f9a0b"),
    (datetime, "", "2024-05-06T07:08:09Z"),
    (datetime, "", "2024-05-06T07:08:09.000000+00:00"),
    (datetime, "", "2024-13-06T07:08:09.000000Z"),
    (datetime, "", "2024-05-06T07:08:09.000000"),
    (date, "", "20240506"),
    (date, "", "2024-02-30"),
    (Status, "", "closed"),
    (Level, "02d", "03"),
    (Level, "02d", "1"),
]

BAD_FORMATS: list[tuple[type[object], str, str]] = [
    (float, "", "use Decimal"),
    (bytes, "", "bytes cannot stand in a key template"),
    (bytes, "raw", "bytes cannot stand in a key template"),
    (list, "", "list cannot stand"),
    (int, "", r"\{n:010d\}' or '\{n:ordered\}"),
    (Decimal, "", r"\{n:ordered\}"),
    (Level, "", r"\{n:010d\}"),
    (int, "d", "010d"),
    (int, "00d", "010d"),
    (int, "039d", "1 to 38 digits"),
    (int, "x", "format 'x' does not fit int"),
    (int, "orderd", "did you mean 'ordered'"),
    (int, "٠٣d", "does not fit int"),
    (int, "lower", "does not fit int"),
    (Decimal, "010d", "format '010d' does not fit Decimal; expected ordered, raw"),
    (str, "010d", "does not fit str; expected none, lower, raw"),
    (str, "ordered", "does not fit str"),
    (bool, "010d", "does not fit bool; expected none, raw"),
    (datetime, "lower", "does not fit datetime; expected none, raw"),
    (Status, "lower", "does not fit Status"),
    (Mixed, "", "all str or all int"),
    (Tuples, "", "all str or all int"),
    (Negative, "03d", "Negative.below does not fit: the number is out of range"),
]


@pytest.mark.parametrize(("python_type", "format", "value", "text"), WRITTEN)
def test_a_value_is_written_exactly_so_and_read_back(
    python_type: type[object], format: str, value: object, text: str
) -> None:
    segment = segment_for(python_type, format)
    assert segment.encode(value) == text
    assert segment.decode(text) == value


@pytest.mark.parametrize(("python_type", "format", "value", "message"), REFUSED)
def test_a_value_that_does_not_fit_is_refused_without_being_shown(
    python_type: type[object], format: str, value: object, message: str
) -> None:
    with pytest.raises(EncodeError, match=message) as caught:
        segment_for(python_type, format).encode(value)
    assert caught.value.value is value
    assert repr(value) not in str(caught.value).split()


@pytest.mark.parametrize(("python_type", "format", "text"), BAD_TEXTS)
def test_a_text_that_would_not_be_written_is_not_read(
    python_type: type[object], format: str, text: str
) -> None:
    with pytest.raises(DecodeError):
        segment_for(python_type, format).decode(text)


@pytest.mark.parametrize(("python_type", "format", "message"), BAD_FORMATS)
def test_a_type_or_format_that_cannot_be_in_a_key_is_refused(
    python_type: type[object], format: str, message: str
) -> None:
    with pytest.raises(DefinitionError, match=message):
        segment_for(python_type, format)


def test_the_type_read_is_the_type_of_the_attribute() -> None:
    assert type(segment_for(int, "ordered").decode("p502_1")) is int
    assert type(segment_for(Decimal, "ordered").decode("p502_1")) is Decimal
    assert segment_for(Level, "02d").decode("20") is Level.high
    assert segment_for(str, "").decode("RED") == "RED"


@pytest.mark.parametrize(
    ("python_type", "format", "width", "sortable", "prefixable"),
    [
        (str, "", None, True, True),
        (str, "lower", None, False, True),
        (str, "raw", None, True, True),
        (Status, "", None, True, True),
        (Level, "02d", 2, True, False),
        (Level, "raw", None, False, False),
        (int, "010d", 10, True, False),
        (int, "ordered", None, True, False),
        (int, "raw", None, False, False),
        (Decimal, "ordered", None, True, False),
        (Decimal, "raw", None, False, False),
        (bool, "", 1, True, False),
        (UUID, "", 36, True, False),
        (datetime, "", 27, True, False),
        (datetime, "raw", 27, True, False),
        (date, "", 10, True, False),
    ],
)
def test_what_a_query_may_ask_of_a_placeholder(
    python_type: type[object], format: str, width: int | None, sortable: bool, prefixable: bool
) -> None:
    segment = segment_for(python_type, format)
    assert (segment.width, segment.sortable, segment.prefixable) == (width, sortable, prefixable)
    assert segment.invertible == (format != "lower")


def test_only_hash_or_the_end_leaves_text_in_order() -> None:
    text = segment_for(str, "")
    assert [text.followed_by(separator).sortable for separator in ("", "#", "-", "A")] == [
        True,
        True,
        False,
        False,
    ]
    assert text.followed_by("-").encode("a-b:c") == "a$]b:c"


def test_text_cannot_be_ended_by_a_character_outside_ascii() -> None:
    with pytest.raises(DefinitionError, match="ASCII"):
        segment_for(str, "").followed_by("é")


def test_numbers_of_any_width_are_ended_by_what_they_cannot_hold() -> None:
    number = segment_for(int, "ordered")
    assert number.followed_by("-").encode(12) == "p502_12"
    assert not number.followed_by("-").sortable
    for separator in "0p_~":
        with pytest.raises(DefinitionError, match="cannot follow a number"):
            number.followed_by(separator)


def test_a_fixed_width_keeps_its_order_before_anything() -> None:
    assert segment_for(int, "03d").followed_by("0").sortable


def test_raw_text_may_not_hold_what_ends_it_and_sorts_only_at_the_end() -> None:
    raw = segment_for(str, "raw").followed_by("-")
    assert raw.encode("a#b") == "a#b"
    assert not raw.sortable
    with pytest.raises(EncodeError, match="'-'"):
        raw.encode("a-b")
    with pytest.raises(DefinitionError, match=r"Status.on_hold does not fit"):
        segment_for(Status, "raw").followed_by(" ")


def test_lower_case_folds_every_character_by_itself() -> None:
    lower = segment_for(str, "lower")
    assert lower.encode("Ann@X.de") == "ann@x.de"
    assert lower.encode("ΑΣ") == "ασ"
    assert lower.encode_prefix("ΑΣ") == lower.encode("ΑΣΑ")[:2]


@given(st.text(), st.text())
def test_a_prefix_in_any_case_begins_the_lower_case_key(prefix: str, rest: str) -> None:
    lower = segment_for(str, "lower")
    encoded = lower.encode(prefix + rest)
    assert encoded.startswith(lower.encode_prefix(prefix))
    assert lower.encode(lower.decode(encoded)) == encoded


def test_a_form_of_the_caller_is_written_raw() -> None:
    def naive(value: object) -> str:
        assert isinstance(value, datetime)
        return value.isoformat()

    pair = segment_for(datetime, "raw", text_form=(naive, datetime.fromisoformat))
    assert pair.encode(NAIVE) == "2024-05-06T07:00:00"
    assert pair.decode("2024-05-06T07:00:00") == NAIVE
    assert (pair.raw, pair.sortable, pair.prefixable) == (True, False, False)
    form = TextForm(to_text=naive, from_text=datetime.fromisoformat, sortable=True)
    assert segment_for(datetime, "raw", text_form=form).sortable
    with pytest.raises(DecodeError):
        pair.decode("yesterday")


def test_a_form_of_the_caller_changes_nothing_but_raw() -> None:
    assert segment_for(str, "", text_form=(str, str)) == segment_for(str, "")


def test_a_prefix_must_be_text() -> None:
    for written in ("", "lower", "raw"):
        with pytest.raises(EncodeError, match="expected str"):
            segment_for(str, written).encode_prefix(1)
