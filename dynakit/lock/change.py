"""What a change of a schema means for the items that are stored already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

from dynakit.lock.forms import reads_all_of
from dynakit.lock.lock import Json, form_text
from dynakit.values import dataclass

Effect: TypeAlias = Literal["harmless", "needs a backfill", "rewrites keys", "unreadable old items"]
"""``needs a backfill``: old items can be read, and are not found by an index or a constraint until they are
written again. ``rewrites keys``: they stand under other keys than they would now. ``unreadable old items``:
they are refused, left out, or read as something else."""


@dataclass(frozen=True)
class SchemaChange:
    """One difference: of what kind, where, what it means, what was and is, and what to do."""

    effect: Effect
    where: str
    what: str
    advice: str = ""

    @property
    def is_dangerous(self) -> bool:
        """Whether something has to be done about stored items."""
        return self.effect != "harmless"

    def __str__(self) -> str:
        return f"{self.where}: {self.what} [{self.effect}]{f' {self.advice}' if self.advice else ''}"


def changes(lock: Json, current: Json) -> list[SchemaChange]:
    """How the current schema differs from a lock, the most dangerous first."""
    found = list(_tables(lock["tables"], current["tables"]))
    return sorted(found, key=lambda one: (_ORDER[one.effect], one.where, one.what))


_ORDER: dict[Effect, int] = {
    "unreadable old items": 0,
    "rewrites keys": 1,
    "needs a backfill": 2,
    "harmless": 3,
}


def _tables(was: Json, now: Json) -> Iterator[SchemaChange]:
    for name in _all(was, now):
        if name not in was:
            yield SchemaChange("harmless", name, "the table is new")
        elif name not in now:
            yield SchemaChange(
                "unreadable old items", name, "the table is gone", "Empty it first, or keep its entities."
            )
        else:
            yield from _table(name, was[name], now[name])


def _table(name: str, was: Json, now: Json) -> Iterator[SchemaChange]:
    if was["key"] != now["key"]:
        yield SchemaChange(
            "rewrites keys", name, f"the key was {_shown(was['key'])}, is {_shown(now['key'])}",
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
    yield from _indexes(name, was["indexes"], now["indexes"])
    yield from _entities(name, was, now)


def _indexes(table: str, was: Json, now: Json) -> Iterator[SchemaChange]:
    for name in _all(was, now):
        where = f"{table}, index {name}"
        if name not in was:
            yield SchemaChange("harmless", where, "the index is new")
        elif name not in now:
            yield SchemaChange("harmless", where, "the index is gone", "Delete it once no old code uses it.")
        elif was[name] != now[name]:
            changed = ", ".join(one for one in now[name] if was[name][one] != now[name][one])
            yield SchemaChange(
                "needs a backfill", where, f"{changed} changed",
                "DynamoDB cannot change an index: declare another beside it, and move over.",
            )  # fmt: skip


def _entities(table: str, was: Json, now: Json) -> Iterator[SchemaChange]:
    old, new = was["entities"], now["entities"]
    told = was["type_attribute"] is not None
    by_class = {one["class"]: type_name for type_name, one in new.items()}
    for type_name in _all(old, new):
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


def _added(where: str, type_name: str, entity: Json, old: Json) -> Iterator[SchemaChange]:
    if entity["class"] not in {one["class"] for one in old.values()}:
        yield SchemaChange("harmless", where, f"the entity {type_name!r} is new")


def _entity(where: str, was: Json, now: Json) -> Iterator[SchemaChange]:
    yield from _patterns(where, was["keys"], now["keys"])
    yield from _attributes(where, was["attributes"], now["attributes"])
    for name in _all(was["unique"], now["unique"]):
        before, after = was["unique"].get(name), now["unique"].get(name)
        if after is None:
            yield SchemaChange("harmless", f"{where}.{name}", "the unique constraint is gone")
        elif before != after:
            yield SchemaChange(
                "needs a backfill", f"{where}.{name}", f"the unique constraint was {before}, is {after}",
                "Run db.check_unique and db.repair_unique, which make the guards.",
            )  # fmt: skip


def _patterns(where: str, was: Json, now: Json) -> Iterator[SchemaChange]:
    old = {one["index"]: (name, one) for name, one in was.items()}
    new = {one["index"]: (name, one) for name, one in now.items()}
    for index in _all(old, new):
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
                f"the key was {_shown(before['parts'])}, is {_shown(after['parts'])}",
                "Write every item again under its new key, or declare another pattern beside it.",
            )  # fmt: skip


def _attributes(where: str, was: Json, now: Json) -> Iterator[SchemaChange]:
    old = {one["stored"] or name: (name, one) for name, one in was.items()}
    new = {one["stored"] or name: (name, one) for name, one in now.items()}
    for stored in _all(old, new):
        place = f"{where}.{(new.get(stored) or old[stored])[0]}"
        if stored not in old:
            yield _new_attribute(place, stored, new[stored], was)
        elif stored not in new:
            if old[stored][0] not in now:
                yield SchemaChange(
                    "harmless", place, "the attribute is gone", "Stored values stay as they are."
                )
        else:
            yield from _attribute(place, old[stored], new[stored])


def _new_attribute(place: str, stored: str, new: tuple[str, Json], was: Json) -> SchemaChange:
    name, attribute = new
    if name in was:
        return SchemaChange(
            "unreadable old items", place, f"it was stored as {was[name]['stored']!r}, is as {stored!r}",
            f"Say name={was[name]['stored']!r}, or copy the values of every item before.",
        )  # fmt: skip
    if attribute["needed"]:
        return SchemaChange(
            "unreadable old items", place, "the attribute is new and has no default",
            "Give it a default, or write it into every item before.",
        )  # fmt: skip
    return SchemaChange("harmless", place, "the attribute is new and has a default")


def _attribute(place: str, old: tuple[str, Json], new: tuple[str, Json]) -> Iterator[SchemaChange]:
    (was_name, was), (name, now) = old, new
    if was_name != name:
        yield SchemaChange("harmless", place, f"its name in Python was {was_name}")
    if now["needed"] and not was["needed"]:
        yield SchemaChange(
            "unreadable old items", place, "it had a default and has none",
            "Write it into every item before, or keep the default.",
        )  # fmt: skip
    elif was["needed"] and not now["needed"]:
        yield SchemaChange("harmless", place, "it has a default now")
    if was["form"] == now["form"]:
        return
    text = f"it was {form_text(was['form'])}, is {form_text(now['form'])}"
    if reads_all_of(now["form"], was["form"]):
        yield SchemaChange("harmless", place, f"{text}: it reads all that was stored")
    else:
        yield SchemaChange(
            "unreadable old items", place, f"{text}, or holds less than before",
            "Read both for a while, as by a union, and write every item again.",
        )  # fmt: skip


def _all(was: Mapping[Any, Any], now: Mapping[Any, Any]) -> Iterable[Any]:
    return sorted({*was, *now}, key=str)


def _shown(key: Mapping[str, str] | list[list[str]]) -> str:
    """The templates of a pattern, or the key attributes of a table with their types."""
    if isinstance(key, Mapping):
        return ", ".join(key.values())
    return ", ".join(f"{name} ({kind})" for name, kind in key)
