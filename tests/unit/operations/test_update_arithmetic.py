"""Arithmetic needs a number where DynamoDB counts: an attribute stored as ``N``."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dynakit import (
    Attr,
    Entity,
    Environment,
    Key,
    StatementError,
    Table,
    Update,
    UpdateAction,
    Upsert,
    attr,
    number_text,
)

ENVIRONMENT = Environment.simulated(1)


class Counters(Entity):
    views: Attr[int]
    likes: Attr[int] = attr(stored_as=number_text)


class Article(Entity, table=Table("articles", pk="PK")):
    primary = Key("{name}")
    name: Attr[str]
    price: Attr[Decimal | None] = attr(default=None)
    stock: Attr[int] = attr(default=0, stored_as=number_text)
    counters: Attr[Counters]


KEY = Article.primary(name="pen")


@pytest.mark.parametrize("action", [Article.price.add(1), (Article.counters / Counters.views).subtract(1)])
def test_a_number_is_counted_up_and_down(action: UpdateAction[Article]) -> None:
    assert Update(KEY, action).compile(ENVIRONMENT).payload["UpdateExpression"].startswith("SET ")


@pytest.mark.parametrize(
    ("action", "path"),
    [
        (Article.stock.add(1), "stock"),
        (Article.stock.subtract(1), "stock"),
        ((Article.counters / Counters.likes).add(1), "counters.likes"),
    ],
)
def test_a_number_kept_as_text_is_refused_before_it_is_sent(action: UpdateAction[Article], path: str) -> None:
    expected = f"Article.{path}: it is stored as S"
    with pytest.raises(StatementError, match=expected):
        Update(KEY, action).compile(ENVIRONMENT)
    with pytest.raises(StatementError, match=expected):
        Upsert(KEY, action).compile(ENVIRONMENT)
