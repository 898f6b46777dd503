"""Entities within others, made of the maps that sample rows hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Item
from dynakit.workbench.naming import attribute_name, class_name
from dynakit.workbench.plan import FieldPlan, NestedPlan
from dynakit.workbench.types import is_null, value_type


@dataclass
class Nesting:
    """Collects the nested entities of a file; ``names`` are the classes that there are so far.

    One whose name is taken is named for the ``owner`` too, the entity that is being made.
    """

    names: set[str]
    owner: str = ""
    found: list[NestedPlan] = field(default_factory=list[NestedPlan])

    def type_of(self, name: str, maps: Sequence[Item]) -> str:
        """The type of these maps: an entity with their members, or a dictionary where they have none."""
        if not any(maps):
            return "dict[str, object]"
        fields = tuple(self._fields(maps))
        for known in self.found:
            if known.fields == fields:
                return known.name
        own = class_name(name)
        made = NestedPlan(class_name(f"{self.owner} {own}" if own in self.names else own, self.names), fields)
        self.names.add(made.name)
        self.found.append(made)
        return made.name

    def _fields(self, maps: Sequence[Item]) -> list[FieldPlan]:
        fields: dict[str, FieldPlan] = {}
        for stored in dict.fromkeys(name for each in maps for name in each):
            values = [each[stored] for each in maps if stored in each]
            made = self._field(attribute_name(stored, fields), stored, values, len(values) < len(maps))
            fields[made.name] = made
        return list(fields.values())

    def _field(self, name: str, stored: str, values: list[AttributeValue], lacking: bool) -> FieldPlan:
        annotation = value_type(stored, values, self)
        return FieldPlan(name, stored, annotation, optional=lacking or is_null(values))
