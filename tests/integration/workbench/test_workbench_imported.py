"""Schema files that dynakit makes of the models of others, on DynamoDB Local: rows, entities, patterns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dynakit import Entity, Index, Repository, Table
from dynakit.schema.definition import definition_of
from dynakit.schema.key import Pattern
from dynakit.wire import Item
from dynakit.workbench.stored import entities_of_rows
from tests.integration.workbench.imported import imported
from tests.integration.workbench.models import canonical, folder, stated
from tests.unit.workbench.workbench_models import every_model


@pytest.mark.parametrize("path", every_model())
def test_rows_and_entities_fill_the_table_of_its_authors(dynamodb_local: str, path: Path) -> None:
    """Rows put as they stand; then the same table once more, filled by entities made by hand of the rows."""
    with imported(dynamodb_local, path) as found:
        rows = found.model.sample_rows
        wanted = canonical(json.loads(json.dumps(rows)))
        assert found.raw.rows() == wanted
        for index in stated(str(path.relative_to(folder())))["gsis"]:
            assert len(found.raw.rows(index["name"])) == index["rows_in_index"]
        entities = entities_of_rows(found.table, rows)
        repository = Repository(found.db, Entity)
        assert repository.get_many(entities) == entities
        repository.delete_many(entities)
        assert found.raw.rows() == []
        repository.put_many([type(entity)(**dict(entity)) for entity in entities])
        assert found.raw.rows() == wanted


@pytest.mark.parametrize("path", every_model())
def test_each_pattern_gives_the_rows_that_have_its_partition_key(dynamodb_local: str, path: Path) -> None:
    with imported(dynamodb_local, path) as found:
        rows = found.model.sample_rows
        entities = entities_of_rows(found.table, rows)
        for entity in {type(each) for each in entities}:
            for name, key in definition_of(entity).keys.items():
                own = [(row, each) for row, each in zip(rows, entities, strict=True) if type(each) is entity]
                for values, wanted in partitions(found.table, key.index, key.partition[0].names, own):
                    query = Pattern(entity, name)(**values)
                    whole = key.index is None or key.index.gives_whole_items
                    assert Repository(found.db, entity).all(query if whole else query.hydrate()) == wanted


def partitions(
    table: Table, index: Index | None, names: tuple[str, ...], own: list[tuple[Item, Entity]]
) -> Iterator[tuple[dict[str, Any], list[Entity]]]:
    """The values of each partition key that rows have, and their entities in the order of the sort key."""
    keys = [key.name for key in (*table.partition_of(index), *table.sort_of(index))]
    inside = [(row, entity) for row, entity in own if all(key in row for key in keys)]
    for row, entity in inside:
        same = [(each, one) for each, one in inside if each[keys[0]] == row[keys[0]]]
        same.sort(key=lambda each: [str(each[0][key].get("S")).encode() for key in keys[1:]])
        yield {name: getattr(entity, name) for name in names}, [one for _, one in same]
