"""Every operator and function, exactly as it is sent: here as the filter of a query on an index."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dynakit import Condition, path
from dynakit.wire import AttributeValue
from tests.unit.support.checked import compiled
from tests.unit.support.models import NOON, Address, Country, Line, Order, Status

BIG, GIFT, CITY = Order.total > 100, Order.gift.is_true(), Order.city.exists()

Case = tuple[str, tuple[Condition[Order], ...], str, list[str], list[AttributeValue]]

# Claim, conditions, expression, and what stands behind #n1, #n2, … and :v1, :v2, …
CASES: list[Case] = [
    ("equal", (Order.note == "x",), "#n1 = :v1", ["State#Date"], [{"S": "x"}]),
    ("not equal", (Order.note != "x",), "#n1 <> :v1", ["State#Date"], [{"S": "x"}]),
    ("less", (Order.total < 5,), "#n1 < :v1", ["total"], [{"N": "5"}]),
    ("at most", (Order.total <= Decimal("5.50"),), "#n1 <= :v1", ["total"], [{"N": "5.5"}]),
    ("greater", (Order.total > 5,), "#n1 > :v1", ["total"], [{"N": "5"}]),
    ("at least", (Order.total >= 5,), "#n1 >= :v1", ["total"], [{"N": "5"}]),
    (
        "with another attribute on the right",
        (Order.note == Order.city,),
        "#n1 = #n2",
        ["State#Date", "city"],
        [],
    ),
    (
        "an attribute on the left of a value turns around",
        (Order.total > 5,),
        "#n1 > :v1",
        ["total"],
        [{"N": "5"}],
    ),
    ("between", (Order.total.between(1, 2),), "#n1 BETWEEN :v1 AND :v2", ["total"], [{"N": "1"}, {"N": "2"}]),
    ("in", (Order.note.in_(["a", "b"]),), "#n1 IN (:v1, :v2)", ["State#Date"], [{"S": "a"}, {"S": "b"}]),
    ("exists", (Order.note.exists(),), "attribute_exists(#n1)", ["State#Date"], []),
    ("not exists", (Order.note.not_exists(),), "attribute_not_exists(#n1)", ["State#Date"], []),
    ("has type", (Order.note.has_type("S"),), "attribute_type(#n1, :v1)", ["State#Date"], [{"S": "S"}]),
    (
        "begins with, text",
        (Order.note.begins_with("a"),),
        "begins_with(#n1, :v1)",
        ["State#Date"],
        [{"S": "a"}],
    ),
    (
        "begins with, binary",
        (Order.raw.begins_with(b"a"),),
        "begins_with(#n1, :v1)",
        ["raw"],
        [{"B": "YQ=="}],
    ),
    (
        "contains a part of a text",
        (Order.note.contains("a"),),
        "contains(#n1, :v1)",
        ["State#Date"],
        [{"S": "a"}],
    ),
    (
        "contains an element of a set",
        (Order.tags.contains("a"),),
        "contains(#n1, :v1)",
        ["tags"],
        [{"S": "a"}],
    ),
    (
        "contains an element of a list",
        (Order.counts.contains(3),),
        "contains(#n1, :v1)",
        ["counts"],
        [{"N": "3"}],
    ),
    (
        "contains a nested model in a list",
        (Order.lines.contains(Line(sku="s")),),
        "contains(#n1, :v1)",
        ["lines"],
        [{"M": {"sku": {"S": "s"}, "count": {"N": "1"}}}],
    ),
    (
        "size, with each operator",
        (
            Order.tags.size() == 1,
            Order.tags.size() != 2,
            Order.tags.size() < 3,
            Order.tags.size() <= 4,
            Order.tags.size() > 5,
            Order.tags.size() >= 6,
            Order.tags.size().between(7, 8),
        ),
        (
            "size(#n1) = :v1 AND size(#n1) <> :v2 AND size(#n1) < :v3 AND size(#n1) <= :v4 AND size(#n1) > "
            ":v5 AND size(#n1) >= :v6 AND size(#n1) BETWEEN :v7 AND :v8"
        ),
        ["tags"],
        [{"N": "1"}, {"N": "2"}, {"N": "3"}, {"N": "4"}, {"N": "5"}, {"N": "6"}, {"N": "7"}, {"N": "8"}],
    ),
    (
        "flags",
        (Order.gift.is_true() | Order.gift.is_false(),),
        "#n1 = :v1 OR #n1 = :v2",
        ["gift"],
        [{"BOOL": True}, {"BOOL": False}],
    ),
    ("a stored form of its own", (Order.due > NOON,), "#n1 > :v1", ["due"], [{"N": "1777636800"}]),
    (
        "several filters are joined",
        (
            BIG,
            GIFT,
            CITY,
        ),
        "#n1 > :v1 AND #n2 = :v2 AND attribute_exists(#n3)",
        ["total", "gift", "city"],
        [{"N": "100"}, {"BOOL": True}],
    ),
    (
        "and",
        (BIG & GIFT & CITY,),
        "#n1 > :v1 AND #n2 = :v2 AND attribute_exists(#n3)",
        ["total", "gift", "city"],
        [{"N": "100"}, {"BOOL": True}],
    ),
    (
        "or",
        (BIG | GIFT | CITY,),
        "#n1 > :v1 OR #n2 = :v2 OR attribute_exists(#n3)",
        ["total", "gift", "city"],
        [{"N": "100"}, {"BOOL": True}],
    ),
    ("not", (~BIG,), "NOT (#n1 > :v1)", ["total"], [{"N": "100"}]),
    (
        "and binds closer in Python and is put in parentheses",
        (BIG & GIFT | CITY,),
        "(#n1 > :v1 AND #n2 = :v2) OR attribute_exists(#n3)",
        ["total", "gift", "city"],
        [{"N": "100"}, {"BOOL": True}],
    ),
    (
        "or inside and",
        ((BIG | GIFT) & CITY,),
        "(#n1 > :v1 OR #n2 = :v2) AND attribute_exists(#n3)",
        ["total", "gift", "city"],
        [{"N": "100"}, {"BOOL": True}],
    ),
    (
        "or as one of several filters",
        (
            BIG | GIFT,
            CITY,
        ),
        "(#n1 > :v1 OR #n2 = :v2) AND attribute_exists(#n3)",
        ["total", "gift", "city"],
        [{"N": "100"}, {"BOOL": True}],
    ),
    (
        "not around or, and around not",
        (
            ~(BIG | GIFT),
            ~~CITY,
        ),
        "NOT (#n1 > :v1 OR #n2 = :v2) AND NOT (NOT (attribute_exists(#n3)))",
        ["total", "gift", "city"],
        [{"N": "100"}, {"BOOL": True}],
    ),
    (
        "deep nesting",
        (~(BIG & (GIFT | (CITY & ~(BIG | GIFT)))),),
        "NOT (#n1 > :v1 AND (#n2 = :v2 OR (attribute_exists(#n3) AND NOT (#n1 > :v1 OR #n2 = :v2))))",
        ["total", "gift", "city"],
        [{"N": "100"}, {"BOOL": True}],
    ),
    (
        "nested entities, with their stored names",
        (
            Order.ship_to / Address.country / Country.code == "IT",
            (Order.ship_to / Address.zip_code).exists(),
        ),
        "#n1.#n2.#n3 = :v1 AND attribute_exists(#n1.#n4)",
        ["ship_to", "country", "code", "zip-code"],
        [{"S": "IT"}],
    ),
    (
        "a list element, and the attribute of a plain model in it",
        (
            Order.lines[0].exists(),
            Order.lines[10].at("sku", str) == "s",
        ),
        "attribute_exists(#n1[0]) AND #n1[10].#n2 = :v1",
        ["lines", "sku"],
        [{"S": "s"}],
    ),
    (
        "a map key, with dots, hashes, quotes and emoji",
        (Order.labels['a.b#-"🤑 '] == "x",),
        "#n1.#n2 = :v1",
        ["labels", 'a.b#-"🤑 '],
        [{"S": "x"}],
    ),
    (
        "awkward stored names",
        (
            Order.note.exists(),
            Order.price > 1,
        ),
        "attribute_exists(#n1) AND #n2 > :v1",
        ["State#Date", "price.net-🤑"],
        [{"N": "1"}],
    ),
    (
        "an attribute of a plain model",
        (Order.parcel.at("count", int) == 1,),
        "#n1.#n2 = :v1",
        ["parcel", "count"],
        [{"N": "1"}],
    ),
    ("a path by name", (path(Order, "note", str) == "x",), "#n1 = :v1", ["State#Date"], [{"S": "x"}]),
    (
        "equal values share a placeholder, equal texts of other types do not",
        (
            Order.note == "1",
            Order.city == "1",
            Order.total == 1,
            Order.price == 1,
        ),
        "#n1 = :v1 AND #n2 = :v1 AND #n3 = :v2 AND #n4 = :v2",
        ["State#Date", "city", "total", "price.net-🤑"],
        [{"S": "1"}, {"N": "1"}],
    ),
    (
        "more than ten names and values, numbered in order of first use",
        (
            Order.note == "a",
            Order.city == "b",
            Order.price == 3,
            Order.total == 4,
            Order.gift.is_true(),
            Order.raw == b"6",
            Order.tags == {"7"},
            Order.counts == [8],
            Order.labels == {"9": "ix"},
            Order.parcel == Line(sku="10"),
            Order.due == NOON,
            Order.ship_to == Address(city="12"),
        ),
        " AND ".join(f"#n{number} = :v{number}" for number in range(1, 13)),
        [
            "State#Date",
            "city",
            "price.net-🤑",
            "total",
            "gift",
            "raw",
            "tags",
            "counts",
            "labels",
            "parcel",
            "due",
            "ship_to",
        ],
        [
            {"S": "a"},
            {"S": "b"},
            {"N": "3"},
            {"N": "4"},
            {"BOOL": True},
            {"B": "Ng=="},
            {"SS": ["7"]},
            {"L": [{"N": "8"}]},
            {"M": {"9": {"S": "ix"}}},
            {"M": {"sku": {"S": "10"}, "count": {"N": "1"}}},
            {"N": "1777636800"},
            {"M": {"city": {"S": "12"}}},
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_condition_becomes_exactly_this_expression(case: Case) -> None:
    claim, conditions, expression, names, values = case
    request = compiled(Order.by_status(status=Status.paid).filter(*conditions))
    assert request["FilterExpression"] == expression, claim
    assert request["ExpressionAttributeNames"] == {
        f"#n{position}": name for position, name in enumerate(["GSI1PK", *names])
    }
    assert request["ExpressionAttributeValues"] == {
        f":v{position}": value for position, value in enumerate([{"S": "STATUS#paid"}, *values])
    }
