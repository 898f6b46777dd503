"""What queries say of hidden items, of indexes that do not hold everything, and of shared ranges: exactly."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dynakit import Collection, Environment, Query, StatementError
from dynakit.operations.paging import identity
from dynakit.wire import Payload
from tests.unit.support.checked import Compiled, compiled
from tests.unit.support.lasting import Folder, Paper, Remark
from tests.unit.support.models import Order

NOW = str(int(Environment.simulated().now().timestamp()))
BY_TITLE = Paper.by_title(title="t")

REQUESTS: list[tuple[str, Compiled, Payload]] = [
    (
        "expired and deleted items are left out, behind the user's own filter",
        BY_TITLE.filter((Paper.pages > 1) | (Paper.pages < 0)),
        {
            "IndexName": "all",
            "KeyConditionExpression": "#n0 = :v0",
            "FilterExpression": ("(#n1 > :v1 OR #n1 < :v2) AND NOT #n2 <= :v3 AND attribute_not_exists(#n3)"),
            "ExpressionAttributeNames": {"#n0": "GSI1PK", "#n1": "pages", "#n2": "ttl", "#n3": "gone"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "TITLE#t"},
                ":v1": {"N": "1"},
                ":v2": {"N": "0"},
                ":v3": {"N": NOW},
            },
        },
    ),
    (
        "a query that asks for them filters nothing",
        BY_TITLE.including_expired().including_deleted().limit(3),
        {
            "IndexName": "all",
            "KeyConditionExpression": "#n0 = :v0",
            "ExpressionAttributeNames": {"#n0": "GSI1PK"},
            "ExpressionAttributeValues": {":v0": {"S": "TITLE#t"}},
            "Limit": 3,
        },
    ),
    (
        "a query that leaves items out reads more than its limit at once",
        BY_TITLE.including_deleted().limit(3),
        {
            "IndexName": "all",
            "KeyConditionExpression": "#n0 = :v0",
            "FilterExpression": "NOT #n1 <= :v1",
            "ExpressionAttributeNames": {"#n0": "GSI1PK", "#n1": "ttl"},
            "ExpressionAttributeValues": {":v0": {"S": "TITLE#t"}, ":v1": {"N": NOW}},
            "Limit": 32,
        },
    ),
    (
        "hydrating reads keys only, and hides what the index cannot tell when the items are there",
        Paper.by_author(author="a").hydrate(),
        {
            "IndexName": "keys",
            "KeyConditionExpression": "#n0 = :v0",
            "ProjectionExpression": "#n1, #n2, #n0",
            "ExpressionAttributeNames": {"#n0": "GSI2PK", "#n1": "PK", "#n2": "SK"},
            "ExpressionAttributeValues": {":v0": {"S": "AUTHOR#a"}},
        },
    ),
    (
        "what the index holds and what its keys tell",
        Paper.by_topic(topic="x").including_expired().including_deleted().held(),
        {
            "IndexName": "some",
            "KeyConditionExpression": "#n0 = :v0",
            "ProjectionExpression": "#n1, #n2, #n0, #n3, #n4, #n5, #n6",
            "ExpressionAttributeNames": {
                "#n0": "GSI3PK",
                "#n1": "PK",
                "#n2": "SK",
                "#n3": "_type",
                "#n4": "title",
                "#n5": "ttl",
                "#n6": "gone",
            },
            "ExpressionAttributeValues": {":v0": {"S": "TOPIC#x"}},
        },
    ),
    (
        "a collection filters each entity by its own, and lets others pass",
        Collection((Folder, Paper), folder="f").including_expired().filter(Paper.pages > 1),
        {
            "KeyConditionExpression": "#n0 = :v0",
            "FilterExpression": (
                "attribute_exists(#n3) AND (NOT #n3 = :v2 OR ((#n1 > :v1) AND attribute_not_exists(#n2)))"
            ),
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "pages", "#n2": "gone", "#n3": "_type"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "FOLDER#f"},
                ":v1": {"N": "1"},
                ":v2": {"S": "Paper"},
            },
        },
    ),
    (
        "a range that all share begins with the same values",
        Collection((Paper, Remark), Paper.folder == "f", Paper.number.between(1, 2))
        .including_expired()
        .including_deleted(),
        {
            "KeyConditionExpression": "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            "ExpressionAttributeNames": {"#n0": "PK", "#n1": "SK"},
            "ExpressionAttributeValues": {
                ":v0": {"S": "FOLDER#f"},
                ":v1": {"S": "PAPER#0001"},
                ":v2": {"S": "PAPER#0002$"},
            },
        },
    ),
]


@pytest.mark.parametrize(("claim", "statement", "request_"), REQUESTS, ids=[one[0] for one in REQUESTS])
def test_a_statement_becomes_exactly_this_request(claim: str, statement: Compiled, request_: Payload) -> None:
    assert compiled(statement) == {"TableName": "lasting", **request_}, claim


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "an index that cannot tell what has expired": (
        lambda: compiled(Paper.by_author(author="a").held()),
        "does not hold ttl. Items that are expired are told by it: let the index project it, or say .inc",
    ),
    "nor what is deleted": (
        lambda: compiled(Paper.by_author(author="a").including_expired().held()),
        "does not hold gone. Items that are deleted are told by it: let the index project it, or say .inc",
    ),
    "whole items of such an index": (
        lambda: compiled(Paper.by_author(author="a").including_expired().including_deleted()),
        "Use .held(), .project(…) or .hydrate(): a whole Paper has them.",
    ),
    "hydrating from the table": (
        lambda: Paper.primary(folder="f").hydrate(),
        "it reads the table already. Leave out .hydrate().",
    ),
    "a filter on none of a collection's entities": (
        lambda: Collection((Folder, Paper), folder="f").filter(Remark.text == "x"),
        "is on none of its entities",
    ),
    "a condition on another entity's attribute": (
        lambda: compiled(Collection((Folder, Paper), Order.customer_id == "f")),
        "Order.customer_id belongs to another entity",
    ),
    "a range that an entity has not": (
        lambda: compiled(Collection((Folder, Paper), folder="f", number=1)),
        "Folder.primary: number is no part of this key",
    ),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_by_name(make: Callable[[], object], message: str) -> None:
    with pytest.raises(StatementError) as caught:
        make()
    assert message in str(caught.value)


def test_hidden_items_are_no_part_of_what_a_cursor_is_bound_to() -> None:
    """The filter moves with time, and asking for hidden items does not move the rows."""
    environment = Environment.simulated()

    def bound(query: Query[Paper]) -> str:
        return identity(query, environment)

    assert bound(BY_TITLE) == bound(BY_TITLE.including_expired().including_deleted())
    assert bound(BY_TITLE) != bound(BY_TITLE.filter(Paper.pages > 1))
