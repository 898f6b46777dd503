"""Values of every type, stored and read back, compared where the service compares them."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from dynakit import (
    Attr,
    DynakitError,
    Entity,
    Item,
    Key,
    Repository,
    StatementError,
    Table,
    attr,
    epoch_milliseconds,
    epoch_seconds,
    iso_milliseconds,
    json_text,
    naive_iso,
    number_text,
    path,
)
from dynakit.codec.number import canonical
from tests.integration.backends import Database, Opener, only

EXAMPLES = settings().max_examples * 3 // 10
values = Table("values", pk="PK", sk="SK")


class Colour(Enum):
    red = "r"
    blue = "b"


class Level(IntEnum):
    low = 1
    high = 10


class Card(BaseModel):
    kind: Literal["card"] = "card"
    digits: str


class Cash(BaseModel):
    kind: Literal["cash"] = "cash"
    amount: Decimal


class Inner(BaseModel):
    names: list[str] = []
    deeper: dict[str, list[int]] = {}


class Everything(Entity, table=values):
    primary = Key("RUN#{run}", "{id:06d}")
    run: Attr[str]
    id: Attr[int]
    text: Attr[str] = attr(default="")
    whole: Attr[int] = attr(default=0)
    exact: Attr[Decimal] = attr(default=Decimal(0))
    inexact: Attr[float] = attr(default=0.0)
    flag: Attr[bool] = attr(default=False)
    raw: Attr[bytes] = attr(default=b"")
    at: Attr[datetime] = attr(default=datetime(2026, 1, 1, tzinfo=UTC))
    on: Attr[date] = attr(default=date(2026, 1, 1))
    clock: Attr[time] = attr(default=time(0))
    took: Attr[timedelta] = attr(default=timedelta(0))
    uuid: Attr[UUID] = attr(default=UUID(int=0))
    colour: Attr[Colour] = attr(default=Colour.red)
    level: Attr[Level] = attr(default=Level.low)
    words: Attr[set[str]] = attr(default_factory=set)
    sizes: Attr[frozenset[Decimal]] = attr(default=frozenset())
    blobs: Attr[set[bytes]] = attr(default_factory=set)
    many: Attr[list[list[int]]] = attr(default_factory=list)
    mapped: Attr[dict[str, Decimal]] = attr(default_factory=dict)
    pair: Attr[tuple[str, int]] = attr(default=("", 0))
    inner: Attr[Inner | None] = attr(default=None)
    paid: Attr[Card | Cash | None] = attr(default=None, discriminator="kind")
    either: Attr[int | str] = attr(default=0)
    seconds: Attr[datetime] = attr(default=datetime(2026, 1, 1, tzinfo=UTC), stored_as=epoch_seconds)
    millis: Attr[datetime] = attr(default=datetime(2026, 1, 1, tzinfo=UTC), stored_as=epoch_milliseconds)
    naive: Attr[datetime] = attr(default=datetime(2026, 1, 1), stored_as=naive_iso)
    iso: Attr[datetime] = attr(default=datetime(2026, 1, 1, tzinfo=UTC), stored_as=iso_milliseconds)
    as_text: Attr[Decimal] = attr(default=Decimal(0), stored_as=number_text)
    as_json: Attr[dict[str, list[int]]] = attr(default_factory=dict, stored_as=json_text)
    perhaps: Attr[str | None] = attr(default=None)
    unless: Attr[int | None] = attr(default=5)


text = st.text(max_size=5)
filled = st.text(min_size=1, max_size=5)
number = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=7)
moments = st.datetimes(timezones=st.just(UTC))
to_second = moments.map(lambda at: at.replace(microsecond=0))
to_milli = moments.map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
floats = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e100, max_value=1e100).filter(
    lambda value: value == 0 or abs(value) > 1e-100
)
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "text": text,
    "whole": st.integers(-(10**38) + 1, 10**38 - 1),
    "exact": number,
    "inexact": floats,
    "flag": st.booleans(),
    "raw": st.binary(max_size=5),
    "at": moments,
    "on": st.dates(),
    "clock": st.times(),
    "took": st.timedeltas(),
    "uuid": st.uuids(),
    "colour": st.sampled_from(Colour),
    "level": st.sampled_from(Level),
    "words": st.sets(text, max_size=3),
    "sizes": st.frozensets(number, max_size=3),
    "blobs": st.sets(st.binary(max_size=3), max_size=3),
    "many": st.lists(st.lists(st.integers(-9, 9), max_size=2), max_size=2),
    "mapped": st.dictionaries(filled, number, max_size=2),
    "pair": st.tuples(text, st.integers(-9, 9)),
    "inner": st.none() | st.builds(Inner, names=st.lists(text, max_size=2)),
    "paid": st.none() | st.builds(Card, digits=text) | st.builds(Cash, amount=number),
    "either": st.integers(-9, 9) | text,
    "seconds": to_second,
    "millis": to_milli,
    "naive": st.datetimes(),
    "iso": to_milli,
    "as_text": number,
    "as_json": st.dictionaries(text, st.lists(st.integers(-9, 9), max_size=2), max_size=2),
    "perhaps": st.none() | text,
    "unless": st.none() | st.integers(-9, 9),
}
whole_items = st.fixed_dictionaries({}, optional=STRATEGIES)
"""Some attributes with any value, the others with their defaults."""


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(values)


quick = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])


@only("local", "local-boto3", "embedded-async")
@quick
@given(attributes=whole_items)
def test_any_item_comes_back_as_it_was_put(db: Database, attributes: dict[str, Any]) -> None:
    repository = db.repository(Everything)
    item = Everything(run="r", id=1, **attributes)
    repository.put(item)
    assert repository.get(item) == item
    assert repository.get_many([item]) == [item]
    assert repository.one(Everything.primary(run="r")) == item


@only("local")
@quick
@given(attributes=whole_items)
def test_an_update_stores_what_a_put_stores(db: Database, attributes: dict[str, Any]) -> None:
    repository = db.repository(Everything)
    item = Everything(run="r", id=1, **attributes)
    repository.put(item)
    put = plain(db.stored(item))
    repository.put(Everything(run="r", id=1))
    changes = [path(Everything, name, object).set(value) for name, value in attributes.items()]
    if changes:
        repository.update(item, *changes)
        assert plain(db.stored(item)) == put
    repository.delete(item)
    repository.upsert(item, *changes)
    assert plain(db.stored(item)) == put


def plain(item: Item | None) -> str:
    """An item as text: sets in order, without the write token.

    DynamoDB Local gives numbers in sets back as an update wrote them or with an exponent, as it likes.
    """
    item = {name: value for name, value in (item or {}).items() if name != "_w"}
    return json.dumps(json.loads(json.dumps(item), object_hook=in_order), sort_keys=True)


def in_order(value: dict[str, Any]) -> dict[str, Any]:
    if "NS" in value:
        return {"NS": sorted(map(canonical, value["NS"]))}
    return {name: sorted(member) if name in ("SS", "BS") else member for name, member in value.items()}


COMPARED = [
    "text",
    "whole",
    "exact",
    "inexact",
    "raw",
    "at",
    "on",
    "clock",
    "took",
    "seconds",
    "millis",
    "naive",
    "iso",
    "level",
]
OPERATORS: list[Callable[[Any, Any], Any]] = [operator.lt, operator.le, operator.gt, operator.ge]


@only("local")
@pytest.mark.parametrize("name", COMPARED)
@settings(max_examples=max(EXAMPLES // 3, 5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_filter_orders_values_as_python_does(db: Database, name: str, data: st.DataObject) -> None:
    repository: Repository[Any] = db.repository(Everything)
    run = uuid4().hex
    drawn = data.draw(st.lists(STRATEGIES[name], min_size=2, max_size=6), label="values")
    repository.put_many(Everything(run=run, id=id, **{name: value}) for id, value in enumerate(drawn))
    bound = data.draw(st.sampled_from(drawn) | STRATEGIES[name], label="bound")
    everything: Any = Everything
    at = path(everything, name, object)
    for compare in OPERATORS:
        expected = [id for id, value in enumerate(drawn) if compare(value, bound)]
        found = repository.all(Everything.primary(run=run).filter(compare(at, bound)))
        assert [one.id for one in found] == expected
    equal = [id for id, value in enumerate(drawn) if value == bound]
    assert [one.id for one in repository.all(Everything.primary(run=run).filter(at == bound))] == equal
    chosen = [id for id, value in enumerate(drawn) if value in drawn[:2]]
    assert [one.id for one in repository.all(Everything.primary(run=run).filter(at.in_(drawn[:2])))] == chosen


@only("embedded")
@pytest.mark.parametrize("name", ["as_text", "as_json", "mapped", "words", "many", "inner", "paid", "flag"])
def test_an_order_the_service_does_not_know_is_refused(db: Database, name: str) -> None:
    """A number kept as text sorts as text, so comparing it would give wrong items."""
    item = Everything(run="r", id=1)
    at: Any = path(Everything, name, object)
    with pytest.raises(StatementError):
        db.repository(Everything).all(Everything.primary(run="r").filter(at < getattr(item, name)))
    assert db.wire.calls == []


def test_none_and_empty_sets_are_stored_as_absent_where_that_reads_the_same(db: Database) -> None:
    repository = db.repository(Everything)
    item = Everything(run="r", id=1, unless=None)
    repository.put(item)
    stored = db.stored(item) or {}
    assert not {"perhaps", "words", "sizes", "blobs", "inner", "paid"} & set(stored)
    assert stored["unless"] == {"NULL": True}
    assert repository.require(item).unless is None
    updated = repository.update(item, Everything.unless.set(3))
    assert repository.update(updated, Everything.unless.set(None)).unless is None
    assert repository.update(item, Everything.unless.remove()).unless == 5


def test_numbers_at_the_limits_of_the_service(db: Database) -> None:
    repository = db.repository(Everything)
    for text_of in (
        "9." + "9" * 37 + "E+125",
        "-9." + "9" * 37 + "E+125",
        "1E-130",
        "-1E-130",
        "1E+125",
        "0.10",
        "-0",
    ):
        item = Everything(run="r", id=1, exact=Decimal(text_of), sizes=frozenset({Decimal(text_of)}))
        repository.put(item)
        assert repository.require(item) == item
        assert repository.exists(Everything.primary(run="r").filter(Everything.exact == Decimal(text_of)))


def test_long_and_strange_texts_and_names(db: Database) -> None:
    repository = db.repository(Everything)
    strange = [
        "\x00",
        "\ufeff",
        "\u2028",
        "e\u0301",
        "é",
        "\U0010ffff",
        "'\"\\",
        "#n0",
        ":v0",
        "${x}",
        " ",
        "NULL",
    ]
    mapped = {name: Decimal(position) for position, name in enumerate(strange)}
    item = Everything(run="r", id=1, words=set(strange), text="x" * 100_000, mapped=mapped)
    repository.put(item)
    assert repository.require(item) == item
    for position, name in enumerate(strange):
        assert repository.exists(
            Everything.primary(run="r").filter(Everything.mapped[name] == Decimal(position))
        )
        assert repository.exists(Everything.primary(run="r").filter(Everything.words.contains(name)))


def test_a_value_the_model_refuses_is_refused_by_an_update_too(db: Database) -> None:
    class Strict(Entity, table=Table("strict")):
        primary = Key("S#{id}")
        id: Attr[str]
        count: Attr[int] = attr(default=0, ge=0)
        name: Annotated[str, Field(max_length=3)] = ""

    repository = db.repository(Strict)
    for change in (
        Strict.count.set(-1),
        path(Strict, "name", str).set("long"),
        Strict.count.set_if_absent(-1),
    ):
        with pytest.raises(DynakitError):
            repository.update(Strict(id="1"), change)
    assert db.wire.calls == []
