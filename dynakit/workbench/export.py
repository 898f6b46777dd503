"""A schema as a model of NoSQL Workbench, format version 3.0: a facet for each entity, with sample rows.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/workbench.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from dynakit.capacity import AutoScaled, Capacity, OnDemand
from dynakit.errors import DecodeError
from dynakit.index import Index, KeyAttribute
from dynakit.keys.part import KeyPart, PlainPart
from dynakit.schema.definition import Definition
from dynakit.schema.item import decode_item
from dynakit.schema.registry import definitions_of
from dynakit.table import Table
from dynakit.wire import Item
from dynakit.workbench.samples import sample_rows

Document: TypeAlias = dict[str, Any]
"""What is written as JSON: text, numbers, booleans, lists and dictionaries."""

_FORMAT = re.compile(r":\w+\}")
_NOTHING: Mapping[Table, Iterable[Item]] = {}
_ROLE = "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
_ACCESS: Mapping[str, Document] = {"MySql": {}}


def export(
    tables: Sequence[Table],
    name: str,
    *,
    rows: Mapping[Table, Iterable[Item]] = _NOTHING,
    written: datetime | None = None,
) -> Document:
    """The model of tables.

    ``rows`` are the sample rows of a table as they are stored; where none are given for it, two of each
    entity are made up. ``written`` is the moment that the model says it was made.
    """
    metadata: Document = {"Author": "", "Description": "", "AWSService": "Amazon DynamoDB", "Version": "3.0"}
    if written is not None:
        moment = written.strftime("%b %d, %Y, %I:%M %p")
        metadata = {"DateCreated": moment, "DateLastModified": moment, **metadata}
    return {
        "ModelName": name,
        "ModelMetadata": metadata,
        "DataModel": [_table(table, rows.get(table)) for table in tables],
    }


def left_out(table: Table) -> list[str]:
    """What a table has that a model cannot say."""
    said = [f"vector index {index.name!r}" for index in table.vector_indexes]
    said += [f"index {index.name!r}, of several attributes" for index in table.indexes if not _fits(index)]
    said += [f"capacity of index {index.name!r}" for index in table.indexes if index.capacity is not None]
    made = {definition.name for definition in definitions_of(table) if sample_rows(definition)}
    names = [definition.name for definition in definitions_of(table) if definition.name not in made]
    return [
        *said,
        *(
            f"sample rows of {name}, whose values cannot be made up (give attr(examples=[…]))"
            for name in names
        ),
    ]


def _table(table: Table, given: Iterable[Item] | None) -> Document:
    definitions = [each for each in definitions_of(table) if not each.abstract]
    if given is None:
        by_entity = {each.name: sample_rows(each) for each in definitions}
        rest: list[Item] = []
    else:
        by_entity, rest = _sorted_out(definitions, given)
    document: Document = {"TableName": table.name, "KeyAttributes": _keys(table.partition, table.sort)}
    document["NonKeyAttributes"] = _attributes(table, definitions, [*by_entity.values(), rest])
    if definitions:
        document["TableFacets"] = [_facet(each, by_entity[each.name]) for each in definitions]
    document.update(_indexes(table))
    if rest or not definitions:
        document["TableData"] = rest
    return {**document, "DataAccess": dict(_ACCESS), **_billing(table.capacity)}


def _sorted_out(
    definitions: Iterable[Definition[Any]], rows: Iterable[Item]
) -> tuple[dict[str, list[Item]], list[Item]]:
    """The rows of each entity, and those that are of none."""
    found: dict[str, list[Item]] = {each.name: [] for each in definitions}
    rest: list[Item] = []
    for row in rows:
        name = next((each.name for each in definitions if _is_of(each, row)), None)
        (rest if name is None else found[name]).append(row)
    return found, rest


def _is_of(definition: Definition[Any], row: Item) -> bool:
    try:
        return type(decode_item(definition, row)) is definition.entity
    except DecodeError:
        return False


def _keys(partition: KeyAttribute, sort: KeyAttribute | None) -> Document:
    keys: Document = {"PartitionKey": _attribute(partition.name, partition.type)}
    return keys if sort is None else {**keys, "SortKey": _attribute(sort.name, sort.type)}


def _attribute(name: str, kind: str) -> Document:
    return {"AttributeName": name, "AttributeType": kind}


def _attributes(
    table: Table, definitions: Iterable[Definition[Any]], rows: Iterable[Sequence[Item]]
) -> list[Document]:
    """Every attribute but the table's keys, with its type: that of a row where several are possible."""
    types: dict[str, str] = {key.name: key.type for key in table.typed_attributes.values()}
    if table.type_attribute is not None:
        types[table.type_attribute] = "S"
    seen = {name: next(iter(value)) for each in rows for row in each for name, value in row.items()}
    for definition in definitions:
        for stored, attribute in definition.by_stored.items():
            kind = attribute.codec.attribute_type or seen.get(stored)
            if kind is not None:
                types.setdefault(stored, kind)
    return [_attribute(name, kind) for name, kind in types.items() if name not in table.key_names]


def _facet(definition: Definition[Any], rows: Sequence[Item]) -> Document:
    aliases = ("PartitionKeyAlias", "SortKeyAlias")
    table, parts = definition.stored_in, definition.primary_key.parts
    added = [] if table.type_attribute is None else [table.type_attribute]
    rendered = [part.attribute for key in definition.keys.values() for part in key.parts]
    names = dict.fromkeys([*added, *rendered, *definition.by_stored])
    return {
        "FacetName": definition.name,
        "KeyAttributeAlias": dict(zip(aliases, map(_alias, parts), strict=False)),
        "TableData": list(rows),
        "NonKeyAttributes": [name for name in names if name not in table.key_names],
        "DataAccess": dict(_ACCESS),
    }


def _alias(part: KeyPart) -> str:
    """What a key is called: its template without formats, or the name of the attribute that it is."""
    return part.names[0] if isinstance(part, PlainPart) else _FORMAT.sub("}", part.source)


def _fits(index: Index) -> bool:
    return len(index.partition) <= 1 and len(index.sort) <= 1


def _indexes(table: Table) -> Document:
    every = [index for index in table.indexes if _fits(index)]
    found = {
        "GlobalSecondaryIndexes": [_index(table, index) for index in every if not index.local],
        "LocalSecondaryIndexes": [_index(table, index) for index in every if index.local],
    }
    return {name: indexes for name, indexes in found.items() if indexes}


def _index(table: Table, index: Index) -> Document:
    projection: Document = {"ProjectionType": index.projection.type}
    if index.projection.attributes:
        projection["NonKeyAttributes"] = list(index.projection.attributes)
    (partition,) = table.partition_of(index)
    keys = _keys(partition, index.sort[0] if index.sort else None)
    return {"IndexName": index.name, "KeyAttributes": keys, "Projection": projection}


def _billing(capacity: Capacity) -> Document:
    if isinstance(capacity, OnDemand):
        return {"BillingMode": "PAY_PER_REQUEST"}
    settings: Document = {
        "ProvisionedThroughput": {
            "ReadCapacityUnits": capacity.read_units,
            "WriteCapacityUnits": capacity.write_units,
        }
    }
    for member, units in (("AutoScalingRead", capacity.read), ("AutoScalingWrite", capacity.write)):
        if isinstance(units, AutoScaled):
            settings[member] = _scaling(units)
    return {"BillingMode": "PROVISIONED", "ProvisionedCapacitySettings": settings}


def _scaling(units: AutoScaled) -> Document:
    return {
        "ScalableTargetRequest": {
            "MinCapacity": units.minimum,
            "MaxCapacity": units.maximum,
            "ServiceRole": _ROLE,
        },
        "ScalingPolicyConfiguration": {"TargetValue": units.target},
    }
