"""A model file of NoSQL Workbench, format versions 1.0, 2.0 and 3.0, read into :class:`Model`.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/workbench.Modeler.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from dynakit.foreign_json import json_value
from dynakit.index import ALL, KEYS_ONLY, Index, KeyAttribute, Projection, include
from dynakit.workbench.billing import capacity_of
from dynakit.workbench.errors import WorkbenchError
from dynakit.workbench.model import Facet, Model, ModelAttribute, ModelTable
from dynakit.workbench.parts import Part
from dynakit.workbench.rows import check_rows, row_of

VERSIONS = ("1.0", "2.0", "3.0")
"""The format versions that are read alike: what a later one has more is optional here."""


def read_model(text: str) -> Model:
    """Read the text of a model file.

    Raises:
        WorkbenchError: when it is no model, or a malformed one: the first fault, and how many more values
            of the rows are malformed.
        DefinitionError: for names and counts that DynamoDB does not allow.
    """
    try:
        data = json_value(text)
    except ValueError as error:
        raise WorkbenchError(
            f"model: it is no JSON ({error}); expected a file that NoSQL Workbench wrote. Export it again."
        ) from None
    if not isinstance(data, dict):
        raise WorkbenchError(
            "model: it is no JSON object; expected a file that NoSQL Workbench wrote, with ModelName and "
            "DataModel. Give that file."
        )
    return _model(Part("model", cast("Mapping[str, object]", data)))


def _model(part: Part) -> Model:
    metadata = part.part("ModelMetadata", optional=True)
    version = metadata.text("Version", VERSIONS[-1])
    if version not in VERSIONS:
        raise part.wrong(f"its format version is {version!r}; expected one of {', '.join(VERSIONS)}")
    model = Model(
        part.text("ModelName"),
        tuple(_table(each) for each in part.parts("DataModel")),
        author=metadata.text("Author", ""),
        description=metadata.text("Description", ""),
    )
    names = [table.name for table in model.tables]
    for name in names:
        if names.count(name) > 1:
            raise part.wrong(f"two of its tables are named {name!r}; give each its own name")
    check_rows(model)
    return model


def _table(part: Part) -> ModelTable:
    name = part.text("TableName")
    table = Part(f"table {name!r}", part.members, name)
    partition, sort = _keys(table)
    return ModelTable(
        name,
        partition,
        sort,
        attributes=tuple(
            ModelAttribute(each.text("AttributeName"), each.text("AttributeType"))
            for each in table.parts("NonKeyAttributes", optional=True)
        ),
        indexes=_indexes(table, [key.name for key in (partition, sort) if key is not None]),
        facets=tuple(_facet(each) for each in table.parts("TableFacets", optional=True)),
        rows=tuple(row_of(each) for each in table.parts("TableData", optional=True)),
        capacity=capacity_of(table),
    )


def _keys(part: Part) -> tuple[KeyAttribute, KeyAttribute | None]:
    keys = part.part("KeyAttributes")
    sort = keys.part("SortKey") if "SortKey" in keys.members else None
    return _key(keys.part("PartitionKey")), None if sort is None else _key(sort)


def _key(part: Part) -> KeyAttribute:
    name, kind = part.text("AttributeName"), part.text("AttributeType")
    if kind not in {"S", "N", "B"}:
        raise part.wrong(f"key attribute {name!r} has type {kind!r}; expected S, N or B", attribute=name)
    return KeyAttribute(name, cast('Literal["S", "N", "B"]', kind))


def _indexes(table: Part, keys: list[str]) -> tuple[Index, ...]:
    globals_ = [_index(each, keys, False) for each in table.parts("GlobalSecondaryIndexes", optional=True)]
    locals_ = [_index(each, keys, True) for each in table.parts("LocalSecondaryIndexes", optional=True)]
    return (*globals_, *locals_)


def _index(part: Part, keys: list[str], local: bool) -> Index:
    name = part.text("IndexName")
    index = Part(f"{part.where}, index {name!r}", part.members, part.table)
    partition, sort = _keys(index)
    own = {*keys, partition.name, *(() if sort is None else (sort.name,))}
    projection = _projection(index.part("Projection", optional=True), own)
    if local:
        return Index(name, sk=sort, projection=projection, local=True)
    return Index(name, partition, sort, projection=projection)


def _projection(part: Part, keys: set[str]) -> Projection:
    """What an index projects; keys, which it always has, are not counted among its attributes."""
    kind = part.text("ProjectionType", "ALL")
    if kind not in {"ALL", "KEYS_ONLY", "INCLUDE"}:
        raise part.wrong(f"it projects {kind!r}; expected ALL, KEYS_ONLY or INCLUDE")
    names = [name for name in part.texts("NonKeyAttributes", optional=True) if name not in keys]
    if kind == "INCLUDE":
        return include(*names) if names else KEYS_ONLY
    return ALL if kind == "ALL" else KEYS_ONLY


def _facet(part: Part) -> Facet:
    aliases = part.part("KeyAttributeAlias", optional=True)
    return Facet(
        part.text("FacetName"),
        aliases.text("PartitionKeyAlias", "") or None,
        aliases.text("SortKeyAlias", "") or None,
        part.texts("NonKeyAttributes", optional=True),
        tuple(row_of(each) for each in part.parts("TableData", optional=True)),
    )
