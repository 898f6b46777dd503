"""``dynakit schema show`` and ``dynakit explain``."""

from __future__ import annotations

import pytest
import yaml

from tests.unit.cli.commands import dynakit


def test_a_table_is_shown_with_keys_entities_and_attributes() -> None:
    (table,) = dynakit("schema", "show", "schemas.backend:users", "-o", "json").data
    assert table["name"] == "BackendUsersDev"
    assert table["keys"] == {"table": ["id (S)", "username (S)"], "cpfTesteIndex": ["cpf (S)"]}
    (user,) = table["entities"]
    assert user["keys"][1] == {
        "name": "by_cpf",
        "index": "cpfTesteIndex",
        "partition": {"cpf": "{cpf}"},
        "sort": {},
    }
    assert user["attributes"][5] == {
        "name": "signed_up_at",
        "type": "datetime",
        "stored": "signedUpAt",
        "required": True,
    }


def test_yaml_says_what_json_says() -> None:
    told = dynakit("schema", "show", "schemas.online_shop", "--output", "yaml").out
    assert yaml.safe_load(told) == dynakit("schema", "show", "schemas.online_shop", "--output", "json").data


def test_people_see_each_pattern_and_attribute_in_a_line() -> None:
    left = dynakit("schema", "show", "schemas.online_shop:Order")
    assert left.code == 0
    lines = [line.split() for line in left.out.splitlines()]
    assert ["Order", "by_status", "GSI2", "STATUS#{status}", "{placed_at}#{order_id}"] in lines
    assert ["Order", "customer_id", "str", "customer_id"] in lines
    assert "Product" not in left.out


def test_a_pattern_is_explained_with_values_read_by_their_types() -> None:
    left = dynakit(
        "explain", "schemas.backend:Post", "user_id=u1", "created_at=2026-01-01T00:00:00Z", "-o", "json"
    )
    assert left.data["access"] == "get"
    assert left.data["table"] == "BackendPostsDev"


def test_an_explanation_counts_with_what_is_told() -> None:
    told = dynakit("explain", "schemas.backend:User.by_cpf", "cpf=52998224725", "--items", "8")
    assert "8 items" in told.out
    assert "52998224725" not in told.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["schemas.backend:User", "user=1"], "User: it has no attribute 'user'; did you mean 'username'?"),
        (["schemas.backend:User", "xx=1"], "It has: id, username, cpf, name, email, signed_up_at."),
        (["schemas.backend:User", "id"], "'id': it has no '='; expected ATTRIBUTE=VALUE"),
        (["schemas.backend:Post", "created_at=yesterday"], "Post.created_at: its value does not fit"),
        (["schemas.backend:users"], "it is no pattern; expected a statement"),
        (["schemas.backend"], "it is no pattern; expected a statement"),
        (["schemas.backend:User", "id=1", "id=2"], "id: it is given twice; expected one value"),
    ],
)
def test_wrong_values_are_wrong_usage_in_one_line(arguments: list[str], told: str) -> None:
    left = dynakit("explain", *arguments)
    assert left.code == 2
    assert told in left.err
    assert left.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["schema"], ["schema", "show"], ["schema", "no-such"], ["schema", "show", "x", "--output", "xml"]],
)
def test_wrong_usage_leaves_with_two(arguments: list[str]) -> None:
    assert dynakit(*arguments).code == 2


def test_help_has_an_example() -> None:
    assert "dynakit schema show schemas.backend:users" in dynakit("schema", "show", "--help").out
