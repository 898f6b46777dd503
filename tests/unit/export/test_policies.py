"""IAM policies of what code does with entities: actions, resources, tenants; and what a policy refuses."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, cast

import pytest

from dynakit import (
    Attr,
    DefinitionError,
    Entity,
    Index,
    Key,
    Lease,
    Table,
    Vector,
    VectorIndex,
    attr,
    deleted,
    unique,
)
from dynakit.export.access import VERBS, Access
from dynakit.export.iam import policy, refused
from dynakit.export.permissions import Permission, permissions_of
from dynakit.export.table_access import TableAccess
from dynakit.schema.definition import definition_of
from dynakit.wire import Call
from schemas.backend import User, users
from tests.unit.export.tables_of_every_kind import on_demand

shop = Table(
    "shop",
    pk="PK",
    sk="SK",
    indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")],
    vector_indexes=[VectorIndex("near", "embedding", 3)],
)
TENANT = {"customer_id": "${aws:PrincipalTag/customer}"}


class Order(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{order_id}")
    by_state = Key("STATE#{customer_id}#{state}", "{order_id}", index="GSI1")
    customer_id: Attr[str]
    order_id: Attr[str]
    state: Attr[str]


class Account(Entity, table=shop):
    primary = Key("CUSTOMER#{customer_id}", "ACCOUNT")
    no_two = unique("name")
    customer_id: Attr[str]
    name: Attr[str]


class Note(Entity, table=shop):
    primary = Key("NOTE#{note_id}", "NOTE")
    note_id: Attr[str]
    gone: Attr[datetime | None] = deleted()


class Product(Entity, table=shop):
    primary = Key("PRODUCT#{sku}", "PRODUCT")
    by_name = Key("PRODUCTS", "{name}", index="GSI1")
    sku: Attr[str]
    name: Attr[str]
    embedding: Attr[Vector[Literal[3]] | None] = attr(default=None)


def statements(*accesses: Access[Any] | TableAccess, **options: Any) -> dict[str, tuple[list[str], object]]:
    document = policy(accesses, **options)
    assert document["Version"] == "2012-10-17"
    return {one["Sid"]: (one["Action"], one["Resource"]) for one in document["Statement"]}


def test_each_table_and_index_has_the_actions_that_are_used_on_it() -> None:
    found = statements(
        Access(Order, "get", "put"), Access(Order.by_state, "query"), Access(User.by_cpf, "query")
    )
    assert found == {
        "shop": (["dynamodb:GetItem", "dynamodb:PutItem"], "arn:aws:dynamodb:*:*:table/shop"),
        "shopGSI1": (["dynamodb:Query"], "arn:aws:dynamodb:*:*:table/shop/index/GSI1"),
        "BackendUsersDevcpfTesteIndex": (
            ["dynamodb:Query"],
            f"arn:aws:dynamodb:*:*:table/{users.name}/index/cpfTesteIndex",
        ),
    }


def test_searches_stand_in_a_statement_of_their_own() -> None:
    found = statements(Access(Product, "search", "query"), Access(Product.by_name, "query"))
    assert found["shopnearSearch"] == (
        ["dynamodb:SearchVectors"],
        "arn:aws:dynamodb:*:*:table/shop/index/near",
    )


def test_a_soft_deletion_is_an_update() -> None:
    assert statements(Access(Note, "delete"))["shop"][0] == [
        f"dynamodb:{action}Item" for action in ("Delete", "Get", "Update")
    ]
    assert statements(Access(Order, "delete"))["shop"][0] == ["dynamodb:DeleteItem", "dynamodb:GetItem"]


def test_guards_of_unique_values_are_allowed_alone() -> None:
    """They are no tenant's, and of no other entity."""
    table, guards = policy([Access(Account, "put")], tenant={"customer_id": "${aws:PrincipalTag/customer}"})[
        "Statement"
    ]
    assert table["Condition"]["ForAllValues:StringLike"] == {
        "dynamodb:LeadingKeys": ["CUSTOMER#${aws:PrincipalTag/customer}"]
    }
    assert (guards["Sid"], guards["Condition"]["ForAllValues:StringLike"]) == (
        "shopUnique",
        {"dynamodb:LeadingKeys": ["${$}UNIQUE#Account#no_two#*"]},
    )
    assert policy([Access(Account, "get")], tenant=TENANT)["Statement"][1:] == []


def test_leases_sequences_and_checkpoints_are_allowed_on_their_own_items_alone() -> None:
    document = policy([TableAccess(shop, "lease", "sequence", "checkpoint")], tenant=TENANT)
    assert [(one["Sid"], one["Condition"]["ForAllValues:StringLike"]) for one in document["Statement"]] == [
        ("shopCheckpoint", {"dynamodb:LeadingKeys": ["${$}checkpoint#*"]}),
        ("shopLease", {"dynamodb:LeadingKeys": ["${$}lease#*"]}),
        ("shopSequence", {"dynamodb:LeadingKeys": ["${$}sequence#*"]}),
    ]
    key = Lease(shop, "nightly").key
    needed = permissions_of(Call("UpdateItem", {"TableName": "shop", "Key": key}), NAMES)
    assert refused(document, needed) == []
    needed = permissions_of(Call("UpdateItem", {"TableName": "shop", "Key": KEY}), NAMES)
    assert refused(document, needed) == [*needed]


def test_tables_are_managed_as_far_as_they_are_declared() -> None:
    assert statements(TableAccess(users, "describe")) == {
        "BackendUsersDev": (
            ["dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"],
            f"arn:aws:dynamodb:*:*:table/{users.name}",
        )
    }
    assert list(statements(TableAccess(on_demand, "delete_table"))) == ["ondemand"]
    found = statements(TableAccess(on_demand, "create"))
    assert list(found) == ["ondemand", "ondemandGSI1"]
    assert {"dynamodb:TagResource", "dynamodb:PutResourcePolicy", "dynamodb:UpdateContinuousBackups"} <= {
        *found["ondemand"][0]
    }


def test_no_policy_has_a_wildcard_for_actions() -> None:
    document = policy([Access(Product, *VERBS)])
    assert not [action for one in document["Statement"] for action in one["Action"] if "*" in action]


def substituted(table: Table, part: str) -> object:
    return {"Fn::Sub": f"${{{table.name}.Arn}}{part}"}


def test_resources_are_what_a_template_makes_of_them() -> None:
    found = statements(Access(Order, "get"), arn=substituted)
    assert found["shop"] == (["dynamodb:GetItem"], {"Fn::Sub": "${shop.Arn}"})


def test_a_tenant_is_held_to_the_keys_that_begin_with_it() -> None:
    document = policy([Access(Order, "get"), Access(Order.by_state, "query")], tenant=TENANT)
    table, index = (one["Condition"] for one in document["Statement"])
    assert table == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["CUSTOMER#${aws:PrincipalTag/customer}"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    assert index["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == [
        "STATE#${aws:PrincipalTag/customer}#*"
    ]


@pytest.mark.parametrize(
    ("access", "message"),
    [
        (lambda: Access(Order), "access to Order: got no verb; expected some of get"),
        (lambda: Access(Order, cast("Any", "gett")), "got 'gett'; did you mean 'get'"),
        (lambda: Access(Order.by_state, "get"), "get goes by the primary key, not by index 'GSI1'"),
        (lambda: policy([Access(Product, "get")], tenant=TENANT), "does not hold 'customer_id'"),
        (lambda: TableAccess(shop), "access to table 'shop': got no verb; expected some of lease, sequence"),
        (lambda: TableAccess(shop, cast("Any", "leas")), "got 'leas'; did you mean 'lease'"),
        (lambda: policy([TableAccess(shop, "describe")], tenant=TENANT), "access to shop: DescribeTable, "),
        (lambda: policy([Access(Order, "scan")], tenant=TENANT), "Scan reaches what is all tenants'"),
        (lambda: policy([Access(Order, "follow")], tenant=TENANT), "reaches what is all tenants'"),
    ],
)
def test_what_cannot_be_allowed_is_refused(access: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        access()


KEY = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "ORDER#1"}}
OTHER = {"PK": {"S": "CUSTOMER#c2"}, "SK": {"S": "ORDER#1"}}
NAMES = {"shop": "PK", "shop/index/GSI1": "GSI1PK"}

QUERY = {
    "TableName": "shop",
    "IndexName": "GSI1",
    "KeyConditionExpression": "#k0 = :k0 AND begins_with(#k1, :k1)",
    "ExpressionAttributeNames": {"#k0": "GSI1PK", "#k1": "GSI1SK"},
    "ExpressionAttributeValues": {":k0": {"S": "STATE#c1#open"}, ":k1": {"S": "x"}},
}
C1 = frozenset({"CUSTOMER#c1"})

CALLS: list[tuple[Call, set[Permission]]] = [
    (Call("GetItem", {"TableName": "shop", "Key": KEY}), {Permission("dynamodb:GetItem", "shop", "", C1)}),
    (Call("PutItem", {"TableName": "shop", "Item": KEY}), {Permission("dynamodb:PutItem", "shop", "", C1)}),
    (
        Call("Query", QUERY),
        {Permission("dynamodb:Query", "shop", "/index/GSI1", frozenset({"STATE#c1#open"}))},
    ),
    (Call("Scan", {"TableName": "shop"}), {Permission("dynamodb:Scan", "shop")}),
    (
        Call("BatchGetItem", {"RequestItems": {"shop": {"Keys": [KEY, OTHER]}}}),
        {Permission("dynamodb:BatchGetItem", "shop", "", frozenset({"CUSTOMER#c1", "CUSTOMER#c2"}))},
    ),
    (
        Call("BatchWriteItem", {"RequestItems": {"shop": [{"PutRequest": {"Item": KEY}}]}}),
        {Permission("dynamodb:BatchWriteItem", "shop", "", C1)},
    ),
    (
        Call(
            "TransactWriteItems",
            {
                "TransactItems": [
                    {"Put": {"TableName": "shop", "Item": KEY}},
                    {"ConditionCheck": {"TableName": "shop", "Key": KEY}},
                ]
            },
        ),
        {
            Permission("dynamodb:PutItem", "shop", "", C1),
            Permission("dynamodb:ConditionCheckItem", "shop", "", C1),
        },
    ),
    (
        Call("ExecuteStatement", {"Statement": 'SELECT * FROM "shop"."GSI1" WHERE x = ?'}),
        {Permission("dynamodb:PartiQLSelect", "shop", "/index/GSI1")},
    ),
    (
        Call("BatchExecuteStatement", {"Statements": [{"Statement": 'UPDATE "shop" SET a = ?'}]}),
        {Permission("dynamodb:PartiQLUpdate", "shop")},
    ),
    (
        Call("DescribeStream", {"StreamArn": "arn:aws:dynamodb:x:1:table/shop/stream/1"}, service="streams"),
        {Permission("dynamodb:DescribeStream", "shop", "/stream/1")},
    ),
    (
        Call(
            "GetRecords",
            {"ShardIterator": "000|arn:aws:dynamodb:x:1:table/shop/stream/2026-01-01T00:00:00.000|1|A"},
            service="streams",
        ),
        {Permission("dynamodb:GetRecords", "shop", "/stream/2026-01-01T00:00:00.000")},
    ),
    (
        Call("CreateTable", {"TableName": "shop", "Tags": [], "ResourcePolicy": "{}"}),
        {
            Permission("dynamodb:CreateTable", "shop"),
            Permission("dynamodb:TagResource", "shop"),
            Permission("dynamodb:PutResourcePolicy", "shop"),
        },
    ),
    (
        Call("UntagResource", {"ResourceArn": "arn:aws:dynamodb:x:1:table/shop", "TagKeys": ["a"]}),
        {Permission("dynamodb:UntagResource", "shop")},
    ),
    (
        Call("DescribeContributorInsights", {"TableName": "shop", "IndexName": "GSI1"}),
        {Permission("dynamodb:DescribeContributorInsights", "shop", "/index/GSI1")},
    ),
    (
        Call(
            "ExecuteTransaction",
            {"TransactStatements": [{"Statement": "EXISTS(SELECT * FROM shop WHERE a = 1)"}]},
        ),
        {Permission("dynamodb:PartiQLSelect", "shop")},
    ),
    (Call("Decrypt", {"CiphertextBlob": ""}, service="kms"), set()),
]


@pytest.mark.parametrize(("call", "expected"), CALLS, ids=[call.action for call, _ in CALLS])
def test_a_call_needs_actions_on_resources(call: Call, expected: set[Permission]) -> None:
    assert permissions_of(call, NAMES) == expected


@pytest.mark.parametrize(
    ("needed", "allowed"),
    [
        (Permission("dynamodb:GetItem", "shop", "", C1), True),
        (Permission("dynamodb:GetItem", "shop", "", frozenset({"CUSTOMER#c1", "CUSTOMER#c2"})), False),
        (Permission("dynamodb:GetItem", "shop", "", frozenset({"CUSTOMER#c10"})), False),
        (Permission("dynamodb:GetItem", "shop"), False),
        (Permission("dynamodb:GetItem", "shops", "", C1), False),
        (Permission("dynamodb:DeleteItem", "shop", "", C1), False),
        (Permission("dynamodb:Query", "shop", "/index/GSI1", frozenset({"STATE#c1#open"})), True),
        (Permission("dynamodb:Query", "shop", "/index/GSI1", frozenset({"STATE#c12#open"})), False),
        (Permission("dynamodb:Query", "shop", "", C1), False),
    ],
)
def test_a_tenant_reads_its_own_items_alone(needed: Permission, allowed: bool) -> None:
    document = policy([Access(Order, "get"), Access(Order.by_state, "query")], tenant=TENANT)
    missing = refused(document, [needed], variables={"aws:PrincipalTag/customer": "c1"})
    assert (missing == []) is allowed


BY_TENANT = {"tenant": "${aws:PrincipalTag/tenant}"}


def read_as(template: str) -> Any:
    """The leading keys of a policy for reading items under such keys."""
    table = Table("others", pk="PK")

    class Thing(Entity, table=table):
        primary = Key(template)
        kind: Attr[str]
        place: Attr[str]
        tenant: Attr[str]

    (statement,) = policy([Access(Thing, "get")], tenant=BY_TENANT)["Statement"]
    return statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]


@pytest.mark.parametrize(
    ("template", "pattern"),
    [
        ("T#{tenant}-{kind}", "T#${aws:PrincipalTag/tenant}-*"),
        ("T#{kind}.{place}#{tenant}", "T#*.*#${aws:PrincipalTag/tenant}"),
        ("T#{kind:raw}#{tenant}", "T#*#${aws:PrincipalTag/tenant}"),
        ("T#{tenant:raw}", "T#${aws:PrincipalTag/tenant}"),
    ],
)
def test_a_tenant_may_stand_where_no_other_is_like_it(template: str, pattern: str) -> None:
    assert read_as(template) == [pattern]


@pytest.mark.parametrize(
    "template",
    [
        "T#{kind}-{tenant}",  # that of "a-b" ends like that of "b"
        "T#{kind}#{tenant:raw}",  # so does that of "a#b"
        "T#{kind}#{tenant}#{place}",  # where the place is the name of another tenant
        "{kind}#{tenant}",  # whatever key ends so
    ],
)
def test_a_tenant_that_others_could_be_taken_for_is_refused(template: str) -> None:
    with pytest.raises(DefinitionError, match="the tenant cannot be told from others by a pattern"):
        read_as(template)


@pytest.mark.parametrize(("template", "begins_alike"), [("T#{kind}#B#{place}", True), ("U#{kind}", False)])
def test_keys_that_a_pattern_could_span_are_refused(template: str, begins_alike: bool) -> None:
    """``T#*#t1`` would be like ``T#x#B#t1``, where that is no tenant."""
    table = Table("spanned", pk="PK")

    class Held(Entity, table=table):
        primary = Key("T#{kind}#{tenant}")
        kind: Attr[str]
        tenant: Attr[str]

    class Beside(Entity, table=table):
        primary = Key(template)
        kind: Attr[str]
        place: Attr[str]

    assert definition_of(Beside).stored_in is table
    if not begins_alike:
        assert policy([Access(Held, "get")], tenant=BY_TENANT)["Statement"]
        return
    with pytest.raises(DefinitionError, match=r"could be like keys of Beside\.primary, which begin alike"):
        policy([Access(Held, "get")], tenant=BY_TENANT)


def test_an_action_on_some_keys_of_the_tenant_is_not_allowed_on_others() -> None:
    """But a batch of both is allowed by one statement, because each is held against all keys."""

    class Visit(Entity, table=shop):
        primary = Key("VISIT#{customer_id}", "{at}")
        customer_id: Attr[str]
        at: Attr[str]

    document = policy([Access(Order, "get", "get_many"), Access(Visit, "put", "get_many")], tenant=TENANT)
    orders, visits = (f"{kind}#${{aws:PrincipalTag/customer}}" for kind in ("CUSTOMER", "VISIT"))
    assert {
        (one["Sid"], *one["Action"]): one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for one in document["Statement"]
    } == {
        ("shop", "dynamodb:BatchGetItem", "dynamodb:GetItem"): [orders, visits],
        ("shop2", "dynamodb:PutItem"): [visits],
    }


def test_no_two_statements_are_called_the_same() -> None:
    table = Table("box", pk="id", indexes=[Index("by-name", pk="name"), Index("byname", pk="named")])

    class Thing(Entity, table=table):
        primary = Key("{id}")
        by_name = Key("{name}", index="by-name")
        by_named = Key("{named}", index="byname")
        id: Attr[str]
        name: Attr[str]
        named: Attr[str]

    document = policy([Access(Thing.by_name, "query"), Access(Thing.by_named, "query")])
    assert [one["Sid"] for one in document["Statement"]] == ["boxbyname", "boxbyname2"]
