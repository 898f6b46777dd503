"""What holds for the schema file of any model, however odd its rows are."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynakit import Table
from dynakit.workbench.document import read_model
from dynakit.workbench.export import export
from dynakit.workbench.loading import module_of
from dynakit.workbench.schema import plan_schema, schema_file
from dynakit.workbench.stored import entities_of_rows
from tests.unit.workbench.workbench_models import model_of, row

SEGMENTS = st.sampled_from(
    ["USER", "a", "12", "x1", "meta", "", "2026-01-01", "é", "User:bob", "a|b", "{x}", "$", "\n", "\"'\\"]
)
KEY_TEXTS = st.lists(SEGMENTS, min_size=1, max_size=3).map(lambda parts: "#".join(parts) or "k")
NAMES = ["Type", "name", "User Id", "class", "a#b", "copy", "_x", "1a", "é", "model_dump", "primary", "Key"]
INDEX_KEYS = ["GSI1PK", "GSI1SK", "RoomID"]

SCALARS = st.one_of(
    st.fixed_dictionaries({"S": SEGMENTS}),
    st.fixed_dictionaries({"N": st.sampled_from(["1", "2.5", "-3", "1E+2"])}),
    st.sampled_from([{"BOOL": True}, {"NULL": True}, {"SS": ["a", "b"]}, {"NS": ["1"]}, {"B": "QQ=="}]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"L": st.lists(inner, max_size=2)}),
        st.fixed_dictionaries({"M": st.dictionaries(st.sampled_from(NAMES), inner, max_size=2)}),
    ),
    max_leaves=4,
)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of one table, each under a key of its own."""
    keys = draw(st.lists(st.tuples(KEY_TEXTS, KEY_TEXTS), max_size=5, unique=True))
    made = [row(pk, sk) for pk, sk in keys]
    for each in made:
        each.update(draw(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3)))
        each.update(
            draw(st.dictionaries(st.sampled_from(INDEX_KEYS), KEY_TEXTS.map(lambda text: {"S": text})))
        )
        each.update(draw(st.sampled_from([{}, {"kind": {"S": "user"}}, {"kind": {"S": "order"}}])))
    return made


def index(name: str, *keys: str) -> dict[str, Any]:
    """An index on text attributes."""
    kinds = ("PartitionKey", "SortKey")
    attributes = {
        kind: {"AttributeName": key, "AttributeType": "S"} for kind, key in zip(kinds, keys, strict=False)
    }
    return {"IndexName": name, "KeyAttributes": attributes}


INDEXES = [index("GSI1", "GSI1PK", "GSI1SK"), index("rooms", "RoomID")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows(), st.integers(0, 5))
def test_any_models_file_can_be_imported_and_reads_each_row(
    given_rows: list[dict[str, Any]], cut: int
) -> None:
    """And what is exported of it holds the same rows."""
    facet = {"FacetName": "One", "TableData": given_rows[:cut]}
    facets = [facet] if cut else []
    text = model_of(*given_rows[cut:], TableFacets=facets, GlobalSecondaryIndexes=INDEXES)
    model = read_model(text)
    module = module_of(schema_file(model))
    (planned,) = plan_schema(model).tables
    table = vars(module)[planned.variable]
    assert isinstance(table, Table)
    sampled = model.tables[0].sample_rows
    assert len(entities_of_rows(table, sampled)) == len(given_rows)
    (again,) = read_model(json.dumps(export([table], "m", rows={table: sampled}))).tables
    assert sorted(map(repr, again.sample_rows)) == sorted(map(repr, sampled))
