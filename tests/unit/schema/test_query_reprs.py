"""Queries and rows as a console shows them: readable, and without what is secret."""

from __future__ import annotations

from dynakit import Attr, Entity, Key, Table, attr, show_values
from dynakit.expressions.operand import AttributePath
from dynakit.schema.partial import Partial
from tests.unit.support.models import Address, Order

vault = Table("vault", pk="PK")


class Asset(Entity, table=vault):
    primary = Key("ASSET#{owner}")
    owner: Attr[str]
    pin: Attr[str] = attr(secret=True, default="")
    internal: Attr[str] = attr(hidden=True, default="")


OF_C1 = Order.primary(customer_id="c1")


def test_a_query_is_shown_as_its_text_without_values() -> None:
    queries = [OF_C1, OF_C1.limit(3), OF_C1.project(Order.total), OF_C1.as_dicts(), OF_C1.newest_first()]
    for query in [*queries, Order.by_total(customer_id="c1").hydrate()]:
        assert repr(query) == str(query)
        assert "'c1'" not in repr(query)
    with show_values():
        assert "'c1'" in repr(OF_C1)


def test_queries_and_rows_are_equal_by_value() -> None:
    assert OF_C1.limit(3) == Order.primary(customer_id="c1").limit(3) != OF_C1
    assert repr(OF_C1) == repr(Order.primary(customer_id="c2"))
    assert Order.primary(customer_id="c2") != OF_C1
    owner = AttributePath(Asset, ("owner",))
    assert Partial(Asset, {owner: "o"}) == Partial(Asset, {owner: "o"}) != Partial(Asset, {owner: "p"})


def test_a_row_shows_what_its_entity_would() -> None:
    values = {AttributePath(Asset, (name,)): "o" for name in ("owner", "pin", "internal")}
    assert repr(Partial(Asset, values)) == "Partial[Asset](owner='o')"


def test_what_lies_inside_an_attribute_is_shown_by_its_type() -> None:
    path = (Order.ship_to / Address.zip_code).ref
    assert repr(Partial(Order, {path: "0100"})) == "Partial[Order](ship_to.zip_code=<str, 4 characters>)"
