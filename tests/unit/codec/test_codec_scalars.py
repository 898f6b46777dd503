"""Scalars: value → attribute value → value, strict on both sides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, IntFlag, StrEnum
from ipaddress import IPv4Address
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, NewType, Optional
from uuid import UUID

import pytest
from pydantic import (
    AwareDatetime,
    ByteSize,
    Field,
    FutureDate,
    HttpUrl,
    NaiveDatetime,
    PastDatetime,
    PositiveInt,
    Secret,
    SecretBytes,
    SecretStr,
)

from dynakit.codec.build import codec_for
from dynakit.codec.codec import WireType
from dynakit.errors import DecodeError, EncodeError
from dynakit.wire import AttributeValue

CEST = timezone(timedelta(hours=2))


class Status(str, Enum):
    open = "open"
    paid = "paid"


class Colour(StrEnum):
    red = "red"


class Rank(IntEnum):
    low = 1
    high = 2


class Plain(Enum):
    one = 1
    two = 2


class Mixed(Enum):
    word = "1"
    digit = 1


class Access(IntFlag):
    read = 1
    write = 2


UserId = NewType("UserId", str)
Amount = NewType("Amount", Annotated[Decimal, Field(ge=0)])  # pyright: ignore[reportGeneralTypeIssues]

ROUND_TRIPS: list[tuple[Any, object, AttributeValue]] = [
    (str, "", {"S": ""}),
    (str, "héllo 🎉\x00", {"S": "héllo 🎉\x00"}),
    (int, 0, {"N": "0"}),
    (int, -(10**37), {"N": "-1" + "0" * 37}),
    (float, 0.1, {"N": "0.1"}),
    (Decimal, Decimal("12.5"), {"N": "12.5"}),
    (Decimal, Decimal("1E+2"), {"N": "100"}),
    (bool, True, {"BOOL": True}),
    (bool, False, {"BOOL": False}),
    (bytes, b"", {"B": ""}),
    (bytes, b"\x00\xff", {"B": "AP8="}),
    (UUID, UUID(int=5), {"S": "00000000-0000-0000-0000-000000000005"}),
    (date, date(2024, 2, 29), {"S": "2024-02-29"}),
    (date, date(1, 1, 1), {"S": "0001-01-01"}),
    (time, time(12, 30), {"S": "12:30:00"}),
    (time, time(12, 30, 1, 5, tzinfo=CEST), {"S": "12:30:01.000005+02:00"}),
    (timedelta, timedelta(0), {"N": "0"}),
    (timedelta, timedelta(days=1, microseconds=1), {"N": "86400.000001"}),
    (timedelta, timedelta(microseconds=-1), {"N": "-0.000001"}),
    (timedelta, timedelta.max, {"N": "86399999999999.999999"}),
    (timedelta, timedelta.min, {"N": "-86399999913600"}),
    (datetime, datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=UTC), {"S": "2024-01-02T03:04:05.000006Z"}),
    (datetime, datetime(2024, 1, 1, tzinfo=UTC), {"S": "2024-01-01T00:00:00.000000Z"}),
    (datetime, datetime(33, 1, 1, tzinfo=UTC), {"S": "0033-01-01T00:00:00.000000Z"}),
    (AwareDatetime, datetime(2024, 1, 1, tzinfo=UTC), {"S": "2024-01-01T00:00:00.000000Z"}),
    (PastDatetime, datetime(2024, 1, 1, tzinfo=UTC), {"S": "2024-01-01T00:00:00.000000Z"}),
    (NaiveDatetime, datetime(2024, 1, 1), {"S": "2024-01-01T00:00:00"}),
    (FutureDate, date(2999, 1, 1), {"S": "2999-01-01"}),
    (Status, Status.paid, {"S": "paid"}),
    (Colour, Colour.red, {"S": "red"}),
    (Rank, Rank.high, {"N": "2"}),
    (Plain, Plain.two, {"N": "2"}),
    (Mixed, Mixed.word, {"S": "1"}),
    (Mixed, Mixed.digit, {"N": "1"}),
    (Access, Access.read | Access.write, {"N": "3"}),
    (Literal["a", "b"], "b", {"S": "b"}),
    (Literal["a", 1, True], 1, {"N": "1"}),
    (Literal["a", 1, True], True, {"BOOL": True}),
    (Literal[b"x"], b"x", {"B": "eA=="}),
    (Literal[Rank.low], Rank.low, {"N": "1"}),
    (Literal[Mixed.word, Mixed.digit], Mixed.digit, {"N": "1"}),
    (SecretStr, SecretStr("s"), {"S": "s"}),
    (SecretBytes, SecretBytes(b"s"), {"B": "cw=="}),
    (Secret[date], Secret(date(2024, 1, 1)), {"S": "2024-01-01"}),
    (Secret[list[int]], Secret([1]), {"L": [{"N": "1"}]}),
    (UserId, UserId("u"), {"S": "u"}),
    (Amount, Decimal(3), {"N": "3"}),
    (PositiveInt, 3, {"N": "3"}),
    (Annotated[str, Field(min_length=3), "note"], "abc", {"S": "abc"}),
    (ByteSize, ByteSize(1024), {"N": "1024"}),
    (HttpUrl, HttpUrl("https://example.org/a?b=1"), {"S": "https://example.org/a?b=1"}),
    (IPv4Address, IPv4Address("10.0.0.1"), {"S": "10.0.0.1"}),
    (PurePosixPath, PurePosixPath("/a/b"), {"S": "/a/b"}),
    (complex, 1 + 2j, {"S": "1+2j"}),
    (Optional[int], 5, {"N": "5"}),  # noqa: UP045 - users still write it
    (int | None, 5, {"N": "5"}),
]


@pytest.mark.parametrize(("annotation", "value", "stored"), ROUND_TRIPS)
def test_a_value_has_one_stored_form_and_comes_back(
    annotation: object, value: object, stored: AttributeValue
) -> None:
    codec = codec_for(annotation)
    assert codec.encode(value, "x") == stored
    back = codec.decode(stored, "x")
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (str, "S"),
        (int | None, "N"),
        (bytes, "B"),
        (bool, "BOOL"),
        (Status, "S"),
        (Rank, "N"),
        (Mixed, None),
        (int | str, None),
        (int | Decimal, "N"),
        (Literal["a"] | None, "S"),
        (HttpUrl, "S"),
        (set[int], "NS"),
        (frozenset[Status], "SS"),
        (set[bytes], "BS"),
        (list[int], "L"),
        (tuple[int, str], "L"),
        (dict[str, int], "M"),
        (Any, None),
        (None, None),
    ],
)
def test_a_codec_tells_the_attribute_type_it_writes(annotation: object, kind: WireType | None) -> None:
    assert codec_for(annotation).attribute_type == kind


READ_AS: list[tuple[Any, AttributeValue, object]] = [
    (int, {"N": "100.0"}, 100),
    (int, {"N": "1E+2"}, 100),
    (float, {"N": "1E+2"}, 100.0),
    (Decimal, {"N": "1E+2"}, Decimal(100)),
    (
        Decimal,
        {"N": "0.1000000000000000055511151231257827021"},
        Decimal("0.1000000000000000055511151231257827021"),
    ),
    (datetime, {"S": "2024-01-01T02:00:00+02:00"}, datetime(2024, 1, 1, tzinfo=UTC)),
    (datetime, {"S": "2024-01-01T00:00:00Z"}, datetime(2024, 1, 1, tzinfo=UTC)),
    (datetime, {"S": "2024-01-01 00:00:00.123+00:00"}, datetime(2024, 1, 1, microsecond=123000, tzinfo=UTC)),
    (UUID, {"S": "00000000000000000000000000000005"}, UUID(int=5)),
    (int | None, {"NULL": True}, None),
    (Literal[1, 2], {"N": "2.0"}, 2),
    (Rank, {"N": "2.0"}, Rank.high),
]


@pytest.mark.parametrize(("annotation", "stored", "value"), READ_AS)
def test_other_texts_of_the_same_value_are_read(
    annotation: object, stored: AttributeValue, value: object
) -> None:
    read = codec_for(annotation).decode(stored, "x")
    assert (read, type(read)) == (value, type(value))


def test_a_datetime_is_read_in_utc() -> None:
    read = codec_for(datetime).decode({"S": "2024-01-01T02:00:00+02:00"}, "x")
    assert isinstance(read, datetime)
    assert read.tzinfo is UTC


def test_none_is_absent_only_where_the_annotation_allows_it() -> None:
    assert codec_for(int | None).encode(None, "x") is None
    assert codec_for(None).encode(None, "x") is None
    assert codec_for(Literal["a", None]).encode(None, "x") is None  # noqa: PYI061 - the same to users
    with pytest.raises(EncodeError, match="x: expected an integer, got None"):
        codec_for(int).encode(None, "x")


class Text(str):
    """A subclass of ``str``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "another text"


ACCEPTED: list[tuple[Any, object, AttributeValue]] = [
    (str, Text("abc"), {"S": "abc"}),
    (str, Status.open, {"S": "open"}),
    (int, Rank.high, {"N": "2"}),
    (float, 5, {"N": "5"}),
    (Decimal, 5, {"N": "5"}),
    (bytes, bytearray(b"s"), {"B": "cw=="}),
    (Status, "open", {"S": "open"}),
    (Rank, 2, {"N": "2"}),
    (datetime, datetime(2024, 1, 1, 2, tzinfo=CEST), {"S": "2024-01-01T00:00:00.000000Z"}),
]


@pytest.mark.parametrize(("annotation", "value", "stored"), ACCEPTED)
def test_values_that_fit_without_loss_are_accepted(
    annotation: object, value: object, stored: AttributeValue
) -> None:
    written = codec_for(annotation).encode(value, "x")
    assert written == stored
    assert type(next(iter((written or {}).values()))) in (str, bool)


REFUSED: list[tuple[Any, list[object]]] = [
    (str, [1, b"a", None, "\ud800", "a\udfffb"]),
    (int, [True, 1.0, "1", Decimal(1), 10**126, 10**38 + 1]),
    (float, [True, "1", Decimal(1), float("nan"), float("inf"), 1e300, 2**53 + 1, 10**400]),
    (
        Decimal,
        [True, 1.5, "1", Decimal("NaN"), Decimal("Infinity"), Decimal("1E+126"), Decimal("1." + "1" * 38)],
    ),
    (bool, [0, 1, "true", None]),
    (bytes, ["a", 1, [1]]),
    (UUID, ["00000000-0000-0000-0000-000000000005", 5]),
    (date, [datetime(2024, 1, 1, tzinfo=UTC), "2024-01-01"]),
    (time, ["12:00", datetime(2024, 1, 1, tzinfo=UTC)]),
    (timedelta, [5, "5"]),
    (datetime, [date(2024, 1, 1), "2024-01-01T00:00:00Z", datetime(2024, 1, 1)]),
    (datetime, [datetime(1, 1, 1, tzinfo=CEST), datetime.max.replace(tzinfo=timezone(timedelta(hours=-2)))]),
    (NaiveDatetime, [datetime(2024, 1, 1, tzinfo=UTC), "2024"]),
    (Status, ["lost", 1, Colour.red]),
    (Rank, [3, True, 1.0, "1"]),
    (Mixed, [True, "2", Plain.one]),
    (Literal["a", 1], ["b", True, 1.0, 2, b"a"]),
    (Literal[True], [1, "True"]),
    (Literal[Rank.low], [Rank.high, 2]),
    (SecretStr, ["s", SecretBytes(b"s"), SecretStr("\ud800")]),
    (Secret[int], [5, Secret("s")]),
    (ByteSize, [5, True]),
    (HttpUrl, ["https://example.org/", 5]),
    (IPv4Address, ["10.0.0.1", 5]),
    (None, [0, ""]),
]


@pytest.mark.parametrize(("annotation", "values"), REFUSED)
def test_a_value_of_another_type_or_out_of_limits_is_refused(
    annotation: object, values: Iterable[object]
) -> None:
    codec = codec_for(annotation)
    for value in values:
        with pytest.raises(EncodeError, match=r"^total: ") as raised:
            codec.encode(value, "total")
        assert raised.value.path == "total"


UNREADABLE: list[tuple[Any, list[Any]]] = [
    (str, [{"N": "1"}, {"NULL": True}, {"S": 5}, {}, [], None, 5, "S"]),
    (int, [{"S": "1"}, {"N": "1.5"}, {"N": "x"}, {"N": 5}, {"N": "1E+999999999"}, {"N": "9" * 5000}]),
    (float, [{"S": "1"}, {"N": "NaN"}, {"N": "inf"}, {"N": 1.5}]),
    (Decimal, [{"S": "1"}, {"N": "NaN"}, {"N": "1_0"}, {"NULL": True}]),
    (bool, [{"N": "1"}, {"S": "true"}, {"BOOL": 1}, {"BOOL": "true"}]),
    (bytes, [{"S": "cw=="}, {"B": "c"}, {"B": "cw="}, {"B": "c w="}, {"B": "é"}, {"B": None}]),
    (UUID, [{"S": "x"}, {"N": "5"}, {"B": "cw=="}]),
    (date, [{"S": "2024-13-01"}, {"S": "x"}, {"S": "2024-01-01T00:00:00"}]),
    (time, [{"S": "25:00"}, {"N": "5"}]),
    (timedelta, [{"N": "0.0000001"}, {"N": "1E+20"}, {"N": "1E+999999999"}, {"S": "1"}]),
    (datetime, [{"S": "2024-01-01T00:00:00"}, {"S": "2024-01-01"}, {"N": "5"}, {"S": ""}]),
    (datetime, [{"S": "0001-01-01T00:00:00+02:00"}]),
    (NaiveDatetime, [{"S": "2024-01-01T00:00:00Z"}]),
    (Status, [{"S": "lost"}, {"N": "1"}]),
    (Rank, [{"N": "3"}, {"S": "1"}]),
    (Access, [{"S": "1"}]),
    (Literal["a"], [{"S": "b"}, {"N": "1"}]),
    (SecretStr, [{"N": "1"}]),
    (Secret[date], [{"S": "x"}]),
    (HttpUrl, [{"S": "not a url"}, {"N": "1"}]),
    (int | None, [{"S": "1"}, {"NULL": False}, {}]),
]


@pytest.mark.parametrize(("annotation", "stored"), UNREADABLE)
def test_a_stored_value_of_another_type_is_an_error(
    annotation: object, stored: Iterable[AttributeValue]
) -> None:
    codec = codec_for(annotation)
    for value in stored:
        with pytest.raises(DecodeError, match=r"^total: ") as raised:
            codec.decode(value, "total")
        assert raised.value.path == "total"


def test_stored_datetimes_sort_as_the_datetimes_do() -> None:
    codec = codec_for(datetime)
    moments = [
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(2024, 1, 1, 0, 30, tzinfo=CEST),
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2024, 1, 1, microsecond=1, tzinfo=UTC),
        datetime(9999, 1, 1, tzinfo=UTC),
    ]
    texts = [(codec.encode(moment, "x") or {}).get("S", "") for moment in moments]
    assert texts == sorted(texts)
    assert {len(text) for text in texts} == {27}


def test_a_naive_datetime_is_told_the_way_out() -> None:
    with pytest.raises(EncodeError, match="timezone.*stored_as=naive_iso"):
        codec_for(datetime).encode(datetime(2024, 1, 1), "at")
