"""Nested models, dataclasses and TypedDicts: maps with declared names."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Generic, Literal, NotRequired, TypeVar

import pydantic.dataclasses
import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    RootModel,
    SecretStr,
    field_validator,
    model_validator,
)
from typing_extensions import TypedDict

from dynakit.codec.adapter import BY_NAME
from dynakit.codec.build import codec_for
from dynakit.codec.fields import FieldSpec, plain_fields
from dynakit.codec.stored import epoch_seconds
from dynakit.errors import DecodeError, DefinitionError, EncodeError
from dynakit.wire import AttributeValue

T = TypeVar("T")


class Status(Enum):
    open = "open"
    paid = "paid"


class Line(BaseModel):
    sku: str
    price: Decimal
    tags: set[str] = set()
    note: str | None = None


class Basket(BaseModel):
    lines: list[Line]
    by_sku: dict[str, Line] = {}
    first: Line | None = None


class Node(BaseModel):
    name: str
    nodes: list[Node] = []
    parent: Node | None = None


class Box(BaseModel, Generic[T]):
    content: T


class Words(RootModel[list[str]]):
    pass


class Forest(RootModel[Any]):
    root: dict[str, Forest]


class Aliased(BaseModel):
    city: str = Field(alias="cityName")
    zip_code: str = Field(validation_alias=AliasChoices(AliasPath("codes", 0), "zip"))
    street: str = Field(default="", serialization_alias="Street")


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")
    known: int = 0


class Tight(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    at: datetime
    known: int = 0


class ByValue(BaseModel):
    model_config = ConfigDict(use_enum_values=True)
    status: Status


class Hidden(BaseModel):
    password: SecretStr
    digest: str = Field(exclude=True)
    _cache: dict[str, int] = PrivateAttr(default_factory=dict)


class Timed(BaseModel):
    at: Annotated[datetime, epoch_seconds]


@dataclasses.dataclass
class Point:
    x: int
    y: Decimal = Decimal(0)
    labels: set[str] = dataclasses.field(default_factory=set[str])
    length: float = dataclasses.field(init=False, default=0.0)
    note: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    at: datetime


@pydantic.dataclasses.dataclass
class Checked:
    count: Annotated[int, Field(gt=0)]
    note: str | None = Field(default=None)


class Options(TypedDict):
    size: int
    colour: NotRequired[str | None]
    tags: NotRequired[set[str]]


class Partial(TypedDict, total=False):
    size: int


def map_of(**attributes: AttributeValue) -> AttributeValue:
    return {"M": attributes}


LINE = Line(sku="a", price=Decimal("1.5"))
STORED_LINE = map_of(sku={"S": "a"}, price={"N": "1.5"})
AT = datetime(2024, 1, 1, tzinfo=UTC)
STORED_AT: AttributeValue = {"S": "2024-01-01T00:00:00.000000Z"}

ROUND_TRIPS: list[tuple[Any, object, AttributeValue]] = [
    (Line, LINE, STORED_LINE),
    (
        Line,
        Line(sku="", price=Decimal(0), tags={"b", "a"}, note=""),
        map_of(sku={"S": ""}, price={"N": "0"}, tags={"SS": ["a", "b"]}, note={"S": ""}),
    ),
    (Basket, Basket(lines=[]), map_of(lines={"L": []}, by_sku={"M": {}})),
    (
        Basket,
        Basket(lines=[LINE], by_sku={"a": LINE}, first=LINE),
        map_of(lines={"L": [STORED_LINE]}, by_sku={"M": {"a": STORED_LINE}}, first=STORED_LINE),
    ),
    (
        Node,
        Node(name="a", nodes=[Node(name="b")], parent=Node(name="c")),
        map_of(
            name={"S": "a"},
            nodes={"L": [map_of(name={"S": "b"}, nodes={"L": []})]},
            parent=map_of(name={"S": "c"}, nodes={"L": []}),
        ),
    ),
    (Box[int], Box[int](content=1), map_of(content={"N": "1"})),
    (Box[Line], Box[Line](content=LINE), map_of(content=STORED_LINE)),
    (Box, Box(content="a"), map_of(content={"S": "a"})),
    (Words, Words(["a"]), {"L": [{"S": "a"}]}),
    (Forest, Forest({"a": Forest({})}), {"M": {"a": {"M": {}}}}),
    (
        Aliased,
        Aliased.model_validate({"cityName": "Paris", "codes": ["75"], "street": "r"}),
        map_of(city={"S": "Paris"}, zip_code={"S": "75"}, street={"S": "r"}),
    ),
    (
        Loose,
        Loose.model_validate({"known": 1, "more": {"a": [Decimal("0.5")]}, "none": None}),
        map_of(known={"N": "1"}, more={"M": {"a": {"L": [{"N": "0.5"}]}}}, none={"NULL": True}),
    ),
    (Tight, Tight(at=AT), map_of(at=STORED_AT, known={"N": "0"})),
    (ByValue, ByValue(status=Status.paid), map_of(status={"S": "paid"})),
    (Hidden, Hidden(password=SecretStr("p"), digest="d"), map_of(password={"S": "p"}, digest={"S": "d"})),
    (Timed, Timed(at=AT), map_of(at={"N": "1704067200"})),
    (Point, Point(1), map_of(x={"N": "1"}, y={"N": "0"})),
    (
        Point,
        Point(1, Decimal("0.5"), {"a"}, "n"),
        map_of(x={"N": "1"}, y={"N": "0.5"}, labels={"SS": ["a"]}, note={"S": "n"}),
    ),
    (Slotted, Slotted(AT), map_of(at=STORED_AT)),
    (Checked, Checked(1), map_of(count={"N": "1"})),
    (Options, {"size": 1}, map_of(size={"N": "1"})),
    (Options, {"size": 1, "colour": None}, map_of(size={"N": "1"}, colour={"NULL": True})),
    (
        Options,
        {"size": 1, "colour": "r", "tags": {"a"}},
        map_of(size={"N": "1"}, colour={"S": "r"}, tags={"SS": ["a"]}),
    ),
    (Partial, {}, {"M": {}}),
    (list[Line | None], [LINE, None], {"L": [STORED_LINE, {"NULL": True}]}),
]


@pytest.mark.parametrize(("annotation", "value", "stored"), ROUND_TRIPS)
def test_a_value_with_fields_is_a_map_and_comes_back(
    annotation: object, value: object, stored: AttributeValue
) -> None:
    codec = codec_for(annotation)
    assert codec.encode(value, "x") == stored
    back = codec.decode(stored, "x")
    assert back == value
    assert type(back) is type(value)


class Careful(BaseModel):
    """Fields whose defaults are not what a missing attribute would otherwise stand for."""

    needed: str | None
    five: int | None = 5
    made: int | None = Field(default_factory=lambda: 6)
    words: set[str]
    two: set[int] = {1, 2}
    fresh: frozenset[str] = Field(default_factory=frozenset)
    from_words: set[str] = Field(default_factory=lambda data: set(data["words"]))


def test_none_and_empty_sets_read_back_as_themselves_whatever_the_default() -> None:
    """A missing attribute reads as the default; where that is another value ``NULL`` is written."""
    codec = codec_for(Careful)
    value = Careful(needed=None, five=None, made=None, words=set(), two={1}, from_words={"a"})
    stored = codec.encode(value, "x")
    assert stored == map_of(
        five={"NULL": True}, made={"NULL": True}, two={"NS": ["1"]}, from_words={"SS": ["a"]}
    )
    assert stored is not None
    assert codec.decode(stored, "x") == value


@pytest.mark.parametrize("name", ["two", "from_words"])
def test_an_empty_set_is_refused_where_a_missing_attribute_would_read_as_another(name: str) -> None:
    value = Careful(needed=None, words={"a"}).model_copy(update={name: set()})
    with pytest.raises(EncodeError, match=rf"^x\.{name}: is an empty set, .* which is not empty$"):
        codec_for(Careful).encode(value, "x")


def test_a_missing_attribute_reads_as_the_default() -> None:
    assert codec_for(Careful).decode(map_of(), "x") == Careful(needed=None, words=set())
    assert codec_for(Point).decode(map_of(x={"N": "1"}), "x") == Point(1)


def test_unknown_attributes_are_kept_dropped_or_refused_as_the_model_says() -> None:
    stored = map_of(known={"N": "1"}, other={"SS": ["a"]})
    loose = codec_for(Loose)
    assert loose.encode(loose.decode(stored, "x"), "x") == stored
    assert codec_for(Line).decode(map_of(sku={"S": "a"}, price={"N": "1.5"}, other={"S": "b"}), "x") == LINE
    with pytest.raises(DecodeError, match=r"^x: holds unknown attributes, which a Tight forbids"):
        codec_for(Tight).decode(map_of(at=STORED_AT, other={"S": "a"}), "x")


def renamed(model: type[BaseModel]) -> Mapping[str, FieldSpec]:
    """Store each field under its name in capitals."""
    return {
        name: FieldSpec(name.upper(), spec.annotation, spec.stored_as, spec.discriminator)
        for name, spec in plain_fields(model).items()
    }


def test_the_caller_names_the_attributes_of_nested_models() -> None:
    codec = codec_for(Basket, fields_of=renamed)
    stored = codec.encode(Basket(lines=[LINE]), "x")
    assert stored == map_of(LINES={"L": [map_of(SKU={"S": "a"}, PRICE={"N": "1.5"})]}, BY_SKU={"M": {}})
    assert stored is not None
    assert codec.decode(stored, "x") == Basket(lines=[LINE])
    name, lines = codec.child("lines") or ("", codec)
    assert name == "LINES"
    assert ((lines.child(0) or (0, codec))[1].child("sku") or ("",))[0] == "SKU"
    assert codec.child("LINES") is None
    with pytest.raises(EncodeError, match=r"^x\.lines\[0\]\.price: "):
        codec.encode(Basket(lines=[LINE.model_copy(update={"price": "1"})]), "x")


def test_the_caller_gives_other_stored_forms() -> None:
    def stored_as_epoch(_: type[BaseModel]) -> Mapping[str, FieldSpec]:
        return {"at": FieldSpec("a", datetime, epoch_seconds)}

    codec = codec_for(Timed, fields_of=stored_as_epoch)
    assert codec.encode(Timed(at=AT), "x") == map_of(a={"N": "1704067200"})


def test_an_extra_value_cannot_stand_for_a_field() -> None:
    codec = codec_for(Loose, fields_of=renamed)
    with pytest.raises(EncodeError, match=r"^x: has an extra value under the name of a declared field"):
        codec.encode(Loose.model_validate({"known": 1, "KNOWN": 2}), "x")
    with pytest.raises(DecodeError, match=r"^x: holds an unknown attribute under the name of a field"):
        codec.decode(map_of(KNOWN={"N": "1"}, known={"N": "2"}), "x")


class SpecialLine(Line):
    discount: int = 0


class NamedLine(Line):
    def label(self) -> str:
        return self.sku


def test_a_subclass_is_taken_unless_its_own_fields_would_be_lost() -> None:
    codec = codec_for(Line)
    assert codec.encode(NamedLine(sku="a", price=Decimal("1.5")), "x") == STORED_LINE
    with pytest.raises(EncodeError, match=r"^x: is a SpecialLine, whose fields discount would be lost"):
        codec.encode(SpecialLine(sku="a", price=Decimal(1)), "x")


def test_a_generic_model_takes_instances_of_its_origin() -> None:
    assert codec_for(Box[int]).encode(Box(content=1), "x") == map_of(content={"N": "1"})
    assert codec_for(Box).encode(Box[int](content=1), "x") == map_of(content={"N": "1"})
    with pytest.raises(EncodeError, match=r"^x\.content: expected an integer, got a str"):
        codec_for(Box[int]).encode(Box(content="a"), "x")


class Other(BaseModel):
    sku: str
    price: Decimal


REFUSED: list[tuple[Any, object, str]] = [
    (Line, {"sku": "a", "price": Decimal(1)}, "x: expected a Line, got a dict"),
    (Line, Other(sku="a", price=Decimal(1)), "x: expected a Line, got an Other"),
    (Line, Line.model_construct(sku="a"), "x.price: is not set"),
    (Line, Line.model_construct(sku=1, price=Decimal(1)), "x.sku: expected a string, got an int"),
    (
        Line,
        Line.model_construct(sku="a", price=Decimal(1), tags={1}),
        "x.tags[…]: expected a string, got an int",
    ),
    (Basket, Basket.model_construct(lines=[LINE, None]), "x.lines[1]: expected a Line, got None"),
    (Point, {"x": 1}, "x: expected a Point, got a dict"),
    (Point, Point("a"), "x.x: expected an integer, got a str"),  # type: ignore[arg-type]
    (Options, {}, "x.size: is not set"),
    (Options, {"size": 1, "other": 1}, "x: has keys that an Options does not declare"),
    (Options, [], "x: expected an Options, got a list"),
    (Words, ["a"], "x: expected a Words, got a list"),
]


@pytest.mark.parametrize(("annotation", "value", "message"), REFUSED)
def test_a_refusal_names_the_field(annotation: object, value: object, message: str) -> None:
    with pytest.raises(EncodeError) as raised:
        codec_for(annotation).encode(value, "x")
    assert str(raised.value) == message
    assert raised.value.path == message.partition(":")[0]


def refuse(value: str) -> str:
    raise ValueError(f"canary {value}")


class Validated(BaseModel):
    name: Annotated[str, Field(max_length=3)] = ""
    count: Annotated[int, Field(gt=0, lt=10)] = 1
    code: Annotated[str, AfterValidator(refuse)] = ""
    scores: list[Annotated[int, Field(lt=10)]] = []
    labels: dict[str, Annotated[int, Field(lt=10)]] = {}

    @model_validator(mode="after")
    def check(self) -> Validated:
        if self.name == "bad":
            raise ValueError(f"canary {self.name}")
        return self


UNREADABLE: list[tuple[Any, Any, str]] = [
    (Line, {"L": []}, "x: expected a Line, got the list type L"),
    (Line, map_of(price={"N": "1"}), "x.sku: is missing, and the field is required"),
    (Line, map_of(sku={"N": "1"}, price={"N": "1"}), "x.sku: expected a string, got the number type N"),
    (Line, map_of(sku={"NULL": True}, price={"N": "1"}), "x.sku: expected a string, got the null type NULL"),
    (Line, map_of(), "x: does not make a Line; pydantic refuses sku (missing), price (missing)"),
    (
        Basket,
        map_of(lines={"L": [map_of(sku={"S": "a"})]}),
        "x.lines[0].price: is missing, and the field is required",
    ),
    (Aliased, map_of(zip_code={"S": "a"}), "x.city: is missing, and the field is required"),
    (Validated, map_of(name={"S": "canary"}), "x.name: is not valid; pydantic refuses it (string_too_long)"),
    (Validated, map_of(code={"S": "canary"}), "x.code: is not valid; pydantic refuses it (value_error)"),
    (Validated, map_of(name={"S": "bad"}), "x: is not valid; pydantic refuses it (value_error)"),
    (
        Validated,
        map_of(scores={"L": [{"N": "1"}, {"N": "10"}]}),
        "x.scores[1]: is not valid; pydantic refuses it (less_than)",
    ),
    (
        Validated,
        map_of(labels={"M": {"canary": {"N": "10"}}}),
        "x.labels[…]: is not valid; pydantic refuses it (less_than)",
    ),
    (
        Validated,
        map_of(count={"N": "0"}, name={"S": "canary"}),
        "x: does not make a Validated; pydantic refuses name (string_too_long), count (greater_than)",
    ),
    (
        Validated,
        map_of(scores={"L": [{"N": "10"}] * 7}),
        (
            "x: does not make a Validated; pydantic refuses scores[0] (less_than), scores[1] (less_than), "
            "scores[2] (less_than), scores[3] (less_than), scores[4] (less_than) and 2 more"
        ),
    ),
    (Point, map_of(x={"S": "1"}), "x.x: expected an integer, got the string type S"),
    (Point, map_of(), "x.x: is missing, and the field is required"),
    (Checked, map_of(count={"N": "0"}), "x.count: is not valid; pydantic refuses it (greater_than)"),
    (Options, map_of(), "x.size: is missing, and the field is required"),
    (Words, {"L": [{"N": "1"}]}, "x[0]: expected a string, got the number type N"),
]


@pytest.mark.parametrize(("annotation", "stored", "message"), UNREADABLE)
def test_a_stored_map_that_does_not_fit_is_an_error_without_its_values(
    annotation: object, stored: AttributeValue, message: str
) -> None:
    with pytest.raises(DecodeError) as raised:
        codec_for(annotation).decode(stored, "x")
    assert str(raised.value) == message
    assert raised.value.path == message.partition(":")[0]
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


class Migrated(BaseModel):
    full_name: str

    @model_validator(mode="before")
    @classmethod
    def from_the_old_form(cls, values: Any) -> Any:
        return {"full_name": "nobody", **values}

    @field_validator("full_name")
    @classmethod
    def trimmed(cls, value: str) -> str:
        return value.strip()


def test_a_validator_may_fill_in_what_an_old_item_lacks() -> None:
    assert codec_for(Migrated).decode(map_of(), "x") == Migrated(full_name="nobody")
    assert codec_for(Migrated).decode(map_of(full_name={"S": " a "}), "x") == Migrated(full_name="a")


def test_a_place_at_the_root_has_no_leading_dot() -> None:
    with pytest.raises(EncodeError, match=r"^sku: expected a string, got an int$") as raised:
        codec_for(Line).encode(Line.model_construct(sku=1, price=Decimal(1)), "")
    assert raised.value.path == "sku"


class OnlyByPath(BaseModel):
    code: str = Field(validation_alias=AliasPath("codes", 0))


def test_a_field_behind_an_alias_path_needs_validation_by_name() -> None:
    """Pydantic validates by name on demand since 2.11."""
    if BY_NAME:
        codec = codec_for(OnlyByPath)
        stored = codec.encode(OnlyByPath.model_validate({"codes": ["a"]}), "x")
        assert stored is not None
        assert codec.decode(stored, "x") == OnlyByPath.model_validate({"codes": ["a"]})
    else:
        with pytest.raises(DefinitionError, match="alias path"):
            codec_for(OnlyByPath)


class Event(BaseModel):
    kind: Literal["event"] = "event"
    later: "Later"  # noqa: UP037 - resolved when the module is complete


class Later(BaseModel):
    name: str


def test_an_annotation_that_was_not_ready_is_resolved_when_the_codec_is_made() -> None:
    assert codec_for(Event).decode(map_of(later=map_of(name={"S": "a"})), "x") == Event(later=Later(name="a"))
