"""What faults tell: the place, the expectation, and never a value unless it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, HttpUrl, JsonValue, SecretStr

from dynakit.codec.build import codec_for
from dynakit.codec.stored import StoredAs, epoch_seconds, json_text, naive_iso, number_text
from dynakit.errors import CodecError, DecodeError, EncodeError, show_values
from dynakit.wire import AttributeValue

CANARY = "canary-5f1c"


class Status(Enum):
    open = "open"


class Card(BaseModel):
    kind: Literal["card"] = "card"
    number: int = 0


class Bank(BaseModel):
    kind: Literal["bank"] = "bank"
    secret: SecretStr = SecretStr("")
    labels: dict[str, Annotated[int, Field(lt=5)]] = {}


class Text(str):
    """A string that shows itself wherever it can."""

    __slots__ = ()

    def __repr__(self) -> str:
        return CANARY


ANNOTATIONS: list[Any] = [
    int,
    float,
    Decimal,
    bool,
    bytes,
    UUID,
    date,
    datetime,
    Status,
    Literal["a", 1],
    HttpUrl,
    IPv4Address,
    JsonValue,
    list[int],
    tuple[int, str],
    set[int],
    dict[int, Status],
    int | UUID | None,
    int | list[int],
    Card,
    Card | Bank,
    Annotated[Card | Bank, Field(discriminator="kind")],
    Annotated[int, number_text],
    Annotated[datetime, epoch_seconds],
    Annotated[datetime, naive_iso],
    Annotated[list[int], json_text],
    Annotated[int, StoredAs("own", "S", lambda value: str(int(value)), int)],
]

BAD_VALUES: list[Any] = [
    CANARY + "\ud800",
    Text(CANARY + "\ud800"),
    CANARY.encode(),
    [CANARY + "\ud800", 1.5],
    {CANARY: CANARY + "\ud800"},
    {CANARY + "\ud800": 1},
    {CANARY + "\ud800", CANARY},
    (CANARY, CANARY, CANARY + "\ud800"),
    SecretStr(CANARY),
    Card.model_construct(kind=CANARY, number=CANARY),
    Bank.model_construct(kind=CANARY, secret=CANARY),
    Bank(secret=SecretStr(CANARY + "\ud800")),
]

BAD_STORED: list[AttributeValue] = [
    {"S": CANARY},
    {"N": CANARY},
    {"B": CANARY},
    {"SS": [CANARY]},
    {"NS": [CANARY]},
    {"L": [{"S": CANARY}, {"N": CANARY}]},
    {"M": {CANARY: {"N": CANARY}}},
    {"M": {"kind": {"S": CANARY}, "number": {"S": CANARY}}},
    {"M": {"kind": {"S": "card"}, "number": {"N": CANARY}}},
    {"M": {"kind": {"S": "bank"}, "secret": {"S": "a"}, "labels": {"M": {CANARY: {"N": "7"}}}}},
    {"M": {"kind": {"S": "bank"}, "secret": {"SS": [CANARY]}}},
]


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and whatever a traceback would print above it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def texts_of(error: CodecError) -> str:
    return " ".join(f"{each} {each!r} {getattr(each, 'path', '')}" for each in chain(error))


@pytest.mark.parametrize("annotation", ANNOTATIONS)
def test_no_fault_shows_the_value_it_is_about(annotation: object) -> None:
    """Whatever is refused on the way in or out, the canary in it stays out of the texts."""
    codec = codec_for(annotation)
    faults = 0
    for value in BAD_VALUES:
        try:
            codec.encode(value, "secret")
        except EncodeError as error:
            faults += 1
            assert CANARY not in texts_of(error)  # noqa: PT017 - not every value is refused
    for stored in BAD_STORED:
        try:
            codec.decode(stored, "secret")
        except DecodeError as error:
            faults += 1
            assert CANARY not in texts_of(error)  # noqa: PT017
    assert faults > len(BAD_VALUES)


def test_the_value_is_kept_on_the_error() -> None:
    with pytest.raises(EncodeError) as encoding:
        codec_for(list[int]).encode([1, CANARY], "x")
    assert encoding.value.value == CANARY
    with pytest.raises(DecodeError) as decoding:
        codec_for(int).decode({"S": CANARY}, "x")
    assert decoding.value.value == {"S": CANARY}


def test_values_are_shown_when_asked_for() -> None:
    with show_values(), pytest.raises(EncodeError, match=r"^x\[1\]: expected an integer, got a str: 'canary"):
        codec_for(list[int]).encode([1, CANARY], "x")
    with (
        show_values(),
        pytest.raises(DecodeError, match=r"^x: expected an integer, got the string type S: .*canary"),
    ):
        codec_for(int).decode({"S": CANARY}, "x")
    with show_values(), pytest.raises(EncodeError, match=r"is not a finite number: Decimal\('NaN'\)$"):
        codec_for(Decimal).encode(Decimal("NaN"), "x")


def test_a_secret_is_neither_shown_nor_kept_by_its_faults() -> None:
    codec = codec_for(SecretStr)
    with show_values(), pytest.raises(EncodeError) as encoding:
        codec.encode(SecretStr(CANARY + "\ud800"), "password")
    with show_values(), pytest.raises(DecodeError) as decoding:
        codec.decode({"N": CANARY}, "password")
    for error in (encoding.value, decoding.value):
        assert CANARY not in texts_of(error)
        assert CANARY not in repr(error.value)


PLACES: list[tuple[Any, object, str]] = [
    (dict[str, list[Card]], {"a": [Card(), Card.model_construct(kind="card", number="1")]}, "x[…][1].number"),
    (list[tuple[int, dict[str, int]]], [(1, {"a": 1}), (1, {"a": None})], "x[1][1][…]"),
    (Card | None, Card.model_construct(kind="card", number=None), "x.number"),
]


@pytest.mark.parametrize(("annotation", "value", "place"), PLACES)
def test_the_place_is_told_from_the_attribute_down(annotation: object, value: object, place: str) -> None:
    with pytest.raises(EncodeError) as raised:
        codec_for(annotation).encode(value, "x")
    assert raised.value.path == place
    assert str(raised.value).startswith(f"{place}: ")
