"""``Children``: a parent and its children, read together."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from dynakit.errors import StatementError
from dynakit.keys.given import KeyConditions
from dynakit.keys.hull import hull
from dynakit.keys.plan import plan
from dynakit.keys.term import KeyPlan
from dynakit.schema.definition import definition_of
from dynakit.schema.mixed import Member, Mixed
from dynakit.schema.query import Query
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

M_co = TypeVar("M_co", bound="Entity", covariant=True)


@dataclass(frozen=True)
class Children(Mixed[M_co]):
    """One item and the items of other entities whose keys have the attributes of its key.

    They stand in one partition, and are read by one range that holds all of them; other items in it are
    read along and left out. Knobs of the parent's query (order, consistency, hidden items) hold for all.
    """

    parent: Query[Any]
    children: tuple[type[Entity], ...]

    @property
    def members(self) -> tuple[Member, ...]:
        return self._members

    @property
    def range(self) -> KeyPlan:
        return self._range

    @cached_property
    def _members(self) -> tuple[Member, ...]:
        """The parent, then the children.

        Raises :class:`StatementError` for a parent that is not one item, and for a child that stands in
        another partition.
        """
        parent = self.parent
        if not parent.plan.whole or parent.filters:
            raise StatementError(
                f"{self}: the parent is one item; expected every attribute of its key by equality, and no "
                "filter."
            )
        return (
            Member(parent.definition, parent.key, parent.plan),
            *(self._child(entity) for entity in self.children),
        )

    @cached_property
    def _range(self) -> KeyPlan:
        return hull([member.plan for member in self.members])

    def _child(self, entity: type[Entity]) -> Member:
        parent, definition = self.parent, definition_of(entity)
        keys = [key for key in definition.keys.values() if key.index == parent.key.index]
        given = parent.equalities
        for key in keys if definition.stored_in is parent.table else ():
            if any(name not in given for part in key.partition for name in part.names):
                continue
            own = {name: value for name, value in given.items() if name in key.names}
            planned = plan(f"{self}: {definition.name}", key.partition, key.sort, KeyConditions(own, None))
            if planned.partition == parent.plan.partition:
                return Member(definition, key, planned)
        raise StatementError(
            f"{self}: {definition.name} stands in another partition. Give it a key with the parent's "
            "partition key, on the table or the same index, or read it by a query of its own."
        )

    def __str__(self) -> str:
        children = ", ".join(entity.__name__ for entity in self.children)
        return f"{self.parent} with {children}"
