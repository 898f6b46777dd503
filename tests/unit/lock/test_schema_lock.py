"""The lock of a schema, and what each kind of change means for stored items."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from itertools import count
from typing import Any, Literal
from uuid import UUID

import pytest

from dynakit import Attr, DefinitionError, Entity, Index, Key, Table, attr, unique
from dynakit.lock.change import Effect, SchemaChange, changes
from dynakit.lock.lock import Json, lock_of, lock_text, parse_lock
from schemas.backend import posts, users

numbers = count()


class Colour(Enum):
    red = "red"
    blue = "blue"


class Line(Entity):
    sku: Attr[str]


class LongLine(Entity):
    sku: Attr[str]
    count: Attr[int] = attr(default=1)


def schema(annotation: Any = str, *, default: Any = ..., name: str = "order_id", **options: Any) -> Json:
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


def effects(was: Json, now: Json) -> list[Effect]:
    return [one.effect for one in changes(was, now)]


HARMLESS: dict[str, tuple[Callable[[], Json], Callable[[], Json]]] = {
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
    "unique gone": (lambda: schema(body={"one": unique("state")}), schema),
    "index": (schema, lambda: schema(indexed=True)),
    "index gone": (lambda: schema(indexed=True), schema),
    "pattern of an attribute as it is": (
        lambda: schema(indexed=True),
        lambda: schema(indexed=True, body={"by_state": Key("{state}", index="plain")}),
    ),
}
BACKFILL: dict[str, tuple[Callable[[], Json], Callable[[], Json]]] = {
    "pattern on an index": (
        lambda: schema(indexed=True),
        lambda: schema(indexed=True, body={"by_state": Key("STATE#{state}", "{customer}", index="GSI1")}),
    ),
    "unique": (schema, lambda: schema(body={"one": unique("state")})),
    "time to live": (schema, lambda: schema(table={"time_to_live": "ttl"})),
}
REWRITES: dict[str, tuple[Callable[[], Json], Callable[[], Json]]] = {
    "primary template": (schema, lambda: schema(primary="CLIENT#{customer}")),
    "index template": (
        lambda: schema(indexed=True, body={"by_state": Key("STATE#{state}", "{customer}", index="GSI1")}),
        lambda: schema(indexed=True, body={"by_state": Key("S#{state}", "{customer}", index="GSI1")}),
    ),
}
UNREADABLE: dict[str, tuple[Callable[[], Json], Callable[[], Json]]] = {
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
    "model with other fields": (lambda: schema(LongLine), lambda: schema(Line)),
    "type name": (schema, lambda: schema(type_name="Bestellung")),
    "entity gone": (schema, lambda: schema(entity="Purchase")),
    "type attribute": (schema, lambda: schema(table={"type_attribute": "kind"})),
}
CASES: dict[Effect, dict[str, tuple[Callable[[], Json], Callable[[], Json]]]] = {
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


def test_the_text_is_stable_and_read_back() -> None:
    first, second = lock_text(lock_of([users, posts])), lock_text(lock_of([users, posts]))
    assert first == second
    assert parse_lock(first) == lock_of([users, posts])
    assert first.endswith("}\n")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2, "tables": {}}'])
def test_what_is_no_lock_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="expected JSON of format 1"):
        parse_lock(text)


class Tree(Entity):
    name: Attr[str]
    below: Attr[list[Tree]] = attr(default_factory=list)


def test_a_model_that_holds_itself_has_a_form() -> None:
    assert effects(schema(Tree), schema(Tree)) == []
