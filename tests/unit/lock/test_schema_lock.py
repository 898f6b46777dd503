"""The lock of a schema, and what each kind of change means for stored items."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import count
from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, PositiveInt, create_model

from dynakit import (
    KEYS_ONLY,
    Attr,
    Compressed,
    DefinitionError,
    Encrypted,
    Entity,
    Index,
    Key,
    Table,
    VectorIndex,
    attr,
    epoch_seconds,
    number_text,
    unique,
)
from dynakit.lock.change import changes
from dynakit.lock.effect import Effect, SchemaChange
from dynakit.lock.lock import Lock, lock_of, lock_text, parse_lock
from schemas.backend import posts, users

numbers = count()


class Colour(Enum):
    red = "red"
    blue = "blue"


class Colours(Enum):
    red = "red"
    blue = "blue"
    green = "green"


class Line(BaseModel):
    sku: str


class LongLine(BaseModel):
    sku: str
    count: int = 1


class FullLine(BaseModel):
    sku: str
    count: int


class ShortLine(BaseModel):
    sku: str
    count: int = Field(lt=10)


class ClosedLine(BaseModel, extra="forbid"):
    sku: str


def schema(annotation: Any = str, *, default: Any = ..., name: str = "order_id", **options: Any) -> Lock:
    """The lock of a table with one entity ``Order`` that has one attribute ``x`` besides its key."""
    indexes = (
        [Index("GSI1", "GSI1PK", "GSI1SK"), Index("plain", "state")] if options.pop("indexed", False) else []
    )
    table = Table("shop", options.pop("pk", "PK"), "SK", indexes=indexes, **options.pop("table", {}))
    namespace: dict[str, Any] = {
        "__annotations__": {
            "customer": Attr[str],
            name: Attr[str],
            "state": Attr[str],
            **options.pop("more", {}),
        },
        "__module__": __name__,
        "__qualname__": "Order",
        "state": attr(default="open"),
        "primary": Key(options.pop("primary", "CUSTOMER#{customer}"), f"ORDER#{{{name}}}"),
        **options.pop("body", {}),
    }
    if annotation is not None:
        namespace["__annotations__"]["x"] = Attr[annotation]
        own = {} if default is ... else {"default": default}
        namespace["x"] = attr(**own, **options.pop("attr", {}))
    make: Any = type(Entity)
    make(options.pop("entity", "Order"), (Entity,), namespace, table=table, **options)
    return lock_of([table])


def effects(was: Lock, now: Lock) -> list[Effect]:
    return [one.effect for one in changes(was, now)]


HARMLESS: dict[str, tuple[Callable[[], Lock], Callable[[], Lock]]] = {
    "attribute with a default": (lambda: schema(None), lambda: schema(str, default="")),
    "optional attribute": (lambda: schema(None), lambda: schema(str | None)),
    "attribute gone": (lambda: schema(str), lambda: schema(None)),
    "required to default": (lambda: schema(str), lambda: schema(str, default="")),
    "integer to decimal": (lambda: schema(int), lambda: schema(Decimal)),
    "uuid to string": (lambda: schema(UUID), lambda: schema(str)),
    "literal to string": (lambda: schema(Literal["a"]), lambda: schema(str)),
    "literal with more": (lambda: schema(Literal["a"]), lambda: schema(Literal["a", "b"])),
    "to a union": (lambda: schema(int), lambda: schema(int | list[int])),
    "list of wider": (lambda: schema(list[int]), lambda: schema(list[Decimal])),
    "anything": (lambda: schema(int), lambda: schema(Any)),
    "bound further out": (lambda: schema(int, attr={"ge": 1}), lambda: schema(int, attr={"ge": 0})),
    "bound gone": (lambda: schema(int, attr={"lt": 9}), lambda: schema(int)),
    "longer": (lambda: schema(str, attr={"max_length": 3}), lambda: schema(str, attr={"max_length": 4})),
    "pattern gone": (lambda: schema(str, attr={"pattern": "^a"}), lambda: schema(str)),
    "enum with more": (lambda: schema(Colour), lambda: schema(Colours)),
    "optional field of a model": (lambda: schema(Line), lambda: schema(LongLine)),
    "field of a model gone": (lambda: schema(LongLine), lambda: schema(Line)),
    "unique gone": (lambda: schema(body={"one": unique("state")}), schema),
    "index": (schema, lambda: schema(indexed=True)),
    "index gone": (lambda: schema(indexed=True), schema),
    "pattern of an attribute as it is": (
        lambda: schema(indexed=True),
        lambda: schema(indexed=True, body={"by_state": Key("{state}", index="plain")}),
    ),
}
BACKFILL: dict[str, tuple[Callable[[], Lock], Callable[[], Lock]]] = {
    "pattern on an index": (
        lambda: schema(indexed=True),
        lambda: schema(indexed=True, body={"by_state": Key("STATE#{state}", "{customer}", index="GSI1")}),
    ),
    "unique": (schema, lambda: schema(body={"one": unique("state")})),
    "dimensions of a vector index": (
        lambda: schema(table={"vector_indexes": [VectorIndex("near", "meaning", 3)]}),
        lambda: schema(table={"vector_indexes": [VectorIndex("near", "meaning", 4)]}),
    ),
    "projection of a vector index": (
        lambda: schema(table={"vector_indexes": [VectorIndex("near", "meaning", 3)]}),
        lambda: schema(table={"vector_indexes": [VectorIndex("near", "meaning", 3, projection=KEYS_ONLY)]}),
    ),
    "time to live": (schema, lambda: schema(table={"time_to_live": "ttl"})),
}
REWRITES: dict[str, tuple[Callable[[], Lock], Callable[[], Lock]]] = {
    "primary template": (schema, lambda: schema(primary="CLIENT#{customer}")),
    "index template": (
        lambda: schema(indexed=True, body={"by_state": Key("STATE#{state}", "{customer}", index="GSI1")}),
        lambda: schema(indexed=True, body={"by_state": Key("S#{state}", "{customer}", index="GSI1")}),
    ),
}
UNREADABLE: dict[str, tuple[Callable[[], Lock], Callable[[], Lock]]] = {
    "attribute without default": (lambda: schema(None), lambda: schema(str)),
    "default gone": (lambda: schema(str, default=""), lambda: schema(str)),
    "stored name": (lambda: schema(str), lambda: schema(str, attr={"name": "y"})),
    "another type": (lambda: schema(str), lambda: schema(int)),
    "string to uuid": (lambda: schema(str), lambda: schema(UUID)),
    "string to datetime": (lambda: schema(str), lambda: schema(datetime)),
    "decimal to integer": (lambda: schema(Decimal), lambda: schema(int)),
    "literal with less": (lambda: schema(Literal["a", "b"]), lambda: schema(Literal["a"])),
    "string to enum": (lambda: schema(str), lambda: schema(Colour)),
    "union with less": (lambda: schema(int | str), lambda: schema(int)),
    "list to set": (lambda: schema(list[str]), lambda: schema(set[str], default=set())),
    "enum with less": (lambda: schema(Colours), lambda: schema(Colour)),
    "bound further in": (lambda: schema(int, attr={"ge": 0}), lambda: schema(int, attr={"gt": 0})),
    "new bound": (lambda: schema(Decimal), lambda: schema(Decimal, attr={"le": 100})),
    "another date bound": (
        lambda: schema(date, attr={"ge": date(2025, 1, 1)}),
        lambda: schema(date, attr={"ge": date(2026, 1, 1)}),
    ),
    "shorter": (lambda: schema(str, attr={"max_length": 4}), lambda: schema(str, attr={"max_length": 3})),
    "not empty": (lambda: schema(list[int]), lambda: schema(list[int], attr={"min_length": 1})),
    "fewer digits": (
        lambda: schema(Decimal, attr={"max_digits": 5, "decimal_places": 2}),
        lambda: schema(Decimal, attr={"max_digits": 5, "decimal_places": 3}),
    ),
    "pattern": (
        lambda: schema(str, attr={"pattern": "^a"}),
        lambda: schema(str, attr={"pattern": "^[ab]"}),
    ),
    "bound of elements": (lambda: schema(list[int]), lambda: schema(list[PositiveInt])),
    "two bounds": (lambda: schema(PositiveInt), lambda: schema(PositiveInt, attr={"lt": 5})),
    "model with a required field": (lambda: schema(Line), lambda: schema(FullLine)),
    "field that lost its default": (lambda: schema(LongLine), lambda: schema(FullLine)),
    "field that is bounded": (lambda: schema(list[FullLine]), lambda: schema(list[ShortLine])),
    "model that refuses unknown fields": (lambda: schema(Line), lambda: schema(ClosedLine)),
    "keys of a dictionary": (lambda: schema(dict[str, int]), lambda: schema(dict[UUID, int])),
    "element of a tuple": (lambda: schema(tuple[int, str]), lambda: schema(tuple[str, int])),
    "encrypted": (lambda: schema(str), lambda: schema(Encrypted[str])),
    "not encrypted": (lambda: schema(Encrypted[str]), lambda: schema(str)),
    "what is compressed": (lambda: schema(Compressed[FullLine]), lambda: schema(Compressed[ShortLine])),
    "stored form": (
        lambda: schema(datetime),
        lambda: schema(datetime, attr={"stored_as": epoch_seconds}),
    ),
    "type in a stored form": (
        lambda: schema(Decimal, attr={"stored_as": number_text}),
        lambda: schema(int, attr={"stored_as": number_text}),
    ),
    "decimal to float": (lambda: schema(Decimal), lambda: schema(float)),
    "None stored under a default": (
        lambda: schema(str | None, default="a"),
        lambda: schema(str, default="a"),
    ),
    "None in a list": (lambda: schema(list[str | None]), lambda: schema(list[str])),
    "type name": (schema, lambda: schema(type_name="Bestellung")),
    "entity gone": (schema, lambda: schema(entity="Purchase")),
    "type attribute": (schema, lambda: schema(table={"type_attribute": "kind"})),
}
CASES: dict[Effect, dict[str, tuple[Callable[[], Lock], Callable[[], Lock]]]] = {
    "harmless": HARMLESS,
    "needs a backfill": BACKFILL,
    "rewrites keys": REWRITES,
    "unreadable old items": UNREADABLE,
}


@pytest.mark.parametrize(
    ("effect", "case"), [(effect, case) for effect, cases in CASES.items() for case in cases]
)
def test_each_change_means_something_for_stored_items(effect: Effect, case: str) -> None:
    was, now = CASES[effect][case]
    first, second = was(), now()
    assert effects(first, second)[0] == effect
    assert effects(second, second) == []


def test_a_name_in_python_alone_is_nobodys_business_but_the_codes() -> None:
    now = schema(str)
    order = now["tables"]["shop"]["entities"]["Order"]["attributes"]
    order["y"] = order.pop("x")
    assert changes(schema(str), now) == [SchemaChange("harmless", "shop/Order.y", "its name in Python was x")]


def test_tables_are_compared_too() -> None:
    first, second = lock_of([users]), lock_of([users, posts])
    assert effects(first, second) == ["harmless"]
    assert effects(second, first) == ["unreadable old items"]
    assert effects(schema(), schema(pk="id")) == ["rewrites keys", "rewrites keys"]


def test_a_change_says_where_what_and_what_to_do() -> None:
    [change] = changes(schema(None), schema(str))
    assert str(change) == (
        "shop/Order.x: the attribute is new and has no default [unreadable old items] Give it a default, or "
        "write it into every item before."
    )
    assert change.is_dangerous


def test_what_is_stored_alike_is_no_difference() -> None:
    assert changes(schema(str), schema(str, attr={"secret": True})) == []
    assert changes(schema(str | None, default=None), schema(str, default="")) == []


def test_the_innermost_difference_is_told_by_its_place() -> None:
    [change] = changes(schema(list[FullLine]), schema(list[ShortLine]))
    assert (change.where, change.what) == (
        "shop/Order.x[].count",
        "it was an integer, is an integer with lt=10, which is less",
    )


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (
            lambda: schema(Colours),
            lambda: schema(Colour),
            "it was a Colours (blue, green, red), is a Colour (blue",
        ),
        (
            lambda: schema(list[FullLine]),
            lambda: schema(list[Line]),
            "it was a list of a FullLine, is a list",
        ),
        (
            schema,
            lambda: schema(pk="id"),
            "the key was PK = CUSTOMER#{customer}, SK = ORDER#{order_id}, is id",
        ),
    ],
)
def test_what_changed_can_be_told_from_the_text(
    was: Callable[[], Lock], now: Callable[[], Lock], told: str
) -> None:
    assert any(one.what.startswith(told) for one in changes(was(), now()))


def test_what_changed_inside_of_a_model_is_told_without_naming_it_twice() -> None:
    def declared(more: dict[str, Any]) -> Lock:
        make: Any = create_model
        return schema(make("Inner", sku=(str, ...), **more))

    [change] = changes(declared({"count": (int, 1)}), declared({}))
    assert change.what == "what is inside an Inner changed: it reads all that was stored"


def test_an_index_tells_what_it_was() -> None:
    def declared(*sort: str) -> Lock:
        return lock_of([Table("shop", "PK", indexes=[Index("GSI1", "GSI1PK", *sort)])])

    [change] = changes(declared(), declared("GSI1SK"))
    assert (change.where, change.what) == ("shop, index GSI1", "sort was none, is GSI1SK (S)")


def test_the_order_of_declarations_does_not_matter() -> None:
    def declared(*names: str) -> str:
        table = Table("many", pk="PK")
        make: Any = type(Entity)
        for name in names:
            attributes = [("a", Attr[str]), ("b", Attr[int])]
            annotations = dict(reversed(attributes) if name == names[0] else attributes)
            body = {"__annotations__": annotations, "__module__": __name__, "primary": Key(f"{name}#{{a}}")}
            make(name, (Entity,), body, table=table)
        return lock_text(lock_of([table]))

    assert declared("First", "Second", "Third") == declared("Third", "Second", "First")


def test_the_text_is_stable_and_read_back() -> None:
    first, second = lock_text(lock_of([users, posts])), lock_text(lock_of([users, posts]))
    assert first == second
    assert parse_lock(first) == lock_of([users, posts])
    assert first.endswith("}\n")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "it is no JSON object"),
        ("{}", "what stands at 'format' does not belong there"),
        ('{"format": 1, "tables": {"shop": {}}}', "what stands at 'tables.shop.key' does not belong there"),
    ],
)
def test_what_is_no_lock_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(DefinitionError, match=f"schema.lock.json: {wrong}; expected a lock of a schema"):
        parse_lock(text, "schema.lock.json")


def test_a_merge_conflict_is_told_with_its_line() -> None:
    first, *rest = lock_text(lock_of([users, posts])).split("\n")
    conflict = ["<<<<<<< HEAD", '  "a": 1,', "=======", '  "a": 2,', ">>>>>>> other"]
    with pytest.raises(
        DefinitionError, match="schema.lock.json: line 2 begins a merge conflict. Take the lock"
    ):
        parse_lock("\n".join([first, *conflict, *rest]), "schema.lock.json")


@pytest.mark.parametrize("number", [0, 2])
def test_a_lock_of_another_format_is_refused_by_its_number(number: int) -> None:
    with pytest.raises(DefinitionError, match=f"of format {number}; this version of dynakit reads format 1"):
        parse_lock(json.dumps({"format": number, "anything": []}))


class Tree(Entity):
    name: Attr[str]
    below: Attr[list[Tree]] = attr(default_factory=list)


def test_a_model_that_holds_itself_has_a_form() -> None:
    assert effects(schema(Tree), schema(Tree)) == []
