"""What the entities of a table tell of each other: what literals in keys stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dynakit.wire import Item
from dynakit.workbench.kinds import Kind
from dynakit.workbench.model import ModelTable
from dynakit.workbench.naming import words
from dynakit.workbench.plan import EntityPlan
from dynakit.workbench.segments import head_of, is_whole_word, plays_role

_SOLE = re.compile(r"\{(\w+):raw\}")


def owners_of(table: ModelTable, kinds: Sequence[Kind]) -> dict[str, str]:
    """What stands behind each literal: the entity whose partition, or whose own sort key, begins with it.

    A partition that no entity describes is named for the entity in it that begins as the literal does.
    """
    heads = [(kind, *_heads(table, kind.rows[0])) for kind in kinds if kind.rows]
    found: dict[str, str] = {}
    for kind, partition, sort, text in heads:
        if partition is not None and (sort == partition or is_whole_word(text)):
            found.setdefault(partition, kind.name)
    for kind, partition, _, _ in heads:
        first = words(kind.name)[0]
        if partition is not None and first.startswith(partition.lower()):
            found.setdefault(partition, first)
    for kind, _, sort, _ in heads:
        if sort is not None and [each[2] for each in heads].count(sort) == 1:
            found.setdefault(sort, kind.name)
    return found


def share_partitions(table: ModelTable, entities: Iterable[EntityPlan]) -> tuple[EntityPlan, ...]:
    """The entities, where those that are named for a partition key's role take another's name for it."""
    made = tuple(entities)
    names = [match.group(1) for each in made if (match := _SOLE.fullmatch(each.keys[0].partition))]
    if len(set(names)) != 1 or not plays_role(table.partition.name):
        return made
    return tuple(_renamed(each, table.partition.name, names[0]) for each in made)


def _renamed(entity: EntityPlan, stored: str, name: str) -> EntityPlan:
    own = next((field.name for field in entity.fields if field.stored == stored), None)
    if own is None or any(field.name == name for field in entity.fields):
        return entity
    keys = (replace(key, partition=key.partition.replace(f"{{{own}}}", f"{{{name}}}")) for key in entity.keys)
    fields = (replace(each, name=name) if each.stored == stored else each for each in entity.fields)
    return replace(entity, keys=tuple(keys), fields=tuple(fields))


def _heads(table: ModelTable, row: Item) -> tuple[str | None, str | None, str]:
    partition = head_of(row[table.partition.name].get("S", ""))
    text = row[table.sort.name].get("S", "") if table.sort is not None else "meta"
    return partition, head_of(text), text
