"""What a change of a schema means for the items that are stored already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

from dynakit.lock.attributes import attribute_changes
from dynakit.lock.effect import Effect, SchemaChange, by_danger, names_of
from dynakit.lock.lock import EntityLock, IndexLock, Lock, PatternLock, TableLock, VectorIndexLock

L = TypeVar("L", IndexLock, VectorIndexLock)


def changes(lock: Lock, current: Lock) -> list[SchemaChange]:
    """How the current schema differs from a lock, the most dangerous first."""
    return sorted(_tables(lock["tables"], current["tables"]), key=by_danger)


def _tables(was: Mapping[str, TableLock], now: Mapping[str, TableLock]) -> Iterator[SchemaChange]:
    for name in names_of(was, now):
        if name not in was:
            yield SchemaChange("harmless", name, "the table is new")
        elif name not in now:
            yield SchemaChange(
                "unreadable old items", name, "the table is gone", "Empty it first, or keep its entities."
            )
        else:
            yield from _table(name, was[name], now[name])


def _table(name: str, was: TableLock, now: TableLock) -> Iterator[SchemaChange]:
    if was["key"] != now["key"]:
        yield SchemaChange(
            "rewrites keys", name, f"the key was {_listed(was['key'])}, is {_listed(now['key'])}",
            "Make another table, and copy the items.",
        )  # fmt: skip
    if was["type_attribute"] != now["type_attribute"]:
        yield SchemaChange(
            "unreadable old items", name,
            f"the type attribute was {was['type_attribute']!r}, is {now['type_attribute']!r}",
            "Write the new one into every item before.",
        )  # fmt: skip
    if was["time_to_live"] != now["time_to_live"]:
        yield SchemaChange(
            "needs a backfill", name,
            f"time to live was {was['time_to_live']!r}, is {now['time_to_live']!r}",
            "Items without the new attribute do not expire.",
        )  # fmt: skip
    yield from _indexes(name, "index", was["indexes"], now["indexes"])
    yield from _indexes(name, "vector index", was["vector_indexes"], now["vector_indexes"])
    yield from _entities(name, was, now)


def _indexes(table: str, kind: str, was: Mapping[str, L], now: Mapping[str, L]) -> Iterator[SchemaChange]:
    for name in names_of(was, now):
        where = f"{table}, {kind} {name}"
        if name not in was:
            yield SchemaChange("harmless", where, "the index is new")
        elif name not in now:
            yield SchemaChange("harmless", where, "the index is gone", "Delete it once no old code uses it.")
        elif was[name] != now[name]:
            yield SchemaChange(
                "needs a backfill", where, _index_told(was[name], now[name]),
                "DynamoDB cannot change an index: declare another beside it, and move over.",
            )  # fmt: skip


def _entities(table: str, was: TableLock, now: TableLock) -> Iterator[SchemaChange]:
    old, new = was["entities"], now["entities"]
    told = was["type_attribute"] is not None
    by_class = {one["class"]: type_name for type_name, one in new.items()}
    for type_name in names_of(old, new):
        where = f"{table}/{(new.get(type_name) or old[type_name])['class']}"
        if type_name not in old:
            yield from _added(where, type_name, new[type_name], old)
        elif type_name in new:
            yield from _entity(where, old[type_name], new[type_name])
        elif old[type_name]["class"] in by_class:
            other = by_class[old[type_name]["class"]]
            if told:
                yield SchemaChange(
                    "unreadable old items", where, f"its type name was {type_name!r}, is {other!r}",
                    f"Say type_name={type_name!r}, or write the new name into every item before.",
                )  # fmt: skip
            yield from _entity(where, old[type_name], new[other])
        else:
            yield SchemaChange(
                "unreadable old items", where, "the entity is gone", "Delete its items first, or keep it."
            )


def _added(
    where: str, type_name: str, entity: EntityLock, old: Mapping[str, EntityLock]
) -> Iterator[SchemaChange]:
    if entity["class"] not in {one["class"] for one in old.values()}:
        yield SchemaChange("harmless", where, f"the entity {type_name!r} is new")


def _entity(where: str, was: EntityLock, now: EntityLock) -> Iterator[SchemaChange]:
    yield from _patterns(where, was["keys"], now["keys"])
    yield from attribute_changes(where, was["attributes"], now["attributes"])
    for name in names_of(was["unique"], now["unique"]):
        before, after = was["unique"].get(name), now["unique"].get(name)
        if after is None:
            yield SchemaChange("harmless", f"{where}.{name}", "the unique constraint is gone")
        elif before != after:
            yield SchemaChange(
                "needs a backfill", f"{where}.{name}", f"the unique constraint was {before}, is {after}",
                "Run db.check_unique and db.repair_unique, which make the guards.",
            )  # fmt: skip


def _patterns(
    where: str, was: Mapping[str, PatternLock], now: Mapping[str, PatternLock]
) -> Iterator[SchemaChange]:
    old = {one["index"] or "the table": (name, one) for name, one in was.items()}
    new = {one["index"] or "the table": (name, one) for name, one in now.items()}
    for index in names_of(old, new):
        name, after = new.get(index, ("", None))
        before = old[index][1] if index in old else None
        if after is None:
            yield SchemaChange("harmless", f"{where}.{old[index][0]}", "the pattern is gone")
        elif before is None:
            effect: Effect = "needs a backfill" if after["rendered"] else "harmless"
            advice = (
                "Old items are not in the index until they are written again." if after["rendered"] else ""
            )
            yield SchemaChange(effect, f"{where}.{name}", f"the pattern on {index} is new", advice)
        elif before["parts"] != after["parts"]:
            yield SchemaChange(
                "rewrites keys", f"{where}.{name}",
                _pattern_told(before["parts"], after["parts"]),
                "Write every item again under its new key, or declare another pattern beside it.",
            )  # fmt: skip


def _pattern_told(was: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The templates before and now, with the key attributes they are of where those are others."""
    named = was.keys() != now.keys()
    before, after = (
        ", ".join(f"{name} = {template}" if named else template for name, template in parts.items())
        for parts in (was, now)
    )
    return f"the key was {before}, is {after}"


def _index_told(was: Mapping[str, object], now: Mapping[str, object]) -> str:
    return "; ".join(
        f"{name} was {_listed(was[name])}, is {_listed(value)}"
        for name, value in now.items()
        if was[name] != value
    )


def _listed(value: object) -> str:
    """A property of an index or table as in a lock: key attributes are pairs of a name and a type."""
    if not isinstance(value, list):
        return str(value)
    members = cast("list[str | list[str]]", value)
    told = [one if isinstance(one, str) else f"{one[0]} ({one[1]})" for one in members]
    return ", ".join(told) or "none"
