"""JSON Schema and OpenAPI of entities: what they say, and that what entities are dumped as is valid."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, cast, get_args

import pytest
from hypothesis import given, reject
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from dynakit import (
    Attr,
    DefinitionError,
    Entity,
    Key,
    Table,
    Vector,
    attr,
    calculated,
    created,
    deleted,
    expires,
    ulid,
    updated,
    version,
)
from dynakit.export import jsonschema
from dynakit.export.jsonschema import Mode
from dynakit.export.printer import Document, as_json
from dynakit.schema.entity import EntityMeta
from dynakit.schema.registry import entities_of
from schemas.backend import Post, User
from schemas.online_shop import Order, shop
from schemas.online_shop.sample import make_sample
from schemas.task_manager import work
from tests.unit.support.annotations import Case, cases

MODES: tuple[Mode, ...] = get_args(Mode)
EXAMPLES: tuple[type[Entity], ...] = (*entities_of(shop), *entities_of(work), User, Post)


class Line(BaseModel):
    product: str
    quantity: int = 1


def with_tax(net: Decimal) -> Decimal:
    return net * 2


class Bill(Entity, table=Table("bills", pk="PK", time_to_live="ttl")):
    """What is to be paid."""

    primary = Key("BILL#{bill_id}#{region}")
    bill_id: Attr[str] = attr(default_factory=ulid)
    region: Attr[str] = attr(key_only=True)
    net: Attr[Decimal] = attr(description="without tax", ge=0)
    gross: Attr[Decimal] = calculated(with_tax)
    lines: Attr[list[Line]] = attr(default_factory=list[Line])
    near: Attr[Vector[Literal[3]] | None] = attr(default=None)
    pin: Attr[str] = attr(default="0000", secret=True, examples=["1234"])
    note: Attr[str] = attr(default="none yet", hidden=True)
    stored_at: Attr[datetime | None] = attr(default=None, name="State#Date")
    version: Attr[int] = version()
    created_at: Attr[datetime] = created()
    updated_at: Attr[datetime] = updated()
    expires_at: Attr[datetime | None] = expires()
    deleted_at: Attr[datetime | None] = deleted()


def bill(mode: Mode) -> Document:
    found: Document = jsonschema.export([Bill], mode=mode)["$defs"]["Bill"]
    return found


def marked(mode: Mode, word: str) -> set[str]:
    return {name for name, each in bill(mode)["properties"].items() if each.get(word)}


def entity_with(annotation: Any) -> type[Any]:
    """An entity to be nested, with one attribute ``x``."""
    make: Any = EntityMeta
    body = {"__annotations__": {"x": annotation}, "__module__": __name__, "__qualname__": "Thing"}
    return cast("type[Any]", make("Thing", (Entity,), body))


def faults(document: Document, value: Any) -> list[str]:
    validator: Any = Draft202012Validator(document)
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize("mode", MODES)
def test_every_schema_is_one_of_the_draft_it_names(mode: Mode) -> None:
    document = jsonschema.export([*EXAMPLES, Bill], mode=mode)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(document)
    assert {"Bill", *(entity.__name__ for entity in EXAMPLES)} < set(document["$defs"])


@pytest.mark.parametrize("mode", MODES)
def test_an_openapi_document_is_valid_and_refers_to_its_own_components(mode: Mode) -> None:
    document = jsonschema.openapi([*EXAMPLES, Bill], mode=mode, title="Shop", version="2.1.0")
    OpenAPIV31SpecValidator(json.loads(as_json(document))).validate()
    assert document["info"] == {"title": "Shop", "version": "2.1.0"}
    assert "#/$defs/" not in as_json(document)
    address = document["components"]["schemas"]["Order"]["properties"]["ship_to"]
    assert address == {"$ref": "#/components/schemas/Address"}


def test_whole_weeks_of_the_shop_are_valid_as_they_are_given_out() -> None:
    entities = make_sample().entities
    document = jsonschema.export(entities_of(shop))
    assert len(entities) > 100
    assert [found for each in entities if (found := faults(document, each.model_dump(mode="json")))] == []


@given(cases.flatmap(lambda case: case.values.map(lambda value: (case, value))))
def test_what_an_entity_is_dumped_as_is_valid_by_its_schema(drawn: tuple[Case, Any]) -> None:
    case, value = drawn
    model = entity_with(case.annotation)
    try:
        dumped = model(x=value).model_dump(mode="json")
    except (PydanticSerializationError, UnicodeDecodeError):  # pydantic gives bytes out as text
        reject()
    assert faults(jsonschema.export([model]), dumped) == []


def test_what_is_given_out_has_every_attribute_but_hidden_ones() -> None:
    dumped = Bill(region="eu", net=Decimal(2), near=[1, 2, 3]).model_dump(mode="json")
    assert set(bill("serialization")["required"]) == set(bill("serialization")["properties"]) == set(dumped)
    assert "note" not in dumped
    assert faults(jsonschema.export([Bill]), dumped) == []
    assert faults(jsonschema.export([Bill]), {**dumped, "near": [1, 2]}) == [
        "[1, 2] is not valid under any of the given schemas"
    ]


def test_what_is_taken_in_may_leave_out_what_has_a_default() -> None:
    document = jsonschema.export([Bill], mode="validation")
    assert bill("validation")["required"] == ["region", "net"]
    assert faults(document, {"region": "eu", "net": "2.50", "note": "soon"}) == []
    assert faults(document, {"region": "eu"}) == ["'net' is a required property"]
    assert faults(document, {"region": "eu", "net": 1, "gros": 2}) != []


@pytest.mark.parametrize("mode", MODES)
def test_attributes_that_dynakit_keeps_or_calculates_are_read_only(mode: Mode) -> None:
    assert marked(mode, "readOnly") == {"gross", "version", "created_at", "updated_at", "deleted_at"}


def test_a_hidden_attribute_is_written_only_and_defaults_of_secrets_are_not_shown() -> None:
    assert marked("validation", "writeOnly") == {"note"}
    assert marked("serialization", "writeOnly") == set()
    assert "none yet" not in json.dumps(bill("validation"))
    for mode in MODES:
        assert not {"default", "examples"} & bill(mode)["properties"]["pin"].keys()


def test_descriptions_are_those_of_the_declaration() -> None:
    assert bill("serialization")["description"] == "What is to be paid."
    assert bill("serialization")["properties"]["net"]["description"] == "without tax"


def test_one_entity_is_the_schema_and_of_several_any_is() -> None:
    assert jsonschema.export([User])["$ref"] == "#/$defs/User"
    assert jsonschema.export([User, Post, User])["anyOf"] == [
        {"$ref": "#/$defs/User"},
        {"$ref": "#/$defs/Post"},
    ]


def test_an_abstract_entity_stands_for_its_subclasses() -> None:
    class Payment(Entity, table=Table("till", pk="PK"), abstract=True):
        primary = Key("PAYMENT#{payment_id}")
        payment_id: Attr[str]

    class CardPayment(Payment):
        brand: Attr[str]

    class BankPayment(Payment):
        iban: Attr[str]

    document = jsonschema.export([Payment])
    assert document["anyOf"] == [{"$ref": "#/$defs/CardPayment"}, {"$ref": "#/$defs/BankPayment"}]
    assert document == jsonschema.export([Payment, CardPayment, BankPayment])


def test_the_order_of_a_document_is_always_the_same() -> None:
    assert as_json(jsonschema.export([User, Order])) == as_json(jsonschema.export([User, Order]))


def test_no_entity_is_refused() -> None:
    with pytest.raises(DefinitionError, match="got no entity"):
        jsonschema.export([])
