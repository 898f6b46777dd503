"""The attributes of an entity, by the values that its rows have."""

from __future__ import annotations

from collections.abc import Sequence

from dynakit.values import dataclass
from dynakit.wire import Item
from dynakit.workbench.model import ModelTable
from dynakit.workbench.nested import Nesting
from dynakit.workbench.plan import Annotation, FieldPlan
from dynakit.workbench.types import declared_type, is_null, value_type


@dataclass(frozen=True)
class FieldSource:
    """The rows of an entity, and the table that tells the types of attributes that no row has."""

    table: ModelTable
    rows: Sequence[Item]
    nesting: Nesting

    def field(self, name: str, stored: str) -> FieldPlan:
        """The attribute of this stored name; optional where a row lacks it, or there is none."""
        own = {key.name for key in self.table.keys}
        values = [row[stored] for row in self.rows if stored in row]
        if not values:
            return FieldPlan(name, stored, self._declared(stored), optional=stored not in own)
        optional = len(values) < len(self.rows) or is_null(values)
        annotation = value_type(stored, values, self.nesting)
        return FieldPlan(name, stored, annotation, optional=optional)

    def _declared(self, stored: str) -> Annotation:
        types = {attribute.name: attribute.type for attribute in self.table.attributes}
        return declared_type({**types, **self.table.key_types}.get(stored, ""))
