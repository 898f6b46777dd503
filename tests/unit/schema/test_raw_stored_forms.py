"""``{x:raw}`` of an attribute with a stored form: ranges where its texts sort as its values do."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dynakit import (
    Attr,
    Condition,
    Entity,
    Environment,
    Key,
    Pattern,
    StatementError,
    Table,
    attr,
    iso_milliseconds,
    naive_iso,
    number_text,
)

ENVIRONMENT = Environment.simulated(1)


def foreign_table() -> Table:
    return Table("log", pk="PK", sk="SK", type_attribute=None, token_attribute=None)


class Naive(Entity, table=foreign_table()):
    primary = Key("x", "at#{at:raw}")
    at: Attr[datetime] = attr(stored_as=naive_iso)


class Zoned(Entity, table=foreign_table()):
    primary = Key("x", "{at:raw}")
    at: Attr[datetime] = attr(stored_as=iso_milliseconds)


class Numbered(Entity, table=foreign_table()):
    primary = Key("x", "n#{number:raw}")
    number: Attr[Decimal] = attr(stored_as=number_text)


class Followed(Entity, table=foreign_table()):
    primary = Key("x", "{at:raw}#{name:raw}")
    at: Attr[datetime] = attr(stored_as=naive_iso)
    name: Attr[str]


JUNE, JULY = datetime(2020, 6, 1), datetime(2020, 7, 1)


def sort_key_values(pattern: Pattern[Entity], condition: Condition[Entity]) -> list[str]:
    payload = pattern(condition).compile(ENVIRONMENT).payload
    return [value["S"] for value in list(payload["ExpressionAttributeValues"].values())[1:]]


@pytest.mark.parametrize(
    ("pattern", "condition", "operands"),
    [
        (Naive.primary, Naive.at.between(JUNE, JULY), ["at#2020-06-01T00:00:00", "at#2020-07-01T00:00:00"]),
        (Naive.primary, Naive.at > JUNE, ["at#2020-06-01T00:00:00\x00", "at$"]),
        (Zoned.primary, Zoned.at >= JUNE.replace(tzinfo=UTC), ["2020-06-01T00:00:00.000Z"]),
    ],
)
def test_times_in_iso_form_take_ranges(
    pattern: Pattern[Entity], condition: Condition[Entity], operands: list[str]
) -> None:
    assert sort_key_values(pattern, condition) == operands


@pytest.mark.parametrize(
    ("pattern", "condition"),
    [(Numbered.primary, Numbered.number > Decimal(1)), (Followed.primary, Followed.at > JUNE)],
    ids=["numbers as text", "in front of a separator"],
)
def test_what_does_not_sort_takes_none(pattern: Pattern[Entity], condition: Condition[Entity]) -> None:
    with pytest.raises(StatementError, match="do not sort as the values"):
        sort_key_values(pattern, condition)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (datetime(2020, 6, 1), datetime(2020, 6, 1, 0, 0, 0, 1)),
        (datetime(2020, 6, 1, 0, 0, 0, 999_999), datetime(2020, 6, 1, 0, 0, 1)),
        (datetime(999, 12, 31), datetime(1000, 1, 1)),
    ],
)
def test_naive_times_sort_as_their_texts_with_and_without_a_fraction(
    earlier: datetime, later: datetime
) -> None:
    assert naive_iso.to_text(earlier) < naive_iso.to_text(later)
