"""From a model to the plan of a schema file: entities, their attributes and key templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dynakit.values import dataclass
from dynakit.wire import Item
from dynakit.workbench.fields import FieldSource
from dynakit.workbench.keys import About, Templates
from dynakit.workbench.kinds import Kind, Kinds
from dynakit.workbench.model import Facet, ModelTable
from dynakit.workbench.naming import attribute_name, untaken, words
from dynakit.workbench.nested import Nesting
from dynakit.workbench.owners import owners_of, share_partitions
from dynakit.workbench.plan import EntityPlan, FieldPlan, KeyPlan, TablePlan
from dynakit.workbench.segments import SEPARATOR, plays_role

_NO_FACET = Facet("")


def plan_table(
    table: ModelTable, variable: str, kinds: Kinds, names: set[str], *, templates: bool = True
) -> TablePlan:
    """The entities of a table. Without ``templates`` every key attribute is an attribute itself."""
    nesting = Nesting(names)
    owners = owners_of(table, kinds.kinds)
    behind: dict[str, str] = {}
    entities = [
        _Planner(table, kind, kinds.type_attribute, nesting, owners, behind, templates).plan()
        for kind in kinds.kinds
    ]
    shared = share_partitions(table, entities)
    return TablePlan(variable, table, kinds.type_attribute, tuple(nesting.found), shared)


@dataclass(frozen=True)
class _Planner:
    table: ModelTable
    kind: Kind
    type_attribute: str | None
    nesting: Nesting
    owners: Mapping[str, str]
    behind: dict[str, str]
    templates: bool

    def plan(self) -> EntityPlan:
        """The entity of this kind."""
        self.nesting.owner = self.kind.name
        source = FieldSource(self.table, self.kind.rows, self.nesting)
        names = self._data_names()
        found = Templates(self._about(names), {"primary", *names.values()})
        for stored in self._plain_index_keys():
            found.itself(stored)
        keys = self._keys(found)
        inside = [FieldPlan(n, n, a, key_only=True) for n, a in found.inside.items()]
        whole = [source.field(name, stored) for stored, name in found.whole.items()]
        data = [source.field(name, stored) for stored, name in names.items() if stored not in found.whole]
        fields = (*inside, *whole, *data)
        return EntityPlan(self.kind.name, self.kind.type_name, keys, fields, self.kind.rows)

    def _data_names(self) -> dict[str, str]:
        """The Python names of the attributes that are no keys, by stored name."""
        names: dict[str, str] = {}
        for stored in self._stored():
            if stored not in self.table.key_types and stored != self.type_attribute:
                names[stored] = attribute_name(stored, {"primary", *names.values()})
        return names

    def _stored(self) -> Iterable[str]:
        """What rows have, then what the facet or, for lack of anything else, the table lists."""
        listed = self.kind.facet.attributes if self.kind.facet else ()
        if not self.kind.rows and not listed:
            listed = tuple(attribute.name for attribute in self.table.attributes)
        return dict.fromkeys([*(name for row in self.kind.rows for name in row), *listed])

    def _about(self, names: Mapping[str, str]) -> About:
        texts = {name: _texts(self.kind.rows, stored) for stored, name in names.items()}
        plain = {attribute_name(one): _texts(self.kind.rows, one) for one in self._plain_index_keys()}
        known = {name: each for name, each in (*texts.items(), *plain.items()) if each is not None}
        partition = self.table.partition.name
        return About(self.kind.name, self.kind.rows, known, self.owners, partition, self.behind)

    def _plain_index_keys(self) -> list[str]:
        """The key attributes of indexes that are named for what they hold, as ``RoomID`` is."""
        own = {key.name for key in self.table.keys}
        found = [name for name in self.table.key_types if name not in own and not plays_role(name)]
        stored = {*self._stored()}
        return [name for name in found if name in stored and not self._is_composite(name)]

    def _is_composite(self, stored: str) -> bool:
        texts = _texts(self.kind.rows, stored)
        return self.templates and bool(texts) and all(SEPARATOR in text for text in texts or ())

    def _keys(self, found: Templates) -> tuple[KeyPlan, ...]:
        facet = self.kind.facet or _NO_FACET
        partition = self._template(found, self.table.partition.name, facet.partition_alias)
        sort = self._template(found, self.table.sort.name, facet.sort_alias) if self.table.sort else None
        keys = [KeyPlan("primary", partition, sort)]
        for index in self.table.indexes:
            own = [key.name for key in (*index.partition, *index.sort)]
            if not any(stored in row for stored in own for row in self.kind.rows) and self.kind.rows:
                continue
            parts = [self._index_part(found, stored, own) for stored in own]
            head = partition if index.local else parts.pop(0)
            name = self._pattern_name(head, index.name, {one.name for one in keys} | found.taken)
            keys.append(KeyPlan(name, head, parts[0] if parts else None, index.name))
        return tuple(keys)

    def _template(self, found: Templates, stored: str, alias: str | None = None) -> str:
        return found.template(stored, alias) if self.templates else found.itself(stored, alias)

    def _index_part(self, found: Templates, stored: str, own: Iterable[str]) -> str:
        """A key of an index: a template where all rows have all of its keys, else the attribute itself."""
        of_table = any(stored == key.name for key in self.table.keys)
        every = of_table or all(name in row for name in own for row in self.kind.rows)
        return self._template(found, stored) if every else found.itself(stored)

    def _pattern_name(self, partition: str, index: str, taken: set[str]) -> str:
        inside = partition.partition("{")[2].partition("}")[0].partition(":")[0].removesuffix("_id")
        plain = not inside or plays_role(inside)
        return untaken(f"by_{'_'.join(words(index)) if plain else inside}", taken)


def _texts(rows: Iterable[Item], stored: str) -> tuple[str, ...] | None:
    """The texts or numbers of an attribute that every row has; ``None`` where one lacks it."""
    values = [row.get(stored) for row in rows]
    texts = [None if value is None else value.get("S", value.get("N")) for value in values]
    kinds = {kind for value in values if value is not None for kind in value}
    known = tuple(text for text in texts if text is not None)
    return known if known and len(known) == len(values) and len(kinds) == 1 else None
