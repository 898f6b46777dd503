"""``dynakit items get``, ``query``, ``scan`` and ``put``, on the embedded backend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from dynakit import Attr, Client, Entity, Key, Repository, Table, connect
from schemas.backend import Post, User, Users, posts, users
from tests.unit.cli.commands import Left, dynakit

USER = "schemas.backend:User"
blobs = Table("blobs", pk="PK")


class Blob(Entity, table=blobs):
    primary = Key("BLOB")
    data: Attr[bytes]


ANA = {
    "id": "u1",
    "username": "ana",
    "cpf": "52998224725",
    "name": "Ana",
    "email": "ana@example.com",
    "signed_up_at": "2024-01-01T00:00:00Z",
}
BEA = ANA | {"id": "u1", "username": "bea", "name": "Bea"}


@pytest.fixture
def endpoint() -> str:
    """A store of the test's own in this process."""
    return f"memory://{uuid4().hex}"


@pytest.fixture
def db(endpoint: str) -> Iterator[Client]:
    with connect(endpoint) as client:
        for table in (users, posts):
            client.tables.create(table)
        Users(client).put_many(User.model_validate(one) for one in (ANA, BEA))
        yield client


def items(endpoint: str, *arguments: str, text: str = "") -> Left:
    return dynakit("items", *arguments, "--endpoint", endpoint, text=text)


@pytest.mark.usefixtures("db")
def test_get_shows_the_item_under_a_key(endpoint: str) -> None:
    left = items(endpoint, "get", USER, "id=u1", "username=ana", "--output", "json")
    assert (left.code, left.data, left.err) == (0, ANA, "")


@pytest.mark.usefixtures("db")
def test_get_shows_people_each_attribute_on_a_line(endpoint: str) -> None:
    left = items(endpoint, "get", USER, "id=u1", "username=ana", "--consistent")
    rows = [line.split() for line in left.out.splitlines()]
    assert ["username", "ana"] in rows
    assert ["email", "ana@example.com"] in rows


@pytest.mark.usefixtures("db")
def test_get_of_no_item_is_one_line_and_exit_code_1(endpoint: str) -> None:
    left = items(endpoint, "get", USER, "id=u9", "username=ana")
    assert (left.code, left.out) == (1, "")
    assert left.err.startswith("dynakit: User.primary where ")
    assert left.err.endswith(": there is no such item.\n")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["query", USER, "id=u1"], ["ana", "bea"]),
        (["query", USER, "id=u1", "--newest-first"], ["bea", "ana"]),
        (["query", USER, "id=u1", "--limit", "1"], ["ana"]),
        (["query", USER, "id=u2"], []),
        (["query", f"{USER}.primary", "id=u1", "username=bea"], ["bea"]),
        (["scan", USER], ["ana", "bea"]),
        (["scan", "schemas.backend:users", "--consistent"], ["ana", "bea"]),
        (["scan", "schemas.backend", "--limit", "5"], ["ana", "bea"]),
    ],
)
def test_query_and_scan_write_a_line_of_json_an_item(
    endpoint: str, arguments: list[str], names: list[str]
) -> None:
    left = items(endpoint, *arguments, "--output", "json")
    assert (left.code, left.err) == (0, "")
    assert [one["username"] for one in left.lines] == names


@pytest.mark.usefixtures("db")
def test_a_query_of_an_index_finds_by_its_key(endpoint: str) -> None:
    left = items(endpoint, "query", f"{USER}.by_cpf", "cpf=529.982.247-25", "--output", "json")
    assert {one["username"] for one in left.lines} == {"ana", "bea"}


@pytest.mark.usefixtures("db")
def test_a_limited_scan_gives_no_more(endpoint: str) -> None:
    assert len(items(endpoint, "scan", USER, "--limit", "1", "--output", "json").lines) == 1


def test_of_several_entities_each_item_tells_its_own(db: Client, endpoint: str) -> None:
    Repository(db, Post).put(Post(user_id="u1", created_at=datetime(2024, 1, 1, tzinfo=UTC), text="hello"))
    left = items(endpoint, "scan", "schemas.backend", "--output", "yaml")
    assert [one["$entity"] for one in yaml.safe_load(left.out)] == ["User", "User", "Post"]
    limited = items(endpoint, "scan", "schemas.backend", "--limit", "1", "--output", "json")
    assert [list(one)[:2] for one in limited.lines] == [["$entity", "id"]]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["get", USER, "id=u1"], "it does not name one item; expected User.primary with id, username"),
        (["query", USER, "username=ana"], "User.primary: cannot tell the partition: it needs id."),
        (["scan", "tests.unit.transfer.stored_items:BOX"], "its table has no entity; a scan shows items of"),
        (["scan", f"{__name__}:Blob"], "Blob: it has bytes that are no text, which JSON cannot hold."),
    ],
)
def test_what_cannot_be_asked_or_shown_is_one_line(
    db: Client, endpoint: str, arguments: list[str], told: str
) -> None:
    db.tables.create(blobs)
    Repository(db, Blob).put(Blob(data=b"\xff"))
    left = items(endpoint, *arguments)
    assert (left.code, left.out, left.err.count("\n")) == (1, "", 1)
    assert told in left.err


@pytest.mark.usefixtures("db")
def test_as_a_table_the_attributes_are_columns(endpoint: str) -> None:
    head, _, first, second = items(endpoint, "query", USER, "id=u1").out.split("\n")[1:5]
    assert head.split() == list(ANA)
    assert ("ana@example.com" in first, "Bea" in second) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ANA),
        json.dumps([ANA, BEA], indent=1),
        f"{json.dumps(ANA)}\n\n{json.dumps(BEA)}\n",
    ],
    ids=["object", "array", "lines"],
)
def test_put_stores_objects_arrays_and_lines(db: Client, endpoint: str, text: str, tmp_path: Path) -> None:
    changed = text.replace("example.com", "example.org")
    (tmp_path / "users.json").write_text(changed)
    for left in (
        items(endpoint, "put", USER, "-", text=changed),
        items(endpoint, "put", USER, str(tmp_path / "users.json")),
    ):
        assert (left.code, left.out) == (0, "")
        assert left.err in {"stored 1 item\n", "stored 2 items\n"}
    assert {one.email for one in Users(db).iterate(User.primary(id="u1", username="ana"))} == {
        "ana@example.org"
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            json.dumps([ANA, BEA | {"username": "No"}]),
            "standard input: item 2: User.username: String should match pattern",
        ),
        ("[" * 100_000, "standard input:1: it is no JSON; expected an object"),
        (f"{json.dumps(ANA)}\n{{", "standard input:2: it is no JSON; expected an object"),
        (json.dumps([ANA, 7]), "standard input: item 2: User: Input should be an object"),
    ],
)
def test_nothing_is_stored_when_one_is_not_valid(db: Client, endpoint: str, text: str, told: str) -> None:
    left = items(endpoint, "put", USER, "-", text=text.replace("example.com", "example.org"))
    assert left.code == 1
    assert left.err.startswith(f"dynakit: {told}")
    assert left.err.endswith(" Nothing was stored.\n")
    assert {one.email for one in Users(db).iterate(User.primary(id="u1"))} == {"ana@example.com"}


def test_what_the_store_refuses_is_told_with_its_place(db: Client, endpoint: str) -> None:
    left = items(endpoint, "put", USER, "-", text=json.dumps([ANA, BEA | {"id": "x" * 2049}, BEA]))
    assert (left.code, left.err.count("\n")) == (1, 1)
    assert left.err.startswith("dynakit: standard input: item 2: User")
    assert left.err.endswith(" Stored before it: 1 item.\n")
    assert Users(db).get(User.primary(id="u1", username="ana")) is not None


@pytest.mark.usefixtures("db")
def test_a_scan_of_a_module_passes_over_tables_without_entities(endpoint: str, tmp_path: Path) -> None:
    (tmp_path / "mixed_schema.py").write_text(
        "from dynakit import Table\nfrom schemas.backend import User, users\nbare = Table('bare', pk='PK')\n"
    )
    left = items(endpoint, "scan", f"{tmp_path}/mixed_schema.py", "--output", "json")
    assert (left.code, len(left.lines)) == (0, 2)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["get", USER, "nonsense"], "'nonsense': it has no '='"),
        (["get", USER, "idd=u1"], "User: it has no attribute 'idd'; did you mean 'id'?"),
        (["put", USER, "no-such-file"], "no-such-file: it cannot be read: No such file or directory"),
        (["put", "schemas.backend", "-"], "target 'schemas.backend': it holds 2 entities"),
        (["query", USER, "id=u1", "--limit", "0"], "Invalid value for '--limit'"),
    ],
)
def test_wrong_usage_leaves_with_2(endpoint: str, arguments: list[str], told: str) -> None:
    left = items(endpoint, *arguments)
    assert left.code == 2
    assert told in left.err
