"""Annotations of every kind, each with a strategy for its values, and stored values of every kind."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NamedTuple, Union
from uuid import UUID

from hypothesis import strategies as st
from pydantic import BaseModel, Field


class Status(Enum):
    open = "open"
    paid = "paid"


class Rank(IntEnum):
    low = 1
    high = 2


class Card(BaseModel):
    kind: Literal["card"] = "card"
    number: str
    limits: dict[Status, Decimal | None] = {}


class Bank(BaseModel):
    kind: Literal["bank"] = "bank"
    ranks: set[Rank] = {Rank.low}
    at: datetime | None


class Order(BaseModel):
    payment: Annotated[Card | Bank, Field(discriminator="kind")]
    others: list[Card | None] = []
    below: list[Order] = []


class Case(NamedTuple):
    """An annotation with a strategy for its values."""

    annotation: Any
    values: st.SearchStrategy[Any]
    in_set: bool = False
    as_key: bool = False


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def decimal(sign: int, digits: str, exponent: int) -> Decimal:
    return Decimal((sign, tuple(map(int, digits)), exponent))


decimals = st.builds(
    decimal,
    st.integers(0, 1),
    st.from_regex("[0-9]{1,38}", fullmatch=True),
    st.integers(-130, 80),
).filter(lambda value: not value or value.adjusted() >= -130)
floats = st.floats(-1e120, 1e120, allow_nan=False).filter(lambda value: not value or abs(value) > 1e-120)
cards = st.builds(Card, number=text, limits=st.dictionaries(st.sampled_from(Status), st.none() | decimals))
banks = st.builds(
    Bank,
    ranks=st.sets(st.sampled_from(Rank), min_size=1),
    at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
orders = st.recursive(
    st.builds(Order, payment=cards | banks, others=st.lists(st.none() | cards, max_size=2)),
    lambda below: st.builds(Order, payment=cards | banks, below=st.lists(below, max_size=2)),
    max_leaves=4,
)

scalars = st.sampled_from(
    [
        Case(str, text, in_set=True, as_key=True),
        Case(int, st.integers(-(10**38) + 1, 10**38 - 1), in_set=True, as_key=True),
        Case(Decimal, decimals, in_set=True),
        Case(float, floats, in_set=True),
        Case(bool, st.booleans()),
        Case(bytes, st.binary(max_size=8), in_set=True),
        Case(UUID, st.uuids(), in_set=True, as_key=True),
        Case(date, st.dates(), in_set=True, as_key=True),
        Case(time, st.times(), in_set=True),
        Case(timedelta, st.timedeltas(), in_set=True),
        Case(datetime, st.datetimes(timezones=st.just(UTC)), in_set=True),
        Case(Status, st.sampled_from(Status), in_set=True, as_key=True),
        Case(Rank, st.sampled_from(Rank), in_set=True, as_key=True),
        Case(Literal["a", 1, True], st.sampled_from(["a", 1, True])),
        Case(Card, cards),
        Case(Order, orders),
    ]
)


def of(generic: Any, *arguments: Any) -> Any:
    """Put arguments known only when the test runs into a generic type."""
    return generic[arguments]


def containers(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    """Annotations one level above others."""
    return st.one_of(
        inner.map(lambda case: Case(of(list, case.annotation), st.lists(case.values, max_size=3))),
        inner.map(lambda case: Case(of(tuple, case.annotation, ...), tuples(case.values))),
        inner.map(lambda case: Case(of(Union, case.annotation, None), st.none() | case.values)),
        st.builds(pair, inner, inner),
        st.builds(mapping, scalars.filter(lambda case: case.as_key), inner),
        st.builds(frozen_set, scalars.filter(lambda case: case.in_set)),
        st.builds(union, inner, inner),
    )


def tuples(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=3).map(tuple)


def pair(first: Case, second: Case) -> Case:
    return Case(of(tuple, first.annotation, second.annotation), st.tuples(first.values, second.values))


def mapping(key: Case, value: Case) -> Case:
    keys = key.values.filter(lambda given: given != "")
    values = st.dictionaries(keys, value.values, max_size=3)
    return Case(of(dict, key.annotation, value.annotation), values)


def frozen_set(element: Case) -> Case:
    return Case(of(frozenset, element.annotation), st.frozensets(element.values, min_size=1, max_size=3))


def union(first: Case, second: Case) -> Case:
    return Case(of(Union, first.annotation, second.annotation), first.values | second.values)


cases = st.recursive(scalars, containers, max_leaves=5)

wire: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.fixed_dictionaries({"S": text | st.sampled_from(["open", "card", "2024-01-01", "a"])}),
        st.fixed_dictionaries(
            {"N": st.sampled_from(["1", "1.5", "1E+2", "-7", "x", "NaN", "", "1E+999999999"])}
        ),
        st.fixed_dictionaries({"B": st.sampled_from(["", "cw==", "c", "é"])}),
        st.fixed_dictionaries({"BOOL": st.booleans() | st.integers(0, 1)}),
        st.just({"NULL": True}),
        st.fixed_dictionaries({"SS": st.lists(text, max_size=2)}),
        st.fixed_dictionaries({"NS": st.lists(st.sampled_from(["1", "1.0", "x"]), max_size=2)}),
        st.sampled_from(
            [{}, None, 5, "S", [], {"S": None}, {"N": 5}, {"L": {}}, {"M": []}, {"SS": "a"}, {"?": 1}]
        ),
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"L": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries(
            {"M": st.dictionaries(text | st.sampled_from(["kind", "number", "payment"]), inner)}
        ),
    ),
    max_leaves=6,
)
