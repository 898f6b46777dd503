"""Statements that delete one item, and undo it: delete, restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeVar

from dynakit.expressions.condition import Condition
from dynakit.expressions.text import where_text
from dynakit.operations.fetching import known_item
from dynakit.operations.heirs import refuse_for_heirs
from dynakit.operations.kept import loaded_guards
from dynakit.operations.member import Write
from dynakit.operations.operation import Operation
from dynakit.operations.soft_deletion import needs_rest, restored, settle_deleted, soft_delete
from dynakit.operations.target import Target, item_text, target_of
from dynakit.operations.uniqueness import must_be_known, new_values, upheld
from dynakit.schema.definition import Definition
from dynakit.schema.item import decode_item
from dynakit.schema.query import Query
from dynakit.schema.unique import Constraint
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


@dataclass(frozen=True)
class Delete(Write[None], Generic[E]):
    """Delete an item. Raises :class:`NotFound` where there is none, unless ``missing_ok=True``.

    An entity with ``deleted()`` is deleted softly: the item stays, hidden, until it is restored; with
    ``permanently=True`` it is deleted as any other. A delete leaves nothing that could carry its token: one
    that is sent again and finds nothing is success with ``missing_ok``, else :class:`OutcomeUnknown`.
    """

    key: E | Query[E]
    where: Condition[E] | None = None
    missing_ok: bool = False
    permanently: bool = False
    once: bool = False

    def target(self) -> Target[E]:
        return target_of(self.key)

    def known(self) -> Item | None:
        return known_item(self.target(), self.key) if self.reads_first() else None

    def reads_first(self) -> bool:
        return bool(self._released) or (self._is_soft and needs_rest(self.target()))

    @property
    def tolerates_missing(self) -> bool:
        return self.missing_ok

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        operation = self._soft(current, environment) if self._is_soft else self._hard()
        if not self._released:
            return operation
        old = must_be_known(self, current)
        return upheld(operation, environment, old=old, new=None, constraints=self._released)

    def _soft(self, current: Item | None, environment: Environment) -> Operation:
        return soft_delete(self.key, self.target(), current, self.where, environment)

    def _hard(self) -> Operation:
        target = self.target()
        refuse_for_heirs(target.definition)
        return Operation(
            "Delete",
            target.definition,
            target.key,
            presence=None if self.missing_ok and not target.definition.constraints else "present",
            guards=loaded_guards(target.definition, self.key),
            where=self.where,
            deleted=None,
        )

    @property
    def _is_soft(self) -> bool:
        return self.target().definition.lifecycle.deleted is not None and not self.permanently

    @property
    def _released(self) -> list[Constraint]:
        """The constraints whose values it gives free."""
        constraints = self.target().definition.constraints
        return [one for one in constraints if not (self._is_soft and one.kept_when_deleted)]

    def settle(self, operation: Operation) -> None:
        # With missing_ok there may have been nothing to delete, so nothing is proven.
        if operation.kind == "Update" and not self.missing_ok:
            settle_deleted(self.key, operation)

    def accepts(self, operation: Operation, found: Item | None) -> bool:
        return self.missing_ok and (found is None or operation.hides(found))

    def result(self, stored: Item | None) -> None:
        return None

    def __str__(self) -> str:
        return f"delete {item_text(self.key)}{where_text(self.where)}"


@dataclass(frozen=True)
class Restore(Write[E], Generic[E]):
    """Undo a soft deletion; gives the item. Raises :class:`NotFound` where no deleted item is."""

    returns: ClassVar[Literal["ALL_NEW"] | None] = "ALL_NEW"

    key: E | Query[E]
    once: bool = False

    def target(self) -> Target[E]:
        return target_of(self.key)

    def known(self) -> Item | None:
        return known_item(self.target(), self.key) if self.reads_first() else None

    def reads_first(self) -> bool:
        return bool(self._taken) or needs_rest(self.target())

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        operation = restored(self.key, self.target(), current, environment)
        if not self._taken:
            return operation
        old = must_be_known(self, current)
        values = new_values(operation.definition, old, ())
        return upheld(operation, environment, old=old, new=values, constraints=self._taken, held=False)

    @property
    def _taken(self) -> list[Constraint]:
        """The constraints whose values it must hold again."""
        return [one for one in self.target().definition.constraints if not one.kept_when_deleted]

    def result(self, stored: Item | None) -> E:
        definition: Definition[E] = target_of(self.key).definition
        return decode_item(definition, stored or {})

    def __str__(self) -> str:
        return f"restore {item_text(self.key)}"
