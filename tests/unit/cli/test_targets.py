"""What a target names, and one line for whatever it does not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dynakit.cli.target import find
from dynakit.cli.usage import UsageError
from dynakit.errors import DynakitError
from schemas import backend, online_shop
from tests.unit.cli.commands import dynakit

SHOP = """
from dynakit import Attr, Entity, Key, Table

shop = Table("shop", pk="PK")


class Order(Entity, table=shop):
    primary = Key("ORDER#{order_id}")
    order_id: Attr[str]
"""


@pytest.fixture(autouse=True)
def own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", sys.path[:])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("schemas.backend:users", backend.users),
        ("schemas.backend:User", backend.User),
        ("schemas.backend:User.by_cpf", backend.User.by_cpf),
        ("schemas.backend", backend),
        ("schemas/backend.py:users", backend.users),
        ("schemas/backend.py", backend),
        ("schemas/online_shop/__init__.py", online_shop),
        ("schemas/online_shop/entities.py:Order", online_shop.Order),
    ],
)
def test_a_module_or_a_file_gives_the_same_object(text: str, value: object) -> None:
    assert find(text).value is value or find(text).value == value


def test_a_module_stands_for_all_its_tables_and_their_entities() -> None:
    found = find("schemas.backend")
    assert found.tables == (backend.users, backend.posts)
    assert found.entities == (backend.User, backend.Post)


def test_an_entity_stands_for_its_table_and_itself() -> None:
    found = find("schemas.online_shop:Order")
    assert found.table is online_shop.shop
    assert found.entity is online_shop.Order
    assert found.pattern == online_shop.Order.primary


def test_a_file_outside_packages_finds_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "tables_beside_it.py").write_text(SHOP)
    (tmp_path / "entities_of_it.py").write_text("from tables_beside_it import Order, shop\n")
    assert find(f"{tmp_path}/entities_of_it.py:shop").table.name == "shop"


def test_a_file_named_as_a_known_module_is_still_that_file(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text(SHOP)
    assert find(f"{tmp_path}/json.py:shop").table.name == "shop"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("schemas.backend:user", "has no 'user'; did you mean 'users'?"),
        ("schemas.backend:xyz", "There are: users, posts, User, Post."),
        ("schemas.backend:User.by_cfp", "has no 'by_cfp'; did you mean 'by_cpf'?"),
        ("schemas.backend:User.xyz", "User has no 'xyz'. There are: primary, by_cpf."),
        ("schemas.backend:users.xyz", "has no 'xyz'. There are: none."),
        (
            "schemas.backend.User",
            "there is no module 'schemas.backend.User'; did you mean 'schemas.backend:User'?",
        ),
        (".schemas", "there is no module '.schemas'; did you mean 'schemas'?"),
        ("schemas.no_such:users", "there is no module 'schemas.no_such'"),
        ("shemas", "there is no module 'shemas'; did you mean 'schemas'?"),
        ("schemas/no_such.py:users", "there is no file"),
        (":users", "it names no module"),
    ],
)
def test_what_is_not_there_is_wrong_usage_in_one_line(text: str, told: str) -> None:
    left = dynakit("schema", "show", text)
    assert (left.code, left.out) == (2, "")
    assert told in left.err
    assert left.err.count("\n") == 1


@pytest.mark.parametrize("text", ["json", "schemas.backend:cpf_digits"])
def test_a_target_without_a_table_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="it holds no table"):
        _ = find(text).tables


def test_several_tables_where_one_is_needed_are_named() -> None:
    with pytest.raises(UsageError, match="it holds 2 tables; one was expected. Name one of users, posts"):
        _ = find("schemas.backend").table


def test_several_entities_where_one_is_needed_are_named() -> None:
    with pytest.raises(UsageError, match="it holds 2 entities; one was expected.*: User, Post"):
        _ = find("schemas.backend").entity


def test_a_module_that_raises_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "broken_schema.py").write_text("import json\n\n\nresult = 1 / 0\n")
    left = dynakit("schema", "show", f"{tmp_path}/broken_schema.py")
    assert left.code == 1
    assert "ZeroDivisionError: division by zero" in left.err
    assert "broken_schema.py:4)" in left.err


@pytest.mark.parametrize("status", ["3", "'told\\nin two lines'", ""])
def test_a_module_that_ends_the_process_does_not(tmp_path: Path, status: str) -> None:
    (tmp_path / "ending_schema.py").write_text(f"import sys\n\nsys.exit({status})\n")
    left = dynakit("schema", "show", f"{tmp_path}/ending_schema.py")
    assert (left.code, left.err.count("\n")) == (1, 1)
    assert "importing it failed: SystemExit" in left.err
    assert "ending_schema.py:3). Mend the module." in left.err


def test_a_module_that_lacks_another_is_told_by_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "lacking_schema.py").write_text("import no_such_module_anywhere\n")
    with pytest.raises(DynakitError, match="No module named 'no_such_module_anywhere'"):
        find(f"{tmp_path}/lacking_schema.py")


def test_a_wrong_declaration_is_told_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "wrong_schema.py").write_text("from dynakit import Table\nTable('shop', pk='')\n")
    left = dynakit("schema", "show", f"{tmp_path}/wrong_schema.py")
    assert left.code == 1
    assert left.err.startswith("dynakit: ")
    assert "importing it failed" not in left.err
