"""Unions: told apart by type, or by a discriminator; never read back as something else."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, Optional, Union
from uuid import UUID

import pytest
from pydantic import BaseModel, Discriminator, Field, Tag
from typing_extensions import TypedDict

from dynakit.codec.build import codec_for
from dynakit.codec.fields import FieldSpec, plain_fields
from dynakit.errors import DecodeError, DefinitionError, EncodeError
from dynakit.wire import AttributeValue

AT = datetime(2024, 1, 1, tzinfo=UTC)
ID = UUID(int=5)


class Status(Enum):
    open = "open"


class Kind(StrEnum):
    card = "card"
    bank = "bank"


class Card(BaseModel):
    kind: Literal["card"] = "card"
    number: str


class Bank(BaseModel):
    kind: Literal["bank", "sepa"] = "bank"
    iban: str
    number: int = 0


class Cash(BaseModel):
    amount: Decimal


class Cheque(BaseModel):
    amount: Decimal
    bank: str = ""


class CardByEnum(BaseModel):
    kind: Literal[Kind.card] = Kind.card


class BankByEnum(BaseModel):
    kind: Literal[Kind.bank] = Kind.bank


class One(BaseModel):
    version: Literal[1] = 1


class Two(BaseModel):
    version: Literal[2] = 2


class BlackCat(BaseModel):
    pet: Literal["cat"] = "cat"
    colour: Literal["black"] = "black"


class WhiteCat(BaseModel):
    pet: Literal["cat"] = "cat"
    colour: Literal["white"] = "white"


class Dog(BaseModel):
    pet: Literal["dog"] = "dog"


Cat = Annotated[BlackCat | WhiteCat, Field(discriminator="colour")]
Pet = Annotated[Cat | Dog, Field(discriminator="pet")]
Payment = Annotated[Card | Bank, Field(discriminator="kind")]


class Leaf(BaseModel):
    kind: Literal["leaf"] = "leaf"


class Branch(BaseModel):
    kind: Literal["branch"] = "branch"
    below: list[Annotated[Union[Leaf, Branch], Field(discriminator="kind")]]  # noqa: UP007 - not yet defined


class CardDict(TypedDict):
    kind: Literal["card"]
    number: str


class BankDict(TypedDict):
    kind: Literal["bank"]
    iban: str


@dataclasses.dataclass
class Square:
    side: int
    shape: Literal["square"] = "square"


@dataclasses.dataclass
class Circle:
    radius: int
    shape: Literal["circle"] = "circle"


Shape = Annotated[Square | Circle, Field(discriminator="shape")]


def by_content(value: Any) -> str:
    return "bank" if hasattr(value, "iban") else "cash"


ByFunction = Annotated[Annotated[Cash, Tag("cash")] | Annotated[Bank, Tag("bank")], Discriminator(by_content)]

ROUND_TRIPS: list[tuple[Any, object, AttributeValue]] = [
    (int | str, 5, {"N": "5"}),
    (int | str, "5", {"S": "5"}),
    (int | str | None, "5", {"S": "5"}),
    (bool | int, True, {"BOOL": True}),
    (bool | int, 1, {"N": "1"}),
    (int | Decimal, 5, {"N": "5"}),
    (Decimal | int, 5, {"N": "5"}),
    (Decimal | int, Decimal("0.5"), {"N": "0.5"}),
    (float | int, 5, {"N": "5"}),
    (float | int, 0.5, {"N": "0.5"}),
    (str | UUID, ID, {"S": str(ID)}),
    (str | UUID, "a", {"S": "a"}),
    (datetime | date, AT, {"S": "2024-01-01T00:00:00.000000Z"}),
    (datetime | date, date(2024, 1, 1), {"S": "2024-01-01"}),
    (str | Status, Status.open, {"S": "open"}),
    (str | bytes, b"s", {"B": "cw=="}),
    (list[int] | list[str], [], {"L": []}),
    (list[int] | list[str], ["a"], {"L": [{"S": "a"}]}),
    (list[int] | set[int], {1}, {"NS": ["1"]}),
    (set[int] | set[str], {"a"}, {"SS": ["a"]}),
    (dict[str, int] | Cash, Cash(amount=Decimal(1)), {"M": {"amount": {"N": "1"}}}),
    (dict[str, int] | Cash, {"a": 1}, {"M": {"a": {"N": "1"}}}),
    (Cash | Bank, Cash(amount=Decimal(1)), {"M": {"amount": {"N": "1"}}}),
    (int | Any, "a", {"S": "a"}),
    (str | None | Literal[5], 5, {"N": "5"}),
    (Payment, Card(number="1"), {"M": {"kind": {"S": "card"}, "number": {"S": "1"}}}),
    (
        Payment,
        Bank(kind="sepa", iban="x"),
        {"M": {"kind": {"S": "sepa"}, "iban": {"S": "x"}, "number": {"N": "0"}}},
    ),
    (Optional[Payment], Card(number="1"), {"M": {"kind": {"S": "card"}, "number": {"S": "1"}}}),  # noqa: UP045 - Annotated has no "|" for the type-checkers
    (
        Annotated[Card | Bank | None, Discriminator("kind")],
        Card(number="1"),
        {"M": {"kind": {"S": "card"}, "number": {"S": "1"}}},
    ),
    (
        Annotated[CardByEnum | BankByEnum, Field(discriminator="kind")],
        BankByEnum(),
        {"M": {"kind": {"S": "bank"}}},
    ),
    (Annotated[One | Two, Field(discriminator="version")], Two(), {"M": {"version": {"N": "2"}}}),
    (Pet, WhiteCat(), {"M": {"pet": {"S": "cat"}, "colour": {"S": "white"}}}),
    (Pet, Dog(), {"M": {"pet": {"S": "dog"}}}),
    (
        list[Pet],
        [Dog(), BlackCat()],
        {"L": [{"M": {"pet": {"S": "dog"}}}, {"M": {"pet": {"S": "cat"}, "colour": {"S": "black"}}}]},
    ),
    (
        Branch,
        Branch(below=[Leaf(), Branch(below=[])]),
        {
            "M": {
                "kind": {"S": "branch"},
                "below": {
                    "L": [
                        {"M": {"kind": {"S": "leaf"}}},
                        {"M": {"kind": {"S": "branch"}, "below": {"L": []}}},
                    ]
                },
            }
        },
    ),
    (
        Annotated[CardDict | BankDict, Field(discriminator="kind")],
        {"kind": "bank", "iban": "x"},
        {"M": {"kind": {"S": "bank"}, "iban": {"S": "x"}}},
    ),
    (Shape, Circle(1), {"M": {"radius": {"N": "1"}, "shape": {"S": "circle"}}}),
    (ByFunction, Bank(iban="x"), {"M": {"kind": {"S": "bank"}, "iban": {"S": "x"}, "number": {"N": "0"}}}),
]


@pytest.mark.parametrize(("annotation", "value", "stored"), ROUND_TRIPS)
def test_a_member_of_a_union_comes_back_as_that_member(
    annotation: object, value: object, stored: AttributeValue
) -> None:
    codec = codec_for(annotation)
    assert codec.encode(value, "x") == stored
    back = codec.decode(stored, "x")
    assert back == value
    if not isinstance(value, int | float | Decimal):
        assert type(back) is type(value)


MISREAD: list[tuple[Any, object, str]] = [
    (UUID | str, str(ID), "a UUID"),
    (date | str, "2024-01-01", "a date"),
    (Status | str, "open", "a Status"),
    (Decimal | float, 0.1, "a number"),
    (Cash | Cheque, Cheque(amount=Decimal(1)), "a Cash"),
    (Cash | dict[str, Decimal], {"amount": Decimal(1)}, "a Cash"),
]


@pytest.mark.parametrize(("annotation", "value", "reading"), MISREAD)
def test_what_would_be_read_back_as_another_member_is_refused(
    annotation: object, value: object, reading: str
) -> None:
    with pytest.raises(EncodeError) as raised:
        codec_for(annotation).encode(value, "x")
    assert str(raised.value) == (
        f"x: would be read back as {reading}, as the members of the union are stored alike. "
        "Tell them apart by a discriminator or by other types"
    )


REFUSED: list[tuple[Any, object, str]] = [
    (int | str, 1.5, "x: expected an integer or a string, got a float"),
    (int | str, None, "x: expected an integer or a string, got None"),
    (int | str, "\ud800", "x: holds a lone surrogate, which has no UTF-8 form"),
    (int | list[int], ["a"], "x[0]: expected an integer, got a str"),
    (list[int] | list[str], [b"a"], "x: has content that fits none of these: a list"),
    (Payment, Cash(amount=Decimal(1)), "x: expected a Card or a Bank, got a Cash"),
    (Payment, {"kind": "card", "number": "1"}, "x: expected a Card or a Bank, got a dict"),
    (Payment, Card.model_construct(kind="card", number=5), "x.number: expected a string, got an int"),
    (Payment, Card.model_construct(kind="bank", number="1"), "x.kind: expected the literal value, got a str"),
    (
        Annotated[CardDict | BankDict, Field(discriminator="kind")],
        {"kind": "cash"},
        "x: expected a CardDict or a BankDict, got a dict",
    ),
]


@pytest.mark.parametrize(("annotation", "value", "message"), REFUSED)
def test_a_value_of_no_member_is_refused(annotation: object, value: object, message: str) -> None:
    with pytest.raises(EncodeError) as raised:
        codec_for(annotation).encode(value, "x")
    assert str(raised.value) == message
    assert raised.value.path == message.partition(":")[0]


UNREADABLE: list[tuple[Any, Any, str]] = [
    (int | str, {"B": "cw=="}, "x: expected an integer or a string, got the binary type B"),
    (int | str, {"N": "1.5"}, "x: expected an integer, got a stored value that is not one"),
    (int | str, {"NULL": True}, "x: expected an integer or a string, got the null type NULL"),
    (int | str, {}, "x: expected an integer or a string, got no attribute value"),
    (UUID | date, {"S": "x"}, "x: expected a UUID or a date, got a stored value that is not one"),
    (int | list[int], {"L": [{"S": "1"}]}, "x[0]: expected an integer, got the string type S"),
    (Payment, {"S": "card"}, "x: expected a Card or a Bank, got the string type S"),
    (Payment, {"M": {}}, "x.kind: is missing; expected the discriminator of a Card or a Bank"),
    (
        Payment,
        {"M": {"kind": {"S": "canary"}}},
        "x.kind: holds another value; expected the discriminator of a Card or a Bank",
    ),
    (
        Payment,
        {"M": {"kind": {"L": []}}},
        "x.kind: holds another value; expected the discriminator of a Card or a Bank",
    ),
    (Payment, {"M": {"kind": {"S": "card"}}}, "x.number: is missing, and the field is required"),
    (
        Pet,
        {"M": {"pet": {"S": "cat"}}},
        "x.colour: is missing; expected the discriminator of a BlackCat or a WhiteCat",
    ),
]


@pytest.mark.parametrize(("annotation", "stored", "message"), UNREADABLE)
def test_a_stored_value_of_no_member_is_an_error(
    annotation: object, stored: AttributeValue, message: str
) -> None:
    with pytest.raises(DecodeError) as raised:
        codec_for(annotation).decode(stored, "x")
    assert str(raised.value) == message
    assert raised.value.path == message.partition(":")[0]


def test_a_discriminator_can_be_given_beside_the_annotation() -> None:
    codec = codec_for(Card | Bank | None, discriminator="kind")
    assert codec.optional
    assert codec.encode(None, "x") is None
    assert codec.decode({"M": {"kind": {"S": "bank"}, "iban": {"S": "x"}}}, "x") == Bank(iban="x")


def test_a_numeric_discriminator_is_read_in_any_notation() -> None:
    codec = codec_for(One | Two, discriminator="version")
    assert codec.decode({"M": {"version": {"N": "2.0"}}}, "x") == Two()
    with pytest.raises(DecodeError, match="discriminator"):
        codec.decode({"M": {"version": {"N": "x"}}}, "x")


def test_members_may_store_their_discriminator_under_different_names() -> None:
    def fields_of(model: type[BaseModel]) -> dict[str, FieldSpec]:
        prefix = model.__name__[0].lower()
        return {name: FieldSpec(prefix + name, spec.annotation) for name, spec in plain_fields(model).items()}

    codec = codec_for(Card | Bank, discriminator="kind", fields_of=fields_of)
    for value in (Card(number="1"), Bank(iban="x")):
        stored = codec.encode(value, "x")
        assert stored is not None
        assert codec.decode(stored, "x") == value


def test_one_goes_down_into_a_union_where_its_members_agree() -> None:
    codec = codec_for(Optional[Payment])  # noqa: UP045
    step, kind = codec.child("kind") or ("", codec)
    assert step == "kind"
    assert [kind.encode(tag, "x") for tag in ("card", "sepa")] == [{"S": "card"}, {"S": "sepa"}]
    assert (codec.child("iban") or ("",))[0] == "iban"
    _, number = codec.child("number") or ("", codec)
    assert (number.encode("1", "x"), number.encode(1, "x")) == ({"S": "1"}, {"N": "1"})
    assert codec.child("amount") is None
    assert (codec_for(list[int] | dict[str, int]).child(0) or ("", codec))[0] == 0


def test_members_that_store_a_field_under_two_names_have_no_common_path() -> None:
    def fields_of(model: type[BaseModel]) -> dict[str, FieldSpec]:
        return {
            name: FieldSpec(model.__name__ + name, spec.annotation)
            for name, spec in plain_fields(model).items()
        }

    codec = codec_for(Card | Bank, discriminator="kind", fields_of=fields_of)
    assert codec.child("number") is None
    assert (codec.child("iban") or ("",))[0] == "Bankiban"


class NoTag(BaseModel):
    kind: str


class SameTag(BaseModel):
    kind: Literal["card"] = "card"


@pytest.mark.parametrize(
    ("annotation", "field", "message"),
    [
        (Card | NoTag, "kind", "a NoTag has no field 'kind' that is a Literal or an Enum"),
        (Card | Cash, "kind", "a Cash has no field 'kind'"),
        (Card | int, "kind", "an integer has no field 'kind'"),
        (Card | SameTag, "kind", "two members of a union share a value of their discriminator 'kind'"),
    ],
)
def test_a_discriminator_that_does_not_tell_members_apart_is_a_definition_error(
    annotation: object, field: str, message: str
) -> None:
    with pytest.raises(DefinitionError, match=message):
        codec_for(annotation, discriminator=field)
