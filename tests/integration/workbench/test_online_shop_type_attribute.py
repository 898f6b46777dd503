"""The type attribute that "AnOnlineShop" has of its own, ``EntityType``, as dynakit's."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from dynakit import Attr, Entity, Index, Key, Repository, Table, attr
from tests.integration.workbench.models import Loaded, access_patterns, loaded
from tests.integration.workbench.online_shop import ONLINE_SHOP
from tests.integration.workbench.printed import parse

typed_shop = Table(
    "OnlineShop",
    pk="PK",
    sk="SK",
    indexes=[Index("GSI2", pk="GSI2-PK", sk="GSI2-SK")],
    type_attribute="EntityType",
    token_attribute=None,
)


class OrderLine(Entity, table=typed_shop, type_name="orderItem"):
    """What a customer ordered; ``entry`` is the sort key of the index as it stands, of whatever kind."""

    primary = Key("o#{order_id:raw}", "p#{product_id:raw}")
    by_customer = Key("c#{customer_id:raw}", "{entry:raw}", index="GSI2")

    order_id: Attr[str] = attr(key_only=True)
    product_id: Attr[str] = attr(key_only=True)
    customer_id: Attr[str] = attr(key_only=True)
    entry: Attr[str] = attr(key_only=True)


class Bill(Entity, table=typed_shop, type_name="invoice"):
    """An invoice, by the same index."""

    primary = Key("o#{order_id:raw}", "i#{invoice_id:raw}")
    by_customer = Key("c#{customer_id:raw}", "{entry:raw}", index="GSI2")

    order_id: Attr[str] = attr(key_only=True)
    invoice_id: Attr[str] = attr(key_only=True)
    customer_id: Attr[str] = attr(key_only=True)
    entry: Attr[str] = attr(key_only=True)


@pytest.fixture(scope="module")
def stored(dynamodb_local: str) -> Generator[Loaded]:
    with loaded(dynamodb_local, ONLINE_SHOP.file, typed_shop) as found:
        yield found


def entries(stored: Loaded, entity_type: str) -> list[str]:
    """The index's sort keys of one customer and type, out of the raw rows."""
    rows = parse("GSI2", 'PK="c#12345"', f'EntityType="{entity_type}"').rows(stored.model.rows)
    return [row["GSI2-SK"]["S"] for row in rows]


def test_entities_that_share_a_range_are_filtered_by_the_type_attribute(stored: Loaded) -> None:
    """The filter is the one that two of the printed patterns have."""
    bills, lines = Bill.by_customer(customer_id="12345"), OrderLine.by_customer(customer_id="12345")
    assert [bill.entry for bill in Repository(stored.db, Bill).all(bills)] == entries(stored, "invoice")
    assert [line.entry for line in Repository(stored.db, OrderLine).all(lines)] == entries(
        stored, "orderItem"
    )
    assert (len(entries(stored, "invoice")), len(entries(stored, "orderItem"))) == (1, 2)
    printed = {row["Filter Expression"] for row in access_patterns(ONLINE_SHOP.readme)} - {"-"}
    filters = {f'EntityType="{query.definition.type_name}"' for query in (bills, lines) if query.filters_type}
    assert filters == printed


def test_the_type_attribute_is_written_as_it_stood(stored: Loaded) -> None:
    before = stored.raw.rows()
    lines = Repository(stored.db, OrderLine)
    for line in lines.all(OrderLine.primary(order_id="12345")):
        lines.put(line)
    assert stored.raw.rows() == before
