"""Declarations that work: what pydantic can do, an entity can."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Generic, TypeVar

import pytest
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    computed_field,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from dynakit import Attr, DecodeError, Entity, Index, Key, Table, UnknownAttribute, attr, entities_of, path
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item, encode_item
from dynakit.wire import Item

T = TypeVar("T")


def a_table() -> Table:
    return Table("shop", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")])


def stored(entity: Entity) -> Item:
    return encode_item(definition_of(type(entity)), entity)


def again(entity: Entity) -> Entity:
    """Written and read back."""
    return decode_item(definition_of(type(entity)), stored(entity))


def test_an_abstract_base_holds_keys_and_attributes_and_is_in_no_table() -> None:
    table = a_table()

    class Base(Entity):
        primary = Key("{kind:raw}#{id}", "META")
        by_owner = Key("OWNER#{owner}", "{id}", index="GSI1")
        kind: ClassVar[str] = "base"
        id: Attr[str]
        owner: Attr[str] = attr(name="o")

    class Doc(Base, table=table):
        primary = Key("DOC#{id}", "META")
        title: Attr[str] = attr(default="")

    assert entities_of(table) == (Doc,)
    assert stored(Doc(id="1", owner="ann")) == {
        "id": {"S": "1"},
        "o": {"S": "ann"},
        "title": {"S": ""},
        "PK": {"S": "DOC#1"},
        "SK": {"S": "META"},
        "GSI1PK": {"S": "OWNER#ann"},
        "GSI1SK": {"S": "1"},
        "_type": {"S": "Doc"},
    }


def test_a_subclass_narrows_and_overrides_and_shares_the_table_and_the_keys() -> None:
    table = a_table()

    class Order(Entity, table=table):
        primary = Key("ORDER#{id}", "META")
        id: Attr[str]
        status: Attr[str] = attr(default="open")

    class Rush(Order):
        status: Attr[str] = attr(default="rush")
        hours: Attr[int] = attr(default=24)

    assert entities_of(table) == (Order, Rush)
    assert Rush.primary(id="1").entity is Rush
    assert stored(Rush(id="1"))["status"] == {"S": "rush"}
    assert stored(Rush(id="1"))["_type"] == {"S": "Rush"}
    assert stored(Order(id="1"))["_type"] == {"S": "Order"}
    assert str(Order.status) == "Order.status"
    assert str(Rush.status) == "Rush.status"


def test_plain_pydantic_attributes_and_mixins_work_and_have_paths_by_name() -> None:
    class Noted(BaseModel):
        note: str | None = None

    class Doc(Noted, Entity, table=a_table()):
        primary = Key("DOC#{id}", "META")
        id: Attr[str]
        size: int = 0

    assert again(Doc(id="1", note="x", size=3)) == Doc(id="1", note="x", size=3)
    assert str(path(Doc, "note", str)) == "Doc.note"
    with pytest.raises(UnknownAttribute, match="Doc: it has no attribute 'nota'; did you mean 'note'"):
        path(Doc, "nota", str)
    with pytest.raises(UnknownAttribute, match="Doc: it has no attribute 'sise'; did you mean 'size'"):
        _ = Doc.sise  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]


def test_validators_computed_fields_class_variables_and_private_attributes_work() -> None:
    class Doc(Entity, table=a_table()):
        primary: ClassVar[Key] = Key("DOC#{id}", "META")
        kinds: ClassVar[list[str]] = ["a"]
        id: Attr[str]
        name: Attr[Annotated[str, Field(min_length=2)]]
        low: Attr[int] = attr(default=0, ge=0)
        high: Attr[int] = attr(default=9)
        _seen: int = PrivateAttr(default=3)

        @property
        def seen(self) -> int:
            return self._seen

        @field_validator("name")
        @classmethod
        def trimmed(cls, name: str) -> str:
            return name.strip()

        @model_validator(mode="after")
        def ordered(self) -> Doc:
            if self.low > self.high:
                raise ValueError("low is above high")
            return self

        @computed_field  # type: ignore[prop-decorator]
        @property
        def loud(self) -> str:
            return self.name.upper()

    doc = Doc(id="1", name=" ann ")
    assert (doc.name, doc.loud, doc.seen) == ("ann", "ANN", 3)
    assert "loud" not in stored(doc)
    assert again(doc) == doc
    assert doc.model_dump() == {"id": "1", "name": "ann", "low": 0, "high": 9, "loud": "ANN"}
    for wrong in ({"name": "x"}, {"low": -1}, {"low": 10}, {"extra": 1}):
        with pytest.raises(ValidationError):
            Doc.model_validate({"id": "1", "name": "ann", **wrong})
    item: Item = {**stored(doc), "low": {"N": "10"}}
    with pytest.raises(
        DecodeError, match=r"Doc.item: the stored item is refused by the model \(value_error\)"
    ):
        decode_item(definition_of(Doc), item)


@pytest.mark.parametrize("by_name", [True, False])
def test_aliases_are_pydantics_and_not_the_stored_names(by_name: bool) -> None:
    class Doc(Entity, table=a_table()):
        model_config = ConfigDict(alias_generator=to_camel, populate_by_name=by_name)
        primary = Key("DOC#{doc_id}", "META")
        doc_id: Attr[str]
        full_name: Attr[Annotated[str, Field(validation_alias=AliasChoices("fullName", "name"))]]

    doc = Doc.model_validate({"docId": "1", "name": "ann"})
    assert set(stored(doc)) >= {"doc_id", "full_name"}
    assert again(doc) == doc
    assert doc.model_dump(by_alias=True) == {"docId": "1", "fullName": "ann"}


def test_a_generic_entity_is_made_concrete_and_stored() -> None:
    class Envelope(Entity, Generic[T]):
        primary = Key("ENVELOPE#{id}", "META")
        id: Attr[str]
        content: Attr[T]

    class Text(BaseModel):
        text: str

    class Letter(Envelope[Text], table=a_table()):
        pass

    letter = Letter(id="1", content=Text(text="x"))
    assert stored(letter)["content"] == {"M": {"text": {"S": "x"}}}
    assert again(letter) == letter


def test_a_generic_model_nests() -> None:
    class Box(BaseModel, Generic[T]):
        inside: T

    class Doc(Entity, table=a_table()):
        primary = Key("DOC#{id}", "META")
        id: Attr[str]
        box: Attr[Box[int]]

    assert again(Doc(id="1", box=Box(inside=3))) == Doc(id="1", box=Box(inside=3))


def test_frozen_entities_work() -> None:
    class Doc(Entity, table=a_table(), frozen=True):
        primary = Key("DOC#{id}", "META")
        id: Attr[str]

    doc = again(Doc(id="1"))
    assert doc == Doc(id="1")
    with pytest.raises(ValidationError):
        setattr(doc, "id", "2")  # noqa: B010 - a type checker refuses it too


def test_the_json_schema_is_as_pydantic_makes_it_of_the_plain_types() -> None:
    class Doc(Entity, table=a_table()):
        primary = Key("DOC#{id}", "META")
        id: Attr[str]
        count: Attr[int] = attr(default=0, ge=0, name="n", description="how many")

    class Plain(BaseModel):
        id: str
        count: int = Field(default=0, ge=0, description="how many")

    expected: dict[str, Any] = Plain.model_json_schema()
    assert Doc.model_json_schema() == {**expected, "title": "Doc", "additionalProperties": False}


def test_a_class_defined_again_takes_the_place_of_the_first() -> None:
    """As a module reloaded, or a cell of a notebook run twice."""
    table = a_table()

    def define(literal: str) -> type[Entity]:
        class Doc(Entity, table=table):
            primary = Key(literal + "#{id}", "META")
            id: Attr[str]

        return Doc

    define("A")
    second = define("B")
    assert entities_of(table) == (second,)


def test_secret_attributes_are_hidden_in_the_repr_only() -> None:
    class User(Entity, table=a_table()):
        primary = Key("USER#{id}", "META")
        id: Attr[str]
        password: Attr[str] = attr(secret=True)

    user = User(id="1", password="hunter2")
    assert "hunter2" not in repr(user) + str(user)
    assert user.model_dump()["password"] == "hunter2"
