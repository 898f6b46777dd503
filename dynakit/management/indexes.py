"""Keys and indexes: the differences, the requests that take them away, and those that nothing does.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from dynakit.deployment import Deployment
from dynakit.management.change import TableChange, Unchangeable
from dynakit.management.description import TableDescription, part, parts
from dynakit.properties import indexes, keys
from dynakit.wire import Call, Payload

Shape: TypeAlias = tuple[object, ...]
"""What of an index cannot be changed, in a form that compares."""

_ANOTHER_TABLE = (
    "DynamoDB changes this on no table: declare a table of another name, copy the items into it, and move "
    "the callers"
)
_KINDS = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "VectorIndexes")
_MOVES = "readers of it fail until it is filled again; one of another name beside it avoids that"


def key_differences(made: Deployment, live: TableDescription) -> Iterator[Unchangeable]:
    """The table's own key, and its local indexes."""
    wanted, types = keys(made), _types(made)
    if _key(parts(wanted, "KeySchema"), types) != _key(parts(live.table, "KeySchema"), live.attribute_types):
        yield Unchangeable(
            f"its key is {_worded(live.table['KeySchema'], live.attribute_types)}; declared is "
            f"{_worded(wanted['KeySchema'], types)}",
            f"{_ANOTHER_TABLE}.",
        )
    kind = "LocalSecondaryIndexes"
    declared = _declared(made, kind)
    standing = live.indexes(kind)
    for name in sorted(declared.keys() | standing.keys()):
        text = _local(name, declared.get(name), standing.get(name), types, live.attribute_types)
        if text:
            yield Unchangeable(text, f"{_ANOTHER_TABLE}; or declare a global index.")


def removed_indexes(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    """Indexes that are not declared, or that stand in another form."""
    for kind in ("GlobalSecondaryIndexes", "VectorIndexes"):
        declared = _declared(made, kind)
        for name, standing in live.indexes(kind).items():
            wanted = declared.get(name)
            if wanted is None:
                yield _change(made, live, kind, {"Delete": {"IndexName": name}}, f"index {name!r} is deleted")
            elif _shape(wanted, _types(made)) != _shape(standing, live.attribute_types):
                text = f"index {name!r} is deleted, to be made as declared; {_MOVES}"
                yield _change(made, live, kind, {"Delete": {"IndexName": name}}, text)


def added_indexes(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    """Indexes that are missing, and those made again."""
    for kind in ("GlobalSecondaryIndexes", "VectorIndexes"):
        standing = live.indexes(kind)
        for name, wanted in _declared(made, kind).items():
            shape = _shape(wanted, _types(made))
            if name not in standing or shape != _shape(standing[name], live.attribute_types):
                yield _change(made, live, kind, {"Create": wanted}, f"index {name!r} is created")


def _change(made: Deployment, live: TableDescription, kind: str, update: Payload, text: str) -> TableChange:
    updates = "GlobalSecondaryIndexUpdates" if kind.startswith("Global") else "VectorIndexUpdates"
    payload: Payload = {"TableName": live.name, updates: [update]}
    created = update.get("Create")
    if created is None:
        return TableChange("removes", text, Call("UpdateTable", payload))
    payload["AttributeDefinitions"] = _definitions(made, live, created)
    return TableChange("adds", text, Call("UpdateTable", payload))


def _declared(made: Deployment, kind: str) -> dict[str, Payload]:
    return {index["IndexName"]: index for index in parts(indexes(made), kind)}


def _definitions(made: Deployment, live: TableDescription, index: Payload) -> list[Payload]:
    """Those of the new index and of all that stands: emulators put them in place of the old."""
    standing = [each for kind in _KINDS for each in live.indexes(kind).values()]
    types = {name: live.attribute_types.get(name, "S") for name in _named(live.table, *standing)}
    types |= {name: _types(made)[name] for name in _named(index) if name in _types(made)}
    return [{"AttributeName": name, "AttributeType": type_} for name, type_ in types.items()]


def _named(*described: Payload) -> list[str]:
    schemas = [key for each in described for key in (*parts(each, "KeySchema"), *parts(each, "SearchSchema"))]
    return [key["AttributeName"] for key in schemas]


def _types(made: Deployment) -> dict[str, str]:
    return {
        each["AttributeName"]: each["AttributeType"] for each in parts(keys(made), "AttributeDefinitions")
    }


def _key(schema: Iterable[Payload], types: dict[str, str]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (key["AttributeName"], types.get(key["AttributeName"], "?"), key["KeyType"]) for key in schema
    )


def _worded(schema: Iterable[Payload], types: dict[str, str]) -> str:
    return " and ".join(f"{name} ({', '.join(rest)})" for name, *rest in _key(schema, types))


def _shape(index: Payload, types: dict[str, str]) -> Shape:
    projection = part(index, "Projection")
    return (
        _key(parts(index, "KeySchema"), types),
        projection.get("ProjectionType"),
        frozenset(projection.get("NonKeyAttributes") or ()),
        part(index, "VectorAttribute").get("AttributeName"),
        index.get("Dimensions"),
        index.get("DistanceFunction"),
        frozenset(
            (each["AttributeName"], each["SearchSchemaElementType"]) for each in parts(index, "SearchSchema")
        ),
    )


def _local(
    name: str, wanted: Payload | None, standing: Payload | None, types: dict[str, str], live: dict[str, str]
) -> str:
    if wanted is None:
        return f"local index {name!r} is not declared"
    if standing is None:
        return f"local index {name!r} is missing"
    if _shape(wanted, types) != _shape(standing, live):
        return f"local index {name!r} is not as declared"
    return ""
