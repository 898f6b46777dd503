"""``dynakit schema lock``, ``schema check`` and ``schema diagram``."""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
import yaml

from dynakit.diagram.markdown import markdown
from dynakit.diagram.mermaid import mermaid
from dynakit.diagram.picture import picture_of
from dynakit.diagram.svg import svg
from dynakit.lock.lock import lock_of, lock_text
from schemas.backend import posts, users
from schemas.online_shop import shop
from tests.unit.cli.commands import Left, dynakit

SHOP = """
from dynakit import Attr, Entity, Index, Key, Table, attr

shop = Table("shop", pk="PK", indexes=[Index("GSI1", "GSI1PK")])


class Order(Entity, table=shop):
    primary = Key("ORDER#{order_id}")
    order_id: Attr[str]
"""
LONGER = '    note: Attr[str] = attr(default="")\n'
NEEDED = "    total: Attr[int]\n"
INDEXED = '    by_note = Key("NOTE#{order_id}", index="GSI1")\n'
REKEYED = SHOP.replace("ORDER#", "O#")

KINDS = {
    "harmless": (SHOP + LONGER, 0),
    "needs a backfill": (SHOP + INDEXED, 1),
    "rewrites keys": (REKEYED, 1),
    "unreadable old items": (SHOP + NEEDED, 1),
}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])


def on(schema: str, verb: str, *options: str) -> Left:
    """A command on a file with this schema."""
    path = Path(f"schema_{uuid4().hex}.py")
    path.write_text(schema)
    return dynakit("schema", verb, f"{path.absolute()}", *options)


def test_a_lock_is_written_and_the_code_is_as_locked() -> None:
    left = dynakit("schema", "lock", "schemas.backend")
    assert (left.code, left.out, left.err) == (0, "", "schema.lock.json: written\n")
    assert Path("schema.lock.json").read_text() == lock_text(lock_of([users, posts]))
    left = dynakit("schema", "check", "schemas.backend", "--strict")
    assert (left.code, left.out, left.err) == (0, "", "schema.lock.json: no differences\n")


def test_without_a_lock_it_is_told_how_to_write_one() -> None:
    left = dynakit("schema", "check", "schemas.backend", "--file", "my.json")
    assert (left.code, left.out) == (2, "")
    assert left.err == (
        "dynakit: my.json: it cannot be read: No such file or directory. Write it first, and commit it: "
        "dynakit schema lock schemas.backend --file my.json\n"
    )


@pytest.mark.parametrize("effect", KINDS)
def test_each_difference_is_told_with_its_class(effect: str) -> None:
    schema, code = KINDS[effect]
    on(SHOP, "lock")
    left = on(schema, "check", "--output", "json")
    assert left.code == code
    [change] = left.data
    assert (change["effect"], change["dangerous"]) == (effect, code == 1)
    shown = on(schema, "check")
    assert shown.out.splitlines()[:2] == [effect, f"  {change['where']}: {change['what']}"]
    assert yaml.safe_load(on(schema, "check", "-o", "yaml").out) == [change]


def test_harmless_differences_fail_only_where_that_is_asked_for() -> None:
    on(SHOP, "lock")
    left = on(SHOP + LONGER, "check")
    assert left.code == 0
    assert "1 difference, none dangerous; bring it up to date: dynakit schema lock" in left.err
    assert on(SHOP + LONGER, "check", "--strict").code == 1


def test_harmless_differences_are_shown_and_locked_unasked() -> None:
    on(SHOP, "lock")
    left = on(SHOP + LONGER, "lock")
    assert left.code == 0
    assert "the attribute is new and has a default" in left.out
    assert on(SHOP + LONGER, "check", "--strict").code == 0


def test_dangerous_differences_are_shown_and_not_locked_unasked() -> None:
    on(SHOP, "lock")
    left = on(REKEYED, "lock")
    assert left.code == 2
    assert "rewrites keys" in left.out
    assert "approve 1 dangerous difference: it asks first" in left.err
    assert on(SHOP, "check", "--strict").code == 0
    assert on(REKEYED, "lock", "--yes").code == 0
    assert on(REKEYED, "check", "--strict").code == 0


def test_what_is_no_lock_is_told_with_its_name() -> None:
    Path("schema.lock.json").write_text("no lock\n")
    for verb in ("check", "lock"):
        left = dynakit("schema", verb, "schemas.backend")
        assert (left.code, left.out, left.err.count("\n")) == (1, "", 1)
        assert "schema.lock.json: it is no JSON; expected a lock of a schema." in left.err
    assert Path("schema.lock.json").read_text() == "no lock\n"


def test_a_lock_that_cannot_be_written_is_one_line() -> None:
    left = dynakit("schema", "lock", "schemas.backend", "--file", "no/such/folder.json")
    assert (left.code, left.err.count("\n")) == (1, 1)
    assert "it cannot be written: No such file or directory. Give another --file." in left.err


def test_a_diagram_is_the_package_s_in_each_form() -> None:
    drawn = {
        form: dynakit("schema", "diagram", "schemas.online_shop", "--format", form).out for form in FORMS
    }
    picture = picture_of(shop)
    assert drawn == {"svg": svg(picture), "mermaid": mermaid(picture), "markdown": markdown(picture)}
    assert ET.fromstring(drawn["svg"]).tag.endswith("svg")
    page = dynakit("schema", "diagram", "schemas.online_shop").out
    assert page.startswith("<!doctype html>")
    assert "<title>OnlineShop</title>" in page


FORMS = ("svg", "mermaid", "markdown")


def test_several_tables_stand_on_one_page_and_in_one_markdown_but_in_no_drawing() -> None:
    told = dynakit("schema", "diagram", "schemas.backend", "--format", "markdown").out
    first, second = markdown(picture_of(users)), markdown(picture_of(posts))
    assert told == f"## BackendUsersDev\n\n{first}\n## BackendPostsDev\n\n{second}"
    assert dynakit("schema", "diagram", "schemas.backend").out.count("<h1>") == 2
    left = dynakit("schema", "diagram", "schemas.backend", "--format", "svg")
    assert (left.code, left.out) == (2, "")
    assert "it holds 2 tables; one was expected. Name one of users, posts" in left.err


def test_a_diagram_is_written_into_a_file_and_not_over_another_unasked() -> None:
    command = ("schema", "diagram", "schemas.backend:users", "--format", "svg", "--out", "users.svg")
    left = dynakit(*command)
    assert (left.code, left.out, left.err) == (0, "", "users.svg: written\n")
    assert Path("users.svg").read_text() == svg(picture_of(users))
    assert dynakit(*command).code == 2
    assert dynakit(*command, "--yes").code == 0
