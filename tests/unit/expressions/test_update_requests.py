"""Every update verb, exactly as it is sent."""

from __future__ import annotations

import pytest

from dynakit import Environment, Update, UpdateAction
from dynakit.wire import AttributeValue
from tests.unit.support.checked import compiled
from tests.unit.support.models import NOON, Address, Line, Order, Status, an_order

Case = tuple[str, tuple[UpdateAction[Order], ...], str, list[str], list[AttributeValue]]

# Claim, changes, expression up to the write token, and what stands behind #n0, #n1, … and :v0, :v1, …
CASES: list[Case] = [
    ("set", (Order.note.set("x"),), "SET #n0 = :v0, #n1 = :v1", ["State#Date"], [{"S": "x"}]),
    (
        "set several",
        (
            Order.note.set("x"),
            Order.price.set(3),
        ),
        "SET #n0 = :v0, #n1 = :v1, #n2 = :v2",
        ["State#Date", "price.net-🤑"],
        [{"S": "x"}, {"N": "3"}],
    ),
    ("set to nothing removes", (Order.note.set(None),), "SET #n1 = :v0 REMOVE #n0", ["State#Date"], []),
    ("set to an empty set removes", (Order.tags.set(set()),), "SET #n1 = :v0 REMOVE #n0", ["tags"], []),
    (
        "set to another attribute",
        (Order.note.set(Order.city),),
        "SET #n0 = #n1, #n2 = :v0",
        ["State#Date", "city"],
        [],
    ),
    (
        "set a whole model",
        (Order.ship_to.set(Address(city="Rome")),),
        "SET #n0 = :v0, #n1 = :v1",
        ["ship_to"],
        [{"M": {"city": {"S": "Rome"}}}],
    ),
    (
        "set in a model",
        ((Order.ship_to / Address.zip_code).set("1"),),
        "SET #n0.#n1 = :v0, #n2 = :v1",
        ["ship_to", "zip-code"],
        [{"S": "1"}],
    ),
    (
        "set in a list",
        (Order.lines[2].set(Line(sku="s")),),
        "SET #n0[2] = :v0, #n1 = :v1",
        ["lines"],
        [{"M": {"sku": {"S": "s"}, "count": {"N": "1"}}}],
    ),
    (
        "set in a map, under an awkward name",
        (Order.labels["a.b-c"].set("x"),),
        "SET #n0.#n1 = :v0, #n2 = :v1",
        ["labels", "a.b-c"],
        [{"S": "x"}],
    ),
    (
        "set if absent",
        (Order.note.set_if_absent("x"),),
        "SET #n0 = if_not_exists(#n0, :v0), #n1 = :v1",
        ["State#Date"],
        [{"S": "x"}],
    ),
    (
        "set if absent, nested",
        (Order.parcel.at("note", str).set_if_absent("x"),),
        "SET #n0.#n1 = if_not_exists(#n0.#n1, :v0), #n2 = :v1",
        ["parcel", "note"],
        [{"S": "x"}],
    ),
    (
        "add",
        (Order.price.add(5),),
        "SET #n0 = if_not_exists(#n0, :v0) + :v1, #n1 = :v2",
        ["price.net-🤑"],
        [{"N": "0"}, {"N": "5"}],
    ),
    (
        "add, nested",
        (Order.lines[0].at("count", int).add(1),),
        "SET #n0[0].#n1 = if_not_exists(#n0[0].#n1, :v0) + :v1, #n2 = :v2",
        ["lines", "count"],
        [{"N": "0"}, {"N": "1"}],
    ),
    (
        "subtract",
        (Order.price.subtract(5),),
        "SET #n0 = if_not_exists(#n0, :v0) - :v1, #n1 = :v2",
        ["price.net-🤑"],
        [{"N": "0"}, {"N": "5"}],
    ),
    (
        "append",
        (Order.counts.append(1, 2),),
        "SET #n0 = list_append(if_not_exists(#n0, :v0), :v1), #n1 = :v2",
        ["counts"],
        [{"L": []}, {"L": [{"N": "1"}, {"N": "2"}]}],
    ),
    (
        "append models",
        (Order.lines.append(Line(sku="s")),),
        "SET #n0 = list_append(if_not_exists(#n0, :v0), :v1), #n1 = :v2",
        ["lines"],
        [{"L": []}, {"L": [{"M": {"sku": {"S": "s"}, "count": {"N": "1"}}}]}],
    ),
    (
        "prepend",
        (Order.counts.prepend(1, 2),),
        "SET #n0 = list_append(:v1, if_not_exists(#n0, :v0)), #n1 = :v2",
        ["counts"],
        [{"L": []}, {"L": [{"N": "1"}, {"N": "2"}]}],
    ),
    ("remove", (Order.note.remove(),), "SET #n1 = :v0 REMOVE #n0", ["State#Date"], []),
    (
        "remove from a list and a map",
        (
            Order.lines[1].remove(),
            Order.labels["x"].remove(),
        ),
        "SET #n3 = :v0 REMOVE #n0[1], #n1.#n2",
        ["lines", "labels", "x"],
        [],
    ),
    (
        "add to a set",
        (Order.tags.add_to_set("b", "a"),),
        "SET #n1 = :v1 ADD #n0 :v0",
        ["tags"],
        [{"SS": ["a", "b"]}],
    ),
    (
        "delete from a set",
        (Order.tags.delete_from_set("b", "a"),),
        "SET #n1 = :v1 DELETE #n0 :v0",
        ["tags"],
        [{"SS": ["a", "b"]}],
    ),
    (
        "every clause at once, in DynamoDB's order",
        (
            Order.tags.add_to_set("a"),
            Order.note.remove(),
            Order.price.set(1),
            Order.gift.set(True),
        ),
        "SET #n2 = :v1, #n3 = :v2, #n4 = :v3 REMOVE #n1 ADD #n0 :v0",
        ["tags", "State#Date", "price.net-🤑", "gift"],
        [{"SS": ["a"]}, {"N": "1"}, {"BOOL": True}],
    ),
    (
        "a relative zero and an equal value share a placeholder",
        (Order.price.add(0),),
        "SET #n0 = if_not_exists(#n0, :v0) + :v0, #n1 = :v1",
        ["price.net-🤑"],
        [{"N": "0"}],
    ),
    (
        "stored in a form of its own",
        (Order.due.set(NOON),),
        "SET #n0 = :v0, #n1 = :v1",
        ["due"],
        [{"N": "1777636800"}],
    ),
    (
        "decimals take whole numbers",
        (
            Order.total.set(5),
            Order.status.set(Status.paid),
        ),
        "SET #n0 = :v0, #n1 = :v1, #n2 = :v2, #n3 = :v3, #n4 = :v4, #n5 = :v5",
        ["total", "status", "GSI1PK", "GSI2SK", "LSI1SK"],
        [{"N": "5"}, {"S": "paid"}, {"S": "STATUS#paid"}, {"S": "p501_5"}, {"S": "TOTAL#p501_5"}],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_an_update_becomes_exactly_this_expression(case: Case) -> None:
    claim, changes, expression, names, values = case
    request = compiled(Update(an_order(), *changes))
    token = {"S": Environment.simulated().write_token()}
    assert request["UpdateExpression"] == expression, claim
    assert request["ConditionExpression"] == f"attribute_exists(#n{len(names) + 1})"
    assert request["ExpressionAttributeNames"] == {
        f"#n{position}": name for position, name in enumerate([*names, "_w", "PK"])
    }
    assert request["ExpressionAttributeValues"] == {
        f":v{position}": value for position, value in enumerate([*values, token])
    }
