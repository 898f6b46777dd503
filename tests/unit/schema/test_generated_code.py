"""The law of generated code: whatever is stored, it gives what the codecs give, or leaves it to them."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Annotated, Any, Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import encode
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    create_model,
    model_validator,
)

from dynakit import Attr, Entity, Key, Table, attr
from dynakit.codec.lenient import keeps_no_extras
from dynakit.codec.source import GivenUp
from dynakit.codec.unmodelled import without_models
from dynakit.errors import DecodeError, DynakitError
from dynakit.schema.compiled import entity_reader, values_reader
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.entity import EntityMeta
from dynakit.schema.item import decode_item, decode_texts, encode_item, render_key
from dynakit.wire import AttributeValue, Item
from tests.unit.support.annotations import Case, cases, wire

numbers = count()


def entity_with(annotation: Any, **namespace: Any) -> type[Any]:
    """An entity with a key and one attribute ``x``, in a table of its own."""
    table = Table(f"generated{next(numbers)}", pk="PK", sk="SK")
    annotations = {"user": Attr[str], "n": Attr[int], "x": annotation}
    body = {
        "__annotations__": annotations,
        "__module__": __name__,
        "__qualname__": "Thing",
        "primary": Key("USER#{user}", "N#{n:05d}"),
        **namespace,
    }
    make: Any = EntityMeta
    return cast("type[Any]", make("Thing", (Entity,), body, table=table))


def read_stored(entity: type[Any], value: AttributeValue) -> Any:
    """What ``x`` is read as."""
    return decode_item(definition_of(entity), {**KEY, "x": value}).x


def give_up(*_: object) -> Any:
    raise GivenUp


def outcome(work: Callable[[], object]) -> tuple[object, ...]:
    """What came of it: a value with its type, or an error with all it says."""
    try:
        value = work()
    except DynakitError as error:
        return type(error), str(error), getattr(error, "path", None), getattr(error, "key", None)
    return type(value), value, shape(value)


def shape(value: Any) -> object:
    """What equality does not see: the types of values, the order of names, which fields were given."""
    if isinstance(value, BaseModel):
        held = {name: shape(one) for name, one in vars(value).items() if name != "_dynakit_origin"}
        return type(value), list(held.items()), value.model_fields_set
    if isinstance(value, dict):
        return [(shape(name), shape(one)) for name, one in cast("dict[object, object]", value).items()]
    if isinstance(value, list | tuple):
        return type(cast("object", value)), [shape(one) for one in cast("list[object]", value)]
    if isinstance(value, set | frozenset):
        return type(cast("object", value)), sorted(map(repr, cast("set[object]", value)))
    return type(cast("object", value)), repr(value)


def with_care(definition: Definition[Any], work: Callable[[], object]) -> tuple[object, ...]:
    """What comes of it when no generated code helps."""
    before = dict(definition.functions)
    definition.functions.update(dict.fromkeys(("checked", "write", "write primary"), give_up))
    try:
        return outcome(work)
    finally:
        definition.functions.clear()
        definition.functions.update(before)


def check_reading(definition: Definition[Any], item: Item) -> None:
    found = outcome(lambda: decode_item(definition, item))
    assert found == with_care(definition, lambda: decode_item(definition, item))
    assert found == outcome(lambda: decode_texts(definition, [encode(item)])[0])


def check_writing(definition: Definition[Any], entity: Any) -> None:
    found = outcome(lambda: encode_item(definition, entity))
    assert found == with_care(definition, lambda: encode_item(definition, entity))


@given(cases, st.data())
def test_entities_of_any_annotation_are_written_and_read_alike(case: Case, data: st.DataObject) -> None:
    """Also those made without validation, which hold anything."""
    entity = entity_with(case.annotation)
    definition = definition_of(entity)
    made = entity.model_construct(user=data.draw(st.sampled_from(["u", "ü#", "a b"])), n=7)
    made.__dict__["x"] = data.draw(case.values | data.draw(cases).values)
    check_writing(definition, made)
    try:
        item = encode_item(definition, made)
    except DynakitError:
        return
    check_reading(definition, item)
    check_reading(definition, damaged(item, data))


@given(
    st.text(max_size=3) | st.sampled_from([None, 5, "a" * 600, "é" * 1020, "#" * 1000]),
    st.integers(-1, 99_999) | st.sampled_from([None, "7", 100_000]),
)
def test_keys_are_written_alike(user: object, number: object) -> None:
    definition = definition_of(Named)
    values = {"user": user, "number": number, "x": 1}
    found = outcome(lambda: render_key(definition, definition.primary_key, values))
    assert found == with_care(definition, lambda: render_key(definition, definition.primary_key, values))


class Named(Entity, table=Table("named", pk="PK", sk="SK")):
    primary = Key("USER#{user}", "{number:05d}")
    user: Attr[str]
    number: Attr[int]


def damaged(item: Item, data: st.DataObject) -> Item:
    """The item with one place, at any depth, taken away, changed or added."""
    broken = deepcopy(item)
    place: Any = broken
    while True:
        steps = steps_into(place)
        if not steps:
            return broken
        step = data.draw(st.sampled_from(steps))
        if step in ("PK", "SK", "_type"):
            return {**broken, step: {"S": data.draw(st.sampled_from(["USER#u", "N#00008", "", "Other"]))}}
        deeper = isinstance(place[step], dict | list) and data.draw(st.booleans())
        if not deeper:
            break
        place = place[step]
    if data.draw(st.booleans()):
        place[step] = data.draw(wire)
    else:
        del place[step]
    return broken


def steps_into(place: Any) -> list[Any]:
    whole: list[Any] = place
    return [*place] if isinstance(place, dict) else [*range(len(whole))]


def shout(value: object) -> object:
    return value.upper() if isinstance(value, str) else str(value)


class Street(BaseModel):
    name: str
    number: int = 1


class Loud(BaseModel):
    name: Annotated[str, BeforeValidator(shout)]


class Lax(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    name: str


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    note: str | None = None


class Aliased(BaseModel):
    name: str = Field(validation_alias=AliasChoices("title", "label"))
    left: Annotated[int, Field(alias="right")] = 0


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    name: str
    street: Street | None = None


class Rewritten(BaseModel):
    name: str

    @model_validator(mode="before")
    @classmethod
    def renamed(cls, values: Any) -> Any:
        return values if isinstance(values, Rewritten) else {"name": f"was {values.get('name')}"}


class Counted(BaseModel):
    name: str
    _seen: int = PrivateAttr(default=3)

    def model_post_init(self, context: Any) -> None:
        self._seen += len(self.name)


class Tree(BaseModel):
    name: str
    below: list[Tree] = []
    by_name: dict[str, Tree] = {}


class Nested(Entity):
    """An entity without a table."""

    name: Attr[str] = attr(name="the name")
    tags: Attr[set[str]] = attr(default_factory=set)


KEYWORD: dict[str, Any] = {"name": (str, ...), "class": (str, "a")}
Keyword = create_model("Keyword", **KEYWORD)

MODELS = (Keyword, Street, Loud, Lax, Open, Closed, Aliased, Strict, Rewritten, Counted, Tree, Nested)
names = st.one_of(
    st.fixed_dictionaries({"S": st.sampled_from(["a", "b"])}),
    st.sampled_from([{"N": "5"}, {"S": 5}, {"NULL": True}]),
)


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
def test_models_of_any_kind_are_read_alike_whatever_is_stored(model: type[Any], data: st.DataObject) -> None:
    annotation = data.draw(st.sampled_from(annotations_with(model)))
    definition = definition_of(entity_with(annotation))
    keys = st.sampled_from(
        ["name", "class", "the name", "title", "left", "right", "number", "note", "below", "street", "tags"]
    )
    values = names | wire | st.fixed_dictionaries({"M": st.dictionaries(keys, names | wire, max_size=3)})
    one = st.builds(as_map, st.dictionaries(keys, values, max_size=4))
    stored = st.one_of(one, one.map(as_list), st.builds(as_map, st.dictionaries(st.just("k"), one)), wire)
    check_reading(definition, {**KEY, "x": data.draw(stored)})


def annotations_with(model: Any) -> list[Any]:
    return [model, list[model], dict[str, model], model | None]


def as_map(values: dict[str, Any]) -> AttributeValue:
    return {"M": values}


def as_list(value: AttributeValue) -> AttributeValue:
    return {"L": [value]}


@pytest.mark.parametrize("annotation", [str | None, Street | None, list[Street]])
def test_a_null_that_no_service_sends_is_told(annotation: Any) -> None:
    """Also below: there it is no attribute that is missing."""
    nested = {"M": {"name": {"S": "a"}, "number": cast("AttributeValue", None)}}
    stored = {"L": [nested]} if annotation == list[Street] else cast("AttributeValue", None)
    check_reading(definition_of(entity_with(annotation)), {**KEY, "x": cast("AttributeValue", stored)})
    with pytest.raises(DecodeError, match="got no attribute value"):
        read_stored(entity_with(annotation), cast("AttributeValue", stored))


KEY: Item = {
    "PK": {"S": "USER#u"},
    "SK": {"S": "N#00007"},
    "_type": {"S": "Thing"},
    "user": {"S": "u"},
    "n": {"N": "7"},
}


def test_a_function_of_the_class_sees_what_it_always_saw() -> None:
    """A validator that runs before pydantic's is given a nested model, not the dictionary it is made from."""
    seen: list[object] = []

    def look(value: object) -> object:
        seen.append(value)
        return value

    read = read_stored(entity_with(Annotated[Street, BeforeValidator(look)]), {"M": {"name": {"S": "a"}}})
    assert seen == [Street(name="a")]
    assert read == Street(name="a")


def test_a_string_is_checked_where_the_configuration_lets_numbers_pass() -> None:
    entity = entity_with(str, model_config=ConfigDict(coerce_numbers_to_str=True))
    with pytest.raises(DecodeError, match="x: expected a string"):
        read_stored(entity, cast("AttributeValue", {"S": 5}))


@given(cases, st.data())
def test_a_trusted_read_gives_an_equal_entity(case: Case, data: st.DataObject) -> None:
    entity = entity_with(case.annotation)
    definition = definition_of(entity)
    made = entity.model_construct(user="u", n=7, x=data.draw(case.values))
    try:
        item = encode_item(definition, made)
    except DynakitError:
        return
    read = decode_item(definition, item)
    trusted = decode_item(definition, item, trusted=True)
    assert trusted == read
    assert shape(trusted) == shape(read)
    assert shape(decode_texts(definition, [encode(item)], trusted=True)[0]) == shape(read)


@given(cases, st.data())
def test_a_read_as_dictionary_gives_the_values_without_models(case: Case, data: st.DataObject) -> None:
    entity = entity_with(case.annotation)
    definition = definition_of(entity)
    made = entity.model_construct(user="u", n=7, x=data.draw(case.values))
    try:
        item = encode_item(definition, made)
    except DynakitError:
        return
    entity = decode_item(definition, item)
    assert values_reader(definition)(item) == {
        name: without_models(getattr(entity, name)) for name in ("user", "n", "x")
    }


@pytest.mark.parametrize("model", MODELS)
def test_trusted_models_are_those_that_validation_makes(model: type[Any]) -> None:
    definition = definition_of(entity_with(model))
    stored = "the name" if model is Nested else "name"
    item: Item = {**KEY, "x": {"M": {stored: {"S": "a"}}}}
    trusted = decode_item(definition, item, trusted=True)
    assert type(trusted.x) is model
    assert trusted.x.name == "a"
    assert entity_reader(definition, trusted=True)(item, item).x == trusted.x


@dataclass
class Record:
    name: str


@pytest.mark.parametrize(
    ("annotation", "extra", "spared"),
    [
        (Street, "forbid", True),
        (Closed, "forbid", True),
        (list[Tree], "forbid", True),
        (Nested | None, "forbid", True),
        (str, "ignore", True),
        (str, "allow", False),
        (Open, "forbid", False),
        (list[Open], "forbid", False),
        (Loud, "forbid", False),
        (Rewritten, "forbid", False),
        (Record, "forbid", False),
    ],
)
def test_pydantic_looks_for_other_names_only_where_there_can_be_some(
    annotation: Any, extra: Literal["allow", "ignore", "forbid"], spared: bool
) -> None:
    assert keeps_no_extras(entity_with(annotation, model_config=ConfigDict(extra=extra))) == spared
