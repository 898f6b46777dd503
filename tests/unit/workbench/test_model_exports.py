"""Models made of schemas: what they say, that they are read again as they were, and their sample rows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from dynakit import Attr, AutoScaled, Entity, Index, Key, Provisioned, Table, attr, include
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item
from dynakit.table import VectorIndex
from dynakit.wire import Item
from dynakit.workbench.document import read_model
from dynakit.workbench.export import Document, export, left_out
from dynakit.workbench.loading import module_of
from dynakit.workbench.model import Model
from dynakit.workbench.samples import sample_rows
from dynakit.workbench.schema import plan_schema, schema_file
from tests.unit.workbench.workbench_models import every_model

club = Table(
    "club",
    pk="PK",
    sk="SK",
    indexes=[
        Index("by_age", pk="team", sk="GSI1SK", projection=include("name")),
        Index("local", sk="joined", local=True),
    ],
    capacity=Provisioned(AutoScaled(1, 10, target=60), 2),
    token_attribute=None,
)


class Kind(Enum):
    """How long somebody is a member."""

    YEARLY = "yearly"
    FOREVER = "forever"


class Address(BaseModel):
    """Where somebody lives."""

    country: str = Field(pattern="^[A-Z]{2}$")
    street: str | None = None


class Member(Entity, table=club):
    """Somebody of a team."""

    primary = Key("TEAM#{team}", "MEMBER#{member_id}")
    by_age = Key("{team}", "{kind}#{joined}", index="by_age")

    team: Attr[str]
    member_id: Attr[str] = attr(key_only=True)
    name: Attr[str] = attr(min_length=3, max_length=10)
    joined: Attr[str] = attr(pattern=r"^\d{4}$")
    kind: Attr[Kind]
    address: Attr[Address]
    fee: Attr[Decimal] = attr(gt=50)
    email: Attr[str] = attr(pattern="@")
    role: Attr[Literal["player", "coach"]] = attr(default="player")
    nickname: Attr[str | None] = attr(default=None)


class Match(Entity, table=club):
    """A match of a team."""

    primary = Key("TEAM#{team}", "MATCH#{day}")

    team: Attr[str]
    day: Attr[date]


def read_again(document: Document) -> Model:
    return read_model(json.dumps(document))


def round_trip(model: Model) -> tuple[str, Document]:
    """The schema file of a model, and the model that is made of it with the rows there were."""
    text = schema_file(model)
    module = module_of(text)
    rows = {vars(module)[each.variable]: each.table.sample_rows for each in plan_schema(model).tables}
    return text, export(list(rows), model.name, rows=rows)


@pytest.mark.parametrize("path", every_model())
def test_import_and_export_are_each_others_inverse_for_models_of_others(path: Path) -> None:
    """Import, export, import: the same schema file, the same rows, and the same model again."""
    model = read_model(path.read_text(encoding="utf-8"))
    text, exported = round_trip(model)
    again = read_again(exported)
    assert round_trip(again) == (text, exported)
    for before, after in zip(model.tables, again.tables, strict=True):
        assert sorted(map(repr, after.sample_rows)) == sorted(map(repr, before.sample_rows))
        assert (after.keys, after.indexes, after.capacity) == (before.keys, before.indexes, before.capacity)


def test_a_model_says_what_the_table_is() -> None:
    exported = export([club], "Club", written=datetime(2026, 1, 2, 15, 4, tzinfo=UTC))
    assert exported["ModelMetadata"]["DateCreated"] == "Jan 02, 2026, 03:04 PM"
    (table,) = read_again(exported).tables
    assert (table.keys, table.indexes) == ((club.partition, club.sort), club.indexes)
    assert table.capacity == Provisioned(AutoScaled(1, 10, target=60), 2)
    assert [facet.name for facet in table.facets] == ["Member", "Match"]
    assert [(facet.partition_alias, facet.sort_alias) for facet in table.facets] == [
        ("TEAM#{team}", "MEMBER#{member_id}"),
        ("TEAM#{team}", "MATCH#{day}"),
    ]
    types = {attribute.name: attribute.type for attribute in table.attributes}
    assert types["fee"] == "N"
    assert types["address"] == "M"
    assert types["_type"] == types["GSI1SK"] == "S"


def test_made_up_rows_are_of_their_entity_and_the_same_each_time() -> None:
    for entity in (Member, Match):
        definition = definition_of(entity)
        rows = sample_rows(definition)
        assert len(rows) == 2
        assert rows == sample_rows(definition)
        assert all(type(decode_item(definition, row)) is entity for row in rows)


def test_the_schema_is_found_again_in_made_up_rows() -> None:
    """What is no text became text, and formats are gone; keys and names are as they were."""
    text = schema_file(read_again(export([club], "Club")))
    assert 'primary = Key("TEAM#{team:raw}", "MEMBER#{member_id:raw}")' in text
    assert 'primary = Key("TEAM#{team:raw}", "MATCH#{day:raw}")' in text
    assert 'by_team = Key("{team}", "{kind:raw}#{joined:raw}", index="by_age")' in text
    assert 'class Member(Entity, table=club, type_name="Member"):' in text


def test_rows_that_are_given_stand_in_the_facet_of_their_entity_or_in_none() -> None:
    row, _ = sample_rows(definition_of(Match))
    foreign: Item = {"PK": {"S": "x"}, "SK": {"S": "y"}}
    (table,) = read_again(export([club], "Club", rows={club: [foreign, row]})).tables
    assert [facet.rows for facet in table.facets] == [(), (row,)]
    assert table.rows == (foreign,)


def test_what_a_model_cannot_say_is_told() -> None:
    wide = Table(
        "wide",
        pk="id",
        indexes=[Index("two", pk=["a", "b"])],
        vector_indexes=[VectorIndex("near", "embedding", 3)],
    )

    class Code(Entity, table=wide):
        primary = Key("{id}")
        id: Attr[str] = attr(pattern="^never made up: [a-f]+;$")

    assert sample_rows(definition_of(Code)) == []
    assert left_out(wide) == [
        "vector index 'near'",
        "index 'two', of several attributes",
        "sample rows of Code, whose values cannot be made up (give attr(examples=[…]))",
    ]
    (table,) = read_again(export([wide], "wide")).tables
    assert (table.indexes, table.sample_rows) == ((), ())


class Everything(BaseModel):
    """A value of each type that can be made up."""

    texts: list[str]
    numbers: set[int]
    pair: tuple[str, int]
    names: dict[str, Decimal]
    moment: datetime
    identifier: UUID
    content: bytes
    either: int | str
    chosen: Literal["a", "b"]
    anything: Any
    given: str = Field(pattern="^x=", examples=["x=1", "x=2"])


def test_a_value_is_made_up_for_each_type() -> None:
    table = Table("everything", pk="id", token_attribute=None)

    class Holder(Entity, table=table):
        primary = Key("{id}")
        id: Attr[str]
        everything: Attr[Everything]

    definition = definition_of(Holder)
    first, second = (decode_item(definition, row).everything for row in sample_rows(definition))
    assert (first.given, second.given) == ("x=1", "x=2")
    assert (first.chosen, second.chosen) == ("a", "b")
