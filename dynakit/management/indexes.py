"""Keys and indexes: the differences, the requests that take them away, and those that nothing does.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from dynakit.deployment import Deployment
from dynakit.management.change import TableChange, Unchangeable
from dynakit.management.description import TableDescription, part, parts
from dynakit.properties import create_table
from dynakit.wire import Call, Payload

Shape: TypeAlias = tuple[object, ...]
"""What of an index cannot be changed, in a form that compares."""

_ANOTHER_TABLE = (
    "DynamoDB changes this on no table: declare a table of another name, copy the items into it, and move "
    "the callers"
)
_OR_GLOBAL = f"{_ANOTHER_TABLE}; or declare a global index."
_ONLINE = ("GlobalSecondaryIndexes", "VectorIndexes")
"""The kinds that come and go while the table stands."""

_MOVES = "readers of it fail until it is filled again; one of another name beside it avoids that"


def key_differences(made: Deployment, live: TableDescription) -> Iterator[Unchangeable]:
    """The table's own key, and its local indexes."""
    declared = _declared(made)
    if _key(declared.table, declared) != _key(live.table, live):
        text = f"its key is {_worded(live)}; declared is {_worded(declared)}"
        yield Unchangeable(text, f"{_ANOTHER_TABLE}.")
    yield from _local(declared, live)


def _local(declared: TableDescription, live: TableDescription) -> Iterator[Unchangeable]:
    wanted, standing = declared.indexes("LocalSecondaryIndexes"), live.indexes("LocalSecondaryIndexes")
    for name in sorted(wanted.keys() | standing.keys()):
        if name not in wanted:
            text = f"local index {name!r} is not declared"
            yield Unchangeable(text, f"Declare it as it is. {_ANOTHER_TABLE}.")
        elif name not in standing:
            yield Unchangeable(f"local index {name!r} is missing", _OR_GLOBAL)
        elif _shape(wanted[name], declared) != _shape(standing[name], live):
            yield Unchangeable(f"local index {name!r} is not as declared", _OR_GLOBAL)


def removed_indexes(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    """Indexes that are not declared, or that stand in another form."""
    declared = _declared(made)
    for kind in _ONLINE:
        wanted = declared.indexes(kind)
        for name, standing in live.indexes(kind).items():
            if name not in wanted:
                text = f"index {name!r} is deleted"
            elif _shape(wanted[name], declared) != _shape(standing, live):
                text = f"index {name!r} is deleted, to be made as declared; {_MOVES}"
            else:
                continue
            update = _update(live, kind, {"Delete": {"IndexName": name}})
            yield TableChange("removes", text, Call("UpdateTable", update))


def added_indexes(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    """Indexes that are missing, and those made again."""
    declared = _declared(made)
    for kind in _ONLINE:
        standing = live.indexes(kind)
        for name, wanted in declared.indexes(kind).items():
            if name not in standing or _shape(wanted, declared) != _shape(standing[name], live):
                update = _update(live, kind, {"Create": wanted})
                update["AttributeDefinitions"] = _definitions(wanted, declared, live)
                yield TableChange("adds", f"index {name!r} is created", Call("UpdateTable", update))


def _declared(made: Deployment) -> TableDescription:
    """What is declared, in the form of what is described."""
    return TableDescription(create_table(made), {})


def _update(live: TableDescription, kind: str, update: Payload) -> Payload:
    return {"TableName": live.name, f"{kind.removesuffix('es')}Updates": [update]}


def _definitions(index: Payload, declared: TableDescription, live: TableDescription) -> list[Payload]:
    """Those of the new index and of all that stands: emulators put them in place of the old."""
    standing = [each for kind in (*_ONLINE, "LocalSecondaryIndexes") for each in live.indexes(kind).values()]
    types = {name: live.attribute_types.get(name, "S") for name in _named(live.table, *standing)}
    wanted = declared.attribute_types
    types |= {name: wanted[name] for name in _named(index) if name in wanted}
    return [{"AttributeName": name, "AttributeType": type_} for name, type_ in types.items()]


def _named(*described: Payload) -> list[str]:
    schemas = [key for each in described for key in (*parts(each, "KeySchema"), *parts(each, "SearchSchema"))]
    return [key["AttributeName"] for key in schemas]


def _key(keyed: Payload, of: TableDescription) -> tuple[tuple[str, ...], ...]:
    """The key of a table or index, with the types that the table's attributes have."""
    types = of.attribute_types
    return tuple(
        (key["AttributeName"], types.get(key["AttributeName"], "?"), key["KeyType"])
        for key in parts(keyed, "KeySchema")
    )


def _worded(of: TableDescription) -> str:
    return " and ".join(f"{name} ({', '.join(rest)})" for name, *rest in _key(of.table, of))


def _shape(index: Payload, of: TableDescription) -> Shape:
    projection = part(index, "Projection")
    return (
        _key(index, of),
        projection.get("ProjectionType"),
        frozenset(projection.get("NonKeyAttributes") or ()),
        part(index, "VectorAttribute").get("AttributeName"),
        index.get("Dimensions"),
        index.get("DistanceFunction"),
        frozenset(
            (each["AttributeName"], each["SearchSchemaElementType"]) for each in parts(index, "SearchSchema")
        ),
    )
