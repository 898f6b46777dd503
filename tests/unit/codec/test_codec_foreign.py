"""Types that only pydantic knows, and values that only some annotations take."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime, time
from enum import Enum
from typing import Annotated, Any, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, GetCoreSchemaHandler, PlainSerializer, PlainValidator
from pydantic_core import CoreSchema, core_schema

from dynakit.codec.build import codec_for
from dynakit.errors import DecodeError, EncodeError
from dynakit.wire import AttributeValue

T = TypeVar("T", int, str)


class Money:
    """Stored as ``12.50 EUR``; compared by identity, as classes are by default."""

    def __init__(self, text: str) -> None:
        self.amount, _, self.currency = text.partition(" ")

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )


class Forgetful(Money):
    """Serialises only half of itself."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Forgetful) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.amount)

    def __str__(self) -> str:
        return self.amount


class Code(str):
    """A string that pydantic makes upper case."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema(to_upper=True))


@dataclasses.dataclass
class Grid(Generic[T]):
    cells: dict[str, T]


@dataclasses.dataclass
class Point:
    x: int


@dataclasses.dataclass
class Point3(Point):
    z: int = 0


class OwnPoint(Point):
    """Adds no field."""


class Colour(Enum):
    red = 1
    blue = 2


class Constrained(BaseModel, Generic[T]):
    value: T


def from_row(given: Any) -> complex:
    return given if isinstance(given, complex) else complex(*map(float, given))


Row = Annotated[
    complex,
    PlainValidator(from_row),
    PlainSerializer(lambda value: [value.real, value.imag]),
]
Size = Annotated[
    complex, PlainValidator(complex), PlainSerializer(lambda value: value.real, return_type=float)
]
Nothing = Annotated[
    complex, PlainValidator(lambda given: given or 0j), PlainSerializer(lambda _: None, return_type=None)
]

FOREIGN: list[tuple[Any, object, AttributeValue, str | None]] = [
    (re.Pattern[str], re.compile("a+"), {"S": "a+"}, "S"),
    (Grid[int], Grid({"a": 1}), {"M": {"cells": {"M": {"a": {"N": "1"}}}}}, None),
    (Row, 1.5 + 2j, {"L": [{"N": "1.5"}, {"N": "2"}]}, None),
    (Size, 1.5 + 0j, {"N": "1.5"}, "N"),
    (Constrained[int], Constrained[int](value=5), {"M": {"value": {"N": "5"}}}, "M"),
    (Constrained, Constrained(value="a"), {"M": {"value": {"S": "a"}}}, "M"),
]


@pytest.mark.parametrize(("annotation", "value", "stored", "kind"), FOREIGN)
def test_what_pydantic_writes_to_json_is_stored(
    annotation: object, value: object, stored: AttributeValue, kind: str | None
) -> None:
    codec = codec_for(annotation)
    assert codec.encode(value, "x") == stored
    assert codec.decode(stored, "x") == value
    assert codec.attribute_type == kind
    assert not codec.optional


def test_a_class_without_equality_is_compared_by_what_it_serialises_to() -> None:
    codec = codec_for(Money)
    assert codec.attribute_type == "S"
    assert codec.encode(Money("12.50 EUR"), "x") == {"S": "12.50 EUR"}
    assert str(codec.decode({"S": "12.50 EUR"}, "x")) == "12.50 EUR"


REFUSED: list[tuple[Any, object, str]] = [
    (Forgetful, Forgetful("12 EUR"), "would be read back as another value"),
    (Size, 1.5 + 2j, "would be read back as another value"),
    (Nothing, 0j, "is written by pydantic as nothing at all"),
    (Nothing, 1j, "would be read back as another value"),
    (Code, "A", "expected a Code, got a str"),
    (
        time,
        time(12, tzinfo=ZoneInfo("Europe/Paris")),
        "is a time whose timezone has no offset without a date",
    ),
    (Point, Point3(1), "is a Point3, whose fields z would be lost"),
    (Literal[Colour.red], "red", "expected a Colour, got a str"),
]


@pytest.mark.parametrize(("annotation", "value", "message"), REFUSED)
def test_what_would_not_come_back_is_refused(annotation: object, value: object, message: str) -> None:
    with pytest.raises(EncodeError, match=f"^x: {message}"):
        codec_for(annotation).encode(value, "x")


def test_a_subclass_of_a_scalar_is_stored_as_that_and_read_through_pydantic() -> None:
    codec = codec_for(Code)
    assert codec.encode(Code("A"), "x") == {"S": "A"}
    read = codec.decode({"S": "a"}, "x")
    assert (read, type(read)) == ("A", Code)
    assert codec_for(set[Code]).encode({Code("A")}, "x") == {"SS": ["A"]}


def test_a_subclass_of_a_dataclass_without_fields_of_its_own_is_taken() -> None:
    assert codec_for(Point).encode(OwnPoint(1), "x") == {"M": {"x": {"N": "1"}}}


def test_a_literal_of_some_members_takes_no_other() -> None:
    codec = codec_for(Literal[Colour.red])
    assert codec.decode({"N": "1"}, "x") is Colour.red
    with pytest.raises(DecodeError, match="expected a Colour"):
        codec.decode({"N": "2"}, "x")


def test_none_alone_reads_only_null() -> None:
    codec = codec_for(None)
    assert codec.decode({"NULL": True}, "x") is None
    with pytest.raises(DecodeError, match="expected None, got the string type S"):
        codec.decode({"S": ""}, "x")


def test_a_datetime_in_any_zone_is_stored_in_utc() -> None:
    noon = datetime(2024, 7, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))
    codec = codec_for(datetime)
    assert codec.encode(noon, "x") == {"S": "2024-07-01T10:00:00.000000Z"}
    assert codec.decode({"S": "2024-07-01T10:00:00.000000Z"}, "x") == noon.astimezone(UTC)
