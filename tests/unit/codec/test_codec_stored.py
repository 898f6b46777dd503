"""Other stored forms: the ready-made ones and the user's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, SecretStr

from dynakit.codec.build import codec_for
from dynakit.codec.codec import WireType
from dynakit.codec.stored import (
    StoredAs,
    StoredForm,
    epoch_milliseconds,
    epoch_seconds,
    iso_milliseconds,
    json_text,
    naive_iso,
    number_text,
)
from dynakit.errors import DecodeError, DefinitionError, EncodeError
from dynakit.wire import AttributeValue

CEST = timezone(timedelta(hours=2))
AT = datetime(2023, 4, 1, 12, microsecond=1000, tzinfo=UTC)
NOON = datetime(2023, 4, 1, 12, tzinfo=UTC)

cents: StoredAs[Decimal] = StoredAs(
    "cents", "N", lambda price: str(int(price * 100)), lambda text: Decimal(text) / 100, Decimal
)
hexadecimal: StoredAs[bytes] = StoredAs("hexadecimal", "S", bytes.hex, bytes.fromhex)
base64: StoredAs[str] = StoredAs("base64", "B", lambda text: text, lambda text: text)


class Address(BaseModel):
    city: str
    zip_code: Decimal = Field(default=Decimal(0), alias="zip")
    at: date | None = None


class Holder(BaseModel):
    secret: SecretStr


ROUND_TRIPS: list[tuple[Any, Any, object, AttributeValue]] = [
    (datetime, epoch_seconds, NOON, {"N": "1680350400"}),
    (datetime, epoch_seconds, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), {"N": "-1"}),
    (datetime | None, epoch_seconds, NOON, {"N": "1680350400"}),
    (datetime, epoch_milliseconds, AT, {"N": "1680350400001"}),
    (datetime, iso_milliseconds, AT, {"S": "2023-04-01T12:00:00.001Z"}),
    (datetime, naive_iso, datetime(2020, 6, 21, 19, 18), {"S": "2020-06-21T19:18:00"}),
    (datetime, naive_iso, datetime(2020, 6, 21, 19, 18, 0, 5), {"S": "2020-06-21T19:18:00.000005"}),
    (int, number_text, -5, {"S": "-5"}),
    (int | None, number_text, 5, {"S": "5"}),
    (Annotated[int, Field(gt=0)], number_text, 5, {"S": "5"}),
    (Decimal, number_text, Decimal("12.50"), {"S": "12.50"}),
    (Decimal, number_text, Decimal("1E+2"), {"S": "100"}),
    (float, number_text, 0.5, {"S": "0.5"}),
    (list[int], json_text, [1, 2], {"S": "[1,2]"}),
    (list[int] | None, json_text, [], {"S": "[]"}),
    (int | str, json_text, "a", {"S": '"a"'}),
    (dict[str, Any], json_text, {"a": [1, None, "é"]}, {"S": '{"a":[1,null,"é"]}'}),
    (set[date], json_text, {date(2024, 1, 1)}, {"S": '["2024-01-01"]'}),
    (Decimal, cents, Decimal("12.50"), {"N": "1250"}),
    (bytes, hexadecimal, b"\xff", {"S": "ff"}),
    (str, base64, "cw==", {"B": "cw=="}),
]


@pytest.mark.parametrize(("annotation", "form", "value", "stored"), ROUND_TRIPS)
def test_a_form_stores_its_own_text_and_reads_it(
    annotation: object, form: StoredAs[Any] | StoredForm, value: object, stored: AttributeValue
) -> None:
    codec = codec_for(annotation, stored_as=form)
    assert codec.encode(value, "x") == stored
    assert codec.attribute_type == next(iter(stored))
    back = codec.decode(stored, "x")
    assert (back, type(back)) == (value, type(value))


def test_a_model_is_kept_as_json_text_with_its_aliases() -> None:
    codec = codec_for(Address, stored_as=json_text)
    value = Address.model_validate({"city": "Paris", "zip": "75.50"})
    stored = codec.encode(value, "x")
    assert stored is not None
    assert set(stored) == {"S"}
    assert codec.decode(stored, "x") == value


def test_none_beside_a_form_stays_absent() -> None:
    codec = codec_for(datetime | None, stored_as=epoch_seconds)
    assert codec.optional
    assert codec.encode(None, "x") is None
    assert codec.decode({"NULL": True}, "x") is None


def test_a_form_may_stand_in_the_annotation_of_an_element() -> None:
    codec = codec_for(dict[str, list[Annotated[datetime, epoch_seconds]]])
    stored: AttributeValue = {"M": {"a": {"L": [{"N": "1680350400"}]}}}
    assert codec.encode({"a": [NOON]}, "x") == stored
    assert codec.decode(stored, "x") == {"a": [NOON]}


def test_a_form_makes_a_set_of_what_it_stores() -> None:
    codec = codec_for(set[Annotated[datetime, epoch_seconds]])
    assert codec.encode({NOON}, "x") == {"NS": ["1680350400"]}


READ_AS: list[tuple[Any, Any, AttributeValue, object]] = [
    (datetime, epoch_seconds, {"N": "1680350400.0"}, NOON),
    (datetime, iso_milliseconds, {"S": "2023-04-01T14:00:00+02:00"}, NOON),
    (datetime, naive_iso, {"S": "2023-04-01"}, datetime(2023, 4, 1)),
    (int, number_text, {"S": "007"}, 7),
    (Decimal, number_text, {"S": "1e2"}, Decimal(100)),
]


@pytest.mark.parametrize(("annotation", "form", "stored", "value"), READ_AS)
def test_other_texts_of_the_form_are_read(
    annotation: object, form: StoredAs[Any], stored: AttributeValue, value: object
) -> None:
    assert codec_for(annotation, stored_as=form).decode(stored, "x") == value


REFUSED: list[tuple[Any, Any, object, str]] = [
    (
        datetime,
        epoch_seconds,
        AT,
        "is finer than the stored form keeps. Drop its microseconds, or use epoch_milliseconds",
    ),
    (
        datetime,
        epoch_milliseconds,
        AT.replace(microsecond=1),
        "is finer than the stored form keeps. Round it",
    ),
    (datetime, iso_milliseconds, AT.replace(microsecond=1), "is finer than the stored form keeps. Round it"),
    (datetime, epoch_seconds, datetime(2023, 1, 1), "is a datetime without a timezone"),
    (datetime, epoch_seconds, 5, "expected a datetime, got an int"),
    (datetime, naive_iso, NOON, "is a datetime with a timezone; stored_as=naive_iso keeps only naive ones"),
    (datetime, naive_iso, "2020", "expected a datetime, got a str"),
    (int, number_text, True, "expected an integer, got a bool"),
    (int, number_text, "5", "expected an integer, got a str"),
    (Decimal, number_text, Decimal("NaN"), "is not a finite number"),
    (Decimal, number_text, Decimal("1E+999999"), "is out of range"),
    (float, number_text, float("inf"), "is not a finite number"),
    (list[int], json_text, ["a"], "is not a list[int] that pydantic can write as JSON"),
    (str, json_text, "\ud800", "is not a str that pydantic can write as JSON"),
    (Any, json_text, Decimal("0.5"), "would be read back as another value"),
    (float, json_text, float("nan"), "is written as something that is no valid float"),
    (SecretStr, json_text, SecretStr("canary"), "would be read back as another value"),
    (Holder, json_text, Holder(secret=SecretStr("canary")), "would be read back as another value"),
    (Decimal, cents, "5", "expected a Decimal, got a str"),
    (Decimal, cents, Decimal("NaN"), "cannot be stored as cents (ValueError)"),
    (bytes, hexadecimal, "canary", "cannot be stored as hexadecimal (TypeError)"),
    (str, base64, "c", "cannot be stored as base64 (Error)"),
    (str, StoredAs("bad", "N", str, str), "canary", "cannot be stored as bad (ValueError)"),
    (str, StoredAs("bad", "S", lambda _: 5, str), "a", "expected a string, got an int"),  # type: ignore[arg-type, return-value]
]


@pytest.mark.parametrize(("annotation", "form", "value", "message"), REFUSED)
def test_a_value_the_form_does_not_keep_is_refused(
    annotation: object, form: StoredAs[Any], value: object, message: str
) -> None:
    with pytest.raises(EncodeError) as raised:
        codec_for(annotation, stored_as=form).encode(value, "x")
    assert str(raised.value).startswith(f"x: {message}")
    assert "canary" not in str(raised.value)
    assert raised.value.__context__ is None


UNREADABLE: list[tuple[Any, Any, AttributeValue]] = [
    (datetime, epoch_seconds, {"S": "1680350400"}),
    (datetime, epoch_seconds, {"N": "1.5"}),
    (datetime, epoch_seconds, {"N": "1E+20"}),
    (datetime, naive_iso, {"S": "2023-04-01T12:00:00Z"}),
    (datetime, naive_iso, {"S": "canary"}),
    (datetime, iso_milliseconds, {"S": "2023-04-01T12:00:00"}),
    (int, number_text, {"N": "5"}),
    (int, number_text, {"S": "5.5"}),
    (int, number_text, {"S": "canary"}),
    (Decimal, number_text, {"S": "NaN"}),
    (list[int], json_text, {"S": "canary"}),
    (list[int], json_text, {"S": '["canary"]'}),
    (list[int], json_text, {"L": []}),
    (bytes, hexadecimal, {"S": "canary"}),
    (datetime | None, epoch_seconds, {"S": "canary"}),
]


@pytest.mark.parametrize(("annotation", "form", "stored"), UNREADABLE)
def test_a_stored_value_of_another_form_is_an_error(
    annotation: object, form: StoredAs[Any], stored: AttributeValue
) -> None:
    with pytest.raises(DecodeError, match=r"^x") as raised:
        codec_for(annotation, stored_as=form).decode(stored, "x")
    assert "canary" not in str(raised.value)


UNSUITED: list[tuple[Any, Any]] = [
    (str, epoch_seconds),
    (date, naive_iso),
    (int | None, iso_milliseconds),
    (str, number_text),
    (bool, number_text),
    (int | Decimal, number_text),
    (Annotated[str, Field(min_length=1)], cents),
    (object(), json_text),
]


@pytest.mark.parametrize(("annotation", "form"), UNSUITED)
def test_a_form_that_does_not_suit_is_told_when_it_is_declared(
    annotation: object, form: StoredAs[Any]
) -> None:
    with pytest.raises(DefinitionError):
        codec_for(annotation, stored_as=form)


def test_a_form_gives_the_bare_text_for_keys() -> None:
    assert epoch_seconds.to_text(NOON) == "1680350400"
    assert epoch_seconds.from_text("1680350400") == NOON
    assert cents.to_text(Decimal(10)) == "1000"
    assert number_text.bind(int).to_text(5) == "5"
    assert StoredAs[int]("padded", "N", lambda value: f"{value:05}", int).to_text(7) == "7"
    with pytest.raises(EncodeError):
        epoch_seconds.to_text(AT)
    with pytest.raises(DecodeError):
        epoch_seconds.from_text("x")


def test_text_of_a_number_kept_as_a_string_is_written_back_as_it_was() -> None:
    codec = codec_for(Decimal, stored_as=number_text)
    for text in ("12.50", "0.00", "-1.0", "100"):
        assert codec.encode(codec.decode({"S": text}, "x"), "x") == {"S": text}


@pytest.mark.parametrize(("annotation", "kind"), [(int, "S"), (Decimal | None, "S")])
def test_the_attribute_type_is_that_of_the_form(annotation: object, kind: WireType) -> None:
    assert codec_for(annotation, stored_as=number_text).attribute_type == kind
