"""What is stored in a form that does not sort is not compared by order: DynamoDB would compare texts."""

from __future__ import annotations

import pytest

from dynakit import Attr, Entity, Environment, Index, Key, StatementError, Table, attr, number_text

table = Table(
    "t", pk="id", sk="quantity", type_attribute=None, indexes=[Index("by_price", pk="id", sk="price")]
)


class Line(Entity, table=table):
    primary = Key("{id}", "{quantity}")

    id: Attr[str]
    quantity: Attr[int] = attr(stored_as=number_text)
    price: Attr[int] = attr(default=0, stored_as=number_text)


ENVIRONMENT = Environment.simulated()


@pytest.mark.parametrize(
    "condition",
    [Line.price > 3, Line.price <= 3, Line.price.between(1, 3), ~(Line.price < 3)],
)
def test_comparisons_of_order_are_refused(condition: object) -> None:
    query = Line.primary(id="1").filter(condition)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(StatementError, match=r"Line\.price: what is stored does not sort as the values do"):
        query.compile(ENVIRONMENT)


def test_equality_is_allowed() -> None:
    call = Line.primary(id="1").filter(Line.price == 3).compile(ENVIRONMENT)
    assert {"S": "3"} in call.payload["ExpressionAttributeValues"].values()


def test_a_range_on_the_sort_key_is_refused() -> None:
    query = Line.primary(Line.id == "1", Line.quantity >= 9)
    with pytest.raises(StatementError, match="stored in a form that does not sort"):
        query.compile(ENVIRONMENT)


def test_the_sort_key_by_equality_is_allowed() -> None:
    call = Line.primary(id="1", quantity=9).compile(ENVIRONMENT)
    assert call.payload["KeyConditionExpression"] == "#n0 = :v0 AND #n1 = :v1"
