"""Schema files made of models: what is told of rows and keys, and that the entities keep the rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from dynakit import Table, connect
from dynakit.errors import DefinitionError
from dynakit.schema.definition import definition_of
from dynakit.wire import Item
from dynakit.workbench.document import read_model
from dynakit.workbench.loading import module_of
from dynakit.workbench.model import Model
from dynakit.workbench.naming import singular
from dynakit.workbench.schema import plan_schema, schema_file
from dynakit.workbench.stored import entities_of_rows, put_rows
from dynakit.workbench.trial import same, written_again
from tests.unit.workbench.workbench_models import every_model, model_file, model_of, row

ROOT = Path(__file__).parents[3]


def schema_of(*rows: dict[str, Any], **members: Any) -> str:
    """The schema file of a model with one table."""
    return schema_file(read_model(model_of(*rows, **members)))


def loaded(model: Model) -> dict[Table, tuple[Item, ...]]:
    """The tables of a model's schema file, with the model's rows."""
    module = module_of(schema_file(model))
    return {vars(module)[each.variable]: each.table.sample_rows for each in plan_schema(model).tables}


TEMPLATES: list[tuple[str, list[dict[str, Any]], str]] = [
    (
        "a literal, and an attribute that has the same value",
        [row("USER#alice", "PROFILE", username="alice"), row("USER#bob", "PROFILE", username="bob")],
        'Key("USER#{username:raw}", "PROFILE")',
    ),
    (
        "one row is enough where the name says so",
        [row("USER#alice", "META", user_id="alice")],
        'Key("USER#{user_id:raw}", "META")',
    ),
    (
        "what stands only in the key",
        [row("USER#1", "ORDER#7"), row("USER#1", "ORDER#8"), row("USER#2", "ORDER#8")],
        'Key("USER#{user_id:raw}", "ORDER#{order_id:raw}")',
    ),
    (
        "several parts",
        [
            row("SHOP#1", "SALE#open#2026-01-01", state="open", day="2026-01-01"),
            row("SHOP#1", "SALE#paid#2026-01-02", state="paid", day="2026-01-02"),
        ],
        'Key("SHOP#{shop_id:raw}", "SALE#{state:raw}#{day:raw}")',
    ),
    (
        "rows of one partition only",
        [row("USER#alice", "ORDER#7"), row("USER#alice", "ORDER#8")],
        'Key("USER#{user_id:raw}", "ORDER#{order_id:raw}")',
    ),
    (
        "rows of one partition only, without a literal",
        [row("alice", "ORDER#7"), row("alice", "ORDER#8")],
        'Key("{pk}", "ORDER#{order_id:raw}")',
    ),
    (
        "a label with a colon",
        [row("User:a1", "meta"), row("User:a2", "meta")],
        'Key("User:{user_id:raw}", "meta")',
    ),
    (
        "nothing that can be told: the key attributes themselves",
        [row("x 1", "one two"), row("y 1", "three four")],
        'Key("{pk}", "{sk}")',
    ),
    (
        "braces, which no template can hold",
        [row("USER#{1}", "META"), row("USER#{2}", "META")],
        'Key("{pk}", "META")',
    ),
]


@pytest.mark.parametrize(
    ("rows", "key"), [each[1:] for each in TEMPLATES], ids=[each[0] for each in TEMPLATES]
)
def test_key_templates_are_told_by_keys(rows: list[dict[str, Any]], key: str) -> None:
    assert f"    primary = {key}\n" in schema_of(*rows)


def test_rows_are_sorted_out_by_the_attribute_that_names_their_type() -> None:
    text = schema_of(
        row("U#1", "U#1", kind="user", name="a"),
        row("U#1", "O#7", kind="order"),
        row("U#1", "O#8", kind="order"),
    )
    assert 'class User(Entity, table=shop, type_name="user"):' in text
    assert 'class Order(Entity, table=shop, type_name="order"):' in text
    assert 'type_attribute="kind"' in text
    assert 'primary = Key("U#{user_id:raw}", "O#{order_id:raw}")' in text


def test_rows_without_one_are_sorted_out_by_the_shape_of_their_keys() -> None:
    text = schema_of(row("USER#1", "USER#1"), row("USER#1", "ORDER#7"), row("USER#2", "ORDER#8"))
    assert "class User(Entity, table=shop):" in text
    assert "class Order(Entity, table=shop):" in text


def test_rows_that_describe_their_partition_are_named_for_whose_id_it_is() -> None:
    text = schema_of(
        row("T1", "metadata", ticket_id="T1", owner="a"),
        row("T2", "metadata", ticket_id="T2", owner="b"),
        row("T1", "note#1", note_id="1"),
        row("T2", "note#2", note_id="2"),
    )
    assert "class Ticket(Entity, table=shop):" in text
    assert 'primary = Key("{ticket_id:raw}", "metadata")' in text


def test_rows_by_time_that_say_one_thing_are_named_for_it() -> None:
    text = schema_of(
        row("User:a", "2026-01-01T10:00:00", Comment="x"),
        row("User:a", "2026-01-01T10:05:00", Comment="y"),
        row("Room:r", "meta", Owner="a"),
    )
    assert "class Comment(Entity, table=shop):" in text
    assert 'primary = Key("User:{user_id:raw}", "{comment_at}")' in text


def test_entities_within_others_are_named_for_one_thing_and_for_its_owner_where_that_is_taken() -> None:
    detail = {"Detail": {"M": {"name": {"S": "a"}}}}
    other = {"Detail": {"M": {"lines": {"L": [{"M": {"sku": {"S": "1"}}}]}}}}
    text = schema_of(
        row("P#1", "P#1", kind="product", **detail),
        row("O#1", "O#1", kind="order", **other),
    )
    assert [line for line in text.splitlines() if line.startswith("class ")] == [
        "class Detail(Entity):",
        "class Line(Entity):",
        "class OrderDetail(Entity):",
        'class Product(Entity, table=shop, type_name="product"):',
        'class Order(Entity, table=shop, type_name="order"):',
    ]


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ("Payments", "Payment"),
        ("entries", "entry"),
        ("Addresses", "Address"),
        ("status", "status"),
        ("a", "a"),
    ],
)
def test_what_a_list_holds_is_called_in_the_singular(several: str, one: str) -> None:
    assert singular(several) == one


def test_facets_name_entities_and_their_keys() -> None:
    facet = {
        "FacetName": "Member",
        "KeyAttributeAlias": {"PartitionKeyAlias": "club#memberId", "SortKeyAlias": "joined"},
        "NonKeyAttributes": ["age"],
        "TableData": [row("12#34", "long ago")],
    }
    types = [{"AttributeName": "age", "AttributeType": "N"}]
    text = schema_of(TableFacets=[facet], NonKeyAttributes=types)
    assert "class Member(Entity, table=shop):" in text
    assert 'primary = Key("{club:raw}#{member_id:raw}", "{joined}")' in text
    assert "    age: Attr[Decimal | None] = attr(default=None)" in text


VALUES: list[tuple[list[Any], str]] = [
    ([{"S": "a"}], "x: Attr[str]"),
    ([{"N": "1"}, {"N": "2"}], "x: Attr[int]"),
    ([{"N": "1"}, {"N": "2.5"}], "x: Attr[Decimal]"),
    ([{"BOOL": True}], "x: Attr[bool]"),
    ([{"B": "QQ=="}], "x: Attr[bytes]"),
    ([{"SS": ["a"]}, None], "x: Attr[set[str]] = attr(default_factory=set[str])"),
    ([{"NS": ["1"]}], "x: Attr[set[int]]"),
    ([{"L": [{"S": "2026-01-01"}]}], "x: Attr[list[str]]"),
    ([{"L": [{"S": "a"}, {"N": "1"}]}], "x: Attr[list[int | str]]"),
    ([{"L": []}], "x: Attr[list[object]]"),
    ([{"M": {}}], "x: Attr[dict[str, object]]"),
    ([{"S": "a"}, None], "x: Attr[str | None] = attr(default=None)"),
    ([{"S": "a"}, {"N": "1"}], "x: Attr[int | str]"),
    ([{"S": "2026-01-01"}], "x: Attr[dt.date]"),
    ([{"S": "2026-02-30"}], "x: Attr[str]"),
    ([{"S": "2026-01-01T10:00:00"}], "x: Attr[dt.datetime] = attr(stored_as=naive_iso)"),
    ([{"S": "2026-01-01T10:00:00.000Z"}], "x: Attr[dt.datetime] = attr(stored_as=iso_milliseconds)"),
    (
        [{"M": {"class": {"S": "a"}}}, {"M": {}}],
        'class_: Attr[str | None] = attr(name="class", default=None)',
    ),
]


@pytest.mark.parametrize(("values", "declared"), VALUES, ids=[each[1] for each in VALUES])
def test_types_are_told_by_values(values: list[Any], declared: str) -> None:
    rows = [row(f"P#{n}", "META", **({} if one is None else {"x": one})) for n, one in enumerate(values)]
    text = schema_of(*rows)
    assert f"    {declared}\n" in text
    for table, given in loaded(read_model(model_of(*rows))).items():
        assert len(entities_of_rows(table, given)) == len(rows)


def test_names_that_python_or_pydantic_has_are_avoided() -> None:
    names = ["class", "copy", "str", "attr", "1st", "naïve", "a-b", "a b", "primary", "dt", '"""', "x\n = 1"]
    model = read_model(model_of({**row("P#1", "META"), **{name: {"S": "v"} for name in names}}))
    for table, rows in loaded(model).items():
        (entity,) = entities_of_rows(table, rows)
        assert len(entity.model_dump()) == len(names) + 1


def test_names_of_tables_and_models_are_text_and_nothing_else() -> None:
    """What a model is called cannot end a text of the file and become code."""
    data = json.loads(model_of(row("P#1", "META", kind='x"; import os; "')))
    data["ModelName"] = '"""\nimport os\n"""\\'
    module = module_of(schema_file(read_model(json.dumps(data))))
    assert "os" not in vars(module)


def attribute(name: str, kind: str = "S") -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": kind}


def test_keys_of_other_types_local_and_inverted_indexes() -> None:
    key, sort = attribute("PK"), attribute("SK")
    local = {"PartitionKey": key, "SortKey": attribute("day")}
    text = schema_of(
        row("USER#1", "EVENT#a1", day="2026-01-01"),
        row("USER#2", "EVENT#a2", day="2026-01-02"),
        LocalSecondaryIndexes=[{"IndexName": "by_day", "KeyAttributes": local}],
        GlobalSecondaryIndexes=[
            {"IndexName": "inverted", "KeyAttributes": {"PartitionKey": sort, "SortKey": key}}
        ],
    )
    assert 'Key("EVENT#{event_id:raw}", "USER#{user_id:raw}", index="inverted")' in text
    assert 'Key("USER#{user_id:raw}", "{day}", index="by_day")' in text
    binary = schema_of(KeyAttributes={"PartitionKey": attribute("PK", "B"), "SortKey": attribute("at", "N")})
    assert '    pk: Attr[bytes] = attr(name="PK")\n    at: Attr[Decimal]\n' in binary
    alone = schema_of({"id": {"N": "1"}}, KeyAttributes={"PartitionKey": attribute("id", "N")})
    assert '    primary = Key("{id}")\n\n    id: Attr[int]\n' in alone


def test_a_table_that_cannot_be_declared_is_refused() -> None:
    with pytest.raises(DefinitionError, match="table 'my shop'"):
        schema_of(TableName="my shop")


def test_an_index_key_that_some_rows_lack_is_an_attribute_itself() -> None:
    index = {
        "IndexName": "GSI1",
        "KeyAttributes": {
            "PartitionKey": {"AttributeName": "GSI1PK", "AttributeType": "S"},
            "SortKey": {"AttributeName": "GSI1SK", "AttributeType": "S"},
        },
        "Projection": {"ProjectionType": "ALL"},
    }
    both = {"GSI1PK": "STATUS#open", "GSI1SK": "P#1"}
    sparse = schema_of(row("P#1", "META", **both), row("P#2", "META"), GlobalSecondaryIndexes=[index])
    assert 'by_gsi1 = Key("{gsi1_pk}", "{gsi1_sk}", index="GSI1")' in sparse
    whole = schema_of(row("P#1", "META", **both), GlobalSecondaryIndexes=[index])
    assert 'by_status = Key("STATUS#{status_id:raw}", "P#{shop_id:raw}", index="GSI1")' in whole


@pytest.mark.parametrize("path", every_model())
def test_entities_read_and_write_the_rows_of_models_of_others(path: Path) -> None:
    model = read_model(path.read_text(encoding="utf-8"))
    for table, rows in loaded(model).items():
        for entity, given in zip(entities_of_rows(table, rows), rows, strict=True):
            assert same(written_again(definition_of(type(entity)), given), given)


def test_the_files_pass_both_type_checkers_and_the_linter(tmp_path: Path) -> None:
    """All files at once: each checker is started once."""
    absent = [name for name in ("mypy", "pyright", "ruff") if find_spec(name) is None]
    if absent and os.environ.get("CI") != "true":
        pytest.skip(f"{' and '.join(absent)} not installed: pip install -e '.[dev]'")
    model_file("AnOnlineShop_facets.json")
    for parameter in every_model():
        (path,) = parameter.values
        assert isinstance(path, Path)
        (tmp_path / f"{path.stem.lower()}.py").write_text(schema_file(read_model(path.read_text("utf-8"))))
    settings = {"include": ["."], "extraPaths": [str(ROOT)], "typeCheckingMode": "strict"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    files = sorted(map(str, tmp_path.glob("*.py")))
    commands = (
        ("mypy", "--strict", "--config-file", os.devnull, "--cache-dir", os.devnull, *files),
        ("pyright", "--project", str(tmp_path), "--pythonpath", sys.executable),
        ("ruff", "check", "--isolated", "--no-cache", "--select", "E,F,I,N,UP,B,A001,RUF", str(tmp_path)),
        ("ruff", "format", "--isolated", "--no-cache", "--check", str(tmp_path)),
    )
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    runs = [
        subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=subprocess.PIPE, text=True)
        for command in commands
    ]
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0], "\n".join(said)


def test_the_file_answers_an_access_pattern_on_the_rows_put() -> None:
    """The shop's "orders of a customer, by index GSI2", on rows that stand as the model has them."""
    model = read_model(model_file("AnOnlineShop_facets.json"))
    module = module_of(schema_file(model))
    table, order_item = module.online_shop, module.OrderItem
    with connect(f"memory://{uuid4().hex}") as db:
        db.tables.create(table)
        db.run(put_rows(table, model.tables[0].sample_rows, db.environment))
        found = list(db.iterate(order_item.by_customer(customer_id="12345")))
    wanted = [each for each in model.tables[0].sample_rows if each["EntityType"] == {"S": "orderItem"}]
    of_customer = [each for each in wanted if each["GSI2-PK"] == {"S": "c#12345"}]
    assert len(found) == len(of_customer) > 0
    assert all(type(each) is order_item for each in found)
