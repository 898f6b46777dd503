"""Scans as they are sent, and what is refused before anything is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from dynakit import (
    KEYS_ONLY,
    Attr,
    Entity,
    Environment,
    Index,
    Key,
    Scan,
    StatementError,
    Table,
    deleted,
    expires,
    include,
)
from dynakit.wire import Payload
from tests.unit.support.checked import compiled

SHOP = Table(
    "scan-shop",
    pk="PK",
    sk="SK",
    time_to_live="ttl",
    indexes=[
        Index("whole", pk="GPK", sk="GSK"),
        Index("keys", pk="KPK", projection=KEYS_ONLY),
        Index("some", pk="SPK", projection=include("size")),
        Index("local", sk="LSK", local=True),
    ],
)
OLD = Table("scan-old", pk="id", type_attribute=None, token_attribute=None)
NOW = "1767225600"


class Order(Entity, table=SHOP):
    primary = Key("CUSTOMER#{customer}", "ORDER#{number:06d}")
    on_whole = Key("ORDERS", "{number:06d}", index="whole")
    on_keys = Key("ORDERS#{number:06d}", index="keys")
    on_local = Key("CUSTOMER#{customer}", "SIZE#{size:06d}", index="local")
    customer: Attr[str]
    number: Attr[int]
    size: Attr[int]


class Basket(Entity, table=SHOP):
    primary = Key("BASKET#{name}", "BASKET")
    on_some = Key("BASKETS", index="some")
    name: Attr[str]
    size: Attr[int]
    ends: Attr[datetime | None] = expires()
    gone: Attr[datetime | None] = deleted()


class Plain(Entity, table=OLD):
    primary = Key("{id}")
    id: Attr[str]


class Rendered(Entity, table=OLD):
    primary = Key("R#{name}")
    name: Attr[str]
    size: Attr[int]


class Other(Entity, table=Table("scan-elsewhere", pk="PK")):
    primary = Key("{name}")
    name: Attr[str]


def sent(scan: Scan[Any]) -> Payload:
    payload = compiled(scan)
    assert payload.pop("ReturnConsumedCapacity") == "TOTAL"
    return payload


@pytest.mark.parametrize(
    ("scan", "expected"),
    [
        (
            Scan(Order),
            {
                "TableName": "scan-shop",
                "FilterExpression": "#n0 = :v0",
                "ExpressionAttributeNames": {"#n0": "_type"},
                "ExpressionAttributeValues": {":v0": {"S": "Order"}},
            },
        ),
        (
            Scan(Order, index="whole").segments(8).items_per_request(50),
            {
                "TableName": "scan-shop",
                "IndexName": "whole",
                "FilterExpression": "#n0 = :v0",
                "ExpressionAttributeNames": {"#n0": "_type"},
                "ExpressionAttributeValues": {":v0": {"S": "Order"}},
                "Segment": 0,
                "TotalSegments": 8,
                "Limit": 50,
            },
        ),
        (
            Scan(Order).filter(Order.size > 3, Order.number < 9).consistent(),
            {
                "TableName": "scan-shop",
                "FilterExpression": "#n2 = :v2 AND (#n0 > :v0 AND #n1 < :v1)",
                "ExpressionAttributeNames": {"#n0": "size", "#n1": "number", "#n2": "_type"},
                "ExpressionAttributeValues": {":v0": {"N": "3"}, ":v1": {"N": "9"}, ":v2": {"S": "Order"}},
                "ConsistentRead": True,
            },
        ),
        (
            Scan(Order, Basket),
            {
                "TableName": "scan-shop",
                "FilterExpression": (
                    "#n2 = :v1 OR (#n2 = :v2 AND NOT #n0 <= :v0 AND attribute_not_exists(#n1))"
                ),
                "ExpressionAttributeNames": {"#n0": "ttl", "#n1": "gone", "#n2": "_type"},
                "ExpressionAttributeValues": {
                    ":v0": {"N": NOW},
                    ":v1": {"S": "Order"},
                    ":v2": {"S": "Basket"},
                },
            },
        ),
        (
            Scan(Order, Basket).including_expired().including_deleted(),
            {
                "TableName": "scan-shop",
                "FilterExpression": "#n0 IN (:v0, :v1)",
                "ExpressionAttributeNames": {"#n0": "_type"},
                "ExpressionAttributeValues": {":v0": {"S": "Order"}, ":v1": {"S": "Basket"}},
            },
        ),
        (
            Scan(Order, Basket).including_expired().including_deleted().filter(Basket.size == 1),
            {
                "TableName": "scan-shop",
                "FilterExpression": "#n1 = :v1 OR (#n1 = :v2 AND (#n0 = :v0))",
                "ExpressionAttributeNames": {"#n0": "size", "#n1": "_type"},
                "ExpressionAttributeValues": {
                    ":v0": {"N": "1"},
                    ":v1": {"S": "Order"},
                    ":v2": {"S": "Basket"},
                },
            },
        ),
        (
            Scan(Order, index="local"),
            {
                "TableName": "scan-shop",
                "IndexName": "local",
                "FilterExpression": "#n0 = :v0",
                "ExpressionAttributeNames": {"#n0": "_type"},
                "ExpressionAttributeValues": {":v0": {"S": "Order"}},
            },
        ),
        (Scan(Plain, Rendered), {"TableName": "scan-old"}),
        (
            Scan(Rendered).filter(Rendered.size == 2),
            {
                "TableName": "scan-old",
                "FilterExpression": "(#n0 = :v0)",
                "ExpressionAttributeNames": {"#n0": "size"},
                "ExpressionAttributeValues": {":v0": {"N": "2"}},
            },
        ),
    ],
    ids=str,
)
def test_the_first_request_of_a_scan(scan: Scan[Any], expected: Payload) -> None:
    assert sent(scan) == expected


def test_a_count_asks_for_no_items_where_the_service_can_tell_them() -> None:
    environment = Environment.simulated()
    assert Scan(Order).request(environment, count=True).payload["Select"] == "COUNT"
    assert "Select" not in Scan(Plain).request(environment, count=True).payload


def test_a_key_attribute_may_be_filtered_by_since_a_scan_has_no_key_condition() -> None:
    assert (
        sent(Scan(Plain).filter(Plain.id.begins_with("a")))["FilterExpression"] == "(begins_with(#n0, :v0))"
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Scan[Order], "scan: got no entity"),
        (lambda: Scan(Order, Other), "expected entities of one table, got 2 tables"),
        (lambda: Scan(Order).filter(Basket.size == 1), "is on none of its entities"),
        (lambda: Scan(Order).segments(0), "got 0; expected 1 to 1,000,000"),
        (lambda: Scan(Order).segments(1_000_001), "got 1,000,001"),
        (lambda: Scan(Order).segments(4, at_once=0), "at_once: got 0"),
        (lambda: Scan(Order).items_per_request(0), "items_per_request: got 0"),
        (lambda: Scan(Order).read_units_per_second(0), "got 0; expected more than 0"),
        (lambda: Scan(Order).read_units_per_second(float("nan")), "got nan"),
        (lambda: Scan(Order, index="whole").consistent(), "no consistent reads. Scan the table."),
        (lambda: sent(Scan(Order, index="keys")), "does not hold .*, which a whole Order has"),
        (lambda: sent(Scan(Basket, index="some")), "does not hold name, ttl, gone, which a whole Basket has"),
        (lambda: sent(Scan(Basket, index="whole")), "Basket has no pattern on index 'whole'"),
        (
            lambda: sent(Scan(Plain, Rendered).filter(Rendered.size == 1)),
            "no type attribute by which a filter could tell",
        ),
    ],
)
def test_what_a_scan_cannot_do_is_refused_before_it_is_sent(make: Callable[[], object], message: str) -> None:
    with pytest.raises(StatementError, match=message):
        make()


def test_a_scan_reads_as_it_means_and_shows_no_values() -> None:
    scan = Scan(Order, Basket).filter(Order.size == 77).segments(8).read_units_per_second(12.5)
    assert str(scan) == (
        "scan Order, Basket, filtered by size = <int>, in 8 segments, at most 12.5 units a second"
    )
    assert str(Scan(Order, index="local").consistent()) == "scan Order on local, consistently"


def test_each_verb_makes_a_new_statement() -> None:
    scan = Scan(Order)
    assert scan.segments(2) == Scan(Order).segments(2) != scan == Scan(Order)
